"""What a newcomer sees after `make run`: the Teams inbox and the pages, in a real browser; pictures are kept."""

import base64
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.adapters.pages.browser import browser, screenshots
from tests.e2e.running import ROOT, start, stop

pytestmark = pytest.mark.timeout(1800)
STORY_ENDS = "2026-10-16T16:30"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PICTURES = ROOT / "docs" / "pictures"


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A sandbox that has played its sample story and is live: where its inbox and its functions are."""
    state = tmp_path_factory.mktemp("played")
    process = start("--state", str(state))
    try:
        yield _played(state, process)
    finally:
        stop(process)


def _played(state: Path, process) -> dict[str, str]:
    until = time.monotonic() + 1500
    while time.monotonic() < until:
        assert process.poll() is None, (state / "host.log").read_text()[-3000:]
        time.sleep(1)
        try:
            ports = json.loads((state / "sandbox.json").read_text())["ports"]
            found = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
            health = httpx.get(f"{found['functions']}/api/health", timeout=60).json()
            idle = httpx.get(f"{found['functions']}/_sandbox/idle", timeout=60).json()
        except (OSError, ValueError, KeyError, httpx.HTTPError):
            continue
        if health["now"] > STORY_ENDS and idle["idle"]:
            return found
    raise AssertionError("the story did not end in time")


@pytest.fixture(scope="module")
def page(places):
    with browser() as started:
        page = started.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        # posts show pictures from Microsoft's servers; no test leaves the machine
        page.route(
            lambda url: "//127.0.0.1" not in url, lambda route: route.fulfill(content_type="image/png", body=PIXEL)
        )
        yield page


@pytest.fixture
def quiet(page):
    """The page, and the errors of its console."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors


def picture(page, name: str) -> None:
    """Keep it; with UPDATE_PICTURES set, it becomes the README's."""
    kept = screenshots() / f"{name}.png"
    page.screenshot(path=str(kept))
    if os.environ.get("UPDATE_PICTURES") and name in {"inbox", "metrics", "change", "register"}:
        PICTURES.mkdir(exist_ok=True)
        shutil.copy(kept, PICTURES / kept.name)


def test_the_inbox_shows_the_newest_card_and_no_broken_one(quiet, places):
    quiet.goto(f"{places['inbox']}#channel=messaging")
    quiet.wait_for_selector(".ac-adaptiveCard")
    picture(quiet, "inbox")
    quiet.goto(places["inbox"])
    quiet.reload()
    quiet.wait_for_selector(".ac-adaptiveCard")

    assert quiet.locator(".ac-adaptiveCard").count() > 20
    assert quiet.locator(".fault").count() == 0
    assert quiet.get_by_text("Why you got this").count() > 0 or quiet.get_by_text("Why").count() > 0


def test_a_card_leads_to_its_change_page(quiet, places):
    cards = httpx.get(f"{places['inbox']}/cards.json").json()
    links = [action["url"] for card in cards["cards"] for action in card["card"]["actions"]]
    ours = [link for link in links if link.startswith(places["functions"])]
    assert len(ours) >= len(cards["cards"])

    answer = quiet.goto(ours[0])

    assert answer is not None
    assert answer.status == 200


def test_a_change_page_shows_how_its_dates_have_slipped(quiet, places):
    quiet.goto(f"{places['functions']}/api/changes/MC1950218")
    picture(quiet, "change")

    assert quiet.get_by_text("Dates moved").count() >= 2
    assert quiet.get_by_text("CHG1950218").count() > 0


def test_metrics_show_how_long_changes_take_and_what_is_overdue(quiet, places):
    quiet.goto(f"{places['functions']}/api/metrics")
    picture(quiet, "metrics")
    data = httpx.get(f"{places['functions']}/api/metrics?format=json").json()

    assert data["closed"] > 10
    assert data["to_close"]["median"] > 1
    assert data["to_close"]["p90"] >= data["to_close"]["median"]
    assert data["open"] > 10
    assert data["overdue"]
    assert quiet.get_by_text("Median").count() > 0


def test_the_register_lists_the_tickets_and_each_has_its_page(quiet, places):
    quiet.goto(f"{places['functions']}/api/register")
    picture(quiet, "register")
    quiet.get_by_role("link", name="CHG").first.click()

    assert "/api/register/CHG" in quiet.url
    assert quiet.get_by_text("Opened by Foresignal").count() > 0


@pytest.mark.parametrize("path", ["home", "metrics", "register", "changes/MC1957909", "changes/MC1959120"])
def test_pages_are_as_good_in_the_dark_and_on_a_phone(quiet, places, path):
    quiet.emulate_media(color_scheme="dark")
    quiet.set_viewport_size({"width": 390, "height": 844})
    try:
        quiet.goto(f"{places['functions']}/api/{path}")
        picture(quiet, f"narrow-dark-{path.replace('/', '-')}")

        assert quiet.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        quiet.emulate_media(color_scheme="light")
        quiet.set_viewport_size({"width": 1280, "height": 900})


def test_hostile_posts_do_nothing_on_their_pages(quiet, places):
    quiet.goto(f"{places['functions']}/api/changes/MC1957909")

    assert quiet.locator("script:not([src^='/api/assets/']), [onerror], [onclick], a[href^='javascript:']").count() == 0


def test_what_is_not_there_is_said_in_words(places):
    answer = httpx.get(f"{places['functions']}/api/changes/MC9999999")
    nonsense = httpx.get(f"{places['functions']}/api/changes/hello")

    assert answer.status_code == 404
    assert "MC9999999" in answer.text
    assert nonsense.status_code == 404
    assert "no Message Center id" in nonsense.text


def test_health_is_well_after_the_story(places):
    found = httpx.get(f"{places['functions']}/api/health").json()

    assert found["status"] == "ok", found
    assert found["parked"] == 0
    assert {tenant["tenant"] for tenant in found["tenants"]} == {"contoso", "fabrikam"}


def test_a_change_page_shows_what_the_roadmap_says_and_that_it_does_not_fit(quiet, places):
    quiet.goto(f"{places['functions']}/api/changes/MC1952877")
    picture(quiet, "roadmap")

    assert quiet.get_by_role("heading", name="Roadmap").count() == 1
    assert quiet.get_by_text("The roadmap says October 2026; the post says").count() == 1
    assert quiet.get_by_text("Policy tips that point at the sentence").count() == 1
