"""Graph that throttles, stumbles, refuses: the other tenant's posts arrive, the failure is named, nothing is lost."""

import json
import logging
from datetime import timedelta

import azure.functions as func
import pytest
import yaml

from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.faults import Faults
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner
from sandbox.microsoft365.serving import serve
from shared import app
from shared.usecases.pages import change
from shared.usecases.pages.home import count
from tests.pump import _FUNCTIONS, Pump, StillClock, utc

NOW = utc(2026, 9, 1, 9)


def a_post(number: int) -> dict:
    return {
        "id": f"MC{1_900_000 + number}",
        "title": f"Change {number}",
        "startDateTime": "2026-01-05T08:00:00Z",
        "lastModifiedDateTime": "2026-01-05T08:00:00Z",
        "services": ["Exchange Online"],
        "tags": [],
        "details": [],
        "body": {"contentType": "html", "content": f"<p>Something small changes, number {number}.</p>"},
    }


@pytest.fixture
async def world(storage_of_its_own):
    """Two tenants of 40 posts each, pages of 15, over real servers; each test scripts its own faults."""
    clock, faults = StillClock(NOW), Faults(largest_page=15)
    feed = Feed([], ("contoso", "fabrikam"))
    for number in range(40):
        feed.publish("contoso", a_post(number), NOW)
        feed.publish("fabrikam", a_post(100 + number), NOW)
    server, port = await serve(graph_app(feed, Planner(feed, NOW, {}), clock, faults))
    lifetimes = {"contoso": 3600.0, "fabrikam": 3600.0}
    pump = Pump(storage_of_its_own, clock, credential=lambda name, _: SandboxCredential(name, lifetimes[name]))
    await pump.prepare()
    tenants = {name: {"graph_url": f"http://127.0.0.1:{port}"} for name in lifetimes}
    policy = {"tenants": tenants, "teams": {"w": {"owner": "ana@contoso.example"}}, "routes": {"team": "w"}}
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(policy).encode())
    yield pump, clock, faults, lifetimes, feed
    await pump.close()
    await server.cleanup()


async def fetch(pump) -> None:
    await pump.timer("fetch_posts")
    await pump.drain()
    await pump.timer("index")


async def health() -> dict:
    request = func.HttpRequest("GET", "/api/health", headers={}, params={}, route_params={}, body=b"")
    answer = await _FUNCTIONS["health"].get_user_function()(request)
    return json.loads(answer.get_body())


async def changes() -> int:
    return (await count(app.current().deps)).changes


async def test_an_empty_page_in_the_middle_ends_nothing(world):
    pump, _, faults, _, _ = world
    faults.empty_pages = {"contoso"}

    await fetch(pump)

    assert await changes() == 80


async def test_throttled_then_unavailable_then_well_loses_nothing(world):
    pump, clock, faults, _, _ = world
    faults.answer_next("contoso", 429, {"Retry-After": "2.5"})
    await fetch(pump)
    assert await changes() == 40, "the other tenant's posts arrive"

    faults.answer_next("contoso", 503, {"Retry-After": "400"})
    clock.now += timedelta(minutes=15)
    await fetch(pump)
    (contoso,) = [tenant for tenant in (await health())["tenants"] if tenant["tenant"] == "contoso"]
    assert contoso["not_before"] == (clock.now + timedelta(seconds=400)).isoformat()
    assert "503" in contoso["failure"]

    clock.now += timedelta(minutes=15)
    await fetch(pump)

    assert await changes() == 80
    assert (await health())["status"] == "ok"


async def test_a_tenant_that_asks_for_time_is_left_alone_until_then(world):
    pump, clock, faults, _, _ = world
    faults.answer_next("contoso", 503, {"Retry-After": "3000"})
    await fetch(pump)
    calls = pump.calls["graph"]

    clock.now += timedelta(minutes=15)
    await fetch(pump)

    assert pump.calls["graph"] - calls == 3, "the three pages of the other tenant"


async def test_a_feed_that_shrinks_by_more_than_half_is_named_and_not_believed(world):
    pump, clock, _, _, feed = world
    await fetch(pump)
    for number in range(21):
        feed.withdraw("contoso", a_post(number)["id"], clock.now)

    for _ in range(3):
        clock.now += timedelta(minutes=65)
        await fetch(pump)

    found = await health()
    assert found["status"] == "degraded"
    (contoso,) = [tenant for tenant in found["tenants"] if tenant["tenant"] == "contoso"]
    assert "lost 21 of the 40" in contoso["failure"]
    view = await change.change(app.current().deps, a_post(0)["id"])
    assert [copy.gone for copy in view.copies] == [None], "nothing is gone"

    for number in range(21):
        feed.publish("contoso", a_post(number), clock.now)
    clock.now += timedelta(minutes=65)
    await fetch(pump)

    assert (await health())["status"] == "ok"
    assert await changes() == 80


async def test_an_expired_token_is_renewed(world):
    pump, clock, _, lifetimes, _ = world
    lifetimes["contoso"] = 0
    await fetch(pump)
    lifetimes["contoso"] = 3600
    clock.now += timedelta(minutes=15)

    await fetch(pump)

    assert await changes() == 80


async def test_a_tenant_with_403_is_named_and_leaves_the_other_alone(world, caplog):
    pump, _, faults, _, _ = world
    faults.forbidden = {"fabrikam"}

    with caplog.at_level(logging.WARNING):
        await fetch(pump)

    found = await health()
    (fabrikam,) = [tenant for tenant in found["tenants"] if tenant["tenant"] == "fabrikam"]
    assert await changes() == 40
    assert found["status"] == "degraded"
    assert "ServiceMessage.Read.All" in fabrikam["failure"]
    assert any("fabrikam" in record.getMessage() for record in caplog.records)
    assert "sandbox.fabrikam" not in caplog.text, "no token in the log"


async def test_what_failed_in_the_middle_is_read_whole_the_next_time(world):
    pump, clock, faults, _, _ = world
    faults.throttle_every = 2
    faults.retry_after = "1"
    await fetch(pump)
    faults.throttle_every = 0
    clock.now += timedelta(minutes=15)

    await fetch(pump)

    assert await changes() == 80
