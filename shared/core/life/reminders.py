"""What a change occasions now: its day to act by comes near, nobody has said anything, somebody asked (pure).

Or its rollout began some working days ago, and its owner is asked how it went.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from shared.core.cards.delivery import moment_of
from shared.core.cards.occasions import SILENT, Occasion, OccasionKind, act_by_due
from shared.core.changes.lessons import Lesson
from shared.core.life.line import Asked, Line
from shared.core.life.moments import earliest, latest
from shared.core.life.outcomes import lessons_of
from shared.core.life.timers import fires, most_urgent
from shared.core.policy.model import Policy, ReminderStep
from shared.core.policy.working_days import WorkingDays, working_days_of
from shared.core.words.plan import UNDATED

HOUR = time(8)
"""When people are reminded on a working day, by the clock of the calendar."""
PAUSE = timedelta(days=1)
"""The timer runs every hour: one that has not worked for longer stood still."""
_RANK: tuple[OccasionKind, ...] = ("overdue", "act-0", "act-2", *reversed(SILENT), "act-7", "impact")
"""The most urgent first."""
_APART = frozenset({"silent-3", "silent-4", "impact"})
"""What reaches other people than the team, or asks them something that nothing else asks."""


@dataclass(frozen=True, slots=True)
class Due:
    """One occasion of a change that fires now.

    Of silence: `step` and `since` when nobody has said anything. `asked`: the channels where people asked for it, each
    with the team. `days`: of the question how it went, how many working days ago the rollout began; `lessons`: of other
    changes of the same service. `stopped`: a more urgent one of the change is sent.
    """

    line: Line
    occasion: Occasion
    step: ReminderStep | None = None
    since: datetime | None = None
    asked: tuple[Asked, ...] = ()
    days: int = 0
    lessons: tuple[Lesson, ...] = ()
    stopped: bool = False


def step_key(step: ReminderStep) -> str:
    """A step and its days: with other days it is another threshold, which counts from when it is there."""
    return f"{step.who}={step.days}"


def impact_key(days: int) -> str:
    """The question how it went, and its days."""
    return f"impact={days}"


def thresholds(policy: Policy, known: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """The policy's steps and its question, each with since when it holds; what is new holds from now on."""
    keys = [
        *map(step_key, policy.reminders.steps),
        *([impact_key(after)] if (after := policy.impact.ask_after) else []),
    ]
    return {key: known.get(key, now) for key in keys}


def due_now(
    lines: Iterable[Line], policy: Policy, until: datetime, now: datetime, since: Mapping[str, datetime]
) -> list[Due]:
    """What fires of these changes between the last run and now, by change, and what a more urgent one stops.

    `since`: from when each step of the policy, and its question, holds. After a pause one occasion of a change is left;
    else one for the same people. What people asked for themselves is always sent.
    """
    calendars, every = _Calendars(policy), list(lines)
    asked: list[Due] = []
    others: list[Due] = []
    for line in every:
        asked += _asked(line, calendars, until, now)
        if occasion := deadline_due(line, until, now):
            others.append(Due(line, occasion))
        others += _silent(line, policy, calendars, until, now, since)
        if question := _impact(line, policy, calendars, until, now, since):
            others.append(replace(question, lessons=lessons_of(every, line.services, line.id)))
    paused = now - until > PAUSE
    sent, stopped = most_urgent((_group(due, paused=paused), _RANK.index(due.occasion.kind), due) for due in others)
    late = [replace(due, stopped=True) for due in stopped]
    return sorted((*asked, *sent, *late), key=lambda due: (due.line.id, due.stopped))


def _group(due: Due, *, paused: bool) -> str:
    """Those of one group are for the same people: one of them is enough."""
    own = not paused and due.occasion.kind in _APART
    return f"{due.line.id}|{due.occasion.kind}" if own else due.line.id


def deadline_due(line: Line, until: datetime, now: datetime) -> Occasion | None:
    """What the line's day to act by occasions since the last run; a post on data privacy has no day in its line."""
    if line.act_by is None or line.closed or line.status in UNDATED or line.action != "required":
        return None
    if {"act_by", "action"} & set(line.unsure):
        return None
    return act_by_due(line.act_by, until, now)


def silent_since(line: Line) -> datetime | None:
    """Since when no person has said or done anything about it: since somebody was asked, or since their last act."""
    asked = [
        line.communicated,
        *(ticket.opened_at for ticket in line.tickets if not ticket.silent),
        *(task.opened for task in line.tasks),
    ]
    acts = [line.last_word]
    for task in line.tasks:
        acts += [task.assigned, task.moved, task.completed]
    for ticket in line.tickets:
        acts += [ticket.moved_at, ticket.decided_at]
    return latest([earliest(asked) or line.decided, *acts])


def step_moment(since: datetime, step: ReminderStep, days: WorkingDays) -> datetime:
    """When a step is due: so many working days after the day of the last word, at eight o'clock there, in UTC."""
    return _at(days.after(days.local_day(since), step.days), days)


def asked_moment(day: date, days: WorkingDays) -> datetime:
    """When people who asked for this day are reminded: at eight o'clock on it, or on the next working day, in UTC."""
    return _at(days.on_or_after(day), days)


def question_moment(began: date, after: int, days: WorkingDays) -> datetime:
    """When the owner is asked how a rollout went: so many working days after its first day, at eight o'clock there."""
    return _at(days.after(began, after), days)


def _at(day: date, days: WorkingDays) -> datetime:
    return moment_of(day, HOUR, days.time_zone)


def _silent(
    line: Line,
    policy: Policy,
    calendars: "_Calendars",
    until: datetime,
    now: datetime,
    held: Mapping[str, datetime],
) -> Iterator[Due]:
    steps = policy.reminders.steps
    if not steps or line.private or line.status in UNDATED or not line.is_open(now.date()):
        return
    since = silent_since(line)
    if since is None:
        return
    moments = calendars.moments(line, since)
    for step in steps:
        if fires(moments[step.number], until, now, held.get(step_key(step), now)):
            yield Due(line, Occasion(SILENT[step.number - 1], str(line.seq)), step, since)


def _impact(
    line: Line,
    policy: Policy,
    calendars: "_Calendars",
    until: datetime,
    now: datetime,
    held: Mapping[str, datetime],
) -> Due | None:
    """The question how it went, once for each day on which a rollout began; a closed change is asked of, too."""
    after, began = policy.impact.ask_after, line.plan_start
    if after is None or began is None or line.private or line.status != "scheduled":
        return None
    if began > now.date() or {"rollouts", "status"} & set(line.unsure):
        return None
    if not fires(calendars.question(line, began, after), until, now, held.get(impact_key(after), now)):
        return None
    return Due(line, Occasion("impact", began.isoformat()), days=after)


def _asked(line: Line, calendars: "_Calendars", until: datetime, now: datetime) -> Iterator[Due]:
    """Of several days that have passed the last one: its card names everybody."""
    if line.closed or not line.asked:
        return
    days = calendars.of(line)
    passed = [each for each in line.asked if fires(asked_moment(each.day, days), until, now)]
    by_channel: dict[str, Asked] = {}
    for each in sorted(passed, key=lambda each: each.day):
        by_channel[each.channel] = each
    for day in sorted({each.day for each in by_channel.values()}):
        those = tuple(each for each in by_channel.values() if each.day == day)
        yield Due(line, Occasion("asked", day.isoformat()), asked=those)


class _Calendars:
    """The calendars of teams, each made once a run, and what follows from them for a day, which many changes share."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._known: dict[str, WorkingDays] = {}
        self._moments: dict[tuple[WorkingDays, date], dict[int, datetime]] = {}
        self._questions: dict[tuple[WorkingDays, date], datetime] = {}

    def moments(self, line: Line, since: datetime) -> dict[int, datetime]:
        """When each step is due, by its number."""
        days = self.of(line)
        key = days, days.local_day(since)
        if key not in self._moments:
            steps = self._policy.reminders.steps
            self._moments[key] = {step.number: step_moment(since, step, days) for step in steps}
        return self._moments[key]

    def question(self, line: Line, began: date, after: int) -> datetime:
        """When people are asked how a rollout went that began on that day."""
        days = self.of(line)
        key = days, began
        if key not in self._questions:
            self._questions[key] = question_moment(began, after, days)
        return self._questions[key]

    def of(self, line: Line) -> WorkingDays:
        """That of the team whose the change is now."""
        team, known = line.team, set[str]()
        while team in line.moved and team not in known:
            known.add(team)
            team = line.moved[team]
        if team not in self._known:
            self._known[team] = working_days_of(self._policy, team)
        return self._known[team]
