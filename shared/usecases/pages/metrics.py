"""What the page of measures shows."""

from datetime import datetime

from shared.core.life.metrics import Metrics, measure
from shared.record.closings import closings_in
from shared.record.open_list import open_changes
from shared.usecases.deps import Deps

_MONTHS = 12


async def metrics(deps: Deps) -> Metrics:
    """What is open, and what was closed in the last twelve months."""
    now = deps.here.clock()
    opened = [entry async for entry in open_changes(deps.storage.tables)]
    closed = []
    for month in _months(now):
        closed += await closings_in(deps.storage.tables, month)
    return measure(opened, closed, now)


def _months(now: datetime) -> list[str]:
    first = now.year * 12 + now.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first - _MONTHS, first + 1)]
