"""Writes to a change: each compared with what is there afterwards; what it did not take is told, on it and to ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.adapters.ticketing.outcome import because, fields_by_hand
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.notes import Notes
from shared.adapters.tickets.freshservice.searches import Searches
from shared.adapters.tickets.freshservice.wanted import body_of
from shared.core.errors import TransientError
from shared.core.tickets.ticket import TicketRef

_FORBIDDEN = frozenset({409})  # by the state that a change is in
_REFUSED = frozenset({400, 422}) | _FORBIDDEN


@dataclass(frozen=True, slots=True)
class Written:
    """A change after a write.

    `left`, `taken`: the fields that it did not take, with what Freshservice complains about, and those that it took.
    """

    change: Change
    left: tuple[str, ...] = ()
    complaint: str = ""
    is_refused: bool = False
    taken: frozenset[str] = frozenset()


class Writes:
    """Fields and status of a change that is there."""

    def __init__(self, calls: Calls, searches: Searches, notes: Notes) -> None:
        self._calls, self._searches, self._notes = calls, searches, notes

    async def set(self, change: Change, fields: Mapping[str, Any]) -> Written:
        """Write fields, and compare them with what is there afterwards. A status may be refused, a field by a 409."""
        allowed = _REFUSED if "status" in fields else _FORBIDDEN
        sent = {name: what for name, what in fields.items() if name != "status"}
        answer = await self._put(str(change["id"]), fields, allowed=allowed)
        if not answer.is_success:
            return Written(change, tuple(sent), self._calls.complaint_of(answer), is_refused=True)
        now = await self.whole(self._searches.of(answer), sent)
        left = changes.left_alone(sent, change, now)
        return Written(now, left, taken=frozenset(sent) - set(left))

    async def whole(self, change: Change, fields: Mapping[str, Any]) -> Change:
        """The change with all that is to be compared: an answer that leaves out a part is read anew."""
        if all(name.partition(".")[0] in change for name in fields):
            return change
        return await self._searches.read(str(change["id"])) or change

    async def told(self, written: Written, by_hand: Sequence[str] = ()) -> TicketRef:
        """The change as it is after a write. `by_hand`: what people are asked to do besides."""
        lines = list(by_hand)
        if written.left:
            line = fields_by_hand("Freshservice", [name.rpartition(".")[2] for name in written.left])
            await self._notes.tell(written.change, [line])
            lines.append(because(line, written.complaint))
        return replace(await self._searches.ref(written.change), not_taken=tuple(lines))

    async def _put(self, change_id: str, fields: Mapping[str, Any], allowed: frozenset[int] = frozenset()) -> Any:
        try:
            return await self._calls.ask("PUT", f"/changes/{change_id}", body=body_of(fields), allowed=allowed)
        except TransientError:
            self._notes.hold(change_id)
            raise
