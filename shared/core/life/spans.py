"""Spans of days, as an address says them: a day, a month, a year, from one to another, the last days (pure)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.core.life.periods import Period, period_named
from shared.core.times import FIRST_YEAR, LAST_YEAR

NEVER = "-"
"""Asks for what has no such day."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_LAST_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """From one day up to another, both included; None is open. `never`: what has no day at all."""

    first: date | None = None
    last: date | None = None
    never: bool = False

    def holds(self, day: date | datetime | None) -> bool:
        """Whether a day lies in it; of a moment its day in UTC."""
        if day is None or self.never:
            return day is None and self.never
        own = day.astimezone(UTC).date() if isinstance(day, datetime) else day
        return (self.first is None or self.first <= own) and (self.last is None or own <= self.last)


def span_named(text: str, today: date) -> Span | None:
    """The span of that text; None where it is none.

    `2026-09-01`, `2026-09`, `2026-W36`, `2026`, `2026-09-01..2026-09-14`, `2026-09-01..`; `7d` for today and the six
    days before it, `-` for none.
    """
    if text == NEVER:
        return Span(never=True)
    if match := _LAST_DAYS.fullmatch(text):
        return Span(today - timedelta(days=max(0, int(match[1]) - 1)), today)
    first, dots, last = text.partition("..")
    if not dots:
        return _whole(text)
    begins, ends = _whole(first), _whole(last)
    if (first and not begins) or (last and not ends) or not (first or last):
        return None
    span = Span(begins.first if begins else None, ends.last if ends else None)
    return None if span.first and span.last and span.last < span.first else span


def span_text(period: Period) -> str:
    """A period as an address says it."""
    return f"{period.start.date()}..{period.last_day}"


def _whole(text: str) -> Span | None:
    """A day, a month, a week or a year."""
    if _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return Span(day, day) if FIRST_YEAR <= day.year <= LAST_YEAR else None
    if _YEAR.fullmatch(text) and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return Span(date(int(text), 1, 1), date(int(text), 12, 31))
    period = period_named(text)
    return Span(period.start.date(), period.last_day) if period else None
