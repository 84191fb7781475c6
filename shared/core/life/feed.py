"""What a calendar program gets: the nearest marks of changes as events, none of a post on data privacy (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.core.life.calendar import Kind, Mark, marks_of, touches
from shared.core.life.figures import visible
from shared.core.life.line import Line
from shared.core.policy.model import Policy

BEFORE, AHEAD = timedelta(days=62), timedelta(days=366)
"""How far back and ahead a feed reaches."""
MOST = 2000
"""Events of a feed; of more the nearest ones."""
_SAME: dict[Kind, str] = {
    "begins": "start", "on": "start", "ends": "end", "act_by": "act-by",
    "work_begins": "work-start", "work_on": "work-start", "work_ends": "work-end",
}  # fmt: skip


class Event(NamedTuple):
    """A day for a calendar program. `uid`: the same however often it moves. `sequence` grows with each revision."""

    uid: str
    sequence: int
    modified: datetime | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that somebody made. `key`: the hash of its token, which nobody keeps.

    `team`, `workload`: what it is filtered by; `last_read`: the last day on which a program read it.
    """

    key: str
    who: str
    made: datetime
    team: str = ""
    workload: str = ""
    last_read: date | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedsView:
    """Somebody's feeds, or everybody's for an admin. `names`: of those who made them, by their ids."""

    feeds: tuple[Feed, ...]
    names: Mapping[str, str]
    teams: tuple[str, ...]
    workloads: tuple[str, ...]


def events_of(lines: Iterable[Line], policy: Policy, today: date) -> list[Event]:
    """The events of a feed in order of their days; the same lines give the same events."""
    events = [
        Event(
            f"{mark.change_id}-{_SAME[mark.kind]}{f'-{mark.ticket}' if mark.ticket else ''}",
            _sequence(line, mark),
            line.modified or line.decided,
            mark,
        )
        for line in visible(lines, privacy=False)
        if touches(line, today - BEFORE, today + AHEAD)
        for mark in marks_of(line, policy)
        if today - BEFORE <= mark.day <= today + AHEAD
    ]
    nearest = sorted(events, key=lambda event: (abs((event.mark.day - today).days), event.uid))[:MOST]
    return sorted(nearest, key=lambda event: (event.mark.day, event.uid))


def _sequence(line: Line, mark: Mark) -> int:
    """Editions and acts only become more, and so do the writes of a ticket."""
    if mark.ticket:
        turns = (part.version for part in line.of_kind("ticket") if part.text("number") == mark.ticket)
        return max((int(turn) for turn in turns if turn.isdecimal()), default=0)
    return line.revision + line.seq
