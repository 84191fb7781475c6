"""The board in a real browser, over the functions themselves: by clicks, by keyboard, by two people, without script."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func
import pytest
from playwright.sync_api import expect

from functions.pages import assets, board, register
from shared import app, settings
from shared.record.register import entry_of
from tests.adapters.pages.browser import browser, screenshots
from tests.functions.forms import OURSELVES
from tests.functions.test_board import ANA, BEN, READER
from tests.usecases.world import World, post

PATHS = (
    ("GET", "/api/board", board.board, ()),
    ("GET", "/api/register", register.register, ()),
    ("POST", "/api/register/*/move", board.move, ("number",)),
    ("GET", "/api/register/*", register.ticket, ("number",)),
    ("GET", "/api/assets/*/*", assets.assets, ("version", "name")),
)


AWAY = "<main><h1>Not now</h1><p>Storage is away.</p></main>"


class Site:
    """The functions behind a browser, with a world that tests can look into. `down`: storage does not answer."""

    def __init__(self, monkeypatch):
        self._thread = ThreadPoolExecutor(1)
        self.world = World()
        ours = SimpleNamespace(settings=settings.Settings("t", OURSELVES, sign_in=True), deps=self.world.deps)
        monkeypatch.setattr(app, "_app", ours)
        self.down = False

    def run(self, awaitable):
        """Playwright has a loop of its own in this thread."""
        return self._thread.submit(asyncio.run, awaitable).result()

    def serve(self, context, who):
        def answer(route):
            url = urlsplit(route.request.url)
            if self.down:
                return route.fulfill(status=503, headers={"Content-Type": "text/html"}, body=AWAY)
            found = self._found(route.request.method, url.path)
            if found is None:
                return route.abort()
            page, params = found
            headers = {**route.request.all_headers(), "x-ms-client-principal": who}
            asked = func.HttpRequest(
                route.request.method, route.request.url, headers=headers, params=dict(parse_qsl(url.query)),
                route_params=params, body=(route.request.post_data or "").encode(),
            )  # fmt: skip
            reply = self.run(page(asked))
            return route.fulfill(
                status=reply.status_code, body=reply.get_body(),
                headers={"Content-Type": f"{reply.mimetype}; charset=utf-8", **dict(reply.headers)},
            )  # fmt: skip

        context.route("**/*", answer)

    @staticmethod
    def _found(method, path):
        parts = path.split("/")
        for allowed, pattern, page, names in PATHS:
            wanted = pattern.split("/")
            if allowed == method and len(wanted) == len(parts):
                pairs = list(zip(wanted, parts, strict=True))
                if all(one in {"*", other} for one, other in pairs):
                    values = [other for one, other in pairs if one == "*"]
                    return page, dict(zip(names, values, strict=True))
        return None


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def site(monkeypatch):
    made = Site(monkeypatch)

    async def fill():
        await made.world.arrive(
            post(), post("MC1200002", title="Retirement of the old editor"),
            post("MC1200003", title="Retirement of the old finder"),
        )  # fmt: skip
        await made.world.mend()

    made.run(fill())
    return made


@pytest.fixture
def opened(chromium, site):
    """Opens a page of the site as somebody."""
    contexts = []

    def open_as(who=ANA, path="/api/board", **options):
        context = chromium.new_context(viewport={"width": 1680, "height": 900}, **options)
        contexts.append(context)
        site.serve(context, who)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(f"{OURSELVES}{path}")
        return page

    yield open_as
    for context in contexts:
        context.close()


def column(page, name):
    section = page.locator(f"section[aria-labelledby=column-{name}]")
    return section.locator("article p a[data-open]").all_inner_texts()


def state(site, number="CHG1200001"):
    return site.run(entry_of(site.world.tables, number)).state


def closed(site, change_id="MC1200001"):
    return site.run(site.world.change(change_id)).closed


def settled(page):
    """The board was swapped, and what was done is told."""
    page.wait_for_selector("#board > .notice")
    page.wait_for_load_state("networkidle")


def moves_by_click(page, number, button, **fields):
    ticket = page.locator("article", has=page.locator(f"a[data-open]:text-is('{number}')"))
    ticket.locator("summary").click()
    for name, value in fields.items():
        field = ticket.locator(f"[name={name}]")
        field.select_option(value) if name == "outcome" else field.fill(value)
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        ticket.get_by_role("button", name=button, exact=True).click()
    settled(page)


@pytest.mark.parametrize("script", [True, False])
def test_a_ticket_goes_by_clicks_from_new_over_its_approval_to_closed_and_closes_its_change(opened, site, script):
    page = opened(java_script_enabled=script)
    assert column(page, "new") == ["CHG1200001", "CHG1200002", "CHG1200003"]

    moves_by_click(page, "CHG1200001", "Approve", start="2026-12-01", end="2026-12-04", words="after the review")
    assert column(page, "scheduled") == ["CHG1200001"]
    assert page.locator("#column-scheduled ~ article").inner_text().count("1 December 2026 to 4 December 2026") == 1
    moves_by_click(page, "CHG1200001", "Begin")
    moves_by_click(page, "CHG1200001", "Close", outcome="with_issues", words="two calls")
    assert column(page, "closed") == ["CHG1200001"]
    moves_by_click(page, "CHG1200002", "Reject", words="no licence")
    assert sorted(column(page, "closed")) == ["CHG1200001", "CHG1200002"]

    assert (closed(site).through, closed(site, "MC1200002").through) == ("ticket", "ticket")
    assert closed(site, "MC1200003") is None
    history = site.run(entry_of(site.world.tables, "CHG1200001")).history
    assert history[-1][1].endswith("successful, with issues: two calls")
    assert page.faults == []
    page.screenshot(path=screenshots() / f"board-clicked-{script}.png")


def test_the_same_by_keyboard_alone(opened, site):
    page = opened()
    keys = page.keyboard

    def press(*those):
        for key in those:
            keys.press(key)

    press("j")  # the first ticket
    assert page.evaluate("document.activeElement.querySelector('a').textContent") == "CHG1200001"
    press("a")  # approved: one key
    settled(page)
    assert state(site) == "scheduled"
    assert page.evaluate("document.activeElement.querySelector('a').textContent") == "CHG1200002"  # the next one
    press("r")
    keys.type("no licence")
    press("Enter")
    expect(page.locator("#column-closed ~ article")).to_have_count(1)
    assert state(site, "CHG1200002") == "cancelled"
    press("s")
    keys.type("12012026")
    press("Enter")
    expect(page.locator("#board > .notice")).to_contain_text("planned days of CHG1200003 are 1 December 2026")
    press("l")
    assert page.evaluate("document.activeElement.querySelector('a').textContent") == "CHG1200001"
    press("i")
    page.wait_for_selector("#column-implement ~ article")
    press("ArrowLeft", "ArrowRight")
    page.locator("#column-implement ~ article").focus()
    press("c", "Enter")
    expect(page.locator("#column-closed ~ article")).to_have_count(2)

    assert state(site) == "closed"
    assert closed(site).through == "ticket"
    press("?")
    assert page.locator("details.keys").evaluate("(node) => node.open")
    page.locator("#column-new ~ article").focus()
    press("Enter")
    page.wait_for_url("**/api/register/CHG1200003")
    assert page.faults == []


def test_two_people_move_the_same_ticket_and_the_slower_one_is_told_who_was_faster(opened, site):
    ana, ben = opened(ANA), opened(BEN)

    moves_by_click(ben, "CHG1200001", "Assess")
    moves_by_click(ana, "CHG1200001", "Reject", words="no")

    assert "Ben Ito was faster with CHG1200001" in ana.locator("#board > .notice").inner_text()
    assert column(ana, "assess") == ["CHG1200001"]  # and sees theirs
    assert state(site) == "assess"
    moves_by_click(ana, "CHG1200001", "Approve")
    assert state(site) == "scheduled"


def test_a_ticket_is_moved_on_its_own_page_and_its_history_says_who(opened, site):
    page = opened(path="/api/register/CHG1200001")
    page.get_by_role("button", name="Approve").click()
    page.wait_for_selector(".notice.good")

    assert "new to scheduled by Ana Torres" in page.locator(".course").inner_text()
    assert state(site) == "scheduled"
    page.keyboard.press("i")
    expect(page.locator(".notice.good")).to_contain_text("Implement")
    assert page.faults == []


def test_a_storage_outage_in_the_middle_is_told_and_nothing_is_lost(opened, site):
    page = opened()
    page.keyboard.press("j")
    site.down = True
    page.keyboard.press("a")
    page.wait_for_selector(".notice.bad[role=alert]")
    assert page.locator(".notice.bad").inner_text() == "Not now. Storage is away."
    assert column(page, "new") == ["CHG1200001", "CHG1200002", "CHG1200003"]
    site.down = False
    page.keyboard.press("a")
    settled(page)
    page.wait_for_selector("#column-scheduled ~ article")

    assert state(site) == "scheduled"


def test_a_reader_sees_the_board_and_no_key_moves_anything(opened, site):
    page = opened(READER)
    page.keyboard.press("j")
    page.keyboard.press("a")

    assert page.get_by_role("button", name="Approve").count() == 0
    assert state(site) == "new"
    assert page.faults == []


def test_filters_keep_their_place_through_a_move(opened, site):
    page = opened(path="/api/board?team=messaging")
    moves_by_click(page, "CHG1200001", "Assess")

    assert page.locator("select[name=team]").input_value() == "messaging"
