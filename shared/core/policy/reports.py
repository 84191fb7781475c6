"""Reports that come by themselves: which, to whom, on which day and at which hour (parts of the policy)."""

from pydantic import Field

from shared.core.policy.delivery import Hour, Weekday
from shared.core.policy.parts import Many, Some, Strict

_LAST_DAY = 28  # every month has it


class WeeklyReport(Strict):
    """The agenda of the weekly review. `channels`: channels, or roles that have one; `day`, `at`: when it comes.

    The hour is that of `calendar.time_zone`, and a day off is moved to the next working day, as of every report.
    """

    channels: Some[str]
    day: Weekday = "monday"
    at: Hour = "08:00"


class MonthlyReport(Strict):
    """The executive report on the month before. `day`: of the month, on which it comes."""

    channels: Some[str]
    day: int = Field(default=1, ge=1, le=_LAST_DAY)
    at: Hour = "08:00"


class OwnerReports(Strict):
    """What is due, to each team's own channel. `teams`: only to these."""

    teams: Many[str] = ()
    day: Weekday = "monday"
    at: Hour = "08:00"


class Reports(Strict):
    """Reports that come by themselves; none, unless they stand here."""

    weekly: WeeklyReport | None = None
    monthly: MonthlyReport | None = None
    owners: OwnerReports | None = None
