"""What the page of measures shows."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from shared.core.errors import PermanentError
from shared.core.life.figures import LIVE_FOR, closed_changes, open_changes, visible
from shared.core.life.lives import Life
from shared.core.life.measures import Measures, measures
from shared.core.life.metrics import Metrics, measure
from shared.core.life.overview import Overview, overview
from shared.core.life.periods import Period, month_of, months_until, period_named
from shared.core.life.scope import MONTHS, MOST_MONTHS, Names, Scope, names_of
from shared.core.life.trends import BY_WEEK
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines
from shared.usecases.life.lives import KnownLives, known_lives, quarter_of


@dataclass(frozen=True, slots=True)
class MetricsView:
    """The page of measures, of a scope. `names`: what else can be asked for; `complete`: whether lists are built."""

    scope: Scope
    names: Names
    overview: Overview
    complete: bool


@dataclass(frozen=True, slots=True)
class MetricsData:
    """The same for programs. `lives`: what is open, and what ended in the period, in order of ids."""

    measures: Measures
    lives: tuple[Life, ...] = field(repr=False)
    complete: bool


async def metrics(deps: Deps, scope: Scope | None = None, *, privacy: bool = True) -> Metrics:
    """What is open, and what was closed in the period; at most 5 calls, however much is recorded.

    `scope`: without one this month and the twelve before it, and everything. What was closed more than 13 months ago
    does not count. `privacy`: whether posts on data privacy count. PermanentError where the scope names what is none.
    """
    now, policy, lines = deps.here.clock(), await deps.here.policy.current(), await live_lines(deps)
    shown = visible(lines.by_id.values(), privacy=privacy)
    since = _since(now)
    if scope:
        _check(scope, names_of(shown, policy.teams, policy.workloads))
        shown, since = [line for line in shown if scope.holds(line)], months_until(now.date(), scope.months).start
    measured = measure(open_changes(shown, now.date()), closed_changes(shown, since), now)
    return replace(measured, complete=lines.mark is not None)


async def metrics_view(deps: Deps, scope: Scope | None = None, *, privacy: bool) -> MetricsView:
    """The whole page; at most 5 calls, however much is recorded, and one for each month that is older than lines reach.

    PermanentError where the scope names what is none.
    """
    scope, now = scope or Scope(), deps.here.clock()
    period = months_until(now.date(), scope.months)
    known, names = await _known(deps, scope, _older(period, now), now, privacy=privacy)
    return MetricsView(scope, names, _overview(deps, scope, known, period, now), known.complete)


def _overview(deps: Deps, scope: Scope, known: KnownLives, period: Period, now: datetime) -> Overview:
    """What this process counted last, where nothing has changed since; ages are as of the same quarter of an hour."""
    kept, quarter = deps.here.lists, quarter_of(now)
    if kept.overview is None or kept.overview[:3] != (scope, quarter, known.lives):
        fresh = overview(known.lives, known.lines, period, now, by_week=scope.months <= BY_WEEK)
        kept.overview = (scope, quarter, known.lives, fresh)
    counted = kept.overview[3]
    return replace(counted, measures=replace(counted.measures, at=now))


async def metrics_data(deps: Deps, scope: Scope, *, privacy: bool) -> MetricsData:
    """The same as figures: a call for each month, and 5 for the rest. At most `MOST_MONTHS`.

    PermanentError where the scope names what is none.
    """
    now = deps.here.clock()
    period = months_until(now.date(), min(max(scope.months, 1), MOST_MONTHS))
    known, _ = await _known(deps, scope, period.months, now, privacy=privacy)
    shown = (life for life in known.lives if life.is_open or period.holds(life.closed))
    return MetricsData(
        measures(known.lives, period, now), tuple(sorted(shown, key=lambda life: life.id)), known.complete
    )


async def _known(
    deps: Deps, scope: Scope, months: tuple[str, ...], now: datetime, *, privacy: bool
) -> tuple[KnownLives, Names]:
    """The changes of a scope, and what else it could name."""
    known, policy = await known_lives(deps, now, months, privacy=privacy), await deps.here.policy.current()
    names = names_of(known.lives, policy.teams, policy.workloads)
    _check(scope, names)
    if not scope.is_part:
        return known, names
    lives = tuple(life for life in known.lives if scope.holds(life))
    lines = tuple(line for line in known.lines if scope.holds(line))
    return replace(known, lives=lives, lines=lines), names


def _check(scope: Scope, names: Names) -> None:
    if fault := names.fault(scope):
        raise PermanentError(fault)


def _older(period: Period, now: datetime) -> tuple[str, ...]:
    """The months of which lines do not tell everything any more."""
    reach = month_of((now - LIVE_FOR).date()).end
    return tuple(name for name in period.months if (month := period_named(name)) and month.start < reach)


def _since(now: datetime) -> datetime:
    """The beginning of this month a year ago."""
    first = now.year * 12 + now.month - 1 - MONTHS
    return datetime(first // 12, first % 12 + 1, 1, tzinfo=UTC)
