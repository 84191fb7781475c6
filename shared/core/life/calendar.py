"""The calendar of a month as lines say it: what begins, ends and is due when, beside freezes and holidays (pure)."""

from calendar import Calendar as Weeks
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.core.life.line import Line
from shared.core.policy.delivery import WEEKDAYS
from shared.core.policy.model import Freeze, Policy
from shared.core.terms import ENDED, OVER

Kind = Literal["begins", "ends", "on", "act_by", "work_begins", "work_ends", "work_on"]
"""What a day means for a change: its rollout for our tenants, its deadline, or the work that the board planned."""
_ORDER: tuple[Kind, ...] = ("act_by", "work_begins", "work_on", "begins", "on", "work_ends", "ends")
FIRST_YEAR, LAST_YEAR = 2000, 2100
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing of one change on one day. `freezes`: the names of the organisation's freezes in which it lies.

    `ticket`: the ticket whose work it is; empty for a mark of the change itself.
    """

    day: date
    kind: Kind
    change_id: str
    title: str
    team: str
    freezes: tuple[str, ...] = ()
    is_closed: bool = False
    private: bool = False
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Lasting:
    """A rollout that goes on through a whole month. `freezes`: those of that month into which it falls."""

    change_id: str
    title: str
    team: str
    start: date
    end: date
    freezes: tuple[str, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the grid. `holidays`: the lists of the policy that have it; `freezes`: names of those that hold."""

    day: date
    in_month: bool
    is_working: bool
    holidays: tuple[str, ...]
    freezes: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """Whole weeks, from Monday on. `lasting`: what goes on through all of it, and is no day's mark."""

    first: date
    days: tuple[Day, ...]
    lasting: tuple[Lasting, ...]

    @property
    def before(self) -> date | None:
        """The first day of the month before; None at the end of the calendar."""
        last = self.first - timedelta(days=1)
        return last.replace(day=1) if last.year >= FIRST_YEAR else None

    @property
    def after(self) -> date | None:
        first = next_month(self.first)
        return first if first.year <= LAST_YEAR else None


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A month. `team`, `workload`: what it is filtered by; `teams`, `workloads`: what it can be.

    `day`: the one whose marks are listed, on page `page` of `pages`; `freezes`: those that touch the month.
    """

    month: Month
    today: date
    freezes: tuple[Freeze, ...]
    complete: bool
    known: bool
    team: str = ""
    workload: str = ""
    teams: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    day: Day | None = None
    marks: tuple[Mark, ...] = ()
    page: int = 1
    pages: int = 1


def next_month(first: date) -> date:
    return date(first.year + first.month // _DECEMBER, first.month % _DECEMBER + 1, 1)


def month_of(text: str) -> date | None:
    """The first day of a month such as "2026-12"; None for what is none."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and f"{year}{month}".isascii()):
        return None
    if not (year.isdigit() and month.isdigit()):
        return None
    is_one = FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= _DECEMBER
    return date(int(year), int(month), 1) if is_one else None


def calendar_of(lines: Iterable[Line], policy: Policy, first: date) -> Month:
    """The month that begins on `first`."""
    grid = [day for week in Weeks().monthdatescalendar(first.year, first.month) for day in week]
    last = next_month(first) - timedelta(days=1)
    by_day: dict[date, list[Mark]] = defaultdict(list)
    lasting: list[Lasting] = []
    for line in lines:
        if not touches(line, grid[0], grid[-1]):
            continue
        for mark in marks_of(line, policy):
            by_day[mark.day].append(mark)
        if (through := _through(line, policy, first, last)) is not None:
            lasting.append(through)
    calendar = policy.calendar
    week = frozenset(map(WEEKDAYS.index, calendar.week))
    days = tuple(
        Day(
            day,
            in_month=first <= day <= last,
            is_working=day.weekday() in week,
            holidays=tuple(sorted(name for name, listed in calendar.holidays.items() if day in listed)),
            freezes=tuple(freeze.name for freeze in calendar.freezes if freeze.from_ <= day <= freeze.until),
            marks=tuple(sorted(by_day.get(day, ()), key=_rank)),
        )
        for day in grid
    )
    return Month(first, days, tuple(sorted(lasting, key=lambda each: (not each.freezes, each.end, each.change_id))))


def touches(line: Line, first: date, last: date) -> bool:
    """Whether a day of the line may lie between these two, or its plan go on there; days are compared as stored."""
    low, high = first.isoformat(), last.isoformat()
    change = line.part("change")
    start, end, act_by = change.text("plan_start"), change.text("plan_end"), change.text("act_by")
    if (start or end) and (start or end) <= high and (end or start) >= low:
        return True
    return low <= act_by <= high or any(
        part.name.startswith("ticket|") and part.text("planned_start") for part in line.parts
    )


def marks_of(line: Line, policy: Policy) -> Iterator[Mark]:
    """Every mark of a change: where its rollout begins and ends, its day to act by, and the work of its tickets."""
    start, end = _plan(line)
    if start and end and start < end:
        yield _mark(line, policy, start, "begins")
        yield _mark(line, policy, end, "ends")
    elif day := start or end:
        yield _mark(line, policy, day, "on")
    if line.act_by and line.status not in OVER:
        yield _mark(line, policy, line.act_by, "act_by")
    for ticket in line.tickets:
        first, last = ticket.planned_start, ticket.planned_end or ticket.planned_start
        if first is None or last is None or ticket.state in ENDED or ticket.ended:
            continue
        if first == last:
            yield _mark(line, policy, first, "work_on", ticket.number)
        else:
            yield _mark(line, policy, first, "work_begins", ticket.number)
            yield _mark(line, policy, last, "work_ends", ticket.number)


def _plan(line: Line) -> tuple[date | None, date | None]:
    """The days of the rollout for our tenants; neither where the plan does not stand."""
    stands = line.decided is not None and line.status not in OVER | {"on_hold"}
    return (line.plan_start, line.plan_end) if stands else (None, None)


def _through(line: Line, policy: Policy, first: date, last: date) -> Lasting | None:
    start, end = _plan(line)
    if not (start and end and start < first and end > last):
        return None
    names = tuple(
        freeze.name for freeze in _holding(line, policy) if freeze.from_ <= last and freeze.until >= first
    )  # fmt: skip
    return Lasting(line.id, line.title, line.team, start, end, names, line.closed is not None)


def _mark(line: Line, policy: Policy, day: date, kind: Kind, ticket: str = "") -> Mark:
    names = tuple(freeze.name for freeze in _holding(line, policy) if freeze.from_ <= day <= freeze.until)
    return Mark(day, kind, line.id, line.title, line.team, names, line.closed is not None, line.private, ticket)


def _holding(line: Line, policy: Policy) -> Iterator[Freeze]:
    """The freezes that hold for what a change touches, whichever tenants they are for: a line does not know its own."""
    for freeze in policy.calendar.freezes:
        if not freeze.workloads or not line.workloads or set(freeze.workloads) & set(line.workloads):
            yield freeze


def _rank(mark: Mark) -> tuple[bool, bool, int, str]:
    return mark.is_closed, not mark.freezes, _ORDER.index(mark.kind), mark.change_id
