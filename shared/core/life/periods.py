"""Periods that reports are about: months and weeks in UTC, as closings are kept by the month (pure)."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from shared.core.times import FIRST_YEAR, LAST_YEAR

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_YEAR = 12


class Period(NamedTuple):
    """From `start` up to `end`, which is the first moment behind it. `name`: such as `2026-05`, or `2026-W19`."""

    name: str
    start: datetime
    end: datetime

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.end

    def holds_day(self, day: date | None) -> bool:
        return day is not None and self.start.date() <= day < self.end.date()

    @property
    def last_day(self) -> date:
        return self.end.date() - timedelta(days=1)

    @property
    def months(self) -> tuple[str, ...]:
        """The months that it touches, as partitions of closings are called, the oldest first."""
        first, last = _number(self.start.date()), _number(self.last_day)
        return tuple(_named(number) for number in range(first, last + 1))


def month_of(day: date) -> Period:
    return _months(_number(day), 1)


def months_until(day: date, count: int) -> Period:
    """The month of a day and those before it, so many in all."""
    return _months(_number(day) - count + 1, count)


def week_of(day: date) -> Period:
    """The week of a day, from Monday, as ISO 8601 counts weeks."""
    monday = day - timedelta(days=day.weekday())
    year, week, _ = monday.isocalendar()
    start = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    return Period(f"{year}-W{week:02d}", start, start + timedelta(weeks=1))


def before(period: Period) -> Period:
    """The one before a month or week."""
    return week_of(period.start.date() - timedelta(days=1)) if "W" in period.name else month_of(_day_before(period))


def period_named(name: str) -> Period | None:
    """The month or week of that name; None where that names neither."""
    if match := _MONTH.fullmatch(name):
        year, month = map(int, match.groups())
        return month_of(date(year, month, 1)) if _is_year(year) and 1 <= month <= _YEAR else None
    if match := _WEEK.fullmatch(name):
        year, week = map(int, match.groups())
        try:
            return week_of(date.fromisocalendar(year, week, 1)) if _is_year(year) else None
        except ValueError:  # a year that has no such week
            return None
    return None


def _is_year(year: int) -> bool:
    return FIRST_YEAR < year < LAST_YEAR


def _day_before(period: Period) -> date:
    return period.start.date() - timedelta(days=1)


def _number(day: date) -> int:
    return day.year * _YEAR + day.month - 1


def _named(number: int) -> str:
    return f"{number // _YEAR:04d}-{number % _YEAR + 1:02d}"


def _first(number: int) -> datetime:
    return datetime(number // _YEAR, number % _YEAR + 1, 1, tzinfo=UTC)


def _months(first: int, count: int) -> Period:
    last = first + count - 1
    name = _named(last) if count == 1 else f"{_named(first)} to {_named(last)}"
    return Period(name, _first(first), _first(last + 1))
