"""The moments of a change: when what happened to it. No table holds them; they are read from its rows (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.core.changes.change import Change, EffectState
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.posts.privacy import is_private
from shared.core.tasks.task import TaskState


@dataclass(frozen=True, slots=True)
class Moments:
    """When what happened to a change; None where it has not, or nobody knows.

    `published`: by Microsoft; `first_seen`: by us. `opened`: the first ticket or task, else `first_seen`. `triaged`:
    the first act of a person: an answer, a task that was given to somebody or moved, a ticket that the board moved.
    `ticketed`, `assigned`: the first ticket, and the first task that somebody was given. `decided`: the board's word.
    `communicated`: the first card that went out. The days are those of the newest edition, for our tenants; a post on
    data privacy has none.
    """

    first_seen: datetime
    opened: datetime
    published: datetime | None = None
    triaged: datetime | None = None
    ticketed: datetime | None = None
    assigned: datetime | None = None
    decided: datetime | None = None
    communicated: datetime | None = None
    act_by: date | None = None
    rollout_start: date | None = None
    rollout_end: date | None = None


def moments_of(change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy) -> Moments:
    """The moments, as the change's rows say them."""
    private = is_private(change.read())
    tickets = [state.ticket for state in effects if state.effect.kind == "ticket"]
    closed = change.closed.at if change.closed else None
    ticketed = earliest(ticket.opened_at for ticket in tickets)
    assigned = earliest(task.assigned for task in tasks)
    given = earliest(task.assigned for task in tasks if not task.by_us)  # by a person
    decided = earliest(ticket.decided_at for ticket in tickets)
    moved = earliest([*(ticket.moved_at for ticket in tickets), *(task.moved for task in tasks)])
    start, end = (None, None) if private else planned(change, policy)
    return Moments(
        first_seen=change.first_seen,
        opened=opening([ticketed, *(task.opened for task in tasks)], change.first_seen, closed),
        published=change.read().start,
        triaged=earliest([change.assessment.first_at, given, moved, decided]),
        ticketed=ticketed,
        assigned=assigned,
        decided=decided,
        communicated=earliest(first_card(state) for state in effects),
        act_by=None if private else change.classification.act_by,
        rollout_start=start,
        rollout_end=end,
    )


def opening(made: Iterable[datetime | None], first_seen: datetime, closed: datetime | None) -> datetime:
    """When a change was opened: its first ticket or task, else its first sight; what was made later opened nothing."""
    before = (at for at in made if at and (closed is None or at <= closed))
    return earliest(before) or (min(first_seen, closed) if closed else first_seen)


def first_card(state: EffectState) -> datetime | None:
    """When the card of an effect went out, alone or in a digest; None of a ticket, a reminder, and what did not."""
    sent = state.effect.kind == "card" and state.done and not state.stopped and not state.effect.is_reminder
    return state.done_at if sent else None


def planned(change: Change, policy: Policy) -> tuple[date | None, date | None]:
    """The first and last day of the plan for the policy's tenants, as far as the post says them."""
    dates = our_dates_of(change.classification, policy)
    return dates.start.first if dates.start else None, dates.end.last if dates.end else None


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)
