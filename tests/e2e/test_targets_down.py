"""A channel and a ticket system that are down, as their servers answer, with the functions over real storage."""

import re
from datetime import timedelta

import httpx
import pytest
import yaml

from sandbox.inbox.server import Inbox
from sandbox.microsoft365.serving import serve
from sandbox.ticket_systems.refusing import Switch
from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared import app
from shared.core.errors import PermanentError
from shared.core.messages import Envelope
from shared.record.changes import all_changes
from shared.usecases.pages.health import health
from tests.pump import Pump, StillClock, utc
from tests.usecases.world import batch, post

NOW = utc(2026, 9, 1, 9)
SEVEN = [f"MC120000{number}" for number in range(1, 8)]


class Vault:
    def __init__(self, held):
        self.held = held

    async def get(self, name: str, host: str = "") -> str:
        if name in self.held:
            return self.held[name]
        raise PermanentError(f"secret {name} is not in Key Vault")


class Place:
    """The deployment with its servers. `turn`: the switch of a server, as a person turns it."""

    def __init__(self, pump, clock, inbox, inbox_url, board, board_url):
        self.pump, self.clock, self.inbox, self.board = pump, clock, inbox, board
        self._urls = {"inbox": inbox_url, "board": board_url}

    async def turn(self, server, how):
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self._urls[server]}/switch/{how}")
            answer.raise_for_status()

    async def arrive(self, *change_ids):
        for change_id in change_ids:
            self.clock.now += timedelta(seconds=1)
            message = batch(post(change_id, title=f"Retirement of viewer {change_id}"), observed=self.clock.now)
            await app.current().queues.send("posts", Envelope(message.body, self.clock.now))
            await self.pump.drain()

    async def later(self, minutes):
        self.clock.now += timedelta(minutes=minutes)
        await self.pump.timer("digest")
        await self.pump.drain()

    def cards(self, channel):
        return [card.card for card in self.inbox.cards if card.channel == channel]

    async def health(self):
        return await health(app.current().deps)

    async def effects(self, kind):
        records = [record async for record in all_changes(app.current().tables)]
        return [state for record in records for state in record.states if state.effect.kind == kind]


@pytest.fixture
async def place(storage_of_its_own):
    clock = StillClock(NOW)
    inbox, board = Inbox(clock), ServiceNow(clock, groups=("Messaging",))
    inbox_runner, inbox_port = await serve(inbox.app())
    board_runner, board_port = await serve(Switch("servicenow").before(board.app()))
    inbox_url, board_url = f"http://127.0.0.1:{inbox_port}", f"http://127.0.0.1:{board_port}"
    policy = {
        "tenants": {"contoso": {}},
        "roles": {"process_owner": {"who": "eva@contoso.example", "channel": "process"}},
        "teams": {"w": {"owner": "ana@contoso.example", "channel": "work"}},
        "channels": {
            "work": {"kind": "teams_workflow", "settings": {"url": "TEAMS_WORK_URL"}},
            "process": {"kind": "teams_workflow", "settings": {"url": "TEAMS_PROCESS_URL"}},
        },
        "tickets": {"crb": {"kind": "servicenow", "settings": board.settings(board_url), "mode": "live"}},
        "routes": {"team": "w", "routes": [{"match": {"crb": True}, "ticket": "crb", "cards": "owner"}]},
    }
    hooks = {f"TEAMS_{name.upper()}_URL": f"{inbox_url}/hook/{name}?sig=s3cr3t" for name in ("work", "process")}
    pump = Pump(storage_of_its_own, clock, secrets=Vault({**hooks, **board.secrets}))
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(policy).encode())
    await pump.timer("digest")  # makes the channels known, whose first half hour is over then
    clock.now += timedelta(hours=1)
    yield Place(pump, clock, inbox, inbox_url, board, board_url)
    await pump.close()
    await inbox_runner.cleanup()
    await board_runner.cleanup()


@pytest.mark.parametrize("how", ["off", "deleted", "stranger", "gone"])
async def test_seven_cards_of_a_channel_that_is_down_are_one_fault_and_one_list_afterwards(place, how):
    await place.turn("inbox", f"work/{how}")

    await place.arrive(*SEVEN)

    report = await place.health()
    (down,) = report["down"]
    assert (report["status"], report["parked"]) == ("degraded", 0)
    assert (down["target"], down["waiting"]) == ("channel work", 7)
    assert down["what_to_do"].endswith("what waits is sent when it answers.")
    assert "s3cr3t" not in str(report)
    cards = await place.effects("card")
    assert [(bool(state.due), state.done, state.parked, state.claim) for state in cards] == [(True, "", "", None)] * 7
    (notice,) = place.cards("process")
    assert "Channel work is down" in str(notice)

    await place.later(15)
    assert len(place.cards("process")) == 1
    assert (await place.health())["down"][0]["waiting"] == 7

    await place.turn("inbox", "work/on")
    await place.later(15)
    assert not place.cards("work"), "the next probe is half an hour after the first"
    await place.later(15)

    probe, listed = place.cards("work")
    assert SEVEN[0] in str(probe)
    assert re.findall(r"MC120000\d(?=')", str([block.get("text", "") for block in listed["body"]])) == SEVEN[1:]
    assert all(f"/api/changes/{change_id})" in str(listed) for change_id in SEVEN[1:])
    assert (await place.health())["down"] == []
    assert [(state.due, bool(state.done)) for state in await place.effects("card")] == [("", True)] * 7
    assert len(place.cards("process")) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_the_tickets_of_a_system_that_is_down_are_filed_each_oldest_first_afterwards(place, status):
    await place.turn("board", str(status))

    await place.arrive(*reversed(SEVEN))

    report = await place.health()
    (down,) = report["down"]
    assert (down["target"], down["waiting"], report["parked"]) == ("ticket system crb", 7, 0)
    assert str(status) in down["reason"]
    assert len(place.cards("process")) == 1
    assert len(place.cards("work")) == 7, "its cards do not wait for it"

    await place.turn("board", "200")
    await place.later(15)

    assert [record.title[-9:] for record in place.board.tickets] == list(reversed(SEVEN))
    assert (await place.health())["down"] == []
    assert all(state.done and not state.due for state in await place.effects("ticket"))
