"""The page of measures."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlencode

from shared.adapters.pages import charts
from shared.adapters.pages.plots import plots
from shared.adapters.pages.render import render
from shared.core.life.behind import Behind
from shared.core.life.measures import HEALTH_FORMULA, Group
from shared.core.life.metrics import Count
from shared.core.life.overview import Overview
from shared.core.life.scope import MONTHS, RANGES, Names, Scope

_MOST_LISTED = 50
_LONG = max(RANGES)


class _View(Protocol):
    @property
    def scope(self) -> Scope: ...
    @property
    def names(self) -> Names: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def complete(self) -> bool: ...


def metrics_page(view: _View) -> str:
    """What is open, overdue and over target; times, notice and health of the period, in charts and tables."""
    counted, measures = view.overview, view.overview.measures
    behind = Behind(measures.period, view.scope)
    return render(
        "metrics.html.j2",
        title="Metrics",
        view=view,
        scope=view.scope,
        measures=measures,
        plots=plots(measures, counted.trends, counted.weeks, behind),
        formula=HEALTH_FORMULA,
        behind=behind,
        ranges=RANGES,
        long=_LONG,
        query=scope_query(view.scope),
        overdue=counted.overdue[:_MOST_LISTED],
        overdue_left=max(0, len(counted.overdue) - _MOST_LISTED),
        pressing=counted.pressing[:_MOST_LISTED],
        left=max(0, len(counted.pressing) - _MOST_LISTED),
        ages=charts.shares(measures.ages, 100),
        workloads=_slowest_first(measures.groups["workload"]),
        is_empty=_is_empty(view),
    )


def scope_query(scope: Scope) -> str:
    """The scope as the part of an address behind the question mark; empty where nothing was chosen."""
    said = {"months": "" if scope.months == MONTHS else str(scope.months), "team": scope.team}
    return urlencode({name: value for name, value in (*said.items(), ("workload", scope.workload)) if value})


def _slowest_first(groups: Sequence[Group]) -> list[tuple[Group, charts.Bar]]:
    """Workloads, each with a bar of its median time to close."""
    rows = sorted(groups, key=lambda row: (-(row.close.days.median or 0), -row.open, row.name))
    longest = [Count(row.name, round((row.close.days.median or 0) * 100)) for row in rows]
    return list(zip(rows, charts.shares(longest, 100), strict=True))


def _is_empty(view: _View) -> bool:
    measures = view.overview.measures
    return not (measures.open or measures.opened or measures.closed or measures.lapsed)
