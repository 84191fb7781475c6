"""The page of measures."""

from shared.adapters.pages import charts
from shared.adapters.pages.render import render
from shared.core.life.metrics import Count, Metrics


def metrics_page(view: Metrics) -> str:
    """Time to close, what is open and what is overdue."""
    longest = [Count(row.workload, round((row.to_close.median or 0) * 100)) for row in view.workloads]
    return render(
        "metrics.html.j2",
        title="Time to close",
        view=view,
        weeks=charts.columns(view.weeks, 480, 96),
        ages=charts.shares(view.ages, 100),
        workloads=list(zip(view.workloads, charts.shares(longest, 100), strict=True)),
    )
