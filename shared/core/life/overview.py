"""Everything that the page of measures counts of some changes (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.core.life.figures import open_changes
from shared.core.life.line import Line
from shared.core.life.lives import Life
from shared.core.life.measures import Measures, measures
from shared.core.life.metrics import Count, Overdue, Spread, days_between, overdue, overdue_of, spread
from shared.core.life.periods import Period
from shared.core.life.trends import Trend, closings_by_week, trends


@dataclass(frozen=True, slots=True)
class Overview:
    """What is counted of a period.

    `weeks`: closings week by week, where that was asked for; else empty. `to_assign`: days until a task was given to
    somebody, of what was closed in the period. `overdue`: the longest first. `pressing`: open changes beyond a target,
    or about to be, those beyond it first.
    """

    measures: Measures
    trends: tuple[Trend, ...]
    weeks: tuple[Count, ...]
    to_assign: Spread
    overdue: tuple[Overdue, ...] = field(repr=False)
    pressing: tuple[Life, ...] = field(repr=False)


def overview(
    lives: Sequence[Life], lines: Iterable[Line], period: Period, at: datetime, *, by_week: bool = False
) -> Overview:
    """What is counted of changes as they stood at a moment. `lines`: those of the same changes."""
    return Overview(
        measures(lives, period, at),
        trends(lives, period),
        closings_by_week(lives, period, at.date()) if by_week else (),
        _to_assign(lives, period),
        _overdue(lines, at.date()),
        tuple(sorted((life for life in lives if life.pace), key=lambda life: (life.pace != "over", life.opened))),
    )


def _overdue(lines: Iterable[Line], today: date) -> tuple[Overdue, ...]:
    """What is past its day; only of that is more read than its days."""
    late = [line for line in lines if overdue_of(line.act_by, line.plan_end, today)]
    return overdue(open_changes(late, today), today)


def _to_assign(lives: Iterable[Life], period: Period) -> Spread:
    done = (life for life in lives if period.holds(life.closed) and not life.lapsed)
    return spread(days_between(life.opened, life.assigned) for life in done if life.assigned)
