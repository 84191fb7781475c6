"""While the policy says `asleep`, nobody outside is asked or told, and people are told why nothing is taken."""

import json
from datetime import timedelta

import azure.functions as func
import pytest
import yaml

from shared import app
from shared.core.messages import Envelope, encode
from shared.usecases.delivery.deliver import deliver
from tests.functions.forms import form_request
from tests.functions.test_board import ADMIN
from tests.pump import _FUNCTIONS, Pump, StillClock, utc
from tests.usecases.world import World

NOW = utc(2026, 9, 1, 9)
POLICY = {
    "asleep": True,
    "tenants": {"contoso": {"plan": "plan1"}},
    "teams": {"w": {"owner": "ana@contoso.example", "channel": "w"}},
    "channels": {"w": {"kind": "teams_workflow", "settings": {"url": "TEAMS_URL"}}},
    "tickets": {"crb": {"kind": "register", "inbound": "CRB_INBOUND"}},
    "roles": {"process_owner": {"who": "ana@contoso.example", "channel": "w"}},
    "planner": {"mode": "live"},
    "routes": {"team": "w", "ticket": "crb", "cards": "owner"},
}
TIMERS = [name for name, each in _FUNCTIONS.items() if type(each.get_trigger()).__name__ == "TimerTrigger"]


@pytest.fixture
async def pump(storage_of_its_own):
    made = Pump(storage_of_its_own, StillClock(NOW), sign_in=True)
    await made.prepare()
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(POLICY).encode())
    await app.current().policy.current()
    yield made
    await made.close()


def test_there_are_timers_to_try():
    assert {"fetch_posts", "mend", "digest", "index", "remind", "write_tasks"} <= set(TIMERS)
    assert len(TIMERS) >= 12


@pytest.mark.parametrize("timer", TIMERS)
async def test_no_timer_does_anything(pump, timer):
    before = dict(pump.calls)

    await pump.timer(timer)

    assert dict(pump.calls) == before, "the policy is read once a minute, and this process has just read it"


async def test_a_sleeping_deployment_reads_its_policy_once_a_minute_and_wakes_by_it(pump):
    ours, calls = app.current(), pump.calls["storage"]
    ours.around.clock.now += timedelta(minutes=2)
    for timer in TIMERS:
        await pump.timer(timer)
    assert pump.calls["storage"] - calls == 1

    await ours.blobs.put("config", "policy.yaml", yaml.safe_dump({**POLICY, "asleep": False}).encode())
    ours.around.clock.now += timedelta(minutes=2)
    await pump.timer("fetch_posts")
    assert len(await pump.take("fetches")) == 1


async def test_a_form_is_not_taken_and_says_why(pump):
    answer = await _FUNCTIONS["give_feedback"].get_user_function()(form_request("/api/feedback", {"text": "x"}, ADMIN))

    assert answer.status_code == 503
    assert b"What you sent was not taken" in answer.get_body()


async def test_pages_say_that_it_sleeps_and_health_is_not_well(pump):
    headers = {"x-ms-client-principal": ADMIN, "accept": "text/html"}
    for name in ("home", "status"):
        request = func.HttpRequest("GET", "https://t.example/x", headers=headers, params={}, route_params={}, body=b"")
        answer = await _FUNCTIONS[name].get_user_function()(request)
        assert answer.status_code == 200
        assert b"This deployment is asleep" in answer.get_body()
    request = func.HttpRequest(
        "GET", "https://t.example/x", headers=headers, params={"format": "json"}, route_params={}, body=b""
    )
    report = json.loads((await _FUNCTIONS["status"].get_user_function()(request)).get_body())
    assert (report["status"], report["asleep"]) == ("degraded", True)


async def test_a_ticket_system_is_told_to_come_again(pump):
    request = func.HttpRequest(
        "POST", "https://t.example/x", headers={}, params={}, route_params={"system": "crb"}, body=b"{}"
    )

    answer = await _FUNCTIONS["hear_tickets"].get_user_function()(request)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")


def asleep():
    world = World()
    world.policy.policy = world.policy.policy.model_copy(update={"asleep": True})
    return world


@pytest.mark.parametrize("queue", ["tickets", "cards"])
async def test_what_would_be_told_waits_and_its_day_has_not_begun(queue):
    world = asleep()
    sent = Envelope({"id": "MC1200001", "effect": "x"}, world.clock(), attempts=7)
    world.clock.forward(days=40)

    await deliver(world.deps, queue, encode(sent), _never)

    assert world.queues.sent == [(queue, Envelope(sent.body, world.clock()), 300.0)]
    assert await world.all("parked") == []


async def test_a_fetch_is_dropped_as_the_timer_sends_the_next_one():
    world = asleep()

    await deliver(world.deps, "fetches", encode(Envelope({}, world.clock())), _never)

    assert world.queues.sent == []


@pytest.mark.parametrize("queue", ["posts", "changes", "tasks"])
async def test_what_was_read_is_recorded_so_that_an_export_has_it(queue):
    world, handled = asleep(), []

    async def handle(deps, envelope):
        handled.append(envelope)

    await deliver(world.deps, queue, encode(Envelope({}, world.clock())), handle)

    assert len(handled) == 1


async def _never(deps, envelope):
    raise AssertionError("it is asleep")
