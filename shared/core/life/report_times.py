"""When reports come: the newest moment of each kind, moved to a working day where nobody works on it (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shared.core.cards.delivery import moment_of
from shared.core.life import periods
from shared.core.life.periods import Period, month_of, week_of
from shared.core.policy.delivery import WEEKDAYS, time_of
from shared.core.policy.model import Policy
from shared.core.policy.working_days import WorkingDays, working_days_of

ReportKind = Literal["weekly", "monthly", "owner"]
REPORT_KINDS: tuple[ReportKind, ...] = ("weekly", "monthly", "owner")
LATE = timedelta(days=3)
"""How long after its moment a report is still sent, where its channel or storage was not to be had before."""
_DAYS_BACK = 28  # holidays in a row, and a week
_MONTHS_BACK = 3


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report to send: of which period, from which moment on, and to which channels. `team`: whose list it is."""

    kind: ReportKind
    period: Period
    at: datetime
    channels: tuple[str, ...]
    team: str = ""


def due_reports(policy: Policy, until: datetime | None, now: datetime) -> list[DueReport]:
    """The reports whose moment has come since the timer worked last; none at its first run, which only begins.

    Of each kind the newest alone: after a pause nobody gets last week's agenda, too.
    """
    if until is None:
        return []
    since = max(until, now - LATE)
    return [due for due in _newest(policy, now) if since < due.at <= now and due.channels]


def _newest(policy: Policy, now: datetime) -> Iterator[DueReport]:
    reports, root = policy.reports, working_days_of(policy, policy.routes.team or "")
    if weekly := reports.weekly:
        days = _weekdays(root.local_day(now), WEEKDAYS.index(weekly.day))
        if found := _last(days, weekly.at, root, now):
            yield DueReport("weekly", week_of(found[0]), found[1], _channels(policy, weekly.channels))
    if monthly := reports.monthly:
        days = _days_of_months(root.local_day(now), monthly.day)
        if found := _last(days, monthly.at, root, now):
            yield DueReport(
                "monthly", periods.before(month_of(found[0])), found[1], _channels(policy, monthly.channels)
            )
    if owners := reports.owners:
        for name in owners.teams or policy.teams:
            calendar, channel = working_days_of(policy, name), policy.teams[name].channel
            days = _weekdays(calendar.local_day(now), WEEKDAYS.index(owners.day))
            if channel and (found := _last(days, owners.at, calendar, now)):
                yield DueReport("owner", week_of(found[0]), found[1], (channel,), name)


def _channels(policy: Policy, names: Iterable[str]) -> tuple[str, ...]:
    """Each channel once, also where a role has it as well."""
    return tuple(dict.fromkeys(filter(None, map(policy.channel_named, names))))


def _weekdays(today: date, weekday: int) -> Iterator[date]:
    """The days of that weekday, the newest first."""
    return (day for back in range(_DAYS_BACK) if (day := today - timedelta(days=back)).weekday() == weekday)


def _days_of_months(today: date, day: int) -> Iterator[date]:
    month = month_of(today)
    for _ in range(_MONTHS_BACK):
        yield month.start.date().replace(day=day)
        month = periods.before(month)


def _last(days: Iterable[date], hour: str, calendar: WorkingDays, now: datetime) -> tuple[date, datetime] | None:
    """The newest day whose moment has come, with that moment."""
    for day in days:
        at = moment_of(calendar.on_or_after(day), time_of(hour), calendar.time_zone)
        if at <= now:
            return day, at
    return None
