"""The lines that somebody may see, and what of them stays the same for as long as the lines do (pure)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, date, datetime

from shared.core.life.figures import LAPSED, visible
from shared.core.life.line import Line

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many changes, on whatever day. `revisions`: editions after each one's first.

    `closings`: how often a change was closed, without lapses.
    """

    ticketed: int = 0
    cancelled: int = 0
    revised: int = 0
    closed: int = 0
    changes: int = 0
    revisions: int = 0
    closings: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines that somebody may see, the newest first. `still`: those that are open on `today`, in the same order."""

    lines: Sequence[Line] = field(repr=False)
    still: Sequence[Line] = field(repr=False)
    counts: Counts
    today: date


def latest(lines: Iterable[Line], read: Callable[[Line], datetime | None]) -> list[Line]:
    """The latest first, and of equal ones the higher id.

    Sorted twice, as lines come nearly in order of their ids, and moments compare fastest alone.
    """
    by_id = sorted(lines, key=lambda line: line.id, reverse=True)
    return sorted(by_id, key=lambda line: read(line) or _LONG_AGO, reverse=True)


def shown_of(lines: Iterable[Line], today: date, *, privacy: bool = True) -> Shown:
    """`privacy`: whether posts on data privacy are among them."""
    seen = latest(visible(lines, privacy=privacy), lambda line: line.first_seen)
    return Shown(seen, [line for line in seen if line.is_open(today)], counts_of(seen), today)


def counts_of(seen: Sequence[Line]) -> Counts:
    filed = [line.tickets for line in seen if line.tickets]
    ended = [line for line in seen if line.closings]
    return Counts(
        ticketed=sum(any(ticket.number for ticket in tickets) for tickets in filed),
        cancelled=sum(any(ticket.state == "cancelled" for ticket in tickets) for tickets in filed),
        revised=sum(line.revision > 1 for line in seen),
        closed=sum(line.closed is not None and line.through != LAPSED for line in ended),
        changes=len(seen),
        revisions=sum(line.revision - 1 for line in seen),
        closings=sum(line.closings - (line.through == LAPSED) for line in ended),
    )
