"""Reports as pages: for the screen and for paper, alone, so that one can be kept and sent."""

from collections.abc import Sequence

from shared.adapters.pages import charts
from shared.adapters.pages.render import render
from shared.core.life.measures import HEALTH_FORMULA
from shared.core.life.metrics import Count
from shared.core.life.periods import period_named
from shared.core.life.report_cards import report_url
from shared.core.life.reports import Agenda, MonthReport, TeamList
from shared.core.links import page_url
from shared.core.words.dates import day
from shared.core.words.outcomes import LOAD_WORDS
from shared.record.reports import ReportName

MOST_REPORTS = 100
"""Of one page of the list."""
_MOST_PRODUCTS = 12
_TITLES = {"weekly": "Weekly agenda", "monthly": "Monthly report", "owner": "What is due"}


def report_page(report: Agenda | TeamList | MonthReport, public_url: str) -> str:
    """The page of a report, alone; links lead to `public_url`."""
    if isinstance(report, MonthReport):
        return _month(report)
    name, team = ("agenda", "") if isinstance(report, Agenda) else ("team_list", report.team)
    title = f"What is due: {team}" if team else f"Agenda of week {report.period.name}"
    return render(f"{name}.html.j2", title=title, report=report, url=lambda change: page_url(change, public_url))


def reports_page(kept: Sequence[ReportName], page: int = 1) -> str:
    """The list of what was sent, the newest first; `page` counts from 1."""
    first = (page - 1) * MOST_REPORTS
    rows = [
        (_TITLES[name.kind], name, _in_words(name.period), report_url(name.kind, name.period, "", name.team))
        for name in kept[first : first + MOST_REPORTS]
    ]
    pages = max(1, -(-len(kept) // MOST_REPORTS))
    return render("reports.html.j2", title="Reports", rows=rows, count=len(kept), page=page, pages=pages)


def _in_words(name: str) -> str:
    """A period as people say it: "August 2026", or "Week 38, from 14 September 2026"."""
    period = period_named(name)
    if period is None:
        return name
    if "W" not in name:
        return f"{period.start:%B %Y}"
    return f"Week {int(name.rpartition('W')[2])}, from {day(period.start.date())}"


def _month(report: MonthReport) -> str:
    measures = report.measures
    open_by_team = charts.shares([Count(row.team, row.open) for row in measures.load], 100)
    return render(
        "month.html.j2",
        title=f"Microsoft 365 changes in {measures.period.start:%B %Y}",
        report=report,
        measures=measures,
        formula=HEALTH_FORMULA,
        months=charts.columns(report.months, 480, 96),
        ages=charts.shares(measures.ages, 100),
        load=list(zip(measures.load, open_by_team, strict=True)),
        most=_MOST_PRODUCTS,
        loads=LOAD_WORDS,
    )
