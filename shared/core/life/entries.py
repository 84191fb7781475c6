"""What measures are made of: what is open; what was closed, when, and through what."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.core.changes.change import NO_DAYS, Days
from shared.core.life.moments import Moments


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that people still have to deal with. `through`: what it waits for, a ticket, a task, or nothing yet.

    `opened`: when the first ticket or task for it was made, else when we first saw the post.
    """

    id: str
    title: str
    team: str
    workloads: tuple[str, ...]
    opened: datetime
    act_by: date | None
    plan_end: date | None
    through: str
    reference: str


@dataclass(frozen=True, slots=True)
class ClosedChange:
    """One closing: the whole life of a change. `assigned` is None where nobody was ever named.

    `opened`: the first time; `stood`: how long it stood closed since, which counts in no duration. `worked`: working
    days by the calendar of the day of the closing; `target`: the days that the policy allowed then. `reopened`: when it
    was opened again. `before`: it was over before anybody measured. `moments`: None in rows of an earlier version,
    which have neither `kind` nor `impact` either.
    """

    id: str
    number: int
    title: str
    team: str
    workloads: tuple[str, ...]
    announced: datetime
    opened: datetime
    assigned: datetime | None
    closed: datetime
    through: str
    reference: str
    moments: Moments | None = None
    kind: str = ""
    impact: str = ""
    private: bool = False
    by: str = ""
    stood: timedelta = timedelta(0)
    worked: Days = NO_DAYS
    target: Days = NO_DAYS
    before: bool = False
    reopened: datetime | None = None
