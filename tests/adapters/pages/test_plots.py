"""Charts as the page has them: a table that says everything, a sentence, and how each column is drawn."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from shared.adapters.pages.maturity import PLACES
from shared.adapters.pages.metrics import metrics_page, scope_query
from shared.adapters.pages.plots import backlog_plot, closings_plot, flow_plot, notice_plot, plots, step_plot
from shared.adapters.pages.reports import MOST_REPORTS, reports_page
from shared.core.life.maturity import CRITERIA
from shared.core.life.metrics import Spread
from shared.core.life.scope import Scope
from shared.record.reports import ReportName
from tests.adapters.pages import measured, samples

IDS = ["weeks", "flow", "backlog", "notice", "to-triage", "to-decide", "to-close"]


def made(scope=None, lives=None):
    view = samples.metrics(scope, lives).overview
    return view, plots(view.measures, view.trends, view.weeks)


@pytest.mark.parametrize("scope", [Scope(), Scope(3), Scope(6, "devices"), Scope(24, workload="Teams")])
def test_every_chart_has_a_sentence_and_a_table_that_adds_up(scope):
    view, shown = made(scope)

    assert list(shown) == IDS
    assert all(plot.meaning.endswith(".") and plot.meaning in plot.says for plot in shown.values())
    assert sum(int(mark.cells[0]) for mark in shown["weeks"].marks) == view.measures.closed
    assert [sum(int(mark.cells[at]) for mark in shown["flow"].marks) for at in (0, 2, 3)] == [
        view.measures.opened, view.measures.closed, view.measures.lapsed,
    ]  # fmt: skip
    assert shown["backlog"].marks[-1].cells == (str(view.measures.open),)
    assert len(shown["to-close"].marks) == scope.months
    assert shown["weeks"].first == ("Week of" if scope.months <= 6 else "Month")


def test_where_there_is_nothing_a_chart_says_so_and_has_no_table():
    _, shown = made(lives=())

    assert all(not plot.marks and plot.empty.endswith(".") for plot in shown.values())


def test_sentences_say_what_the_figures_mean():
    view, _ = made(Scope(3))

    assert closings_plot(view.trends, ()).meaning == (
        "62 changes were closed in these 3 months; the most, 28, in August 2026."
    )
    assert "because their plan was over and nobody had filed them." in flow_plot(view.trends).meaning
    assert backlog_plot(view.trends).meaning == "47 changes are open now, 5 more than at the end of July 2026."
    assert step_plot("triage", view.trends, Spread(3, 1.25, 9.0)).meaning == (
        "Half of the 3 changes that were looked at took no longer than 1.2 days, nine of ten no longer than 9."
    )
    assert notice_plot(view.trends).meaning.endswith(" changes came with less than 30 days of notice.")
    assert backlog_plot(view.trends[:1]).meaning == "42 changes are open now."
    assert backlog_plot([view.trends[0]] * 2).meaning.endswith("as many as at the end of July 2026.")


def test_the_page_carries_its_scope_wherever_it_leads():
    tree = LexborHTMLParser(metrics_page(samples.metrics(Scope(6, "devices", "Teams & more"))))
    page = LexborHTMLParser(metrics_page(samples.metrics(Scope(6, "devices"))))

    assert [option.attributes["value"] for option in page.css("#months option[selected]")] == ["6"]
    assert [option.text() for option in page.css("#team option[selected]")] == ["devices"]
    assert "Team devices" in page.css_first("#measured-of").text()
    links = [link.attributes["href"] for link in tree.css("#measured-of a")]
    assert links == [
        "/api/metrics.json?months=6&team=devices&workload=Teams+%26+more",
        "/api/metrics.csv?months=6&team=devices&workload=Teams+%26+more",
        "/api/metrics.csv?months=6&team=devices&workload=Teams+%26+more&table=figures",
    ]
    assert scope_query(Scope()) == ""


def test_a_long_list_is_cut_and_that_is_said():
    many = [measured.life(n) for n in range(1, 2000)]
    page = metrics_page(samples.metrics(lives=[life for life in many if life.is_open] * 3))
    tree = LexborHTMLParser(page)

    assert len(tree.css("#targets tbody tr")) <= 50
    assert len(page.encode()) < 200_000


def test_every_criterion_leads_somewhere():
    assert list(PLACES) == [criterion.id for criterion in CRITERIA]


def test_reports_come_a_hundred_at_a_time_with_their_kind_and_period():
    kept = [ReportName("monthly", "2026-08"), ReportName("owner", "2026-W01", "devices")]
    tree = LexborHTMLParser(reports_page(kept))
    cells = [[cell.text().strip() for cell in row.css("th, td")] for row in tree.css("tbody tr")]
    many = [ReportName("owner", "2026-W38", f"team-{n}") for n in range(MOST_REPORTS + 1)]

    assert cells == [
        ["Monthly report, August 2026", "August 2026", "–"],
        ["What is due, Week 1, from 29 December 2025, devices", "Week 1, from 29 December 2025", "devices"],
    ]
    first, second, third = (LexborHTMLParser(reports_page(many, page)) for page in (1, 2, 3))
    assert [len(each.css("tbody tr")) for each in (first, second, third)] == [MOST_REPORTS, 1, 0]
    assert [each.css_first("[rel=next]") is not None for each in (first, second)] == [True, False]
    assert "There is no page 3" in third.css_first("main").text()
