"""A change as measures see it at a moment: open, or ended; from its line, or from the row of its closing (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from shared.core.changes.change import NO_DAYS, Days
from shared.core.life.entries import ClosedChange
from shared.core.life.figures import LAPSED, closed_change
from shared.core.life.line import Line
from shared.core.life.metrics import days_between
from shared.core.life.targets import Calendars, Clock, Pace, Step, calendars, clocks, is_asked, pace_of
from shared.core.policy.model import Policy


class Done(NamedTuple):
    """A step of a change that was done. `days`: with fractions; `working`: working days, None where nobody counted."""

    step: Step
    at: datetime
    days: float
    working: int | None


@dataclass(frozen=True)
class Life:
    """One change. Moments that lie behind the moment that is looked at are not known yet, and None.

    `asked`: whether a ticket, a task or a card asked anybody to deal with it. `is_open`: at that moment; neither open
    nor ended is what nobody tracks and whose plan is over, until the night makes it `lapsed`. `worked`: working days,
    for a closed change as they were counted when it closed. `target`: the days allowed. `clocks`: the targets that run.
    `slips`: how often Microsoft moved its days, `slip_days`: how far in all, later is positive, `slipped_at`: when
    last. `measured`: False where an earlier version closed it, which knew only when it was opened, assigned, closed.
    """

    id: str
    title: str
    team: str
    workloads: tuple[str, ...]
    services: tuple[str, ...]
    kind: str
    impact: str
    private: bool
    first_seen: datetime
    opened: datetime
    published: datetime | None = None
    triaged: datetime | None = None
    ticketed: datetime | None = None
    assigned: datetime | None = None
    decided: datetime | None = None
    communicated: datetime | None = None
    closed: datetime | None = None
    act_by: date | None = None
    rollout_start: date | None = None
    rollout_end: date | None = None
    through: str = ""
    reference: str = ""
    asked: bool = False
    is_open: bool = False
    stood: timedelta = timedelta(0)
    worked: Days = NO_DAYS
    target: Days = NO_DAYS
    clocks: tuple[Clock, ...] = ()
    slips: int = 0
    slip_days: int = 0
    slipped_at: datetime | None = None
    measured: bool = True

    @cached_property
    def pace(self) -> Pace:
        """How it stands to its targets while it is open."""
        return pace_of(self.clocks)

    @cached_property
    def done(self) -> tuple[Done, ...]:
        """The steps that were done. To close took the days from its opening, less those on which it stood closed.

        What lapsed was closed by nobody, and took no time to close.
        """
        steps = []
        if self.triaged:
            steps.append(Done("triage", self.triaged, days_between(self.first_seen, self.triaged), self.worked.triage))
        if self.decided:
            steps.append(Done("decide", self.decided, days_between(self.first_seen, self.decided), self.worked.decide))
        if self.closed and not self.lapsed:
            days = max(0.0, days_between(self.opened, self.closed) - self.stood / timedelta(days=1))
            steps.append(Done("close", self.closed, days, self.worked.close))
        return tuple(steps)

    def days_of(self, step: Step) -> float | None:
        """How long a step took; None where it was not done."""
        return next((done.days for done in self.done if done.step == step), None)

    @property
    def lapsed(self) -> bool:
        return self.closed is not None and self.through == LAPSED

    @property
    def unseen(self) -> bool:
        """Whether it ended and nobody had looked at it."""
        return self.lapsed and self.measured and self.triaged is None

    @property
    def begins(self) -> date | None:
        """The day until which Microsoft gives notice: the first day of the rollout, else the day to act by."""
        return self.rollout_start or self.act_by

    def missed(self, today: date) -> bool:
        """Whether its day to act by passed while it was open; on the day itself there is still time.

        What was closed after its day counts too. What nobody was asked to deal with cannot be missed.
        """
        if self.act_by is None or self.act_by >= today or not self.asked:
            return False
        return self.is_open or (self.closed is not None and self.closed.date() > self.act_by)

    def overdue_since(self, today: date) -> date | None:
        """The day that it is past: the day to act by, else the planned end; None in time, and where it is not open."""
        days = (self.act_by, self.rollout_end) if self.is_open else ()
        return next((day for day in days if day and day < today), None)


Remembered = dict[str, tuple[Line, Life | None]]
"""Lines, each with what it was read as under one policy within one quarter of an hour (no day begins in between)."""


def lives(
    lines: Iterable[Line],
    closings: Iterable[ClosedChange],
    policy: Policy,
    at: datetime,
    remembered: Remembered | None = None,
) -> list[Life]:
    """Every change that was known at a moment, once, by its last closing; without what was over before the measures.

    `closings`: rows of the months that are asked for; they tell of changes that have no line any more. Where both are
    known, the one with the later closing counts, and the line where they agree. `remembered`: what need not be read
    again, of the same policy and quarter of an hour; what is read is added.
    """
    before = {} if remembered is None else remembered
    of_team = calendars(policy)
    known: dict[str, Life] = {}
    numbers: dict[str, int] = {}
    for closing in closings:
        if not closing.reopened and not closing.before and closing.number > numbers.get(closing.id, 0):
            numbers[closing.id] = closing.number
            known[closing.id] = _of_closing(closing)
    by_id: Mapping[str, Line] = {line.id: line for line in lines}
    for line in by_id.values():
        seen, life = before.get(line.id, (None, None))
        if seen is not line:
            life = _of_line(line, policy, of_team, at)
            before[line.id] = line, life
        if life is None:
            known.pop(line.id, None)
        elif line.id not in known or line.closings >= numbers[line.id]:
            known[line.id] = life
    return [life for life in (_as_of(life, at) for life in known.values()) if life.first_seen <= at]


def life_at(line: Line, policy: Policy, of_team: Calendars, at: datetime) -> Life | None:
    """One change as its line tells it; None of one that measures leave out."""
    life = _of_line(line, policy, of_team, at)
    return _as_of(life, at) if life and life.first_seen <= at else None


def _of_closing(closing: ClosedChange) -> Life:
    moments = closing.moments
    life = Life(
        closing.id, closing.title, closing.team, closing.workloads, (), closing.kind, closing.impact, closing.private,
        closing.announced, closing.opened, assigned=closing.assigned, closed=closing.closed, through=closing.through,
        reference=closing.reference, stood=closing.stood, worked=closing.worked, target=closing.target,
        asked=closing.through != LAPSED, measured=moments is not None,
    )  # fmt: skip
    if moments is None:
        return life
    return replace(
        life, published=moments.published, triaged=moments.triaged, ticketed=moments.ticketed, decided=moments.decided,
        communicated=moments.communicated, act_by=moments.act_by, rollout_start=moments.rollout_start,
        rollout_end=moments.rollout_end, asked=life.asked or bool(moments.ticketed or moments.communicated),
    )  # fmt: skip


def _of_line(line: Line, policy: Policy, of_team: Calendars, at: datetime) -> Life | None:
    """None of a line that says too little, and of what was over before anybody measured."""
    moments, ended = line.moments, closed_change(line)
    if moments is None or (ended and ended.before):
        return None
    calendar = of_team(line.team)
    target = policy.targets.of_impact(line.impact)
    allowed = Days(target.triage, target.decide, target.close) if target else NO_DAYS
    open_at = line.is_open(at.date()) if ended is None else ended.closed > at
    worked = Days(
        calendar.between(moments.first_seen, moments.triaged) if moments.triaged else None,
        calendar.between(moments.first_seen, moments.decided) if moments.decided else None,
    )
    return Life(
        line.id, line.title, line.team, line.workloads, line.services, line.kind, line.impact, line.private,
        moments.first_seen, moments.opened, moments.published, moments.triaged, moments.ticketed, moments.assigned,
        moments.decided, moments.communicated, line.closed, moments.act_by, moments.rollout_start,
        moments.rollout_end, line.through, line.reference, is_asked(line), open_at, line.stood,
        ended.worked if ended else worked, ended.target if ended else allowed, clocks(line, policy, calendar, at),
        line.slips, line.slip_days, line.slipped_at,
    )  # fmt: skip


def _as_of(life: Life, at: datetime) -> Life:
    """Without what happened later: a report on a month that is long over shows how things stood at its end."""
    moments = (life.triaged, life.ticketed, life.assigned, life.decided, life.communicated, life.closed)
    if not any(moment and moment > at for moment in moments):
        return life
    triaged, ticketed, assigned, decided, communicated, closed = (
        moment if moment and moment <= at else None for moment in moments
    )
    return replace(
        life, triaged=triaged, ticketed=ticketed, assigned=assigned, decided=decided, communicated=communicated,
        closed=closed, is_open=life.is_open or (closed is None and life.closed is not None),
    )  # fmt: skip
