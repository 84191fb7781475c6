"""What the page of measures shows."""

from dataclasses import replace
from datetime import UTC, datetime

from shared.core.life.figures import closed_changes, open_changes, visible
from shared.core.life.metrics import Metrics, measure
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines

_MONTHS = 12


async def metrics(deps: Deps, *, privacy: bool = True) -> Metrics:
    """What is open, and what was closed in the last twelve months; at most 4 calls, however much is recorded.

    `privacy`: whether posts on data privacy count.
    """
    now = deps.here.clock()
    lines = await live_lines(deps)
    shown = visible(lines.by_id.values(), privacy=privacy)
    measured = measure(open_changes(shown, now.date()), closed_changes(shown, _since(now)), now)
    return replace(measured, complete=lines.mark is not None)


def _since(now: datetime) -> datetime:
    """The beginning of this month a year ago."""
    first = now.year * 12 + now.month - 1 - _MONTHS
    return datetime(first // 12, first % 12 + 1, 1, tzinfo=UTC)
