"""What the page of measures shows."""

from datetime import datetime

from shared.core import ids
from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.life.metrics import Metrics, measure
from shared.record.packing import END
from shared.usecases.deps import Deps

_MONTHS = 12


async def metrics(deps: Deps) -> Metrics:
    """What is open, and what was closed in the last twelve months."""
    now = deps.clock()
    opened = [
        OpenChange.from_values(ids.from_key(row.key), row.partition, row.values)
        async for row in deps.tables.scan("open")
    ]
    closed = []
    for month in _months(now):
        found = await deps.tables.range("closings", month, "", END)
        closed += [ClosedChange.from_values(row.values) for row in found]
    return measure(opened, closed, now)


def _months(now: datetime) -> list[str]:
    first = now.year * 12 + now.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first - _MONTHS, first + 1)]
