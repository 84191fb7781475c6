"""What a change board does with a ticket of the built-in register: its moves, and where each is possible (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from shared.core.terms import State
from shared.core.tickets.register import Entry, moved, moved_by_board
from shared.core.words import board as words

Move = Literal["approve", "reject", "implement", "review", "close", "schedule", "assess", "authorize", "cancel"]
"""In the order in which they are offered. `assess` also sends an approved ticket back, and opens one that has ended.
`schedule` sets the planned days and leaves the state. `reject` is the board's decision; `cancel` is nobody's: the
ticket is not needed any more.
"""
MOVES: tuple[Move, ...] = get_args(Move)
Outcome = Literal["", "successful", "with_issues", "unsuccessful"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_UNDECIDED: tuple[State, ...] = ("new", "assess", "authorize")
_APPROVED: tuple[State, ...] = ("scheduled", "implement", "review")
_FROM: Mapping[Move, tuple[State, ...]] = {
    "assess": ("new", "authorize", *_APPROVED, "closed", "cancelled"),
    "authorize": ("new", "assess"),
    "approve": _UNDECIDED,
    "reject": _UNDECIDED,
    "schedule": (*_UNDECIDED, *_APPROVED),
    "implement": ("scheduled",),
    "review": ("scheduled", "implement"),
    "close": _APPROVED,
    "cancel": (*_UNDECIDED, *_APPROVED),
}
_TO: Mapping[Move, State] = {
    "assess": "assess",
    "authorize": "authorize",
    "approve": "scheduled",
    "reject": "cancelled",
    "implement": "implement",
    "review": "review",
    "close": "closed",
    "cancel": "cancelled",
}
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
_MOVER = re.compile(r"((?:\w+ to \w+|planned [^:]*?|planned days as Microsoft's) by )(\S+)(?=: |\Z)")


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants of a ticket.

    `words`: the reason, or how it went. `start`, `end`: the planned days; with `schedule` neither of them means those
    of the post again, with `approve` that they stay. `seen`: the ticket as the person saw it (`seen`); empty: whatever
    it is.
    """

    move: Move
    words: str = ""
    start: date | None = None
    end: date | None = None
    outcome: Outcome = ""
    seen: str = ""


class Mover(NamedTuple):
    """Who moved a ticket last, when, and the line of its history that says so."""

    who: str
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of an order, and the ticket as it is now.

    `counts`: it is done. `again`: the ticket was so already. `other`: somebody moved it after the person had looked,
    and nothing is done. `refused`: `why` says what is missing, in a sentence. `before`: who had moved it last.
    """

    kind: Literal["counts", "again", "other", "refused"]
    entry: Entry
    why: str = ""
    before: Mover | None = None


@dataclass(frozen=True, slots=True)
class TicketMoved:
    """What became of a move. `names`: of the people in the ticket, by their ids."""

    moved: Moved
    names: dict[str, str]


def possible(state: str) -> tuple[Move, ...]:
    """The moves of a ticket in a state, in the order in which they are offered."""
    return tuple(move for move in MOVES if state in _FROM[move])


def seen(state: str, planned_start: date | None, planned_end: date | None) -> str:
    """A ticket as somebody sees it: its state, and the days that a person set."""
    return "|".join((state, *(day.isoformat() if day else "" for day in (planned_start, planned_end))))


def seen_of(entry: Entry) -> str:
    return seen(entry.state, *entry.planned_by_hand)


def obey(entry: Entry, order: Order, who: str, now: datetime) -> Moved:
    """The ticket after an order of `who`, an object id. Nothing is done twice, and nothing over a newer move."""
    before = last_mover(entry)
    if _is_done(entry, order):
        said = _said(order)
        same = before is None or not said or before.line.endswith(f": {said}")
        return Moved("again" if same else "other", entry, before=before)
    if order.seen and order.seen != seen_of(entry):
        return Moved("other", entry, before=before)
    if why := _fault(entry, order):
        return Moved("refused", entry, why, before)
    return Moved("counts", _after(entry, order, who, now), before=before)


def last_mover(entry: Entry) -> Mover | None:
    """Who moved the ticket last; None while no person has."""
    for at, line in reversed(entry.history):
        if match := _MOVER.match(line):
            return Mover(match[2], at, line)
    return None


def people_in(entry: Entry) -> frozenset[str]:
    """Who stands in a ticket: object ids, and names of people who moved it from a command line."""
    named = [match[2] for _, line in entry.history if (match := _MOVER.match(line))]
    return frozenset(filter(None, [*named, entry.decided_by]))


def with_names(entry: Entry, names: Mapping[str, str]) -> Entry:
    """The ticket as people read it, with names in place of ids; for showing, never for storing."""
    history = tuple((at, line_with_names(line, names)) for at, line in entry.history)
    return replace(entry, history=history, decided_by=names.get(entry.decided_by, entry.decided_by))


def line_with_names(line: str, names: Mapping[str, str]) -> str:
    match = _MOVER.match(line)
    return f"{match[1]}{names.get(match[2], match[2])}{line[match.end() :]}" if match else line


def _is_done(entry: Entry, order: Order) -> bool:
    """Whether the ticket is already as the order wants it."""
    if order.move == "schedule" and entry.state in _FROM["schedule"]:
        return bool(order.start) and entry.planned_by_hand == _days(entry, order)
    if order.move == "schedule":
        return False
    if entry.state != _TO[order.move]:
        return False
    if order.move == "approve":
        return order.start is None or entry.planned_by_hand == _days(entry, order)
    return order.move != "reject" or entry.decision == "rejected"


def _days(entry: Entry, order: Order) -> tuple[date | None, date | None]:
    """The days that an order sets, as `planned_by_hand` has them."""
    days = (order.start, order.end or order.start)
    return (None, None) if days == (entry.proposed_start, entry.proposed_end) else days


def _fault(entry: Entry, order: Order) -> str:  # noqa: PLR0911 - one fault after the other
    if entry.state not in _FROM[order.move]:
        return words.not_from(order.move, entry.state)
    said = order.words.strip()
    if order.move == "reject" and not said:
        return words.NO_REASON
    if order.move == "cancel" and not said:
        return words.NO_WHY
    if order.move == "close" and not order.outcome:
        return words.NO_OUTCOME
    if order.move == "close" and order.outcome != "successful" and not said:
        return words.NO_WORDS
    if order.end and not order.start:
        return words.NO_DAYS
    if order.move == "schedule" and not order.start and not entry.is_planned_by_hand:
        return words.NO_DAYS
    if order.start and order.end and order.end < order.start:
        return words.ENDS_BEFORE
    if any(day and not _FIRST <= day <= _LAST for day in (order.start, order.end)):
        return words.FAR_DAYS
    return ""


def is_of(mover: Mover, order: Order) -> bool:
    """Whether the line of a ticket's history is of this kind of move: of its days, or of its state."""
    return mover.line.startswith("planned ") == (order.move == "schedule")


def _said(order: Order) -> str:
    """What stands behind the name in the line of history."""
    said = " ".join(order.words.split())
    if order.move == "close" and order.outcome:
        outcome = words.OUTCOMES[order.outcome]
        return f"{outcome}: {said}" if said else outcome
    return said


def _after(entry: Entry, order: Order, who: str, now: datetime) -> Entry:
    said = _said(order)
    if order.move == "schedule":
        return _planned(entry, order, who, said, now)
    if order.move == "approve" and order.start and _days(entry, order) != entry.planned_by_hand:
        entry = _planned(entry, order, who, "", now)
    if order.move == "cancel":
        return moved(entry, "cancelled", said, now, who)  # not the board's decision
    return moved_by_board(entry, _TO[order.move], said, now, who)


def _planned(entry: Entry, order: Order, who: str, said: str, now: datetime) -> Entry:
    """With the days of the order; where they are those of the post, they follow it again."""
    start, end = order.start, order.end or order.start
    if start is None:
        start, end = entry.proposed_start, entry.proposed_end
        days = "planned days as Microsoft's"
    else:
        days = f"planned {start}" + (f" to {end}" if end and end != start else "")
    line = f"{days} by {who}" + (f": {said}" if said else "")
    return replace(
        entry, planned_start=start, planned_end=end, updated=now, history=(*entry.history, (now, line))
    )  # fmt: skip
