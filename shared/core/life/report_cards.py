"""Reports as cards: short, with a link to the whole report (pure). Texts are in the language that is spoken."""

from collections.abc import Sequence

from shared.core.cards.listing import ListCard, ListEntry
from shared.core.cards.notice import Notice
from shared.core.life.report_times import ReportKind
from shared.core.life.reports import Agenda, KeyFigure, MonthReport, Section, TeamList, Unowned
from shared.core.links import page_url
from shared.core.words.language import say

MOST_LINES = 25
"""Changes on a card; the report has all of them."""
_MOST_SERVICES = 15
_MOST_IDS = 3


def report_url(kind: ReportKind, period: str, public_url: str, team: str = "") -> str:
    """Where the report is read as it was sent."""
    return f"{public_url.rstrip('/')}/api/reports/{kind}/{period}" + (f"/{team}" if team else "")


def agenda_card(report: Agenda, public_url: str) -> ListCard:
    """What the weekly review has to talk about."""
    measures = report.measures
    text = say(
        "{} changes are open: {} overdue, {} over a target. In the last seven days {} were opened and {} closed.",
        measures.open, measures.overdue, measures.over, measures.opened, measures.closed,
    )  # fmt: skip
    url = report_url("weekly", report.period.name, public_url)
    return _list_card(say("Agenda of the weekly review"), text, report.sections, url, public_url)


def team_card(report: TeamList, public_url: str) -> ListCard:
    """What one team has to do."""
    text = say("{} changes of the team {} are open. These need something.", report.open, report.team)
    url = report_url("owner", report.period.name, public_url, report.team)
    return _list_card(say("What is due"), text, report.sections, url, public_url)


def unowned_card(services: Sequence[Unowned], who: tuple[str, ...], public_url: str, url: str) -> Notice | None:
    """Which services nobody owns, and what to do about it; None where somebody owns each."""
    if not services:
        return None
    lines = [_service(row) for row in services[:_MOST_SERVICES]]
    if more := len(services) - _MOST_SERVICES:
        lines += [say("and {} more services", more)] if more > 0 else []
    title = say("1 service has no owner") if len(services) == 1 else say("{} services have no owner", len(services))
    text = say(
        "Their changes go to the team at the root of the routes. Name each service under a workload of the policy, and "
        "they go to those who know them."
    )
    links = ((say("The whole report"), url), (say("All changes"), f"{public_url.rstrip('/')}/api/home"))
    return Notice(title, text, tuple(lines), who, links, bad=False)


def month_card(report: MonthReport, who: tuple[str, ...], public_url: str) -> Notice:
    """The key figures of a month, each beside that of the month before."""
    name = report.measures.period.name
    lines = [f"{say(figure.name)}: {_compared(figure)}" for figure in report.figures]
    text = say("Each figure stands before that of the month before it.")
    links = ((say("The whole report"), report_url("monthly", name, public_url)),)
    start = report.measures.period.start
    title = say("Microsoft 365 changes in {} {}", say(f"{start:%B}"), start.year)
    return Notice(title, text, tuple(lines), who, links, bad=False)


def _list_card(title: str, text: str, sections: Sequence[Section], url: str, public_url: str) -> ListCard:
    """A change stands once, under the first of its topics."""
    entries: dict[str, ListEntry] = {}
    for section in sections:
        for item in section.items:
            headline = say("New") if item.is_new else ""
            entry = ListEntry(headline, item.title, item.id, item.why, page_url(item.id, public_url), section.title)
            entries.setdefault(item.id, entry)
    shown = tuple(entries.values())[:MOST_LINES]
    return ListCard(title, text, shown, url, max(0, len(entries) - MOST_LINES), link=say("The whole report"))


def _service(row: Unowned) -> str:
    count = say("1 open change") if len(row.changes) == 1 else say("{} open changes", len(row.changes))
    more = say(" and {} more", len(row.changes) - _MOST_IDS) if len(row.changes) > _MOST_IDS else ""
    return f"{row.service}: {count} ({', '.join(row.changes[:_MOST_IDS])}{more})"


def _compared(figure: KeyFigure) -> str:
    return f"{number_in_words(figure.value)} {say(figure.unit)} ({number_in_words(figure.before)})"


def number_in_words(value: float | None) -> str:
    """With one decimal below ten; a dash for what is not known."""
    if value is None:
        return "–"
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
