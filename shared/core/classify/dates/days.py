"""Days of the calendar: what span of days each form of words means."""

import calendar
from datetime import date, timedelta

from shared.core.posts.classification import Interval

# Thirds of a month as LABELS.md and docs/classification.md set them.
_THIRDS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
FIRST_YEAR, LAST_YEAR = 2010, 2079


def known(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def exact(year: int, month: int, day: int) -> Interval | None:
    """One day; None where the calendar has no such day."""
    return _between(year, month, day, day) if 1 <= day <= last_day(year, month) else None


def part(year: int, month: int, first: str, last: str) -> Interval:
    """From the beginning of one third of a month to the end of another."""
    start, end = sorted((_THIRDS[first], _THIRDS[last]))
    return Interval(date(year, month, start[0]), date(year, month, min(end[1], last_day(year, month))))


def months(year: int, first: int, last: int) -> Interval:
    """Whole months of one year."""
    return Interval(date(year, first, 1), date(year, last, last_day(year, last)))


def quarter(year: int, number: int, *, fiscal: bool = False) -> Interval:
    """A calendar quarter; a fiscal one is Microsoft's, whose year begins in July of the year before."""
    first = number * 3 - 2
    if fiscal:
        first, year = (first + 6, year - 1) if number <= 2 else (first - 6, year)
    return months(year, first, first + 2)


def half(year: int, number: int, *, fiscal: bool = False) -> Interval:
    if fiscal:
        return months(year - 1, 7, 12) if number == 1 else months(year, 1, 6)
    return months(year, number * 6 - 5, number * 6)


def third_of(interval: Interval, third: str) -> Interval:
    """The early, mid or late month of a quarter; of anything longer, that third of its months."""
    count = (interval.last.year - interval.first.year) * 12 + interval.last.month - interval.first.month + 1
    size = max(1, count // 3)
    first = interval.first.month + {"early": 0, "mid": size, "late": count - size}[third]
    return months(interval.first.year, first, first + size - 1)


def week(year: int, month: int, day: int) -> Interval | None:
    """The seven days from a day."""
    first = exact(year, month, day)
    return Interval(first.first, first.first + timedelta(days=6)) if first else None


def slice_of(year: int, month: int, number: int, *, halves: bool, last: bool = False) -> Interval:
    """A half or a week of a month, counted from its first day; `last` counts the week from the end."""
    end = last_day(year, month)
    if halves:
        return Interval(date(year, month, 1), date(year, month, 15)) if number == 1 else _between(year, month, 16, end)
    first = end - 6 if last else min(number * 7 - 6, end)
    return _between(year, month, first, min(first + 6, end))


def _between(year: int, month: int, first: int, last: int) -> Interval:
    return Interval(date(year, month, first), date(year, month, last))
