"""What a report is made of, read from the record: at most 30 calls, however much is recorded."""

from dataclasses import dataclass
from datetime import datetime

from shared.core.life import periods
from shared.core.life.lives import lives
from shared.core.life.measures import durations, measures
from shared.core.life.metrics import Count
from shared.core.life.outcomes import outcomes_of
from shared.core.life.periods import Period, month_of, months_until
from shared.core.life.reports import SINCE, Agenda, MonthReport, TeamList, agenda, month_report, team_list
from shared.record.opens import figures_in
from shared.usecases.deps import Deps
from shared.usecases.life.lives import KnownLives, known_lives

_YEAR = 12
_CARD_MONTHS = 3


@dataclass(frozen=True, slots=True)
class MadeMonth:
    """The executive report. `complete`: whether the lists were built, so that it is about everything."""

    report: MonthReport
    complete: bool


def as_of(period: Period, now: datetime) -> datetime:
    """The moment that a report on a period is about: its end, or now while it lasts."""
    return min(period.end, now)


async def known_at(deps: Deps, period: Period) -> KnownLives:
    """What the reports on a week are made of; posts on data privacy are in no report."""
    return await known_lives(deps, as_of(period, deps.here.clock()), period.months, privacy=False)


def agenda_of(known: KnownLives, period: Period, now: datetime) -> Agenda:
    """The agenda of a week: how things stand, and what the seven days before brought."""
    at = as_of(period, now)
    week = Period(period.name, at - SINCE, at)
    return agenda(known.lives, known.lines, measures(known.lives, week, at), period, at)


def team_list_of(known: KnownLives, team: str, period: Period, now: datetime) -> TeamList:
    return team_list(known.lives, team, period, as_of(period, now))


async def month_made(deps: Deps, period: Period) -> MadeMonth:
    """The executive report on a month, with the eleven months before it: 21 calls at most."""
    at, year = as_of(period, deps.here.clock()), months_until(period.start.date(), _YEAR)
    known = await known_lives(deps, at, year.months, privacy=False)
    policy, former = await deps.here.policy.current(), periods.before(period)
    then = lives(known.lines, known.closings, policy, former.end)
    months = [periods.period_named(name) or period for name in year.months]
    card_months = months[::-1][:_CARD_MONTHS]
    report = month_report(
        measures(known.lives, period, at),
        measures(then, former, former.end),
        measures(known.lives, year, at),
        [Count(month.name, durations(known.lives, month, "close").days.count) for month in months],
        [await figures_in(deps.storage.tables, month.name) for month in card_months],
        outcomes_of(known.lines, period.start, at),
    )
    return MadeMonth(report, known.complete)


def last_month(now: datetime) -> Period:
    """The month that is over."""
    return periods.before(month_of(now.date()))
