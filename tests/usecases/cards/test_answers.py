"""What a real HTTP server answers to a card and to a digest, and what becomes of them."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.core.policy.model import Channel
from shared.record import deliveries, digests
from shared.usecases.cards.digest import send_digests
from tests.contracts.test_channels import PATH, QUERY, open_channel
from tests.fakes import deps_with
from tests.usecases.world import World, batch, policy, post

OFF = '{"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "state is Disabled"}}'
CHANGES = ["MC1200001", "MC1200002"]
ANSWERS = [
    pytest.param((202, {}, ""), "sent", id="202"),
    pytest.param((400, {}, OFF), "down", id="400, the flow is off"),
    pytest.param((400, {}, "no such schema"), "parked", id="400"),
    pytest.param((404, {}, ""), "down", id="404"),
    pytest.param((410, {}, ""), "down", id="410"),
    pytest.param((413, {}, ""), "parked", id="413"),
    pytest.param((429, {"Retry-After": "77"}, ""), "later", id="429"),
    pytest.param((500, {}, ""), "later", id="500"),
    pytest.param((302, {"Location": "https://evil.example/"}, ""), "parked", id="redirects"),
    pytest.param("hang", "later", id="hangs"),
    pytest.param("close", "later", id="closes the connection"),
]


class Server:
    """A webhook: `answer` is what it says, or that it hangs, or that it closes the connection."""

    def __init__(self):
        self.answer, self.calls, self._never = (202, {}, ""), 0, asyncio.Event()

    async def handle(self, request):
        self.calls += 1
        await request.read()
        if self.answer == "hang":
            await self._never.wait()
        if self.answer == "close":
            request.transport.abort()
            return web.Response()
        status, headers, text = self.answer
        return web.Response(status=status, headers=headers, text=text)

    def stop(self):
        self._never.set()


@asynccontextmanager
async def served(**keys):
    """A world whose one channel with cards stands behind the server."""
    server, app = Server(), web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{rest:.*}", server.handle)
    world = World(policy(channels={"workplace": Channel(kind="fake", **keys), "messaging": Channel(kind="fake")}))
    async with TestServer(app) as running:
        url = f"http://127.0.0.1:{running.port}{PATH}?{QUERY}"
        async with open_channel("teams_workflow", url, seconds=0.3) as channel:
            real = world.deps.outside.channel

            async def chosen(in_force, name):
                return channel if name == "workplace" else await real(in_force, name)

            world.deps = deps_with(world.deps, channel=chosen)
            yield world, server
            server.stop()


async def fate(world, change_ids):
    states = [(await world.held(change_id)).states for change_id in change_ids]
    (cards,) = [[state for each in states for state in each if state.effect.target == "workplace"]]
    down = [record.outage.target.name for record in await deliveries.outages(world.tables)]
    return {
        "done": [bool(state.done) for state in cards],
        "waits": [bool(state.due or state.place) for state in cards],
        "parked": [bool(state.parked) for state in cards],
        "down": down,
    }


FATES = {
    "sent": {"done": True, "waits": False, "parked": False},
    "down": {"done": False, "waits": True, "parked": False},
    "parked": {"done": False, "waits": True, "parked": True},
    "later": {"done": False, "waits": True, "parked": False},
}


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
async def test_a_card(answer, expected):
    async with served() as (world, server):
        server.answer = answer
        await world.deps.storage.queues.send("posts", _batch(world, CHANGES[:1]))
        await world.drain(until=timedelta(seconds=5))

        found = await fate(world, CHANGES[:1])
        assert server.calls == 1
        assert found == {name: [value] for name, value in FATES[expected].items()} | {
            "down": ["workplace"] if expected == "down" else []
        }
        if expected == "later":
            (again,) = [at for at, _, queue, *_ in world._waiting if queue == "cards"]
            wait = (again - world.clock()).total_seconds()
            assert wait == pytest.approx(77 if answer[0] == 429 else 15, abs=3)
            server.answer = (202, {}, "")
            world.clock.forward(minutes=5)
            await world.drain()
            assert (await fate(world, CHANGES[:1]))["done"] == [True]
            assert server.calls == 2


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
async def test_a_digest(answer, expected):
    async with served(digest="08:00", quiet={"from": "18:00", "until": "07:00"}) as (world, server):
        world.policy.policy = world.policy.policy.model_copy(update={"urgent": ()})
        await world.deps.storage.queues.send("posts", _batch(world, CHANGES))
        await world.drain()
        server.answer = answer
        world.clock.now = world.clock.now.replace(hour=8) + timedelta(days=1)
        await send_digests(world.worker())
        await world.drain(until=timedelta(seconds=5))

        found = await fate(world, CHANGES)
        assert found == {name: [value] * 2 for name, value in FATES[expected].items()} | {
            "down": ["workplace"] if expected == "down" else []
        }
        assert server.calls == (3 if expected == "parked" else 1), "what is refused is sent card by card"
        if expected == "later":
            server.answer = (202, {}, "")
            world.clock.forward(minutes=15)
            await send_digests(world.worker())
            assert (await fate(world, CHANGES))["done"] == [True] * 2
            assert server.calls == 2
        if expected != "down":
            assert await digests.waiting_in(world.tables, "workplace") == (None, [])


def _batch(world, change_ids):
    posts = (post(change_id, title=f"Retirement of {change_id}") for change_id in change_ids)
    return batch(*posts, observed=world.clock())
