"""Working days: those of the organisation's week that are no holiday of a team, by the calendar's clock (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from shared.core.policy.delivery import WEEKDAYS, zone_of
from shared.core.policy.model import Policy

_A_WEEK = 7
_LONGEST = 366
"""Days that somebody looks ahead for a working day; a calendar that has none within a year holds nothing up."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The calendar of a team. `week`: as `date.weekday()` counts days; `time_zone`: by whose clock a day begins."""

    time_zone: str
    week: frozenset[int]
    holidays: frozenset[date]

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.week and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """That day, or the next working day."""
        ahead = (day + timedelta(days=number) for number in range(_LONGEST))
        return next((each for each in ahead if self.is_working(each)), day)

    def after(self, day: date, number: int) -> date:
        """The day on which so many working days have passed since `day`; it does not count itself."""
        for _ in range(number):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def local_day(self, at: datetime) -> date:
        return at.astimezone(zone_of(self.time_zone)).date()

    def between(self, start: datetime, end: datetime) -> int:
        """The working days behind the day of `start`, up to the day of `end`; 0 on the same day, and never less."""
        first, last = self.local_day(start), self.local_day(end)
        weeks, rest = divmod(max(0, (last - first).days), _A_WEEK)
        free = sum(first < day <= last and day.weekday() in self.week for day in self.holidays)
        return weeks * len(self.week) + _working(last.weekday(), rest, self.week) - free


@lru_cache(maxsize=256)
def _working(last: int, days: int, week: frozenset[int]) -> int:
    """The days of the week among so many, up to that one."""
    return sum((last - back) % _A_WEEK in week for back in range(days))


def working_days_of(policy: Policy, team: str) -> WorkingDays:
    """The calendar by which a team works; of a team that the policy does not have, the one without holidays."""
    calendar = policy.calendar
    lists: Iterable[str] = policy.teams[team].holidays if team in policy.teams else ()
    holidays = frozenset(day for name in lists for day in calendar.holidays.get(name, ()))
    return WorkingDays(calendar.time_zone, frozenset(map(WEEKDAYS.index, calendar.week)), holidays)
