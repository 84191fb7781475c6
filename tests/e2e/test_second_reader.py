"""A second reader over real HTTP and real storage: from a post to the page that says who read what."""

import json
from datetime import timedelta

import pytest
import yaml

from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner
from sandbox.microsoft365.serving import serve
from sandbox.readers.azure_openai import AzureOpenAI
from shared import app
from shared.adapters.pages.change import change_page
from shared.core.messages import Envelope, encode
from shared.record.changes import all_changes
from shared.record.reader_months import month_of, reader_month
from shared.record.register import read_entry
from shared.usecases.changes.classify import classify
from shared.usecases.changes.second import ask_reader
from shared.usecases.delivery.deliver import deliver
from tests.pump import Pump, StillClock, utc
from tests.usecases.world import post

NOW = utc(2026, 9, 1, 9)
QUOTE = "You must move to the new viewer before December 1, 2026."
FELT = {"value": "high", "quote": QUOTE}
NOWHERE = {"value": "off", "quote": "It is off until an administrator enables it."}


def careful(body):
    """The rollout as it is said, what it means for users; and something that the post does not say."""
    assert QUOTE in body["messages"][-1]["content"]
    return json.dumps({"act_by": {"value": "2026-12-01", "quote": QUOTE}, "user_impact": FELT, "default": NOWHERE})


@pytest.fixture
async def asked(storage_of_its_own):
    clock = StillClock(NOW)
    feed = Feed([], ("contoso",))
    graph, graph_port = await serve(graph_app(feed, Planner(feed, NOW, {}), clock))
    server = AzureOpenAI(careful)
    model, model_port = await serve(server.app())
    pump = Pump(storage_of_its_own, clock, reader=True, credential=lambda name, _: SandboxCredential(name))
    await pump.prepare()
    policy = {
        "tenants": {"contoso": {"graph_url": f"http://127.0.0.1:{graph_port}"}},
        "teams": {"messaging": {"owner": "ana@contoso.example"}},
        "workloads": {"exchange": {"services": ["Exchange Online"], "team": "messaging"}},
        "tickets": {"crb": {"kind": "register"}},
        "routes": {"team": "messaging", "ticket": "crb"},
        "reader": {"kind": "azure_openai", "settings": server.settings(f"http://127.0.0.1:{model_port}")},
    }
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(policy).encode())
    feed.publish("contoso", post(), NOW)
    pump.server, pump.clock = server, clock
    yield pump
    server.release()
    await pump.close()
    await graph.cleanup()
    await model.cleanup()


async def the_change():
    (record,) = [each async for each in all_changes(app.current().tables)]
    return record


async def read(pump):
    """Fetch the post, answer the questions that there are, and all that follows."""
    await pump.timer("fetch_posts")
    await pump.drain()
    for question in await pump.take("readings"):
        await deliver(app.current().deps, "readings", encode(question), ask_reader)
    await pump.drain()
    await pump.timer("hand_out")
    await pump.drain()
    return (await the_change()).change


async def test_a_post_is_read_twice_and_the_page_and_the_ticket_say_by_whom(asked):
    change = await read(asked)

    assert len(asked.server.questions) == 1
    assert change.stage == "decided"
    assert (change.own_reading.user_impact, change.classification.user_impact) == ("low", "high")
    assert change.classification.default == change.own_reading.default
    month = await reader_month(app.current().tables, month_of(NOW))
    assert (month.asked, month.answered, month.fault) == (1, 1, "")
    assert month.tokens_in == asked.server.tokens_in > 0
    page = change_page(change, (), as_of=NOW.date())
    assert "Read by azure openai" in page
    assert "Does not stand: its quotation is not in the post" in page
    (ticket,) = [row async for row in app.current().tables.scan("register")]
    assert f"reads the impact on users as: high, by “{QUOTE}”" in read_entry(ticket).description


@pytest.mark.parametrize(
    "fault",
    [
        "500",
        "cut off",
        "dropped",
        "filtered prompt",
        "html",
        "no deployment",
        "no token",
        "redirect",
        "refusal",
        "throttled",
    ],
)
async def test_whatever_the_service_does_the_change_is_decided_by_our_own_reading(asked, fault):
    asked.server.fault = fault
    await read(asked)
    asked.clock.now = NOW + timedelta(minutes=16)
    for question in await asked.take("readings"):
        await deliver(app.current().deps, "readings", encode(question), ask_reader)
    await classify(app.current().deps, Envelope({"ids": ["MC1200001"], "waited": True}, NOW))
    await asked.drain()

    change = (await the_change()).change
    assert change.stage == "decided"
    assert change.classification == change.own_reading
    assert change.current.second.silent
    assert 1 <= len(asked.server.questions) <= 2
