"""The page of measures."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from shared.adapters.pages import charts
from shared.adapters.pages.render import render
from shared.core.life.measures import HEALTH_FORMULA, Measures
from shared.core.life.metrics import Count, Metrics
from shared.core.life.targets import Clock, Pace

_MOST_PRESSING = 50


class _Pressing(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def pace(self) -> Pace: ...
    @property
    def clocks(self) -> tuple[Clock, ...]: ...
    @property
    def act_by(self) -> date | None: ...


def metrics_page(view: Metrics, measures: Measures, pressing: Sequence[_Pressing] = ()) -> str:
    """Time to close, what is open and what is overdue; targets, notice and health of the last twelve months."""
    longest = [Count(row.workload, round((row.to_close.median or 0) * 100)) for row in view.workloads]
    return render(
        "metrics.html.j2",
        title="Metrics",
        view=view,
        measures=measures,
        formula=HEALTH_FORMULA,
        pressing=pressing[:_MOST_PRESSING],
        left=max(0, len(pressing) - _MOST_PRESSING),
        weeks=charts.columns(view.weeks, 480, 96),
        ages=charts.shares(view.ages, 100),
        workloads=list(zip(view.workloads, charts.shares(longest, 100), strict=True)),
    )
