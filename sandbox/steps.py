"""When a history is looked at: at least daily, and before a post is edited a second time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from sandbox.microsoft365.history import BEGINNING, Line

_QUIET = time(17, tzinfo=UTC)


def steps(lines: Iterable[Line], first: date | None = None, last: date | None = None) -> list[datetime]:
    """The moments, in order; none loses an edition. Without `first` and `last`: from the first day seen to the last."""
    in_order = sorted((line for line in lines if line.observed > BEGINNING), key=lambda line: line.observed)
    if not in_order:
        return []
    by_day = {day: list(on_day) for day, on_day in groupby(in_order, key=lambda line: line.observed.date())}
    first, last = first or in_order[0].observed.date(), last or in_order[-1].observed.date()
    moments: list[datetime] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        moments += _of_day(by_day.get(day, [])) or [datetime.combine(day, _QUIET)]
    return moments


def _of_day(lines: list[Line]) -> list[datetime]:
    moments: list[datetime] = []
    by_post: dict[str, list[Line]] = {}
    last: datetime | None = None
    for line in lines:
        if last and last < line.observed and any(_same_tenant(line, other) for other in by_post.get(line.id, ())):
            moments.append(last)
            by_post.clear()
        by_post.setdefault(line.id, []).append(line)
        last = line.observed
    return [*moments, last] if last else moments


def _same_tenant(line: Line, other: Line) -> bool:
    return line.tenants is None or other.tenants is None or bool(set(line.tenants) & set(other.tenants))
