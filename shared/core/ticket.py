"""What a ticket should be, and what ticket systems answer; independent of any system."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

State = Literal["new", "assess", "authorize", "scheduled", "implement", "review", "closed", "cancelled"]
ENDED: frozenset[str] = frozenset({"closed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """The ticket as it should be. `key` is ours, carried by the remote system, so that it can be found again.

    `risk`: high, medium or low, and `planned_start`, `planned_end`: the days of the tenant's rollout where the post
    says them. `why_cancelled`: for the history, where it is `cancelled`. `notes`: what happened since the last
    time, one line each, to be added to the ticket's history.
    """

    key: str
    change_id: str
    title: str
    description: str
    risk: Literal["high", "medium", "low"]
    group: str
    planned_start: date | None
    planned_end: date | None
    act_by: date | None
    cancelled: bool
    links: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    why_cancelled: str = "Microsoft will not make this change"


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket that exists. `number` is what people call it by, `closed_at` when the system says that it ended."""

    number: str
    url: str
    state: State
    closed_at: datetime | None = None
