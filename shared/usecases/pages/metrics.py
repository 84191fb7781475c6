"""What the page of measures shows."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from shared.core.life.figures import closed_changes, open_changes, visible
from shared.core.life.lives import Life
from shared.core.life.measures import Measures, measures
from shared.core.life.metrics import Metrics, measure
from shared.core.life.periods import months_until
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines
from shared.usecases.life.lives import known_lives

_MONTHS = 12
MOST_MONTHS = 24
"""Of figures as data: a call each, so that these and the lines cost less than 30."""


@dataclass(frozen=True, slots=True)
class MetricsView:
    """The page of measures. `pressing`: open changes beyond a target, or about to be, those beyond it first."""

    metrics: Metrics
    measures: Measures
    pressing: tuple[Life, ...]


@dataclass(frozen=True, slots=True)
class MetricsData:
    """The same for programs. `lives`: what is open, and what ended in the period, in order of ids."""

    measures: Measures
    lives: tuple[Life, ...] = field(repr=False)
    complete: bool


async def metrics(deps: Deps, *, privacy: bool = True) -> Metrics:
    """What is open, and what was closed in the last twelve months; at most 4 calls, however much is recorded.

    `privacy`: whether posts on data privacy count.
    """
    now = deps.here.clock()
    lines = await live_lines(deps)
    shown = visible(lines.by_id.values(), privacy=privacy)
    measured = measure(open_changes(shown, now.date()), closed_changes(shown, _since(now)), now)
    return replace(measured, complete=lines.mark is not None)


async def metrics_view(deps: Deps, *, privacy: bool) -> MetricsView:
    """The whole page, of this month and the eleven before it; at most 5 calls, however much is recorded."""
    now = deps.here.clock()
    known = await known_lives(deps, now, privacy=privacy)
    measured = measure(open_changes(known.lines, now.date()), closed_changes(known.lines, _since(now)), now)
    pressing = sorted((life for life in known.lives if life.pace), key=lambda life: (life.pace != "over", life.opened))
    return MetricsView(
        replace(measured, complete=known.complete),
        measures(known.lives, months_until(now.date(), _MONTHS), now),
        tuple(pressing),
    )


async def metrics_data(deps: Deps, months: int, *, privacy: bool) -> MetricsData:
    """So many months, this one included: a call for each, and 5 for the rest. At most `MOST_MONTHS`."""
    now = deps.here.clock()
    period = months_until(now.date(), min(max(months, 1), MOST_MONTHS))
    known = await known_lives(deps, now, period.months, privacy=privacy)
    shown = (life for life in known.lives if life.is_open or period.holds(life.closed))
    return MetricsData(
        measures(known.lives, period, now), tuple(sorted(shown, key=lambda life: life.id)), known.complete
    )


def _since(now: datetime) -> datetime:
    """The beginning of this month a year ago."""
    first = now.year * 12 + now.month - 1 - _MONTHS
    return datetime(first // 12, first % 12 + 1, 1, tzinfo=UTC)
