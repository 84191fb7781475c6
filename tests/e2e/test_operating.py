"""Owners, health, who did what and the switch of persona, as people use them: in browsers."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from shared import app
from shared.core.messages import Envelope
from shared.record.audit import newest_entries
from shared.usecases.delivery.park import park
from shared.usecases.upkeep.mend import mend
from tests.e2e.site import ADA, ANA, CY, POLICY, posts, site, violations

pytestmark = pytest.mark.timeout(600)
AWAY = {"absent": [{"from": "2026-08-31", "until": "2026-09-04"}], "deputy": "dee@contoso.example"}


@pytest.fixture
async def running(storage_of_its_own):
    """Three changes that nobody has spoken about; the owner of messaging is away."""
    teams = {**POLICY["teams"], "messaging": {**POLICY["teams"]["messaging"], **AWAY}}
    async with site(storage_of_its_own, {**POLICY, "teams": teams}) as made:
        await made.arrive(*posts(3))
        await mend(app.current().deps)
        yield made


async def done():
    deps = app.current().deps
    return [
        (entry.what, entry.subject) for entry in (await newest_entries(deps.storage.tables, deps.here.clock())).entries
    ]


async def test_a_manager_sees_who_answers_and_why_somebody_gets_a_change(running):
    page = await running.open("/api/owners", CY)

    await expect(page.locator("tr", has_text="messaging").first).to_contain_text("dee@contoso.example")
    await expect(page.locator("tr", has_text="messaging").first).to_contain_text("owner is away")
    await page.fill("#c", "MC1200002")
    await page.keyboard.press("Enter")
    await expect(page.locator("#why")).to_contain_text("Ticket crb, for messaging")
    await expect(page.locator("#why")).to_contain_text("because: for the Change Review Board")
    assert await violations(page) == []

    await page.click("text=Try a post that is not here")
    await page.fill("#title", "Something new in Sway")
    await page.fill("#services", "Sway")
    await page.locator("details button").click()
    await expect(page.locator("#why")).to_contain_text("Nobody owns: Sway")
    assert await done() == []
    assert page.faults == []


async def test_an_admin_sends_what_is_parked_again_and_a_reader_only_sees_it(running):
    deps = app.current().deps
    await park(deps, "changes", {"ids": ["MC1200001"]}, deps.here.clock(), "it <failed>")
    await app.current().queues.send("cards", Envelope({"id": "MC1200001", "effect": "x"}, deps.here.clock()))
    reader, admin = await running.open("/api/status", CY), await running.open("/api/status", ADA)

    await expect(reader.locator("#parked")).to_contain_text("it <failed>")
    assert await reader.locator("#parked button").count() == 0
    assert await violations(admin) == []
    await admin.click("text=Look into the queues")  # swapped into the page by script
    await expect(admin.locator("#queues tr", has_text="cards")).to_contain_text("1")
    assert "queues=yes" not in admin.url
    await admin.locator("#parked button").first.click()
    await expect(admin.locator("[role=status]")).to_have_text("It is on its way again.")
    await expect(admin.locator("#parked")).to_contain_text("Nothing is parked.")
    assert await done() == [("replay", "MC1200001")]

    await admin.goto(f"{running.base}/api/audit")
    await expect(admin.locator("tbody tr")).to_contain_text("Sent a parked item again")
    assert await violations(admin) == []
    assert reader.faults == admin.faults == []


async def test_somebody_who_decided_is_erased_and_pages_say_somebody(running):
    ana, ada = await running.open("/api/review", ANA), await running.open("/api/people", ADA)
    await expect(ana.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")
    await ana.keyboard.press("o")
    await expect(ana.locator("#row-MC1200001")).to_contain_text("Ana")

    await ada.reload()
    await ada.click("tr:has-text('Ana') >> text=erase")
    assert await violations(ada) == []
    await ada.click("button:has-text('Erase')")
    await expect(ada.locator("[role=status]")).to_contain_text("The name is erased.")
    assert await violations(ada) == []
    await ada.goto(f"{running.base}/api/audit?subject=MC1200001")
    await expect(ada.locator("tbody tr").last).to_contain_text("somebody")
    assert "Ana" not in await ada.inner_text("main")


async def test_two_browsers_of_a_sandbox_are_two_people(running, monkeypatch):
    ours = app.current()
    monkeypatch.setattr(ours, "settings", replace(ours.settings, local=True, sign_in=False))
    one, two = await running.open("/api/status", ""), await running.open("/api/status", "")
    await one.select_option("#persona", label="Reader")
    await one.click("text=Switch")
    await two.select_option("#persona", label="Owner of messaging")
    await two.click("text=Switch")

    assert one.url.endswith("/api/status")
    assert await violations(one) == []
    await one.goto(f"{running.base}/api/audit")
    await expect(one.locator("h1")).to_have_text("Not for you")
    await two.goto(f"{running.base}/api/review")
    await expect(two.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200001")
    await two.keyboard.press("o")
    await expect(two.locator("#row-MC1200001")).to_contain_text("Owner of messaging")
    await one.goto(f"{running.base}/api/review")
    await expect(one.locator("#pane [data-id]")).to_have_attribute("data-id", "MC1200002")
    assert await one.locator("#pane button").count() == 0, "a reader may not decide"
    assert two.faults == []
