"""A weekly review as people hold it: in browsers, from the keyboard, two at a time, and with storage failing."""

import re

import pytest
from playwright.async_api import expect

from shared import app
from shared.core.errors import TransientError
from shared.record.assessments import acts_of
from tests.e2e.site import ANA, BEN, CY, posts, site, violations

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
async def review(storage_of_its_own):
    """Thirty changes that were read this morning."""
    async with site(storage_of_its_own) as running:
        await running.arrive(*posts(30))
        yield running


async def acts(number):
    return [act.what for act in await acts_of(app.current().tables, f"MC{1200000 + number}")]


async def test_thirty_changes_are_reviewed_from_the_keyboard_with_at_most_two_keys_each(review):
    page = await review.open("/api/review")
    said = [("n", "no_impact"), ("o", "own"), ("i", "impact"), ("d", "done"), ("r1", "remind"), ("w1", "wrong_team")]
    pressed, loads = 0, []
    page.on("load", lambda shown: loads.append(shown.url))  # a key that comes at once is already the script's
    for number in range(1, 31):
        keys, what = said[number % len(said)]
        await expect(page.locator("#pane [data-id]")).to_have_attribute("data-id", f"MC{1200000 + number}")
        for key in keys:
            await page.keyboard.press(key)
        pressed += len(keys)
        if what == "wrong_team":  # it is another team's now, which has its own word
            await expect(page.locator(f"#row-MC{1200000 + number}")).to_contain_text("devices")
            await expect(page.locator("#pane .for-team strong")).to_have_text("devices")
            await page.keyboard.press("n")
        await expect(page.locator(f"#row-MC{1200000 + number}")).to_have_attribute("data-done", "")
        assert (await acts(number))[0] == what

    await expect(page.locator("#progress-words")).to_have_text("30 of 30")
    assert pressed <= 2 * 30
    assert loads == []
    assert page.faults == []


async def test_two_people_see_each_others_words_and_neither_loses_any(review):
    ana, ben = await review.open("/api/review", ANA), await review.open("/api/review", BEN)
    await expect(ben.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")
    await expect(ana.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")

    await ana.keyboard.press("n")
    await expect(ana.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200002")
    await expect(ben.locator("#row-MC1200001")).to_contain_text("no impact (Ana)", timeout=15_000)
    await expect(ben.locator("#others")).to_contain_text("Ana said for messaging: no impact.")
    await expect(ben.locator("#progress-words")).to_have_text("1 of 30")

    await ben.keyboard.press("i")  # all the same
    await expect(ben.locator("#pane [role=alert]")).to_contain_text("Somebody else was faster")
    assert await acts(1) == ["no_impact"]
    await ben.keyboard.press("y")
    await expect(ben.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200002")
    assert await acts(1) == ["no_impact", "impact"]
    await expect(ana.locator("#row-MC1200001")).to_contain_text("it has an impact (Ben)", timeout=15_000)
    assert ana.faults == ben.faults == []


async def test_where_storage_fails_nothing_is_said_to_be_saved_and_it_goes_on_when_it_is_back(review, monkeypatch):
    page = await review.open("/api/review")
    await expect(page.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")
    tables = app.current().deps.storage.tables
    working = type(tables).commit

    async def out(*_):
        raise TransientError("storage does not answer")

    monkeypatch.setattr(type(tables), "commit", out)
    await page.keyboard.press("n")
    await expect(page.locator("#trouble")).to_contain_text("Not now. storage does not answer. Try again in a minute.")
    await expect(page.locator("#row-MC1200001")).not_to_have_attribute("data-done", "")
    assert await acts(1) == []

    monkeypatch.setattr(type(tables), "commit", working)
    await page.keyboard.press("n")
    await expect(page.locator("#row-MC1200001")).to_have_attribute("data-done", "")
    await expect(page.locator("#trouble")).to_have_count(0)
    assert await acts(1) == ["no_impact"]


async def test_a_reader_can_look_and_has_no_button_to_press(review):
    page = await review.open("/api/review", CY)
    await expect(page.locator("#pane")).to_contain_text("Without a card, reviewers answer")

    await page.keyboard.press("n")
    await page.keyboard.press("j")
    await expect(page.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200002")
    assert await acts(1) == []


async def test_a_comment_is_typed_and_its_letters_press_nothing(review):
    page = await review.open("/api/review")
    await expect(page.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")
    await page.keyboard.press("c")
    await page.keyboard.type("<b>Not</b> on our phones, jo!")
    await page.keyboard.press("Enter")

    await expect(page.locator("#saved")).to_contain_text("It is kept")
    assert await acts(1) == ["comment"]
    await expect(page.locator("#pane")).to_contain_text("“<b>Not</b> on our phones, jo!”")
    await expect(page.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")


async def test_without_script_the_same_is_done_with_buttons_and_links(review):
    page = await review.open("/api/review", java_script_enabled=False)
    await page.click("#row-MC1200003 a")
    await page.click("button:has-text('No impact on us')")

    assert re.search(r"after=MC1200003", page.url)
    assert await page.locator("#pane [data-id]").get_attribute("data-id") == "MC1200004"
    assert await acts(3) == ["no_impact"]


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}], ids=["light", "dark"])
async def test_axe_finds_nothing_on_the_review(review, options):
    page = await review.open("/api/review", **options)
    await expect(page.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")
    await page.keyboard.press("r")

    assert await violations(page) == []
