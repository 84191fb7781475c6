"""Time to close and what is open, from the rows of open and closed changes."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal, Protocol

from shared.core.life.entries import ClosedChange, OpenChange

NO_WORKLOAD = "no workload"
AGES = (("0 to 7 days", 7), ("8 to 30 days", 30), ("31 to 90 days", 90), ("over 90 days", None))
"""Label and the last whole day of each bucket of ages."""
_LAST_DAYS = [last for _, last in AGES if last is not None]


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes, in days. `p90`: nine of ten took no longer (nearest rank). None where none is known."""

    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """One workload. A change that touches two workloads counts in both."""

    workload: str
    open: int
    overdue: int
    to_close: Spread


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open change whose day has passed, `days` ago: the day to act by, else the planned end."""

    change: OpenChange
    because: Literal["act by", "planned end"]
    due: date
    days: int


@dataclass(frozen=True, slots=True)
class Count:
    """A labelled number of a chart."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Everything on the metrics page. `weeks`: closings a week, oldest first, labelled by the week's Monday.

    `complete`: False while the lists of which it is made are not built.
    """

    now: datetime
    open: int
    closed: int
    to_close: Spread
    to_assign: Spread
    workloads: tuple[WorkloadRow, ...]
    ages: tuple[Count, ...]
    overdue: tuple[Overdue, ...]
    weeks: tuple[Count, ...]
    complete: bool = True


def measure(opened: Iterable[OpenChange], closed: Iterable[ClosedChange], now: datetime, weeks: int = 12) -> Metrics:
    """The metrics at `now` (UTC). Days to close run from `opened`; each closing that is given counts."""
    waiting, done = list(opened), list(closed)
    late = overdue(waiting, now.date())
    return Metrics(
        now=now,
        open=len(waiting),
        closed=len(done),
        to_close=spread(days_between(each.opened, each.closed) for each in done),
        to_assign=spread(days_between(each.opened, each.assigned) for each in done if each.assigned),
        workloads=_by_workload(waiting, done, late),
        ages=ages(waiting, now),
        overdue=late,
        weeks=per_week([each.closed for each in done], now.date(), weeks),
    )


def days_between(start: datetime, end: datetime) -> float:
    """Days with fractions; 0 where clocks of two systems say that it ended before it began."""
    return max(0.0, (end - start) / timedelta(days=1))


def spread(days: Iterable[float]) -> Spread:
    in_order = sorted(days)
    if not in_order:
        return Spread(0, None, None)
    return Spread(len(in_order), median(in_order), in_order[-(-len(in_order) * 9 // 10) - 1])


def overdue(waiting: Iterable[OpenChange], today: date) -> tuple[Overdue, ...]:
    """What is past its day, the longest first. On the day itself there is still time."""
    late = [
        Overdue(change, because, day, (today - day).days)
        for change in waiting
        if (because_day := overdue_of(change.act_by, change.plan_end, today))
        for because, day in [because_day]
    ]
    return tuple(sorted(late, key=lambda each: (-each.days, each.change.id)))


def overdue_of(
    act_by: date | None, plan_end: date | None, today: date
) -> tuple[Literal["act by", "planned end"], date] | None:
    """Which day of an open change has passed: the day to act by, else the planned end; None where neither has."""
    if act_by and act_by < today:
        return "act by", act_by
    return ("planned end", plan_end) if plan_end and plan_end < today else None


class _HasOpening(Protocol):
    @property
    def opened(self) -> datetime: ...


def ages(waiting: Iterable[_HasOpening], now: datetime) -> tuple[Count, ...]:
    """How many open changes are how old, in whole days since they were opened."""
    counts = [0] * len(AGES)
    for change in waiting:
        counts[bisect_left(_LAST_DAYS, (now - change.opened).days)] += 1
    return tuple(Count(label, count) for (label, _), count in zip(AGES, counts, strict=True))


def per_week(moments: Iterable[datetime], today: date, weeks: int) -> tuple[Count, ...]:
    """Closings of this week and those before it, weeks from Monday, also the empty ones."""
    this_monday = _monday(today)
    counts = {this_monday - timedelta(weeks=back): 0 for back in range(weeks - 1, -1, -1)}
    for moment in moments:
        monday = _monday(moment.date())
        if monday in counts:
            counts[monday] += 1
    return tuple(Count(monday.isoformat(), count) for monday, count in counts.items())


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _by_workload(
    waiting: Sequence[OpenChange], done: Sequence[ClosedChange], late: Sequence[Overdue]
) -> tuple[WorkloadRow, ...]:
    """The workloads, those with most open changes first."""
    names: set[str] = set()
    open_, behind, days = defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, list[float]](list)
    for change in waiting:
        for name in change.workloads or (NO_WORKLOAD,):
            names.add(name)
            open_[name] += 1
    for each in late:
        for name in each.change.workloads or (NO_WORKLOAD,):
            behind[name] += 1
    for closing in done:
        for name in closing.workloads or (NO_WORKLOAD,):
            names.add(name)
            days[name].append(days_between(closing.opened, closing.closed))
    rows = [WorkloadRow(name, open_[name], behind[name], spread(days[name])) for name in names]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.to_close.count, row.workload)))
