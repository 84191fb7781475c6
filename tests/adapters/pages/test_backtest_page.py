"""The report of a backtest: a file that stands alone, with charts, for people who decide."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.adapters.pages.backtest import backtest_page
from shared.core.backtest.difference import differences
from shared.core.backtest.play import in_order, play_all
from shared.core.backtest.report import report
from shared.core.backtest.version import Version
from shared.core.policy.model import Route
from tests.adapters.pages import backtests
from tests.adapters.pages.browser import browser, screenshots
from tests.usecases.world import policy, post

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


def weekly(weeks: int, title: str = "Retirement of the old viewer"):
    """The report on a post a week; what a week's post begins with is not over when it is seen."""
    changes = []
    for n in range(weeks):
        at = START + timedelta(weeks=n)
        raw = post(
            f"MC{1200001 + n}",
            when="December 2028.",
            startDateTime=at.isoformat(),
            modified=at.isoformat(),
            title=title,
        )
        changes.append([Version(at, raw, "contoso")])
    played = in_order(play_all(changes, [policy()]))
    return report("p", played, 0, policy())


@pytest.mark.parametrize(
    ("weeks", "drawn", "heading"), [(1, 1, "Tickets a week"), (60, 60, "Tickets a week"), (70, 17, "Tickets a month")]
)
def test_every_week_is_a_column_and_years_are_drawn_by_month(weeks, drawn, heading):
    page = backtest_page(weekly(weeks))

    assert heading in page
    assert page.count("<g><title>") == 2 * drawn


def test_the_columns_hold_every_ticket():
    page = backtest_page(weekly(70))

    counts = [int(part.split(": ")[1].split("<")[0]) for part in page.split("<g><title>")[1:18]]
    assert sum(counts) == 70
    assert "Month of 1 September 2026: 4<" in page
    assert "Month of 1 September 2026: 8<" in page, "two cards for each ticket"


def test_a_title_is_text():
    assert "<script>" not in backtest_page(weekly(1, title="<script>alert(1)</script>"))
    silent = policy(routes=Route(team="workplace"))
    played = play_all([[Version(START, post(title="<img src=x onerror=alert(1)>"), "contoso")]], [silent])

    assert "&lt;img src=x" in backtest_page(report("p", played, 0, silent))


def test_long_tables_fold_what_is_behind_the_first_rows():
    silent = policy(routes=Route(team="workplace"))
    posts = [[Version(START, post(f"MC{1200001 + n}"), "contoso")] for n in range(40)]
    played = in_order(play_all(posts, [policy(), silent]))
    new, old = report("new", played, 0, policy()), report("old", played, 1, silent)

    page = backtest_page(old, new, differences(old, new))
    assert "28 more" in page
    assert "108 more" in page
    assert page.count("MC1200040") == 2 + 6, "a link and its text: missed once, three effects removed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_as_a_file_it_is_quiet_and_links_to_nothing_of_ours(chromium, tmp_path, scheme):
    new, old = backtests.reports()
    file = tmp_path / "report.html"
    file.write_text(backtest_page(new, old, differences(new, old)), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    faults = []
    page.on("console", lambda message: faults.append(message.text))
    page.goto(file.as_uri())
    page.screenshot(path=screenshots() / f"backtest-file-{scheme}.png", full_page=True)

    assert faults == []
    hrefs = page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    assert {href.split("/")[2] if "//" in href else href for href in hrefs} == {"#main", "admin.microsoft.com"}
    page.close()


def test_the_keyboard_opens_what_is_folded(chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(backtests.pages()["backtest-against"])
    cell = page.locator("details", has_text="Tickets and cards of each week and team").locator("td").first

    assert not cell.is_visible()
    page.locator("summary", has_text="each week and team").focus()
    page.keyboard.press("Enter")
    assert cell.is_visible()
    page.close()


def test_the_figures_at_the_top_are_those_of_the_report():
    new, old = backtests.reports()
    page = backtest_page(new, old, differences(new, old))

    for figure in (new.total.tickets, new.total.cards, len(new.missed)):
        assert f"<dd>{figure:,}</dd>" in page
    assert f"{new.changes:,} announced changes" in page
    assert date(2026, 10, 16) == new.last
