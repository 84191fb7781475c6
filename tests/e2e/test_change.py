"""The change page in real browsers, over real storage: people act on it by key, and two of them at once."""

import pytest
from playwright.async_api import Page, expect

from shared import app
from shared.core.errors import TransientError
from shared.record.assessments import acts_of
from shared.record.changes import read_alone
from shared.usecases.pages.answer import NO_TEAM
from tests.adapters.pages.browser import screenshots
from tests.e2e.site import ANA, BEN, CY, Site, posts, site, violations
from tests.usecases.world import NOVEMBER, post

pytestmark = pytest.mark.timeout(600)
ID = "MC1200001"


@pytest.fixture
async def deployed(storage_of_its_own):
    """One change of two editions, which messaging owns by the policy."""
    async with site(storage_of_its_own) as running:
        await running.arrive(*posts(1))
        await running.arrive(
            post(when=NOVEMBER, modified="2026-08-31T10:00:00Z", title="The 1. viewer will be retired")
        )
        yield running


async def see(running: Site, who: str = ANA, **options: object) -> Page:
    page = await running.open(f"/api/changes/{ID}", who, **options)
    page.set_default_timeout(10_000)
    return page


async def press(page: Page, key: str) -> None:
    """A key, and the answer to what it sends."""
    async with page.expect_response(lambda response: response.request.method == "POST"):
        await page.keyboard.press(key)


async def acts() -> list[tuple[str, str, str]]:
    return [(act.what, act.team, act.who[-1]) for act in await acts_of(app.current().tables, ID)]


async def test_a_change_is_owned_decided_reminded_of_and_closed_from_the_keyboard_a_key_each(deployed):
    page = await see(deployed)
    notice = page.locator("#act .notice")

    await press(page, "o")
    await expect(notice).to_contain_text("You own it")
    await expect(page.locator("#act")).to_contain_text("messaging: owned by Ana (1 September)")
    await press(page, "i")
    await expect(notice).to_contain_text("You said that it has an impact")
    await press(page, "r")
    await expect(notice).to_contain_text("You will be reminded")
    await press(page, "x")
    await expect(notice).to_contain_text("The change is closed")
    await expect(page.locator(".head .tag.good")).to_have_text("Closed")
    await press(page, "x")
    await expect(notice).to_contain_text("The change is open again")

    said = page.locator("#said li")
    await expect(said).to_have_count(5)
    await expect(said.nth(4)).to_contain_text("Ana")
    assert {what for what, *_ in await acts()} == {"own", "impact", "remind", "close", "reopen"}
    assert page.url == f"{deployed.base}/api/changes/{ID}"
    assert await page.evaluate("document.activeElement.getAttribute('role')") == "status", (
        "read out to those who do not see"
    )
    assert page.faults == []
    await page.screenshot(path=screenshots() / "change-acted.png")


async def test_a_comment_is_typed_behind_c_and_stands_as_text_once_however_often_it_is_sent(deployed):
    page = await see(deployed)
    await page.keyboard.press("c")
    await page.keyboard.type("No on <b>Mondays</b><script>window.ran = 1</script> \u202exet")
    async with page.expect_response(lambda response: response.request.method == "POST"):
        await page.get_by_role("button", name="Comment", exact=True).dblclick()

    await expect(page.locator("#act .notice")).to_contain_text("It is kept")
    await expect(page.locator("#said")).to_contain_text(
        "“No on <b>Mondays</b><script>window.ran = 1</script> \u202exet”"
    )
    assert await page.locator("#said b, #said script").count() == 0
    assert await page.evaluate("window.ran === undefined")
    assert [what for what, *_ in await acts()] == ["comment"]
    assert await page.input_value("#words") == ""
    assert page.faults == []


async def test_a_word_typed_with_a_decision_is_kept_with_it(deployed):
    page = await see(deployed)
    await page.fill("#words", "We have none of it.")
    await page.keyboard.press("Escape")
    await press(page, "n")

    await expect(page.locator("#said")).to_contain_text("“We have none of it.”")
    assert await acts() == [("no_impact", "messaging", "a")]


async def test_a_field_is_settled_beside_its_words_and_counts_at_once(deployed):
    page = await see(deployed)
    row = page.locator("#field-user_impact")
    await row.locator("summary").click()
    await row.get_by_label("What is right").select_option("low")
    await row.get_by_label("Why").fill("Nobody uses it.")
    await row.get_by_role("button", name="Settle it").click()

    await expect(page.locator("#reading .notice")).to_contain_text("It counts from now on")
    await expect(row).to_contain_text("settled by Ana")
    await expect(page.locator(".head .tags")).to_contain_text("Users: low impact")
    deadline = page.locator("#field-act_by")
    await deadline.locator("summary").click()
    await deadline.get_by_role("button", name="No deadline").click()
    await expect(deadline).to_contain_text("no deadline")
    await page.locator("#field-rollouts summary").click()
    await page.locator("#field-rollouts").get_by_label("What is right").fill("soon <b>")
    await page.locator("#field-rollouts").get_by_role("button", name="Settle it").click()
    await expect(page.locator("#reading .notice.bad")).to_contain_text("is not complete")
    assert await page.input_value("#settle-rollouts") == "soon <b>", "what was typed is there to be corrected"
    record = await read_alone(app.current().tables, ID)
    assert set(record.change.assessment.settled) == {"user_impact", "act_by"}
    assert page.faults == []


async def test_of_two_people_at_once_the_second_sees_who_was_faster_and_may_take_it_over(deployed):
    ana, ben = await see(deployed, ANA), await see(deployed, BEN)

    await press(ana, "o")
    await press(ben, "o")
    notice = ben.locator("#act .notice")
    await expect(notice).to_contain_text("Somebody else was faster")
    await expect(notice).to_contain_text("Ana owns it for messaging")
    await expect(ben.locator("#said li")).to_have_count(1)
    assert ben.faults == []
    await ben.screenshot(path=screenshots() / "change-two-at-once.png")  # it styles the page, which our policy reports

    await ben.get_by_role("button", name="Take it over").click()
    await expect(ben.locator("#act")).to_contain_text("owned by Ben")
    await press(ana, "n")
    await expect(ana.locator("#act")).to_contain_text("owned by Ben")
    assert await acts() == [("own", "messaging", "a"), ("own", "messaging", "b"), ("no_impact", "messaging", "a")]
    assert ana.faults == []


async def test_it_is_given_to_another_team_which_gets_a_card(deployed):
    page = await see(deployed)
    await page.keyboard.press("w")
    await page.select_option("#to", "devices")
    await page.get_by_role("button", name="Give it to them").click()

    await expect(page.locator("#act .notice")).to_contain_text("It is the other team's now")
    await expect(page.locator("#said")).to_contain_text("messaging → devices")
    await page.reload()
    await expect(page.locator("#cards")).to_contain_text("workplace")  # where devices hears of changes
    await page.get_by_role("link", name="How often they were opened").click()
    await expect(page.locator("#opened")).to_contain_text("No card was sent of it.")
    assert page.url == f"{deployed.base}/api/changes/{ID}"
    assert page.faults == []


async def test_without_script_plain_forms_do_the_same_and_a_reload_does_nothing_twice(deployed):
    page = await see(deployed, java_script_enabled=False)
    await page.get_by_role("button", name="I own it").click()
    assert "You own it" in await page.text_content("#act .notice")
    await page.reload()
    assert "As you said" in await page.text_content("#act .notice")
    await page.fill("#words", "Twice <b>")
    await page.get_by_role("button", name="Comment", exact=True).click()
    # The browser is still on its way to the answer when the click returns: what is reloaded must be that answer.
    await expect(page.locator("#said li")).to_have_count(2)
    await page.reload()

    assert await page.locator("#said li").count() == 2
    assert sorted(await acts()) == [("comment", "messaging", "a"), ("own", "messaging", "a")]


async def test_who_may_not_act_sees_why_and_no_key_does_anything(deployed):
    page = await see(deployed, CY)

    assert await page.text_content("#act .why-not") == NO_TEAM
    assert await page.locator("main form[method=post]").count() == 0
    for key in "onibdrcxw":
        await page.keyboard.press(key)
    await page.wait_for_timeout(200)
    assert await acts() == []
    assert page.faults == []


async def test_a_storage_outage_is_said_and_what_was_typed_stays(deployed, monkeypatch):
    page = await see(deployed)

    async def down(*_):
        raise TransientError("storage does not answer")

    monkeypatch.setattr(type(app.current().deps.storage.tables), "commit", down)
    await page.fill("#words", "Do not lose this.")
    await page.get_by_role("button", name="I own it").click()
    await expect(page.locator("#trouble")).to_contain_text("Try again in a minute")
    assert await page.input_value("#words") == "Do not lose this."

    monkeypatch.undo()
    await page.get_by_role("button", name="I own it").click()
    await expect(page.locator("#act")).to_contain_text("owned by Ana")
    await expect(page.locator("#trouble")).to_have_count(0)
    assert await acts() == [("own", "messaging", "a")]


async def test_each_field_leads_to_its_words_in_the_post_and_back(deployed):
    page = await see(deployed)
    await page.get_by_role("link", name="Deadline: see it in the post").click()
    assert page.url.endswith("#why-act_by")
    assert await page.locator(".post mark[title*=Deadline]").first.is_visible()
    await page.get_by_role("link", name="Deadline: how we read it").click()
    assert page.url.endswith("#field-act_by")


async def test_an_old_revision_shows_its_text_and_what_the_next_one_changed(deployed):
    page = await see(deployed)
    await page.get_by_role("link", name="Revision 1", exact=True).click()

    await expect(page.locator(".notice")).to_contain_text("This is an old revision")
    await expect(page.locator(".post")).to_contain_text("early October 2026")
    await expect(page.locator("main")).to_contain_text("Dates moved")
    await page.get_by_role("link", name="See the change as it is now").click()
    await expect(page.locator(".post")).to_contain_text("early November 2026")


async def test_axe_finds_nothing_with_every_group_open_whoever_looks_and_however_wide(deployed):
    for who, width in ((ANA, 1280), (ANA, 360), (CY, 1280)):
        page = await see(deployed, who)
        await page.set_viewport_size({"width": width, "height": 800})
        await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
