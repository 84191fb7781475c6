"""The change page in a real browser, over the real functions: people act on it by key, and two of them at once."""

import pytest
from playwright.sync_api import expect

from shared.core.errors import TransientError
from shared.record.assessments import acts_of
from shared.usecases.pages.answer import NO_TEAM
from tests.adapters.pages.browser import browser, screenshots
from tests.functions.served import served
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.review.test_answers import three_teams
from tests.usecases.world import NOVEMBER, World, post

ID = "MC1200001"
ANA = principal((OID, "0f8e0000-0000-4000-8000-000000000001"), ("name", "Ana Torres"), ("roles", "reviewer"))
BEN = principal((OID, "0f8e0000-0000-4000-8000-000000000002"), ("name", "Ben Ito"), ("roles", "reviewer"))
CY = principal((OID, "0f8e0000-0000-4000-8000-000000000003"), ("name", "Cy Okafor"))


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def site():
    """One change of two editions, which messaging owns by the policy."""
    with served(World(three_teams())) as running:
        running.run(running.world.arrive(post()))
        running.run(running.world.arrive(post(when=NOVEMBER, modified="2026-08-31T10:00:00Z")))
        yield running


@pytest.fixture
def visit(chromium, site):
    """Opens the change as somebody sees it."""
    contexts = []

    def opened(who=ANA, path=f"/api/changes/{ID}", **options):
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = chromium.new_context(extra_http_headers={"x-ms-client-principal": who}, **options)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.set_default_timeout(10_000)
        page.goto(site.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()


def press(page, key):
    with page.expect_response(lambda response: response.request.method == "POST") as sent:
        page.keyboard.press(key)
    return sent.value


def acts(site):
    return [(act.what, act.team, act.who[-1]) for act in site.run(acts_of(site.world.tables, ID))]


def test_a_change_is_owned_decided_reminded_of_and_closed_from_the_keyboard_a_key_each(visit, site):
    page = visit()
    notice = page.locator("#act .notice")

    press(page, "o")
    expect(notice).to_contain_text("You own it")
    expect(page.locator("#act")).to_contain_text("messaging: owned by Ana Torres (1 September)")
    press(page, "i")
    expect(notice).to_contain_text("You said that it has an impact")
    press(page, "r")
    expect(notice).to_contain_text("You will be reminded")
    press(page, "x")
    expect(notice).to_contain_text("The change is closed")
    expect(page.locator(".head .tag.good")).to_have_text("Closed")
    press(page, "x")
    expect(notice).to_contain_text("The change is open again")

    said = page.locator("#said li")
    expect(said).to_have_count(5)
    expect(said.nth(4)).to_contain_text("Ana Torres")
    assert {what for what, *_ in acts(site)} == {"own", "impact", "remind", "close", "reopen"}
    assert page.url == f"{site.url}/api/changes/{ID}"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status", "read out to those who do not see"
    assert page.faults == []
    page.screenshot(path=screenshots() / "change-acted.png")


def test_a_comment_is_typed_behind_c_and_stands_as_text_once_however_often_it_is_sent(visit, site):
    page = visit()
    page.keyboard.press("c")
    page.keyboard.type("No on <b>Mondays</b><script>window.ran = 1</script> \u202exet")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="Comment", exact=True).dblclick()

    expect(page.locator("#act .notice")).to_contain_text("It is kept")
    expect(page.locator("#said")).to_contain_text("“No on <b>Mondays</b><script>window.ran = 1</script> \u202exet”")
    assert page.locator("#said b, #said script").count() == 0
    assert page.evaluate("window.ran === undefined")
    assert [what for what, *_ in acts(site)] == ["comment"]
    assert page.input_value("#words") == ""
    assert page.faults == []


def test_a_word_typed_with_a_decision_is_kept_with_it(visit, site):
    page = visit()
    page.fill("#words", "We have none of it.")
    page.keyboard.press("Escape")
    press(page, "n")

    expect(page.locator("#said")).to_contain_text("“We have none of it.”")
    assert acts(site) == [("no_impact", "messaging", "1")]


def test_a_field_is_settled_beside_its_words_and_counts_at_once(visit, site):
    page = visit()
    row = page.locator("#field-user_impact")
    row.locator("summary").click()
    row.get_by_label("What is right").select_option("low")
    row.get_by_label("Why").fill("Nobody uses it.")
    row.get_by_role("button", name="Settle it").click()

    expect(page.locator("#reading .notice")).to_contain_text("It counts from now on")
    expect(row).to_contain_text("settled by Ana Torres")
    expect(page.locator(".head .tags")).to_contain_text("Users: low impact")
    deadline = page.locator("#field-act_by")
    deadline.locator("summary").click()
    deadline.get_by_role("button", name="No deadline").click()
    expect(deadline).to_contain_text("no deadline")
    page.locator("#field-rollouts summary").click()
    page.locator("#field-rollouts").get_by_label("What is right").fill("soon <b>")
    page.locator("#field-rollouts").get_by_role("button", name="Settle it").click()
    expect(page.locator("#reading .notice.bad")).to_contain_text("is not complete")
    assert page.input_value("#settle-rollouts") == "soon <b>", "what was typed is there to be corrected"
    settled = site.run(site.world.change()).assessment.settled
    assert set(settled) == {"user_impact", "act_by"}
    assert page.faults == []


def test_of_two_people_at_once_the_second_sees_who_was_faster_and_may_take_it_over(visit, site):
    ana, ben = visit(ANA), visit(BEN)

    press(ana, "o")
    press(ben, "o")
    notice = ben.locator("#act .notice")
    expect(notice).to_contain_text("Somebody else was faster")
    expect(notice).to_contain_text("Ana Torres owns it for messaging")
    expect(ben.locator("#said li")).to_have_count(1)
    assert ben.faults == []
    ben.screenshot(path=screenshots() / "change-two-at-once.png")  # it styles the page, which our policy reports

    ben.get_by_role("button", name="Take it over").click()
    expect(ben.locator("#act")).to_contain_text("owned by Ben Ito")
    press(ana, "n")
    expect(ana.locator("#act")).to_contain_text("owned by Ben Ito")
    assert acts(site) == [("own", "messaging", "1"), ("own", "messaging", "2"), ("no_impact", "messaging", "1")]
    assert ana.faults == []


def test_it_is_given_to_another_team_which_gets_a_card(visit, site):
    page = visit()
    page.keyboard.press("w")
    page.select_option("#to", "voice")
    page.get_by_role("button", name="Give it to them").click()

    expect(page.locator("#act .notice")).to_contain_text("It is the other team's now")
    expect(page.locator("#said")).to_contain_text("messaging → voice")
    site.run(site.world.drain())
    page.reload()
    expect(page.locator("#cards")).to_contain_text("voice")


def test_without_script_plain_forms_do_the_same_and_a_reload_does_nothing_twice(visit, site):
    page = visit(java_script_enabled=False)
    page.get_by_role("button", name="I own it").click()
    assert "You own it" in page.text_content("#act .notice")
    page.reload()
    assert "As you said" in page.text_content("#act .notice")
    page.fill("#words", "Twice <b>")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.reload()

    assert page.locator("#said li").count() == 2
    assert sorted(acts(site)) == [("comment", "messaging", "1"), ("own", "messaging", "1")]


def test_who_may_not_act_sees_why_and_no_key_does_anything(visit, site):
    page = visit(CY)

    assert page.text_content("#act .why-not") == NO_TEAM
    assert page.locator("main form[method=post]").count() == 0
    for key in "onibdrcxw":
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert acts(site) == []
    assert page.faults == []


def test_a_storage_outage_is_said_and_what_was_typed_stays(visit, site, monkeypatch):
    page = visit()

    async def down(*_, **__):
        raise TransientError("writing table changes: the service is not there")

    monkeypatch.setattr(site.world.tables, "commit", down)
    page.fill("#words", "Do not lose this.")
    page.get_by_role("button", name="I own it").click()
    expect(page.locator("#trouble")).to_contain_text("Try again in a minute")
    assert page.input_value("#words") == "Do not lose this."

    monkeypatch.undo()
    page.get_by_role("button", name="I own it").click()
    expect(page.locator("#act")).to_contain_text("owned by Ana Torres")
    expect(page.locator("#trouble")).to_have_count(0)
    assert acts(site) == [("own", "messaging", "1")]


def test_each_field_leads_to_its_words_in_the_post_and_back(visit):
    page = visit()
    page.get_by_role("link", name="Deadline: see it in the post").click()
    assert page.url.endswith("#why-act_by")
    assert page.locator(".post mark[title*=Deadline]").first.is_visible()
    page.get_by_role("link", name="Deadline: how we read it").click()
    assert page.url.endswith("#field-act_by")


def test_an_old_revision_shows_its_text_and_what_the_next_one_changed(visit):
    page = visit()
    page.get_by_role("link", name="Revision 1", exact=True).click()

    expect(page.locator(".notice")).to_contain_text("This is an old revision")
    expect(page.locator(".post")).to_contain_text("early October 2026")
    expect(page.locator("main")).to_contain_text("Dates moved")
    page.get_by_role("link", name="See the change as it is now").click()
    expect(page.locator(".post")).to_contain_text("early November 2026")


def test_how_often_cards_were_opened_comes_into_the_page_when_it_is_asked_for(visit):
    page = visit()
    page.get_by_role("link", name="How often they were opened").click()

    expect(page.locator("#cards table")).to_contain_text("messaging")
    assert page.url.endswith(ID)
    assert page.faults == []
