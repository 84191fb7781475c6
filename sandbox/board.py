"""A Change Review Board for the register: it moves tickets on by a rule, so that the pages show a life."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from sandbox.ticket_systems import Server
from sandbox.ticket_systems.showing import Deciding
from shared.core.ports.storage import Tables
from shared.core.terms import ENDED, State
from shared.core.tickets.register import Entry
from shared.record.register import entries, move_entry

_NOTES: dict[State, str] = {
    "assess": "taken up by the owner",
    "authorize": "risk and users assessed",
    "scheduled": "agreed by the board",
    "closed": "done and reviewed",
}
_ORDER: tuple[State, ...] = ("new", "assess", "authorize", "scheduled", "implement", "review", "closed")
_MEETS = time(9)
_ELSEWHERE = (1, 3, 5, 40)  # days after a ticket was seen until each step of its course
_DECIDED = 3  # the step with which the board has decided
_LEFT_ALONE = frozenset({"Canceled", "Cancelled", "Removed", "Closed", "Completed", "Done"})
_STALLS = 7  # every so many-th ticket waits for somebody
_LATE = timedelta(days=7)  # boards meet weekly: what Microsoft has finished stays open a while, and is overdue


async def sit(tables: Tables, now: datetime) -> int:
    """Move every open ticket to where it should be by now; returns how many moves that took."""
    moves = 0
    for entry in await entries(tables):
        for state, at in due(entry, now):
            await move_entry(tables, entry.number, state, _NOTES[state], at, "the change board")
            moves += 1
    return moves


class Elsewhere:
    """The same board in a ticket system beside the sandbox; it remembers when it first saw each ticket."""

    def __init__(self, system: Server, course: Sequence[str]) -> None:
        self._system = system
        self._course = tuple(course)
        self._seen: dict[str, tuple[datetime, int]] = {}

    def sit(self, now: datetime) -> int:
        """Move every ticket to where it should be by now; how many moves that took."""
        moves = 0
        for ticket in self._system.tickets:
            first, at = self._seen.setdefault(ticket.number, (now, 0))
            days = (now - first).days
            due = sum(days >= day for day in _ELSEWHERE) if sum(map(ord, ticket.number)) % _STALLS else min(1, days)
            if due > at:
                if ticket.state not in _LEFT_ALONE:
                    if due == _DECIDED and isinstance(self._system, Deciding):
                        self._system.approve(ticket.number, "Change board")
                    self._system.move(ticket.number, self._course[due - 1])
                    moves += 1
                self._seen[ticket.number] = (first, due)
        return moves


def due(entry: Entry, now: datetime) -> Iterator[tuple[State, datetime]]:
    """The moves that have become due, in order. The same for the same ticket always."""
    if entry.state in ENDED:
        return
    for state, at in _course(entry):
        if at <= now and _ORDER.index(state) > _ORDER.index(entry.state):
            yield state, at


def _course(entry: Entry) -> Iterator[tuple[State, datetime]]:
    """Counted in days, so that the second in which a ticket was made decides nothing."""
    odd = sum(map(ord, entry.number))
    opened = datetime.combine(entry.created.date(), _MEETS, UTC)
    yield "assess", opened + timedelta(days=1)
    if odd % _STALLS == 0:
        return
    yield "authorize", opened + timedelta(days=3)
    scheduled = opened + timedelta(days=5)
    yield "scheduled", scheduled
    closed = opened + timedelta(days=21)
    last = entry.planned_end or entry.planned_start or entry.act_by
    if last:
        ended = datetime.combine(last, _MEETS, UTC) + timedelta(days=1 + odd % 5)
        closed = max(ended + _LATE, scheduled + timedelta(days=1 + odd % 5))
    yield "closed", closed
