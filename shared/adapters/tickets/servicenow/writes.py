"""Writes to a change request: fields and notes, compared with what ServiceNow says afterwards.

ServiceNow answers 200 and leaves a field as it was where a rule, a change model or a right keeps it; a business rule
refuses the whole call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from shared.adapters.ticketing.kept import Attempts
from shared.adapters.ticketing.outcome import because, fields_by_hand
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.wanted import PLANNED, is_cut

TABLE_API = "/api/now/table/change_request"
CHANGES = "/api/sn_chg_rest/change"
ALL = {"sysparm_display_value": "all"}
REFUSED = frozenset({400, 403})
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A change request after a write. `not_taken`: what people are asked to do instead, a line each."""

    record: Record
    not_taken: tuple[str, ...] = ()


class Writes:
    """What could not be written is in the answer's `not_taken`, and told once in the work notes.

    `attempts`: what was sent, by the change request's sys_id.
    """

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings
        self.attempts = Attempts()

    async def write(self, record: Record, changes: Mapping[str, str], notes: Sequence[str]) -> Written:
        """One call where one will do: fields and notes together; very many notes in several.

        Where a rule refuses the fields, it may be for the planned dates: the others are written without them, else the
        notes without any.
        """
        lines = records.untold(notes, record)
        if not changes:
            return Written(await self.tell(record, lines))
        first, *more = records.pieces(lines) or [""]
        note = {"work_notes": first} if first else {}
        answer, complaint = await self.patch(record, {**changes, **note})
        undated = {name: text for name, text in changes.items() if name not in PLANNED}
        if answer is None and 0 < len(undated) < len(changes):
            answer, _ = await self.patch(record, {**undated, **note})
        if answer is None:
            return await self.finish(record, changes, lines, complaint)
        now = {**answer, "work_notes": both(record, answer, first)}
        return await self.finish(now, changes, [line for piece in more for line in piece.split("\n")], complaint)

    async def finish(self, record: Record, changes: Mapping[str, str], lines: Sequence[str], complaint: str) -> Written:
        """Tell the lines that are left, and with them which of the changes `record` does not hold now."""
        left = records.differences(changes, record)
        if not left:
            return Written(await self.tell(record, records.untold(lines, record)))
        names = [_name(name, text, record) for name, text in left.items()]
        line = fields_by_hand("ServiceNow", names)
        now = await self.tell(record, records.untold((*lines, line), record))
        return Written(now, (because(line, complaint),))

    async def tell(self, record: Record, lines: Sequence[str]) -> Record:
        """The record with these lines in its work notes."""
        for piece in records.pieces(lines):
            answer = await self._calls.ask(
                "PATCH", self._path(record), body={"work_notes": piece}, params=self._params()
            )
            now = self._calls.one(answer)
            record = {**now, "work_notes": both(record, now, piece)}
        return record

    async def patch(self, record: Record, body: Mapping[str, str]) -> tuple[Record | None, str]:
        """The record as it is afterwards, None where ServiceNow refuses the call; and what it complains about."""
        sent = {name: records.folded(text) for name, text in body.items()}
        self.attempts.keep(records.raw_value(record, "sys_id"), sent)
        answer: httpx.Response = await self._calls.ask(
            "PATCH", self._path(record), body=dict(body), params=self._params(), allowed=REFUSED
        )
        return (self._calls.one(answer), "") if answer.is_success else (None, self._calls.complaint_of(answer))

    def _path(self, record: Record) -> str:
        return f"{TABLE_API}/{records.raw_value(record, 'sys_id')}"

    def _params(self) -> dict[str, str]:
        return {**ALL, "sysparm_fields": fields_of(self._settings)}


def fields_of(settings: Settings) -> str:
    """The fields that each read asks for."""
    return ",".join(dict.fromkeys((*records.FIELDS, *settings.fields)))


def both(before: Record, after: Record, told: str) -> dict[str, str]:
    """The work notes, also where the answer does not show those that were just written."""
    shown = [records.display_value(each, "work_notes") for each in (before, after)]
    return {"display_value": "\n".join(filter(None, (*shown, told)))}


def _name(name: str, text: str, record: Record) -> str:
    """A field by its name, with what else is to be said of it."""
    if name not in record:
        return f"{name} (no such field there, or we may not read it)"
    return f"{name} (cut short)" if is_cut(records.folded(records.raw_value(record, name)), text) else name
