"""A Change Review Board for the register: it moves tickets on by a rule, so that the pages show a life."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from shared.core.ports import Tables
from shared.core.register import Entry
from shared.core.ticket import ENDED, State
from shared.tickets import register

_NOTES: dict[State, str] = {
    "assess": "taken up by the owner",
    "authorize": "risk and users assessed",
    "scheduled": "agreed by the board",
    "closed": "done and reviewed",
}
_ORDER: tuple[State, ...] = ("new", "assess", "authorize", "scheduled", "implement", "review", "closed")
_MEETS = time(9)
_STALLS = 7  # every so many-th ticket waits for somebody
_LATE = timedelta(days=7)  # boards meet weekly: what Microsoft has finished stays open a while, and is overdue


async def sit(tables: Tables, now: datetime) -> int:
    """Move every open ticket to where it should be by now; returns how many moves that took."""
    moves = 0
    for entry in await register.listing(tables):
        for state, at in due(entry, now):
            await register.move(tables, entry.number, state, _NOTES[state], at)
            moves += 1
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
    if entry.planned_end:
        ended = datetime.combine(entry.planned_end, _MEETS, UTC) + timedelta(days=1 + odd % 5)
        closed = max(ended + _LATE, scheduled + timedelta(days=1 + odd % 5))
    yield "closed", closed
