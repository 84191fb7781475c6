"""Pages in a real browser, under their own headers: light and dark, wide and narrow, readable, no sideways scroll."""

import itertools
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.adapters.pages.assets import asset
from shared.adapters.pages.render import security_headers
from tests.adapters.pages.browser import browser, screenshots
from tests.adapters.pages.samples import everything

PAGES = everything()
AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const faults = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const drawn = node.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const [a, b] = [light(parse(drawn)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faults.push(`${node.tagName} "${node.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return faults;
}"""


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def show(chromium):
    """Opens a page as the functions would serve it: under a real address, with the real headers."""
    contexts = []

    def opened(name, **options):
        # without transitions: what is looked at right after the scheme has changed has its own colours
        context = chromium.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.faults, page.opened = [], []
        page.on("console", lambda message: page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))

        def answer(route):
            wanted = urlsplit(route.request.url).path.strip("/")
            headers = {"Content-Type": "text/html; charset=utf-8", **security_headers()}
            if wanted.startswith("api/assets/"):
                found = asset(wanted.rpartition("/")[2])
                route.fulfill(status=200, headers={"Content-Type": found.media_type}, body=found.data)
            elif wanted == "api/opened":
                page.opened.append((route.request.method, route.request.post_data))
                route.fulfill(status=204)
            else:
                route.fulfill(status=200, headers=headers, body=PAGES[wanted]) if wanted in PAGES else route.abort()

        page.route("**/*", answer)
        page.goto(f"http://changes.test/{name}")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_readable_and_never_scrolls_sideways(show, name):
    page = show(name)
    for scheme, width in itertools.product(("light", "dark"), (1280, 390)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        where = f"{scheme}, {width} wide"

        assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        assert page.evaluate(CONTRAST) == [], where
        assert page.faults == [], where
        if os.environ.get("SCREENSHOTS"):  # taking one puts a style into the page, which its policy reports
            page.screenshot(path=screenshots() / f"{name}-{scheme}-{width}.png", full_page=True)
            page.faults.clear()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_on_a_page_with_all_its_groups_open(show, name):
    if not AXE.is_file():
        pytest.skip("needs node_modules: run `npm ci`")
    page = show(name, viewport={"width": 1280, "height": 800})
    page.evaluate("for (const group of document.querySelectorAll('details:not([name])')) group.open = true")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("async () => (await axe.run()).violations")
        faults = [f"{rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]]

        assert faults == [], scheme


def test_a_page_that_was_opened_from_a_card_says_so_once_by_its_own_script(show):
    page = show("answer?t=word")
    page.wait_for_timeout(200)
    assert page.opened == [("POST", "t=word&csrf=")]
    assert page.faults == []

    result = show("answer-done?t=word")
    result.wait_for_timeout(200)
    assert result.opened == []


def test_every_answer_is_reached_with_the_keyboard_and_named_for_those_who_do_not_see_it(show):
    page = show("answer", viewport={"width": 390, "height": 800})
    assert page.evaluate("document.activeElement.textContent") == "No impact on us"  # what was pressed on the card

    names = page.evaluate("[...document.querySelectorAll('button')].map((each) => each.textContent.trim())")
    assert {"I own it", "It needs the board", "Remind me", "It is another team's", "We read this wrong"} <= set(names)
    unnamed = page.evaluate(
        "[...document.querySelectorAll('select, textarea, input:not([type=hidden])')]"
        ".filter((each) => !each.labels.length).length"
    )
    assert unnamed == 0


def test_the_style_sheet_is_applied_under_the_content_security_policy(show):
    page = show("metrics", viewport={"width": 1280, "height": 800}, color_scheme="light")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(245, 246, 248)"


def test_the_check_of_contrast_sees_what_is_hard_to_read(show):
    page = show("metrics", viewport={"width": 1280, "height": 800}, color_scheme="light")
    page.evaluate("document.querySelector('h1').style.color = '#8a8a8a'")

    assert [fault.split('"')[1] for fault in page.evaluate(CONTRAST)] == ["Metrics"]


def test_a_script_that_slipped_in_would_not_run(show):
    page = show("metrics", viewport={"width": 1280, "height": 800})
    add = "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
    page.evaluate(f"() => {{ {add} }}")

    assert page.evaluate("window.ran === undefined")
    assert any("Content Security Policy" in fault for fault in page.faults)


def test_the_keyboard_reaches_the_content_first_and_the_focus_is_seen(show):
    page = show("register", viewport={"width": 1280, "height": 800})

    page.keyboard.press("Tab")
    focused = page.evaluate(
        "[document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]"
    )
    page.keyboard.press("Enter")

    assert focused == ["Skip to the content", "solid"]
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(("name", "most"), [("report-month", 5), ("report-week", 4), ("report-week-empty", 2)])
def test_a_report_makes_a_pdf_of_few_pages_whatever_colours_the_screen_has(show, name, most):
    page = show(name, viewport={"width": 1280, "height": 900}, color_scheme="dark")
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "14mm"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 900})  # what A4 has between those margins

    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 1 <= pages <= most
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate(CONTRAST) == []
    if os.environ.get("UPDATE_PICTURES") and name == "report-month":
        page.emulate_media(media="screen", color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 1000})
        page.screenshot(path=PICTURES / "report.png")


def test_a_printed_page_has_no_navigation_and_black_text(show):
    page = show("change", viewport={"width": 800, "height": 1000}, color_scheme="dark")
    page.emulate_media(media="print")

    assert page.locator("nav ul").count() == 2
    assert page.locator("nav ul:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
