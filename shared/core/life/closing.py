"""Closing: what ends a change, what opens it again, and what is still open (pure)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from shared.core.changes.change import Change, Closing, Days, EffectState, Stood
from shared.core.changes.settled import THROUGH_WITH_IT
from shared.core.decisions.decide import last_day, plan_is_over
from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.life.moments import Moments, latest, moments_of
from shared.core.policy.model import Policy
from shared.core.policy.working_days import working_days_of
from shared.core.posts.privacy import is_private, shown_title
from shared.core.tasks.task import TaskState
from shared.core.terms import CLOSED_BY, ENDED, OVER, ClosedBy, Through

CLOSED_BEFORE, REOPENED, RESUMED = "closed_before", "reopened", "resumed"
"""Moments of a change that was opened again: when it was closed before, when that ended, and when Microsoft did it."""
NEVER_LOOKED_AT, LOOKED_AT = "nobody looked at it", "somebody looked at it"
"""References of a change that lapsed."""
UNPLANNED_FOR = timedelta(days=30)
"""What has no plan, as a notice has none, lapses so long after its newest edition."""
LATEST = timedelta(days=14)
"""How late a night may find that a change lapsed; what is found later was over before anybody looked."""


class Verdict(NamedTuple):
    """What one of those that close a change says: whether it has ended, when, under which number, and by whom.

    `waits`: it has to be told something first, and says what it is after that.
    """

    through: ClosedBy
    ended: bool
    at: datetime | None = None
    reference: str = ""
    by: str = ""
    waits: bool = False


def settle(
    change: Change,
    effects: Sequence[EffectState],
    tasks: Sequence[TaskState] | None,
    policy: Policy,
    now: datetime,
    resumed: datetime | None = None,
) -> Change:
    """The change closed, open again, or as it was (the same object), as people, tickets, tasks and answers say.

    The strongest that says anything closes it. It is opened by what closed it, by what weighs more, by a person, and by
    Microsoft. `tasks`: None where they were not read, and then only what weighs more is asked. `resumed`: when
    Microsoft said something for which the policy opens a change again.
    """
    verdicts = _verdicts(change, effects, tasks, policy)
    if change.closed:
        at = _opening(change, change.closed, verdicts, now, resumed)
        return _reopened(change, change.closed, at, policy, by_microsoft=at == resumed) if at else change
    since = latest([_opened_on_page(change), change.moments.get(RESUMED)])
    for verdict in verdicts:
        if verdict.waits or not verdict.ended:
            return change
        if verdict.at and (since is None or verdict.at > since):
            return _closed(change, effects, tasks or (), policy, verdict)
    return change


def resumed_at(change: Change, policy: Policy) -> datetime | None:
    """When Microsoft said something with the newest edition for which the policy opens a change again."""
    newest = change.current.id
    said = (event for event in change.events if event.edition == newest and not event.late)
    return latest(event.at for event in said if event.type in policy.closing.reopen)


def _opening(
    change: Change, closed: Closing, verdicts: Sequence[Verdict], now: datetime, resumed: datetime | None
) -> datetime | None:
    """When a closed change is opened again; None while it stays closed."""
    said = latest([_opened_on_page(change), resumed])
    if said and said > closed.at:
        return said
    if closed.through == "lapsed" and _goes_on(change, now):
        return now
    for verdict in verdicts:
        if verdict.waits or (closed.through != "lapsed" and _weighs_less(verdict.through, closed.through)):
            return None
        if not verdict.ended:
            return now
    return None


def _weighs_less(one: Through, other: Through) -> bool:
    order: tuple[Through, ...] = (*CLOSED_BY, "lapsed")
    return order.index(one) > order.index(other)


def _opened_on_page(change: Change) -> datetime | None:
    word = change.assessment.page
    return word.at if word and not word.closed else None


def _goes_on(change: Change, now: datetime) -> bool:
    """Whether its plan lies ahead, or is under way."""
    reading = change.classification
    return change.stage == "decided" and reading.status == "scheduled" and not plan_is_over(reading, now)


def _verdicts(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState] | None, policy: Policy
) -> list[Verdict]:
    """What each says that the policy lets close a change, the strongest first; those that say nothing are left out."""
    said = {
        "page": _page(change),
        "ticket": _tickets(effects),
        "task": _tasks(change, tasks or ()),
        "answer": _answers(change) if tasks is not None else None,  # unread tasks weigh more
    }
    return [verdict for through in CLOSED_BY if through in policy.closing.through and (verdict := said[through])]


def _page(change: Change) -> Verdict | None:
    word = change.assessment.page
    return Verdict("page", True, word.at, by=word.by) if word and word.closed else None


def _tickets(effects: Sequence[EffectState]) -> Verdict | None:
    tickets = [state for state in effects if state.effect.kind == "ticket" and not state.is_silent]
    if not tickets:
        return None
    ended = [state for state in tickets if is_ended(state)]
    at = latest(state.done_at for state in ended)
    waits = any(state.due for state in ended)
    return Verdict("ticket", len(ended) == len(tickets), at, tickets[0].ticket.number, waits=waits)


def is_ended(ticket: EffectState) -> bool:
    """Whether nothing is waited for here any more: the ticket ended, or another change deals with it."""
    return ticket.ticket.state in ENDED or bool(ticket.ticket.followed_by)


def _tasks(change: Change, tasks: Sequence[TaskState]) -> Verdict | None:
    """Those that the plan still has. One that was made after the closing was imported again, and opens nothing."""
    counted = [task for task in tasks if not task.gone and not (change.closed and task.opened > change.closed.at)]
    if not counted:
        return None
    done = [task for task in counted if task.completed]
    many = f"{len(counted)} task{'s' if len(counted) > 1 else ''}"
    return Verdict("task", len(done) == len(counted), latest(task.completed for task in done), many)


def _answers(change: Change) -> Verdict | None:
    """What its teams say; nothing while none of them has said anything."""
    assessment = change.assessment
    teams = {assessment.team_of(team) for team in (change.decision.teams if change.decision else ())}
    words = [assessment.teams[team] for team in teams if team in assessment.teams]
    said = [word for word in words if word.disposition]
    if not said:
        return None
    done = [word for word in said if word.disposition in THROUGH_WITH_IT]
    many = f"{len(teams)} team{'s' if len(teams) > 1 else ''}"
    return Verdict("answer", len(done) == len(teams), latest(word.at for word in done), many)


def _closed(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy, verdict: Verdict
) -> Change:
    moments = moments_of(change, effects, tasks, policy)
    at = verdict.at or moments.opened
    if (again := change.moments.get(REOPENED)) and at < again:  # clocks of two systems
        at = again
    return with_closing(change, moments, policy, team_of(change, effects, policy), at, verdict)


def with_closing(
    change: Change, moments: Moments, policy: Policy, team: str, at: datetime, verdict: "Verdict | Lapse"
) -> Change:
    """The change with its next closing."""
    calendar, number = working_days_of(policy, team), change.closings + 1
    target = policy.targets.of(change.classification)
    worked = Days(
        calendar.between(moments.first_seen, moments.triaged) if moments.triaged else None,
        calendar.between(moments.first_seen, moments.decided) if moments.decided else None,
        max(0, calendar.between(moments.opened, at) - change.stood.working),
    )
    closing = Closing(
        at,
        verdict.through,
        verdict.reference,
        number,
        verdict.by,
        worked,
        Days(target.triage, target.decide, target.close),
        before=isinstance(verdict, Lapse) and verdict.before,
    )
    return replace(change, closed=closing, closings=number)


def _reopened(change: Change, closed: Closing, at: datetime, policy: Policy, *, by_microsoft: bool) -> Change:
    """Open again, from that moment on; what it stood closed counts in no duration."""
    team = team_of(change, (), policy)
    stood = Stood(
        change.stood.seconds + max(0, int((at - closed.at).total_seconds())),
        change.stood.working + working_days_of(policy, team).between(closed.at, at),
    )
    moments = {**change.moments, CLOSED_BEFORE: closed.at, REOPENED: at, **({RESUMED: at} if by_microsoft else {})}
    return replace(change, closed=None, stood=stood, moments=moments)


class Lapse(NamedTuple):
    """That a change ends though nobody filed it or had a task for it. `before`: before anybody measured."""

    at: datetime
    reference: str
    before: bool
    through: Through = "lapsed"
    by: str = ""


def people_may_settle(change: Change) -> bool:
    """Whether what people said of it may close it, or open it again."""
    answers = _answers(change)
    return bool(change.closed or change.assessment.page or (answers and answers.ended))


def lapse(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy, now: datetime
) -> Change:
    """The change as lapsed where its time is over and nothing is waited for; else the same object.

    One that was over when it was first seen, or before this version kept closings of such, counts in no measure.
    """
    if change.closed or change.stage != "decided" or is_tracked(effects, tasks):
        return change
    over = _over_since(change)
    if over is None or over > now:
        return change
    moments = moments_of(change, effects, tasks, policy)
    at = max(over, moments.first_seen, change.moments.get(REOPENED, over))
    looked_at = LOOKED_AT if moments.triaged else NEVER_LOOKED_AT
    before = over <= moments.first_seen or now - over > LATEST
    return with_closing(change, moments, policy, team_of(change, effects, policy), at, Lapse(at, looked_at, before))


def _over_since(change: Change) -> datetime | None:
    """From when on nobody waits for it: its last day, or, without a plan, some time after the newest edition."""
    reading = change.classification
    newest = change.current.observed
    if reading.status in OVER:
        return newest
    last = last_day(reading)
    if reading.status != "scheduled" or last is None:
        return newest + UNPLANNED_FOR
    return datetime.combine(last + timedelta(days=1), time(), UTC)


def is_tracked(effects: Sequence[EffectState], tasks: Sequence[TaskState]) -> bool:
    """Whether a ticket or a task of the plan stands for it."""
    filed = any(state.effect.kind == "ticket" and not state.is_silent for state in effects)
    return filed or any(not task.gone for task in tasks)


def closed_row(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy
) -> ClosedChange | None:
    """The time-to-close row of the change's closing; None while it is open."""
    closed = change.closed
    if not closed:
        return None
    private = is_private(change.read())
    moments = moments_of(change, effects, tasks, policy)
    return ClosedChange(
        id=change.id,
        number=closed.number,
        title=shown_title(change.read())[:500],
        team=team_of(change, effects, policy),
        workloads=change.decision.workloads if change.decision and not private else (),
        announced=change.first_seen,
        opened=moments.opened,
        assigned=moments.assigned,
        closed=closed.at,
        through=closed.through,
        reference=closed.reference,
        moments=moments,
        kind="" if private else change.classification.kind,
        impact="" if private else change.classification.impact,
        private=private,
        by=closed.by,
        stood=timedelta(seconds=change.stood.seconds),
        worked=closed.worked,
        target=closed.target,
        before=closed.before,
    )


def open_row(
    change: Change, effects: Sequence[EffectState], tasks: Sequence[TaskState], policy: Policy, now: datetime
) -> OpenChange | None:
    """The row of what is still open; None for a closed change, and for one that nobody tracks once its plan is over."""
    if change.closed or change.stage != "decided":
        return None
    ticket = next((state for state in effects if state.effect.kind == "ticket" and not state.is_silent), None)
    if not is_tracked(effects, tasks) and not _goes_on(change, now):
        return None
    private = is_private(change.read())
    moments = moments_of(change, effects, tasks, policy)
    return OpenChange(
        id=change.id,
        title=shown_title(change.read())[:500],
        team=team_of(change, effects, policy),
        workloads=change.decision.workloads if change.decision and not private else (),
        opened=moments.opened,
        act_by=moments.act_by,
        plan_end=moments.rollout_end,
        through="ticket" if ticket else "task" if is_tracked((), tasks) else "",
        reference=ticket.ticket.number if ticket else "",
    )


def team_of(change: Change, effects: Sequence[EffectState], policy: Policy) -> str:
    """Who deals with it: the ticket's team, else the first that the policy names."""
    if is_private(change.read()):  # whose it is would tell what it is about
        return policy.routes.team or ""
    ticket = next((state.effect.team for state in effects if state.effect.kind == "ticket"), "")
    return (
        ticket
        or (change.decision.teams[0] if change.decision and change.decision.teams else "")
        or (policy.routes.team or "")
    )
