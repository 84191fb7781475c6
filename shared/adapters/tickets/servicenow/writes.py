"""Writes to a change request: fields, notes and states, each compared with what ServiceNow says afterwards.

ServiceNow answers 200 and leaves a field as it was where a rule, a change model or a right keeps it; a business rule
refuses the whole call.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx

from shared.adapters.ticketing.outcome import because, fields_by_hand, move_for_people, reassess_for_people
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.errors import TransientError
from shared.core.terms import ENDED
from shared.core.tickets.reassess import is_approved
from shared.core.tickets.ticket import Ticket, TicketRef

TABLE_API = "/api/now/table/change_request"
CHANGES = "/api/sn_chg_rest/change"
ALL = {"sysparm_display_value": "all"}
_REFUSED = frozenset({400, 403})
_CANCEL_BY_HAND = "Cancel this change by hand: its state does not let us"
_AGAIN = "To be looked at again for what happened since. ServiceNow opens no change again"
_COPY_BY_HAND = f"{_AGAIN}: copy it by hand"
_RAISE_BY_HAND = f"{_AGAIN}, and offers no copy of this one: raise a new change by hand"
Record = Mapping[str, Any]


class Writes:
    """`bring` and `complete` are for changes that are there; what they could not do is in the answer's `not_taken`."""

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings

    def fields(self) -> str:
        """The fields that each read asks for."""
        return ",".join(dict.fromkeys((*records.FIELDS, *self._settings.fields)))

    async def bring(self, record: Record, ticket: Ticket) -> TicketRef:
        """The change request as it should be. What has ended stays as the board left it, but for notes."""
        if self._ref(record).state in ENDED:
            if ticket.reopen and not ticket.cancelled:
                return await self._ask_for_another(record, ticket)
            return await self._write(record, {}, ticket.notes)
        changes = records.differences(records.wanted_fields(self._settings, ticket), record)
        notes = (*records.texts(self._settings, ticket), *ticket.notes)
        if ticket.cancelled:
            return await self._cancel(record, changes, replace(ticket, notes=notes))
        if ticket.reassess and self._is_approved(record):
            return await self._reassess(record, changes, replace(ticket, notes=notes))
        return await self._write(record, changes, notes)

    async def complete(self, record: Record, sent: Mapping[str, str], ticket: Ticket) -> TicketRef:
        """A new change request, `sent` as it is in the answer `record`: what did not take is written once more.

        The Change Management API leaves out fields that the Table API takes, and may read times in our user's zone.
        """
        ours = {"correlation_id", "assignment_group", *records.wanted_fields(self._settings, ticket)}
        shown = {*record, *records.ignored_fields(record)}  # of what is not shown we know nothing
        known = {name: text for name, text in sent.items() if name in ours and name in shown}
        changes = records.differences(known, record)
        notes = (*records.texts(self._settings, ticket), *ticket.notes)
        first, *more = records.pieces([records.line_of(note) for note in notes]) or [""]
        rest = [line for piece in more for line in piece.split("\n")]
        record = {**record, "work_notes": {"display_value": first}}
        if ticket.cancelled:
            return await self._cancel(record, changes, replace(ticket, notes=tuple(rest)))
        return await self._write(record, changes, rest)

    async def _cancel(self, record: Record, changes: Mapping[str, str], ticket: Ticket) -> TicketRef:
        """Cancelled, where its state lets us; else the board is asked to."""
        why = f"{ticket.why_cancelled}."
        lines = records.untold((*ticket.notes, why), record)
        first, *more = records.pieces(lines) or [""]
        body = {**changes, "state": records.CANCELLED, **({"work_notes": first} if first else {})}
        by_hand = f"{why} {_CANCEL_BY_HAND}"
        answer, complaint = await self._patch(record, body)
        if answer is None:
            ref = await self._write(record, changes, (*ticket.notes, by_hand))
        else:
            now = {**answer, "work_notes": _both(record, answer, first)}
            ended = self._ref(now).state in ENDED
            rest = [line for piece in more for line in piece.split("\n")]
            ref = await self._finish(now, changes, rest if ended else [*rest, by_hand], "")
        if ref.state in ENDED:
            return ref
        line = move_for_people(ticket, complaint or await self._offered(record, ref))
        return replace(ref, not_taken=(line, *ref.not_taken))

    async def _reassess(self, record: Record, changes: Mapping[str, str], ticket: Ticket) -> TicketRef:
        """Back to assessment before anything else: a rule may lock the fields of what is approved."""
        state, offered = await self._way_back(record)
        answer, complaint = await self._patch(record, {"state": state}) if state else (None, offered)
        now = record if answer is None else {**answer, "work_notes": record.get("work_notes")}
        if not self._is_approved(now):
            return await self._write(now, changes, ticket.notes)
        ref = await self._write(record, changes, (*ticket.notes, reassess_for_people(ticket)))
        return replace(ref, not_taken=(reassess_for_people(ticket, complaint or offered), *ref.not_taken))

    async def _way_back(self, record: Record) -> tuple[str, str]:
        """The state that means assessment, else the one before it, as the change model offers it, and what it offers.

        Where ServiceNow does not say, its own state for that is tried.
        """
        result = await self._next_states(record)
        if result is None:
            return records.ASSESS, ""
        offered = _offers(result)
        by_meaning = {
            records.state_of(self._settings, {"state": {"value": value, "display_value": label}}): value
            for value, label in offered.items()
        }
        return by_meaning.get("assess") or by_meaning.get("new") or "", _in_words(
            result, self._ref(record).remote_state
        )

    def _is_approved(self, record: Record) -> bool:
        ref = self._ref(record)
        return is_approved(ref.state, ref.decision)

    async def _ask_for_another(self, record: Record, ticket: Ticket) -> TicketRef:
        """Copies are offered of open and cancelled changes, and never of standard ones."""
        kind = records.raw_value(record, "type") or self._settings.type
        copies = self._ref(record).state == "cancelled" and kind != "standard"
        ref = await self._write(record, {}, (*ticket.notes, _COPY_BY_HAND if copies else _RAISE_BY_HAND))
        otherwise = "please copy it" if copies else "please raise a new change"
        return replace(ref, not_taken=(move_for_people(ticket, otherwise=otherwise), *ref.not_taken))

    async def _write(self, record: Record, changes: Mapping[str, str], notes: Sequence[str]) -> TicketRef:
        """One call where one will do: fields and notes together; very many notes in several.

        Where a rule refuses the fields, the notes are written without them.
        """
        lines = records.untold(notes, record)
        if not changes:
            return await self._tell(record, lines, self._ref(record))
        first, *more = records.pieces(lines) or [""]
        answer, complaint = await self._patch(record, {**changes, **({"work_notes": first} if first else {})})
        if answer is None:
            return await self._finish(record, changes, lines, complaint)
        now = {**answer, "work_notes": _both(record, answer, first)}
        return await self._finish(now, changes, [line for piece in more for line in piece.split("\n")], "")

    async def _finish(
        self, record: Record, changes: Mapping[str, str], lines: Sequence[str], complaint: str
    ) -> TicketRef:
        """Tell the lines that are left, and with them which of the changes `record` does not hold now."""
        left = records.differences(changes, record)
        ref = self._ref(record)
        if not left:
            return await self._tell(record, records.untold(lines, record), ref)
        names = [_name(name, text, record) for name, text in left.items()]
        line = fields_by_hand("ServiceNow", names)
        ref = await self._tell(record, records.untold((*lines, line), record), ref)
        return replace(ref, not_taken=(because(line, complaint),))

    async def _tell(self, record: Record, lines: Sequence[str], ref: TicketRef) -> TicketRef:
        for piece in records.pieces(lines):
            answer = await self._calls.ask(
                "PATCH", self._path(record), body={"work_notes": piece}, params=self._params()
            )
            ref = self._ref(self._calls.one(answer))
        return ref

    async def _patch(self, record: Record, body: Mapping[str, str]) -> tuple[Record | None, str]:
        """The record as it is afterwards, None where ServiceNow refuses the call; and what it complains about."""
        answer: httpx.Response = await self._calls.ask(
            "PATCH", self._path(record), body=dict(body), params=self._params(), allowed=_REFUSED
        )
        return (self._calls.one(answer), "") if answer.is_success else (None, self._calls.complaint_of(answer))

    async def _offered(self, record: Record, ref: TicketRef) -> str:
        """What ServiceNow lets us do instead, in words; empty where it does not say."""
        with suppress(TransientError):  # these are words only
            result = await self._next_states(record)
            return _in_words(result, ref.remote_state) if result is not None else ""
        return ""

    async def _next_states(self, record: Record) -> Mapping[str, Any] | None:
        """What the change model offers now; None where ServiceNow does not say."""
        path = f"{CHANGES}/{records.raw_value(record, 'sys_id')}/nextstates"
        answer = await self._calls.ask("GET", path, allowed=frozenset({400, 403, 404, 405}))
        result: Mapping[str, Any] | None = self._calls.result(answer, dict) if answer.is_success else None
        return result if result is not None and isinstance(result.get("available_states"), list) else None

    def _ref(self, record: Record) -> TicketRef:
        return records.ref_of(self._settings, record)

    def _path(self, record: Record) -> str:
        return f"{TABLE_API}/{records.raw_value(record, 'sys_id')}"

    def _params(self) -> dict[str, str]:
        return {**ALL, "sysparm_fields": self.fields()}


def _both(before: Record, after: Record, told: str) -> dict[str, str]:
    """The work notes, also where the answer does not show those that were just written."""
    shown = [records.display_value(each, "work_notes") for each in (before, after)]
    return {"display_value": "\n".join(filter(None, (*shown, told)))}


def _name(name: str, text: str, record: Record) -> str:
    """A field by its name, with what else is to be said of it."""
    there = records.folded(records.raw_value(record, name))
    if name not in record:
        return f"{name} (no such field there, or we may not read it)"
    return f"{name} (cut short)" if there and records.folded(text).startswith(there) else name


def _offers(result: Mapping[str, Any]) -> dict[str, str]:
    """The states that are offered, each with its label."""
    labels = result.get("state_label")
    by_value = {
        str(label.get("value")): str(label.get("label"))
        for label in (labels if isinstance(labels, list) else ())
        if isinstance(label, dict)
    }
    return {str(state): by_value.get(str(state), str(state)) for state in result["available_states"]}


def _in_words(result: Mapping[str, Any], now: str) -> str:
    offered = [label for label in _offers(result).values() if label != now]
    return f"from {now} ServiceNow offers: {', '.join(offered) or 'nothing'}"
