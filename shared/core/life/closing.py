"""Closing: a change is done with its ticket where it has one, else with its tasks; and what is still open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from shared.core.changes.change import Change, Closing, EffectState
from shared.core.decisions.decide import plan_is_over
from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.posts.privacy import is_private, shown_title
from shared.core.tasks.task import TaskState
from shared.core.terms import ENDED


def settle(change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState]) -> Change:
    """The change as its tickets and tasks say: closed, open again, or as it was (the same object)."""
    tickets = [state for state in effects if state.effect.kind == "ticket" and not state.is_silent]
    if tickets:
        ended = [state for state in tickets if is_ended(state)]
        if any(state.due for state in ended):  # it has to be told something first, and then it says what it is
            return change
        at = max((state.done_at for state in ended if state.done_at), default=None)
        return _settled(change, len(ended) == len(tickets), at, "ticket", tickets[0].ticket.number)
    done = [task for task in tasks if task.completed]
    if not tasks:
        return change
    at = max((task.completed for task in done if task.completed), default=None)
    return _settled(change, len(done) == len(tasks), at, "task", f"{len(tasks)} task{'s' if len(tasks) > 1 else ''}")


def is_ended(ticket: EffectState) -> bool:
    """Whether nothing is waited for here any more: the ticket ended, or another change deals with it."""
    return ticket.ticket.state in ENDED or bool(ticket.ticket.followed_by)


def _settled(
    change: Change, ended: bool, at: datetime | None, through: Literal["ticket", "task"], reference: str
) -> Change:
    if ended and at and not change.closed:
        number = change.closings + 1
        return replace(change, closed=Closing(at, through, reference, number), closings=number)
    if not ended and change.closed:
        return replace(change, closed=None)
    return change


def closed_row(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy
) -> ClosedChange | None:
    """The time-to-close row of the change's closing; None while it is open."""
    if not change.closed:
        return None
    private = is_private(change.read())
    return ClosedChange(
        id=change.id,
        number=change.closed.number,
        title=shown_title(change.read())[:500],
        team=_team(change, effects, policy),
        workloads=change.decision.workloads if change.decision and not private else (),
        announced=change.first_seen,
        opened=min(_opened(change, effects, tasks), change.closed.at),
        assigned=min((task.assigned for task in tasks if task.assigned), default=None),
        closed=change.closed.at,
        through=change.closed.through,
        reference=change.closed.reference,
    )


def open_row(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy, now: datetime
) -> OpenChange | None:
    """The row of what is still open; None for a closed change, and for one that nobody tracks once its plan is over."""
    if change.closed or change.stage != "decided":
        return None
    ticket = next((state for state in effects if state.effect.kind == "ticket" and not state.is_silent), None)
    classification = change.classification
    if not ticket and not tasks and (classification.status != "scheduled" or plan_is_over(classification, now)):
        return None
    private = is_private(change.read())
    return OpenChange(
        id=change.id,
        title=shown_title(change.read())[:500],
        team=_team(change, effects, policy),
        workloads=change.decision.workloads if change.decision and not private else (),
        opened=_opened(change, effects, tasks),
        act_by=None if private else classification.act_by,
        plan_end=None if private else planned(change, policy)[1],
        through="ticket" if ticket else "task" if tasks else "",
        reference=ticket.ticket.number if ticket else "",
    )


def planned(change: Change, policy: Policy) -> tuple[date | None, date | None]:
    """The first and last day of the plan for the policy's tenants, as far as the post says them."""
    dates = our_dates_of(change.classification, policy)
    return dates.start.first if dates.start else None, dates.end.last if dates.end else None


def _opened(change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState]) -> datetime:
    filed = [state.ticket.opened_at for state in effects if state.effect.kind == "ticket" and state.ticket.opened_at]
    return min([*filed, *(task.opened for task in tasks)], default=change.first_seen)


def _team(change: Change, effects: Sequence[EffectState], policy: Policy) -> str:
    if is_private(change.read()):  # whose it is would tell what it is about
        return policy.routes.team or ""
    ticket = next((state.effect.team for state in effects if state.effect.kind == "ticket"), "")
    return (
        ticket
        or (change.decision.teams[0] if change.decision and change.decision.teams else "")
        or (policy.routes.team or "")
    )
