"""What measures are made of: what is open; what was closed, when, and through what."""

from dataclasses import dataclass
from datetime import date, datetime


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
    """One closing: the whole life of a change in its moments. `assigned` is None where nobody was ever named."""

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
