"""The Teams inbox: the webhook over real HTTP, and the page in a real browser."""

import asyncio
import json
import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from sandbox.errors import SandboxError
from sandbox.inbox.server import CARD_TYPE, LARGEST, Inbox
from sandbox.microsoft365.serving import serve

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "test-results"
START = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
DESKTOP = {"width": 1280, "height": 900}


def text(words, **named):
    return {"type": "TextBlock", "text": words, "wrap": True} | named


def card(title="The old page goes", *more, **named):
    body = [
        text("Plan for change · act by 14 October 2026", size="small", isSubtle=True),
        text(title, size="large", weight="bolder", style="heading", spacing="small"),
        {
            "type": "Container",
            "style": "warning",
            "bleed": True,
            "items": [text("**Do by 14 October:** tell the people who own the _old_ connectors.")],
        },
        {
            "type": "FactSet",
            "facts": [
                {"title": "Workload", "value": "Exchange"},
                {"title": "For whom", "value": "Worldwide, GCC"},
                {"title": "When", "value": "1 October to the end of November 2026"},
            ],
        },
        text(
            "What changes:\n\n- The old page is switched off\n- The new one asks first\n- See [the plan](https://example.com/plan)"
        ),
        *more,
        text("You get this because your team owns Exchange.", size="small", isSubtle=True, separator=True),
    ]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": "Open the change", "url": "https://example.com/change"}],
    } | named


def envelope(*cards):
    return {
        "type": "message",
        "attachments": [{"contentType": CARD_TYPE, "contentUrl": None, "content": each} for each in cards],
    }


class World:
    """A running inbox whose clock the test moves."""

    def __init__(self, url, inbox):
        self.url, self.inbox = url, inbox
        self.client = httpx.AsyncClient(base_url=url)

    async def post(self, *cards, channel="exchange", minutes=1):
        self.inbox.clock_now += timedelta(minutes=minutes)
        response = await self.client.post(f"/hook/{channel}?sig=x", json=envelope(*(cards or [card()])))
        assert response.status_code == 202, response.text

    async def cards(self, **query):
        return (await self.client.get("/cards.json", params=query)).json()


class Timed(Inbox):
    def __init__(self, path=None):
        self.clock_now = START
        super().__init__(lambda: self.clock_now, path)


@pytest_asyncio.fixture(loop_scope="module")
async def world():
    inbox = Timed()
    runner, port = await serve(inbox.app())
    found = World(f"http://127.0.0.1:{port}", inbox)
    yield found
    await found.client.aclose()
    await runner.cleanup()


# The webhook


async def test_a_card_is_taken_with_202_and_no_body_and_kept_with_its_time_and_channel(world):
    response = await world.client.post("/hook/exchange?sig=secret", json=envelope(card()))
    assert (response.status_code, response.content) == (202, b"")
    found = await world.cards()
    assert found["channels"] == {"exchange": 1}
    (kept,) = found["cards"]
    assert kept.pop("size") > len(json.dumps(envelope(card())))
    assert kept == {
        "number": 1, "at": "2026-09-01T08:30:00Z", "channel": "exchange", "card": card(), "toast": "Card",
    }  # fmt: skip


async def test_the_toast_says_the_summary_and_without_one_only_that_it_is_a_card(world):
    for summary in ("Act by 14 October: the old page goes", " ", 5, None):
        await world.client.post("/hook/exchange?sig=x", json=envelope(card()) | {"summary": summary})
    toasts = [each["toast"] for each in (await world.cards())["cards"]]
    assert toasts == ["Card", "Card", "Card", "Act by 14 October: the old page goes"]


async def test_what_a_channel_does_not_take_is_counted_with_the_last_answer(world):
    await world.post()
    assert (await world.cards())["states"] == {}
    await world.client.post("/switch/exchange/off")
    assert (await world.client.post("/hook/exchange?sig=x", json=envelope(card()))).status_code == 400
    assert (await world.client.post("/hook/teams?sig=x", content=b"x" * (LARGEST + 1))).status_code == 413
    assert (await world.cards())["states"] == {
        "exchange": {"how": "off", "refused": 1, "at": "2026-09-01T08:31:00Z", "answer": "400 Bad Request"},
        "teams": {"how": "on", "refused": 1, "at": "2026-09-01T08:31:00Z", "answer": "413 Request Entity Too Large"},
    }


async def test_each_attachment_becomes_a_message_of_its_own(world):
    await world.post(card("One"), card("Two"))
    assert [each["card"]["body"][1]["text"] for each in (await world.cards())["cards"]] == ["Two", "One"]


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"text": "hello"},
        {"type": "message"},
        {"type": "message", "attachments": []},
        {"type": "message", "attachments": ["card"]},
        {"type": "AdaptiveCard", "version": "1.5", "body": []},
        {"type": "message", "attachments": [{"contentType": "application/json", "content": card()}]},
        {"type": "message", "attachments": [{"contentType": CARD_TYPE, "contentUrl": 5, "content": card()}]},
        {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": json.dumps(card())}]},
        {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": {"type": "TextBlock"}}]},
    ],
)
async def test_anything_but_the_envelope_of_workflows_is_refused_and_not_kept(world, wrong):
    response = await world.client.post("/hook/exchange?sig=x", json=wrong)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "TriggerInputSchemaMismatch")
    assert (await world.cards())["newest"] == 0


async def test_what_is_no_json_is_refused(world):
    response = await world.client.post("/hook/exchange?sig=x", content=b"\xff{")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "InvalidRequestContent")


async def test_without_its_signature_the_address_is_worth_nothing(world):
    for query in ("", "?sig=", "?sv=1.0"):
        response = await world.client.post(f"/hook/exchange{query}", json=envelope(card()))
        assert response.status_code == 401


async def test_28_kilobytes_are_taken_as_an_escaped_string_and_one_byte_more_is_not(world):
    def padded(size):
        bare = json.dumps(envelope(card("")))
        return json.dumps(envelope(card("x" * (size - len(json.dumps(bare)))))).encode()

    async def in_pieces(data):
        yield data

    assert len(json.dumps(padded(LARGEST).decode())) == LARGEST == 28_672
    assert len(padded(LARGEST)) < LARGEST - 100
    assert (await world.client.post("/hook/a?sig=x", content=padded(LARGEST))).status_code == 202
    assert (await world.client.post("/hook/a?sig=x", content=padded(LARGEST + 1))).status_code == 413
    assert (await world.client.post("/hook/a?sig=x", content=in_pieces(padded(LARGEST + 1)))).status_code == 413
    assert (await world.cards())["newest"] == 1


async def test_cards_are_selected_by_channel_and_number(world):
    for number in range(1, 7):
        await world.post(card(f"Card {number}"), channel="teams" if number % 2 else "exchange")

    async def numbers(**query):
        return [each["number"] for each in (await world.cards(**query))["cards"]]

    assert await numbers() == [6, 5, 4, 3, 2, 1]
    assert await numbers(channel="teams") == [5, 3, 1]
    assert await numbers(after=4) == [6, 5]
    assert await numbers(before=4, limit=2) == [3, 2]
    assert await numbers(channel="exchange", after=1, before=6) == [4, 2]
    assert await numbers(channel="none") == []
    assert (await world.client.get("/cards.json?after=x")).status_code == 400


async def test_cards_are_there_again_after_a_restart_and_a_torn_line_is_not(tmp_path):
    path = tmp_path / "cards.jsonl"
    inbox = Timed(path)
    inbox.add("exchange", [card("Größe"), card("Two")])
    with path.open("ab") as file:
        file.write(b'{"number": 3, "at": "2026')
    again = Timed(path)
    assert again.cards == inbox.cards
    again.add("teams", [card("Three")])
    assert [each.number for each in Timed(path).cards] == [1, 2, 3]


async def test_a_damaged_state_file_is_named(tmp_path):
    path = tmp_path / "cards.jsonl"
    path.write_text('{"number": 1}\n')
    with pytest.raises(SandboxError, match=r"cards\.jsonl:1"):
        Timed(path)


async def test_only_the_pages_own_files_are_served_and_nothing_from_outside_may_run(world):
    page = await world.client.get("/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    for name in ("inbox.py", "..%2Finbox.py", "%2Fetc%2Fpasswd", "inbox.html"):
        assert (await world.client.get(f"/{name}")).status_code == 404
    script = await world.client.get("/inbox.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert script.headers["X-Content-Type-Options"] == "nosniff"


# The page, in one browser: the tests of this file share a loop for it


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    try:
        from playwright import async_api as api
    except ImportError:
        absent("playwright is not installed: run `make dev`")
    if not (ROOT / "node_modules" / "adaptivecards").is_dir():
        absent("the renderer is missing: run `npm ci`")
    own = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    async with api.async_playwright() as playwright:
        try:
            found = await playwright.chromium.launch(executable_path=own, args=["--no-sandbox"])
        except api.Error as error:
            absent(
                f"there is no browser: install chromium, or run `playwright install chromium` ({error.message[:80]})"
            )
        yield found
        await found.close()


def absent(why):
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest_asyncio.fixture(loop_scope="module")
async def show(world, browser):
    """Open the inbox; whatever the page complains about fails the test."""
    complaints, contexts = [], []

    async def opened(address="", **options):
        context = await browser.new_context(**({"viewport": DESKTOP} | options))
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(300_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((world.url, "data:")) else complaints.append(asked.url),
        )
        page.complaints = complaints
        await page.goto(world.url + address)
        await until(page, "document.querySelector('#count').textContent || !document.querySelector('#empty').hidden")
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []


async def until(page, condition):
    """Playwright's own waiting evaluates text inside the page, which the page's policy rightly forbids."""
    for _ in range(5000):
        if await page.evaluate(condition):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"never came true: {condition}")


async def picture(page, name):
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"inbox-{name}.png")


async def test_an_empty_inbox_says_so(show):
    page = await show()
    assert await page.get_by_role("heading", name="No cards yet").is_visible()
    await picture(page, "empty")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {}),
        ("dark", {"color_scheme": "dark"}),
        ("narrow", {"viewport": {"width": 390, "height": 844}}),
        ("narrow-dark", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
    ],
)
async def test_cards_are_rendered_newest_first_in_every_theme_and_width(world, show, name, options):
    await world.post(card("First"), channel="exchange")
    await world.post(card("Second", msteams={"width": "Full"}), channel="helpdesk")
    page = await show(**options)
    assert await page.get_by_role("heading", level=3).all_inner_texts() == ["Second", "First"]
    assert await page.locator(".message .name").all_inner_texts() == ["Foresignal", "Foresignal"]
    assert await page.locator(".message time").first.inner_text() == "08:32"
    assert await page.locator(".faults").count() == 0
    assert await page.locator(".card").first.get_by_role("link", name="Open the change").is_visible()
    assert await page.locator(".card strong").first.inner_text() == "Do by 14 October:"
    assert await page.locator(".card li").first.inner_text() == "The old page is switched off"
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.eval_on_selector("#scroll", "node => node.scrollWidth <= node.clientWidth")
    await picture(page, name)


async def test_text_has_enough_contrast_in_both_themes(world, show):
    await world.post()
    for scheme in ("light", "dark"):
        page = await show(color_scheme=scheme)
        poor = await page.evaluate(CONTRAST)
        assert poor == [], scheme


async def test_the_theme_follows_the_system_while_the_page_is_open(world, show):
    await world.post()
    page = await show()
    colour = "getComputedStyle(document.querySelector('.card [role=heading]')).color"
    assert await page.evaluate(colour) == "rgb(36, 36, 36)"
    await page.emulate_media(color_scheme="dark")
    await until(page, f"{colour} === 'rgb(255, 255, 255)'")


async def test_theme_and_width_are_chosen_on_the_page_and_kept_for_the_next_visit(world, show):
    await world.post()
    page = await show()
    await page.get_by_label("Theme").select_option("dark")
    await page.get_by_label("Width").select_option("phone")
    assert await page.evaluate("getComputedStyle(document.querySelector('.card [role=heading]')).color") == (
        "rgb(255, 255, 255)"
    )
    assert (await page.locator(".card").first.bounding_box())["width"] < 390
    await picture(page, "phone-chosen")
    await page.reload()
    await page.locator(".message").first.wait_for()
    assert await page.get_by_label("Theme").input_value() == "dark"
    assert await page.get_by_label("Width").input_value() == "phone"


async def test_a_message_shows_its_toast_its_size_and_whom_it_mentions(world, show):
    person = {"type": "mention", "text": "<at>ana@contoso.example</at>", "mentioned": {"id": "a", "name": "Ana"}}
    more = text("Team: messaging <at>ana@contoso.example</at> and <at>eve@contoso.example</at>")
    sent = envelope(card("Act", more, msteams={"width": "Full", "entities": [person]})) | {"summary": "Act today"}
    await world.client.post("/hook/exchange?sig=x", json=sent)
    page = await show()
    assert await page.locator(".mention").all_inner_texts() == ["ana@contoso.example"]
    assert await page.locator(".toast").inner_text() == "Toast: Act today"
    assert (await page.locator(".size").inner_text()).endswith("of 28 KB")


async def test_a_channel_that_is_down_says_so(world, show):
    await world.post()
    await world.client.post("/switch/exchange/off")
    await world.client.post("/hook/exchange?sig=x", json=envelope(card()))
    page = await show("/#channel=exchange")
    await page.get_by_text("The flow is turned off").wait_for()
    words = await page.locator("#state").inner_text()
    assert words == "The flow is turned off · 1 not taken, last 08:31 (400 Bad Request)"
    assert "exchange (down)" in (await page.locator("#channels .down").inner_text())


async def test_a_new_card_appears_by_itself_and_what_is_being_read_stays_in_place(world, show):
    for number in range(8):
        await world.post(card(f"Card {number}"))
    page = await show()
    target = page.get_by_role("heading", name="Card 3")
    await target.scroll_into_view_if_needed()
    before = await target.bounding_box()
    await world.post(card("The newest"), channel="teams")
    await page.get_by_role("heading", name="The newest").wait_for(state="attached")
    assert abs((await target.bounding_box())["y"] - before["y"]) <= 1
    assert await page.get_by_role("status").inner_text() == "1 new card"
    assert await page.locator("#channels a").all_inner_texts() == ["All channels\n9", "exchange\n8", "teams\n1"]
    await page.get_by_role("button", name="1 new").click()
    await until(page, "document.getElementById('scroll').scrollTop === 0")
    assert await page.locator("#fresh").is_hidden()
    assert await page.get_by_role("heading", name="The newest").is_visible()


async def test_channels_are_chosen_by_mouse_keyboard_and_address(world, show):
    await world.post(card("Mail"), channel="exchange")
    await world.post(card("Chat"), channel="teams & co")
    page = await show()
    await page.locator("#channels").get_by_text("exchange").click()
    await until(page, "document.querySelectorAll('.message').length === 1")
    assert await page.get_by_role("heading", level=3).inner_text() == "Mail"
    assert await page.locator("h1").inner_text() == "exchange"
    await page.locator("#channels a[aria-current]").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Chat").wait_for()
    assert await page.locator("h1").inner_text() == "teams & co"
    again = await show("/#channel=teams+%26+co")
    assert await again.get_by_role("heading", level=3).all_inner_texts() == ["Chat"]


async def test_a_channel_with_new_cards_stands_out_until_it_is_opened(world, show):
    await world.post(channel="exchange")
    await world.post(channel="teams")
    page = await show("/#channel=exchange")
    assert await page.locator(".unread").count() == 0
    await world.post(channel="teams")
    await page.locator(".unread").get_by_text("teams").click()
    await until(page, "!document.querySelector('.unread')")


async def test_keyboard_alone_reaches_the_messages_and_their_buttons(world, show):
    await world.post()
    page = await show()
    reached = set()
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.add(await page.evaluate("document.activeElement.className || document.activeElement.id"))
    assert {"skip", "scroll", "message"} <= reached
    assert any("ac-pushButton" in name for name in reached)


async def test_two_hundred_cards_are_shown_at_once_and_older_ones_on_demand(world, show):
    small = {"type": "AdaptiveCard", "version": "1.5", "body": [text("x")]}
    for _ in range(23):
        await world.post(*[small] * 10)
    page = await show()
    assert await page.locator(".message").count() == 200
    await page.get_by_role("button", name="Show older").click()
    await until(page, "document.querySelectorAll('.message').length === 230")
    assert await page.locator("#older").is_hidden()
    numbers = await page.eval_on_selector_all(".message", "nodes => nodes.map(node => Number(node.dataset.number))")
    assert numbers == list(range(230, 0, -1))


async def test_a_broken_card_is_seen_with_what_the_renderer_says(world, show):
    await world.post(card("Odd", {"type": "Chart.Pie"}))
    await world.post({"type": "AdaptiveCard", "version": "1.5", "body": []})
    await world.post(card("From the future", version="1.9"))
    page = await show()
    faults = await page.locator(".faults").all_inner_texts()
    assert len(faults) == 3
    assert "1.9" in faults[0]
    assert "empty" in faults[1]
    assert "Chart.Pie" in faults[2]
    await picture(page, "faults")


async def test_a_button_opens_a_tab_that_does_not_know_the_page(world, show):
    await world.post(card(actions=[{"type": "Action.OpenUrl", "title": "Open", "url": f"{world.url}/cards.json"}]))
    page = await show()
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Open", exact=True).click()
    opened = await opening.value
    await opened.wait_for_load_state()
    assert opened.url == f"{world.url}/cards.json"
    assert await opened.evaluate("window.opener") is None


async def test_buttons_that_teams_would_not_serve_say_so(world, show):
    actions = [
        {"type": "Action.OpenUrl", "title": "Bad", "url": "javascript:document.title='hacked'"},
        {"type": "Action.Submit", "title": "Send"},
    ]
    await world.post(card(actions=actions))
    page = await show()
    await page.locator(".ac-pushButton", has_text="Bad").click()
    assert "no address" in await page.locator(".hint").inner_text()
    await page.locator(".ac-pushButton", has_text="Send").click()
    assert "no bot" in await page.locator(".hint").inner_text()
    assert "hacked" not in await page.title()


async def test_parts_of_a_card_are_shown_and_hidden_without_a_complaint(world, show):
    toggle = {"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["more"]}
    await world.post(card("One", text("Hidden words", id="more", isVisible=False), actions=[toggle]))
    page = await show()
    assert await page.get_by_text("Hidden words").is_hidden()
    await page.get_by_role("button", name="More").click()
    assert await page.get_by_text("Hidden words").is_visible()
    assert await page.locator(".hint").count() == 0


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](java\tscript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    '[click](vbscript:x) [ok](https://example.com/"onmouseover="alert(1))',
    "[<img src=x onerror=alert(1)>](https://example.com/)",
    "**<svg onload=alert(1)>** _<iframe src=//example.com>_",
    "- <details open ontoggle=alert(1)>\n1. <style>*{display:none}</style>",
    "\\<b>\\</b> &lt;script&gt; &#60;script&#62;",
    "![image](https://example.com/x.png)",
]


async def test_hostile_cards_do_nothing(world, show):
    for words in HOSTILE:
        hostile = card(words, text(words), {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": words}]})
        hostile["body"].append({"type": "FactSet", "facts": [{"title": words, "value": words}]})
        hostile["actions"][0]["title"] = words
        await world.post(hostile, channel="<img src=x onerror=alert(1)>")
    page = await show()
    assert await page.locator(".message").count() == len(HOSTILE)
    allowed = {"div", "p", "br", "strong", "em", "a", "ul", "ol", "li", "button", "span", "table", "tbody", "tr", "td"}
    tags = await page.eval_on_selector_all(".card *", "nodes => [...new Set(nodes.map(n => n.localName))]")
    assert set(tags) <= allowed
    links = await page.eval_on_selector_all(".card a", "nodes => nodes.map(n => [n.protocol, n.target, n.rel])")
    assert {tuple(link) for link in links} == {("https:", "_blank", "noopener noreferrer")}
    handlers = await page.eval_on_selector_all(
        ".card *", "nodes => nodes.flatMap(n => n.getAttributeNames()).filter(name => name.startsWith('on'))"
    )
    assert handlers == []
    for link in await page.locator(".card a", has_text="click").all():
        await link.click()  # none: their addresses are gone, their words are left


MARKDOWN = [
    ("plain", "<p>plain</p>"),
    (
        "**bold** and *it* and _it_ and __bold__",
        "<p><strong>bold</strong> and <em>it</em> and <em>it</em> and <strong>bold</strong></p>",
    ),
    ("**bold _both_**", "<p><strong>bold <em>both</em></strong></p>"),
    ("snake_case_name 5 * 3 * 2 a ** b", "<p>snake_case_name 5 * 3 * 2 a ** b</p>"),
    (r"\*no\* \_no\_ \[no\](x) \\ \a", r"<p>*no* _no_ [no](x) \ \a</p>"),
    ("**open", "<p>**open</p>"),
    ("one\ntwo\n\nthree", "<p>one two</p><p>three</p>"),
    ("- a\n- b\r1. c\r2. d", '<ul><li>a</li><li>b</li></ul><ol start="1"><li>c</li><li>d</li></ol>'),
    ("3) c\n   more", '<ol start="3"><li>c more</li></ol>'),
    ("1\\. no list", "<p>1. no list</p>"),
    (
        "[a](https://example.com/b_(c)?d=1&e=2)",
        '<p><a href="https://example.com/b_(c)?d=1&amp;e=2" target="_blank" rel="noopener noreferrer">a</a></p>',
    ),
    (
        "[**a**](mailto:a@example.com)",
        '<p><a href="mailto:a@example.com" target="_blank" rel="noopener noreferrer"><strong>a</strong></a></p>',
    ),
    ("[a](ftp://example.com) [b](/c) [d]", "<p>a b [d]</p>"),
    ("# no heading", "<p># no heading</p>"),
    ("a < b & c > \"d\" 'e'", "<p>a &lt; b &amp; c &gt; &quot;d&quot; &#39;e&#39;</p>"),
    ("", ""),
]


async def test_markdown_is_what_teams_knows_of_it(show):
    page = await show()
    html = await page.evaluate(
        "async texts => { const m = await import('/markdown.js'); return texts.map(m.toHtml) }",
        [m for m, _ in MARKDOWN],
    )
    assert dict(zip((source for source, _ in MARKDOWN), html, strict=True)) == dict(MARKDOWN)


async def test_no_text_gets_html_through_and_none_takes_long(show):
    page = await show()
    luck = random.Random(7)
    pieces = [
        "<",
        ">",
        "&",
        '"',
        "'",
        "\\",
        "*",
        "**",
        "_",
        "__",
        "[",
        "]",
        "(",
        ")",
        "](",
        "](https://e.com/",
        "](javascript:",
        "\n",
        "\r",
        "- ",
        "1. ",
        "a",
        " ",
        "<img src=x onerror=alert(1)>",
        "&lt;",
        "é",
        "\u202e",
    ]
    texts = ["".join(luck.choices(pieces, k=luck.randrange(1, 25))) for _ in range(5000)]
    hard = ["[", "*", "_", "**a", "[a](", "(", "\\", "*a _b ", "[a](https://e.com/("]
    odd, ratios = await page.evaluate(CHECK, [texts, hard])
    assert odd == []
    assert len(ratios) == len(hard)
    assert max(ratios) < 10, "four times the text: linear is 4, quadratic 16"


async def test_a_sandbox_that_is_gone_is_reported_and_its_return_noticed(show, browser):
    inbox = Timed()
    runner, port = await serve(inbox.app())
    gone = World(f"http://127.0.0.1:{port}", inbox)
    await gone.post(card("Before"))
    page = await browser.new_page()
    await page.goto(gone.url)
    await page.get_by_role("heading", name="Before").wait_for()
    await gone.client.aclose()
    await runner.cleanup()
    await page.get_by_text("No answer from the sandbox").wait_for()
    runner, _ = await serve(Timed().app(), port)  # another one, with nothing in it
    await page.get_by_role("heading", name="No cards yet").wait_for()
    assert await page.locator("#trouble").is_hidden()
    await page.close()
    await runner.cleanup()


CHECK = """
async ([texts, hard]) => {
  const { toHtml } = await import("/markdown.js");
  const taken = (text) => {
    const begun = performance.now();
    toHtml(text);
    return performance.now() - begun;
  };
  const tags = new Set(["p", "strong", "em", "a", "ul", "ol", "li"]);
  const odd = [];
  for (const text of [...texts, ...hard.map((piece) => piece.repeat(14000))]) {
    const html = toHtml(text);
    const body = new DOMParser().parseFromString(html, "text/html").body;
    for (const node of body.querySelectorAll("*")) {
      const names = node.getAttributeNames().join(" ");
      const expected = { a: "href target rel", ol: "start" }[node.localName] ?? "";
      const fine = names === expected && /^(https?|mailto):|^$/.test(node.getAttribute("href") ?? "");
      if (!tags.has(node.localName) || !fine) odd.push([text.slice(0, 80), html.slice(0, 160)]);
    }
  }
  const ratios = hard.map((piece) => {
    let [whole, quarter] = [Infinity, Infinity];
    for (let round = 0; round < 3; round += 1) {  // side by side, the best of three: the machine may be busy
      quarter = Math.min(quarter, taken(piece.repeat(2000)));
      whole = Math.min(whole, taken(piece.repeat(8000)));
    }
    return whole / Math.max(quarter, 5);  // below 5 ms the clock of a page says little
  });
  return [odd, ratios];
}
"""

CONTRAST = """
() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(node).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || node.closest("[hidden], .unseen, .skip, template") || !node.checkVisibility()) continue;
    const [one, two] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < 4.5) poor.push([node.className, node.textContent.trim().slice(0, 30), ratio.toFixed(2)]);
  }
  return poor;
}
"""
