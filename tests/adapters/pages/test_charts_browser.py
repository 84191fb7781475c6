"""Charts in a real browser, under the real headers: drawn from their tables, in both colours, and not needed."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from shared.adapters.pages.assets import asset
from shared.adapters.pages.metrics import metrics_page
from shared.adapters.pages.render import security_headers
from shared.core.life.scope import Scope
from tests.adapters.pages import samples
from tests.adapters.pages.browser import browser, screenshots

HOST = "http://changes.test"
CHARTS = 7
FILLED = """(canvas) => {
  const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  let filled = 0;
  for (let at = 0; at < dots.length; at += 4) {
    if (dots[at + 3] < 250) continue;
    filled += 1;
    colours.add(`${dots[at]},${dots[at + 1]},${dots[at + 2]}`);
  }
  return [filled, [...colours]];
}"""
BARS = {"light": "58,111,196", "dark": "110,163,242"}


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def show(chromium):
    """The page of measures as the function would serve it: of what the address asks for."""
    contexts = []

    def opened(query="", **options):
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.faults, page.asked, page.down = [], [], []
        page.on("console", lambda message: page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))

        def answer(route):
            parts = urlsplit(route.request.url)
            if parts.path.startswith("/api/assets/"):
                found = asset(parts.path.rpartition("/")[2])
                route.fulfill(status=200, headers={"Content-Type": found.media_type}, body=found.data)
                return
            page.asked.append(f"{parts.path}?{parts.query}")
            said = {name: values[0] for name, values in parse_qs(parts.query).items()}
            scope = Scope(int(said.get("months", "12")), said.get("team", ""), said.get("workload", ""))
            headers = {"Content-Type": "text/html; charset=utf-8", **security_headers()}
            if page.down:
                route.fulfill(status=503, headers=headers, body="<title>Not now</title><h1>Not now</h1>")
            else:
                route.fulfill(status=200, headers=headers, body=metrics_page(samples.metrics(scope)))

        page.route("**/*", answer)
        page.goto(f"{HOST}/api/metrics{query}")
        return page

    yield opened
    for context in contexts:
        context.close()


def cells(page, name):
    """The figures of a chart's table, row by row."""
    return page.locator(f"#{name}-table tbody tr").all_text_contents()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_in_the_colours_of_the_page_and_says_what_it_shows(show, scheme, width):
    page = show(color_scheme=scheme, viewport={"width": width, "height": 900})
    canvases = page.query_selector_all("canvas")
    page.screenshot(path=screenshots() / f"charts-{scheme}-{width}.png", full_page=True)

    assert len(canvases) == CHARTS
    for canvas in canvases:
        filled, colours = canvas.evaluate(FILLED)
        assert filled > 400
        assert BARS[scheme] in colours
        assert canvas.get_attribute("role") == "img"
        assert canvas.get_attribute("aria-label").startswith("Chart: ")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.querySelectorAll('.plot details')].every((details) => !details.open)")
    assert page.faults == []


def test_a_chart_draws_what_its_table_says(show):
    page = show()
    page.evaluate(
        "document.querySelectorAll('#weeks-table td').forEach((cell, at) => (cell.textContent = at ? '0' : '9'))"
    )
    before = page.locator("canvas").first.evaluate(FILLED)[0]
    page.emulate_media(color_scheme="dark")  # draws again
    page.wait_for_timeout(100)
    filled, colours = page.locator("canvas").first.evaluate(FILLED)

    assert BARS["dark"] in colours
    assert BARS["light"] not in colours
    assert filled < before / 2


def test_a_chart_is_as_wide_as_its_place_whatever_becomes_of_the_window(show):
    page = show()
    wide = page.locator("canvas").first.bounding_box()["width"]
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_timeout(200)
    canvas, place = page.locator("canvas").first.bounding_box(), page.locator(".canvas").first.bounding_box()

    assert wide > canvas["width"] > 250
    assert abs(canvas["width"] - place["width"]) < 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_choosing_a_team_changes_chart_and_table_without_a_new_page_and_the_way_back_leads_back(show):
    page = show()
    page.evaluate("window.same = true")
    whole, said = cells(page, "flow"), page.locator("canvas").nth(1).get_attribute("aria-label")

    page.focus("#team")
    page.select_option("#team", "devices")
    expect(page.locator("#measured-of")).to_have_text(re.compile("^Team devices"))
    page.wait_for_timeout(200)

    assert page.evaluate("window.same")
    assert page.url == f"{HOST}/api/metrics?months=12&team=devices&workload="
    assert cells(page, "flow") != whole
    assert page.locator("canvas").count() == CHARTS
    assert page.locator("canvas").nth(1).get_attribute("aria-label") != said
    assert page.locator("canvas").nth(1).evaluate(FILLED)[0] > 400
    assert page.locator("[role=status]").text_content().startswith("Team devices")
    assert page.evaluate("document.activeElement.id") == "team"
    assert page.faults == []

    page.go_back()
    expect(page.locator("#measured-of")).to_have_text(re.compile("^From"))
    page.wait_for_timeout(300)

    assert cells(page, "flow") == whole
    assert page.locator("canvas").count() == CHARTS
    assert page.locator("#team").input_value() == ""
    assert page.faults == []


def test_an_address_is_a_view_and_closings_of_a_short_time_are_told_by_week(show):
    page = show("?months=3&team=devices&workload=")

    assert page.locator("#weeks").text_content() == "Closings per week"
    assert (page.locator("#months").input_value(), page.locator("#team").input_value()) == ("3", "devices")


def test_what_went_wrong_is_a_page_of_its_own(show):
    page = show()
    page.down.append("storage")
    page.select_option("#months", "3")
    expect(page).to_have_title("Not now")

    assert page.url == f"{HOST}/api/metrics?months=3&team=&workload="


def test_without_javascript_the_tables_stand_there_and_the_form_works(show):
    page = show(java_script_enabled=False)

    assert page.locator("canvas").count() == 0
    assert all(page.locator(f"#{name}-table").is_visible() for name in ("weeks", "flow", "backlog", "to-close"))
    assert not page.locator(".drawn").first.is_visible()
    page.select_option("#team", "messaging")
    page.get_by_role("button", name="Show").click()

    assert page.url == f"{HOST}/api/metrics?months=12&team=messaging&workload="
    assert page.locator("#measured-of").text_content().startswith("Team messaging")
    assert page.locator("#flow-table").is_visible()


def test_on_paper_stand_the_tables_and_no_chart(show):
    page = show(color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")

    assert page.locator("#weeks-table").is_visible()
    assert not page.locator("canvas").first.is_visible()
    assert not page.locator(".scope").is_visible()

    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator("#weeks-table").is_visible()


def test_the_figures_under_the_pointer_are_those_of_the_table(show):
    page = show()
    box = page.locator(".u-over").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 40)
    page.wait_for_timeout(100)

    shown = page.locator(".series").first.text_content()
    last = page.locator("#weeks-table tbody tr").last
    assert last.locator("td").first.text_content().strip() in shown
    assert last.locator("th").text_content().strip() in shown
