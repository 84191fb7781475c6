"""A deployment that has lived moves to another storage account: every page as before, nothing told or filed again."""

import asyncio
import gzip
import json
import re
import stat
from datetime import timedelta

import azure.functions as func
import httpx
import pytest

from sandbox.clock import SandboxClock
from sandbox.inbox.server import Inbox
from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.serving import serve
from sandbox.tenants import SAMPLE, policy_text
from shared import app
from shared.record.audit import newest_entries
from shared.record.changes import all_changes
from shared.record.parked import parked_items
from shared.record.register import entries
from shared.usecases.delivery.park import park
from shared.usecases.upkeep import export
from tests.bench import SAMPLES
from tests.cli.test_cli import run
from tests.pump import Pump, StillClock, function_named, utc

TENANTS = ("contoso", "fabrikam")
BEGIN = utc(2026, 8, 24, 7)
PAGES = (
    "home", "changes", "metrics", "register", "board", "calendar", "review", "maturity", "reports_list", "owners",
    "feedback",
)  # fmt: skip
"""As their functions are called."""

pytestmark = pytest.mark.timeout(900)


class Place:
    """Microsoft 365, the inbox, and deployments that see both at the same time."""

    def __init__(self, feed, clock, urls, folder):
        self.feed, self.clock, self.urls, self.folder = feed, clock, urls, folder
        self.pump = None

    async def at(self, name, connection):
        """From now on the functions are those over this account."""
        if self.pump:
            await self.pump.close()
        self.pump = Pump(connection, self.clock, credential=lambda name, _: SandboxCredential(name), secrets=self)
        await self.pump.prepare()
        (self.folder / name).mkdir(exist_ok=True)
        (self.folder / name / "connection.txt").write_text(connection)
        SandboxClock(self.folder / name).start(self.clock.now)

    async def get(self, name, host=""):
        """The port `Secrets`: every channel is in the inbox."""
        return f"{self.urls['inbox']}/hook/{name.removeprefix('TEAMS_').removesuffix('_URL').lower()}?sig=x"

    async def live(self, minutes=15):
        """A quarter of an hour, with everything that timers do in it."""
        self.clock.now += timedelta(minutes=minutes)
        for timer in ("fetch_posts", "fetch_tasks", "follow_tickets", "hand_out", "digest", "watch_policy", "index"):
            await self.pump.timer(timer)
            await self.pump.drain()

    async def command(self, name, *arguments):
        """A command of an admin on one of the deployments; the functions are away meanwhile."""
        await self.pump.close()
        return await asyncio.to_thread(run, *arguments, "--state", self.folder / name)

    async def cards(self):
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{self.urls['inbox']}/cards.json")).json()["cards"]


@pytest.fixture
async def place(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "KNOWN_AFTER", 0.0)
    clock = StillClock(BEGIN)
    feed = Feed.from_file(SAMPLES, TENANTS)
    graph, graph_port = await serve(graph_app(feed, Planner(feed, BEGIN), clock))
    inbox, inbox_port = await serve(Inbox(clock).app())
    urls = {"graph": f"http://127.0.0.1:{graph_port}", "inbox": f"http://127.0.0.1:{inbox_port}"}
    made = Place(feed, clock, urls, tmp_path)
    yield made
    await made.pump.close()
    await graph.cleanup()
    await inbox.cleanup()


async def policy_in_force(place):
    plans = {name: plan_id(name) for name in TENANTS}
    text = policy_text(SAMPLE.read_text(encoding="utf-8"), place.urls["graph"], plans)
    await app.current().blobs.put("config", "policy.yaml", text.encode())
    return text


async def page(name, **route):
    request = func.HttpRequest(
        "GET", f"http://127.0.0.1/api/{name}", params={}, route_params=route, body=b"",
        headers={},
    )  # fmt: skip
    answer = await function_named(name)(request)
    assert answer.status_code == 200, (name, answer.get_body()[:300])
    # neither forms' words nor versions of lines are anything that somebody sees
    return re.sub(r'"[0-9a-f]{32}"|data-version="[^"]*"', "", answer.get_body().decode())


async def every_page():
    """What people see, and the page of every change that has a ticket."""
    shown = {name: await page(name) for name in PAGES}
    async for record in all_changes(app.current().tables):
        if any(state.ticket.number for state in record.states):
            shown[record.change.id] = await page("change", id=record.change.id)
    return shown


async def record():
    """The changes, tickets and parked items, in words that can be compared."""
    changes = {
        each.change.id: (len(each.change.editions), each.change.stage, each.change.closed, [
            (state.effect.key, state.due, state.done, state.ticket.number, state.ticket.applied, state.first_load)
            for state in each.states
        ])
        async for each in all_changes(app.current().tables)
    }  # fmt: skip
    tickets = {(each.number, each.state, each.title) for each in await entries(app.current().tables)}
    return changes, tickets, [each.key for each in await parked_items(app.current().tables)]


async def test_a_deployment_that_has_lived_moves_and_nobody_notices(
    place, storage_of_its_own, another_storage, tmp_path
):
    file = tmp_path / "whole.jsonl.gz"
    await place.at("old", storage_of_its_own)
    text = await policy_in_force(place)
    for days in range(12):
        place.clock.now = BEGIN + timedelta(days=2 * days)
        await place.live()
        await place.live()
    deps = app.current().deps
    await park(deps, "posts", {"posts": [{"title": "no id"}]}, place.clock.now, "it has no id")
    await place.pump.timer("mend")
    await place.pump.drain()
    await place.pump.timer("index")
    pages, before, cards = await every_page(), await record(), await place.cards()
    assert len(before[0]) > 20
    assert len(before[1]) > 3
    assert len(pages) > len(PAGES) + 3

    put = await place.command("old", "sleep", "--by", "ada")
    assert put.exit_code == 0, put.output
    made = await place.command("old", "export", file, "--by", "ada")
    assert made.exit_code == 0, made.output
    assert "personal data" in made.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
    assert {line["table"] for line in lines if "table" in line} >= {
        "changes",
        "tenants",
        "tasks",
        "register",
        "closings",
        "deliveries",
    }

    await place.at("new", another_storage)
    taken = await place.command("new", "import", file, "--by", "ada")
    assert taken.exit_code == 0, taken.output
    assert "run foresignal wake" in taken.stdout
    assert "ticket" not in taken.stderr, "both deployments have one name here"
    await place.at("new", another_storage)
    await place.live()
    assert await record() == before, "it sleeps"
    assert "asleep" in await page("home")
    refused = await place.command("new", "wake")
    assert refused.exit_code == 1
    assert "Is every other deployment called sandbox asleep or deleted?" in refused.stderr

    woken = await place.command("new", "wake", "--yes", "--by", "ada")
    assert woken.exit_code == 0, woken.output
    place.clock.now -= timedelta(minutes=15)
    await place.at("new", another_storage)
    assert (await app.current().blobs.get("config", "policy.yaml")).decode() == text
    assert await every_page() == pages
    entries_here = await newest_entries(app.current().tables, place.clock.now)
    assert [entry.what for entry in entries_here.entries][:3] == ["wake", "import", "sleep"]

    await place.live()
    await place.live()
    await place.pump.timer("mend")
    await place.pump.drain()
    assert await record() == before
    assert await place.cards() == cards

    change_id, ticket = next(
        (name, number) for name, (_, _, closed, effects) in before[0].items() if not closed
        for _, _, _, number, _, _ in effects if number
    )  # fmt: skip
    place.feed.edit(None, change_id, _edited(place, change_id), place.clock.now + timedelta(minutes=1))
    await place.live()
    await place.live()
    changes, tickets, parked = await record()
    assert len(tickets) == len(before[1])
    assert parked == before[2]
    assert changes[change_id][0] == before[0][change_id][0] + 1
    assert [effect[3] for effect in changes[change_id][3] if effect[0].startswith("ticket")] == [ticket]
    assert {name: each for name, each in changes.items() if name != change_id} == {
        name: each for name, each in before[0].items() if name != change_id
    }


def _edited(place, change_id):
    post = next(post for name in TENANTS if (post := place.feed.post(name, change_id, place.clock.now)))
    body = {**post["body"], "content": post["body"]["content"] + "<p>One more thing that admins must know.</p>"}
    at = place.clock.now + timedelta(minutes=1)
    return {"body": body, "lastModifiedDateTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
