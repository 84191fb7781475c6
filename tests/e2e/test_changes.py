"""The list of changes as people work with it: typing, filters, keys, steps back, a phone, no script, no storage."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from shared import app
from shared.core.errors import TransientError
from shared.record.lists import put_listings
from tests.adapters.pages.browser import screenshots
from tests.e2e.site import ADA, CY, NOW, post, site, violations
from tests.lines import some_lines

pytestmark = pytest.mark.timeout(600)
FIRST = "MC1200037"


@pytest.fixture
async def changes(storage_of_its_own):
    """Four hundred lines, of which some are of posts on data privacy."""
    async with site(storage_of_its_own) as running:
        lines = some_lines()
        await put_listings(app.current().blobs, lines, lines, NOW - timedelta(minutes=2), "one")
        yield running


def status(page):
    return page.locator("#list [role=status]")


def titles(page):
    return page.locator("#list .title > span:first-child")


def current(page):
    return page.locator("[data-row][aria-current] a[data-open]")


def lists_asked_for(page):
    """Every request of the page for a list from now on, and whether the script made it."""
    asked = []

    def note(request):
        if urlsplit(request.url).path == "/api/changes":
            asked.append((urlsplit(request.url).query, "hx-request" in request.headers))

    page.on("request", note)
    return asked


async def test_the_list_follows_what_is_typed_and_the_address_says_it_without_a_step_back_for_each_letter(changes):
    page = await changes.open("/api/changes?state=open", CY)
    asked = lists_asked_for(page)
    before = await status(page).text_content()
    await page.keyboard.press("/")
    await expect(page.locator("#f-q")).to_be_focused()

    await page.keyboard.type("wizard", delay=15)
    await expect(page).to_have_url(re.compile(r"\?q=wizard&state=open$"))

    assert await status(page).text_content() != before
    assert all("wizard" in title for title in await titles(page).all_text_contents())
    await expect(page.locator("#f-q")).to_be_focused()
    by_script = [each for _, each in asked]  # on a slow machine a letter may come after the pause
    assert all(by_script)
    assert 1 <= len(by_script) < len("wizard")
    await page.reload()
    await expect(page.locator("#f-q")).to_have_value("wizard")
    assert page.faults == []


async def test_a_filter_is_a_step_that_can_be_taken_back_and_a_chip_takes_one_away(changes):
    page = await changes.open("/api/changes", CY)
    await page.select_option("#f-state", "overdue")
    await expect(page).to_have_url(re.compile(r"/api/changes\?state=overdue$"))
    one = await status(page).text_content()
    await page.select_option("#f-team", "devices")
    await expect(page).to_have_url(re.compile(r"\?state=overdue&team=devices$"))
    both = await status(page).text_content()
    assert both != one

    await page.go_back()
    await expect(status(page)).to_have_text(one)
    await expect(page.locator("#f-team")).to_have_value("")
    await page.go_forward()
    await expect(status(page)).to_have_text(both)
    await page.get_by_role("link", name="State: overdue").click()
    await expect(page).to_have_url(re.compile(r"/api/changes\?team=devices$"))
    await expect(page.locator("#f-state")).to_have_value("")
    await expect(page.locator("#f-team")).to_have_value("devices")
    assert page.faults == []


async def test_keys_move_through_the_rows_and_enter_opens_the_one_that_is_current(changes):
    page = await changes.open("/api/changes", CY)
    first, second = (await page.locator("#list a[data-open]").all_text_contents())[:2]
    for key in ("j", "j", "ArrowDown", "k"):
        await page.keyboard.press(key)
    await expect(current(page)).to_have_text(second)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/api/changes/{second}$"))

    await page.go_back()
    await page.keyboard.press("/")
    await page.keyboard.press("ArrowDown")
    await expect(current(page)).to_have_text(first)


async def test_an_id_and_enter_open_the_change_from_home_and_from_the_list(changes):
    await changes.arrive(post(FIRST))
    for path in ("/api/home", "/api/changes"):
        page = await changes.open(path, CY)
        await page.keyboard.press("/")
        await page.keyboard.type(FIRST.removeprefix("MC"))
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(f"/api/changes/{FIRST}$"))
        await expect(page.locator("h1")).to_contain_text("Retirement of the old viewer")


async def test_a_list_is_paged_and_a_page_keeps_what_was_chosen(changes):
    page = await changes.open("/api/changes?sort=title&state=open", CY)
    first = await page.locator("#list a[data-open]").all_text_contents()
    await page.get_by_role("link", name="Next").click()
    await expect(page).to_have_url(re.compile(r"\?state=open&sort=title&page=2$"))
    assert not set(first) & set(await page.locator("#list a[data-open]").all_text_contents())

    await page.select_option("#f-state", "")
    await expect(page).to_have_url(re.compile(r"/api/changes\?sort=title$"))
    await expect(page.locator(".pager")).to_contain_text("Page 1 of")


async def test_nothing_that_matches_says_what_the_search_looks_at_and_leads_on(changes):
    page = await changes.open("/api/changes?q=quetzal&team=devices", CY)

    await expect(page.get_by_role("heading", name="No change matches")).to_be_visible()
    await page.get_by_role("link", name="Search all changes for").click()
    await expect(page).to_have_url(re.compile(r"/api/changes\?q=quetzal$"))
    await page.get_by_role("link", name="Show all changes").click()
    await expect(page).to_have_url(re.compile(r"/api/changes$"))
    await expect(page.locator("[data-row]")).to_have_count(50)


async def test_without_script_the_button_does_the_same(changes):
    page = await changes.open("/api/changes", CY, java_script_enabled=False)
    await page.fill("#f-q", "wizard")
    await page.select_option("#f-state", "open")
    await page.get_by_role("button", name="Show").click()

    await expect(page).to_have_url(re.compile(r"/api/changes\?q=wizard&state=open$"))
    assert all("wizard" in title for title in await titles(page).all_text_contents())


@pytest.mark.parametrize("width", [360, 390])
async def test_on_a_phone_each_change_is_a_card_and_nothing_has_to_be_moved_sideways(changes, width):
    page = await changes.open("/api/changes?state=open&unsure=yes", CY)
    await page.set_viewport_size({"width": width, "height": 800})

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert (await page.locator("#list tbody tr").first.bounding_box())["width"] <= width
    await page.screenshot(path=screenshots() / f"changes-phone-{width}.png", full_page=True)


async def test_storage_that_goes_away_in_the_middle_leaves_the_list_and_says_so(changes, monkeypatch):
    page = await changes.open("/api/changes", CY)
    before = await titles(page).all_text_contents()

    async def read(*_):
        raise TransientError("storage does not answer")

    monkeypatch.setattr(app.current().deps.storage.blobs, "read", read)
    await page.select_option("#f-state", "open")
    await expect(page.get_by_role("alert")).to_contain_text("storage does not answer")
    assert await titles(page).all_text_contents() == before
    await page.reload()
    await expect(page.locator("main")).to_contain_text("Try again in a minute")
    monkeypatch.undo()
    await page.reload()
    await expect(page.locator("[data-row]")).to_have_count(50)


async def test_home_leads_to_the_list_behind_each_number_for_readers_with_privacy_and_without(changes):
    for who in (CY, ADA):
        page = await changes.open("/api/home", who)
        tiles = await page.locator(".tile").evaluate_all(
            "all => all.map((tile) => [tile.querySelector('a').href, tile.querySelector('dd').textContent])"
        )
        assert len(tiles) == 12
        for place, number in tiles:
            await page.goto(place)
            await expect(status(page)).to_have_text(re.compile(rf"^{number} (of|change)"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("home", "/api/home"),
        ("changes", "/api/changes"),
        ("changes-chosen", "/api/changes?q=wizard&state=open&unsure=yes&colour=red"),
        ("changes-none", "/api/changes?q=quetzal"),
    ],
)
async def test_nothing_of_it_shuts_anybody_out(changes, name, path, scheme):
    page = await changes.open(path, CY, color_scheme=scheme)
    if name == "changes":
        await page.keyboard.press("j")

    assert await violations(page) == []
    await page.screenshot(path=screenshots() / f"{name}-{scheme}.png")
    assert page.faults == []
