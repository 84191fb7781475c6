"""How measures went month by month, and closings week by week (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from shared.core.life.lives import Life
from shared.core.life.measures import SHORT_NOTICE, Share
from shared.core.life.metrics import Count, Spread, per_week, spread
from shared.core.life.periods import Period, week_of
from shared.core.life.targets import STEPS, Step

BY_WEEK = 6
"""Months up to which closings are shown week by week."""
_YEAR = 12
_WEEK = 7


@dataclass(frozen=True, slots=True)
class NoticeTrend:
    """The notice of changes whose rollout began, or day to act by came, in a month.

    `least`: nine of ten had at least so many days (nearest rank). None where there was none.
    """

    changes: int
    median: float | None
    least: float | None
    short: Share


@dataclass(frozen=True, slots=True)
class Trend:
    """One month. `ended`: closed, or lapsed; `open`: at its end, or now while it lasts.

    A change that was closed and opened again counts as open in between: nobody kept for which days it stood closed.
    """

    first: date
    opened: int
    closed: int
    lapsed: int
    open: int
    steps: dict[Step, Spread]
    notice: NoticeTrend

    @property
    def ended(self) -> int:
        return self.closed + self.lapsed


def trends(known: Iterable[Life], period: Period) -> tuple[Trend, ...]:
    """Each month of a period until now, the oldest first, of changes as they stand now.

    What nobody filed, and whose plan is over, is taken as open until the last day of its plan.
    """
    first = _number(period.start)
    months = [_Month() for _ in range(_number(period.end) - first)]
    for life in known:
        _count_open(months, life, first)
        if period.holds(life.opened):
            months[_number(life.opened) - first].opened += 1
        if life.closed and period.holds(life.closed):
            ended = months[_number(life.closed) - first]
            ended.lapsed += life.lapsed
            ended.closed += not life.lapsed
        for done in life.done:
            if period.holds(done.at):
                months[_number(done.at) - first].days[done.step].append(done.days)
        if life.begins and not life.private and period.holds_day(life.begins):
            _count_notice(months[_number(life.begins) - first], life)
    still_open = accumulate(month.turn for month in months)
    return tuple(
        month.as_trend(first + at, count) for at, (month, count) in enumerate(zip(months, still_open, strict=True))
    )


def closings_by_week(known: Iterable[Life], period: Period, today: date) -> tuple[Count, ...]:
    """What people closed in each week of a period until today, labelled by the week's Monday."""
    closed = [life.closed for life in known if life.closed and not life.lapsed and period.holds(life.closed)]
    weeks = (week_of(today).start - week_of(period.start.date()).start).days // _WEEK + 1
    return per_week(closed, today, weeks)


@dataclass(slots=True)
class _Month:
    """What is counted of a month. `turn`: by how many more are open at its end than at that of the one before."""

    opened: int = 0
    closed: int = 0
    lapsed: int = 0
    turn: int = 0
    begun: int = 0
    days: dict[Step, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    notice: list[float] = field(default_factory=list)

    def as_trend(self, number: int, still_open: int) -> Trend:
        first = date(number // _YEAR, number % _YEAR + 1, 1)
        steps = {step: spread(taken) for step, taken in self.days.items()}
        notice = _notice(self.begun, self.notice)
        return Trend(first, self.opened, self.closed, self.lapsed, still_open, steps, notice)


def _number(day: date) -> int:
    return day.year * _YEAR + day.month - 1


def _count_open(months: Sequence[_Month], life: Life, first: int) -> None:
    """From the month in which it was opened to the one before that in which it ended."""
    begins, ends = max(_number(life.opened) - first, 0), len(months)
    if not life.is_open:  # so it is not open at the end of the last month either
        ends = min(_number(life.closed or life.rollout_end or life.opened) - first, ends - 1)
    if begins < min(ends, len(months)):
        months[begins].turn += 1
        if ends < len(months):
            months[ends].turn -= 1


def _count_notice(month: _Month, life: Life) -> None:
    month.begun += 1
    if life.begins and life.published:
        month.notice.append(float((life.begins - life.published.date()).days))


def _notice(changes: int, days: Sequence[float]) -> NoticeTrend:
    in_order = sorted(days)
    least = in_order[len(in_order) // 10] if in_order else None
    short = Share(sum(each < SHORT_NOTICE for each in in_order), len(in_order))
    return NoticeTrend(changes, spread(in_order).median, least, short)
