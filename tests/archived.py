"""What must not grow with the archive: counted over 1,000, 5,000 and 20,000 changes (`tests/archive.py`).

Calls are those of our own code; bytes are what storage sends to us, counted in a door in front of it. Each step begins
in a process that knows nothing, and its reading of the policy counts.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import azure.functions as func
from aiohttp import web

from sandbox.inbox.server import Inbox
from sandbox.microsoft365.serving import serve
from shared import app
from shared.core.messages import Envelope
from shared.core.ports.storage import Tables
from shared.core.sources.batches import of_posts
from shared.record.editions import past
from shared.usecases.upkeep import mend as upkeep
from tests import archive
from tests.archive import TENANTS, opened, raw_post
from tests.figures import Figure
from tests.pump import OneSecret, Pump, StillClock, function_named
from tests.storage_door import Door, behind, endpoints

_YEAR = timedelta(days=365)
_EDITED = 20
_NIGHT = "mend, a quiet night"
_QUIET, _NEW = "follow_tickets, quiet", "a new post, to what follows"
Step = Callable[[Pump], Awaitable[object]]


class Meter(Door):
    """A door that counts the bytes of answers, on the wire."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.bytes = 0

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        answer = await super()._answer(request)
        assert isinstance(answer, web.Response)
        self.bytes += len(answer.body) if isinstance(answer.body, bytes) else 0
        return answer


@dataclass(frozen=True, slots=True)
class Spent:
    """Of a step: calls, what storage sent in kB, and what came out."""

    calls: int
    kb: float
    result: Any = None


@dataclass(slots=True)
class Deployment:
    """The functions over an archive, behind meters."""

    connection: str
    clock: StillClock
    meters: Sequence[Meter]
    inbox: str

    async def step(self, run: Step) -> Spent:
        """One step of a new process."""
        pump = await opened(self.connection, self.clock, secrets=OneSecret(self.inbox))
        try:
            app.current().policy._read_at = None  # it is read again, and counted
            calls, sent = pump.calls["storage"], sum(meter.bytes for meter in self.meters)
            result = await run(pump)
            kb = (sum(meter.bytes for meter in self.meters) - sent) / 1000
            return Spent(pump.calls["storage"] - calls, kb, result)
        finally:
            await pump.close()

    async def timer(self, name: str) -> Spent:
        return await self.step(lambda pump: pump.timer(name))

    async def drain(self) -> Spent:
        """Everything that waits in the queues."""
        return await self.step(Pump.drain)

    async def page(self, name: str) -> Spent:
        async def run(_: Pump) -> bytes:
            answer = await function_named(name)(func.HttpRequest("GET", f"http://127.0.0.1/api/{name}", body=b""))
            assert answer.status_code == 200, answer.get_body()
            body: bytes = answer.get_body()
            return body

        return await self.step(run)

    async def send(self, *posts: dict[str, Any]) -> None:
        """Posts as one tenant's fetch would send them."""

        async def run(_: Pump) -> None:
            for body in of_posts(TENANTS[0], self.clock.now, posts).bodies:
                await app.current().deps.storage.queues.send("posts", Envelope(body, self.clock.now))

        await self.step(run)


@asynccontextmanager
async def deployment(connection: str) -> AsyncIterator[Deployment]:
    clock = StillClock(archive.MORNING)
    inbox, inbox_port = await serve(Inbox(clock).app())
    meters, runners, doors = [], [inbox], {}
    for service, url in endpoints(connection).items():
        meter = Meter(url)
        runner, port = await serve(meter.app())
        meters.append(meter)
        runners.append(runner)
        doors[service] = f"http://127.0.0.1:{port}"
    try:
        yield Deployment(behind(connection, doors), clock, meters, f"http://127.0.0.1:{inbox_port}/hook/all?sig=bench")
    finally:
        for runner in runners:
            await runner.cleanup()


@dataclass(frozen=True, slots=True)
class Grown:
    """What each step spent over an archive of so many changes."""

    changes: int
    steps: dict[str, Spent]


async def measured(connection: str, of: int) -> Grown:
    """An archive may have been built within the margin for which a night looks back: here it looks back no further."""
    steps: dict[str, Spent] = {}
    async with deployment(connection) as there:
        upkeep.MARGIN = timedelta(0)
        await there.timer("follow_tickets")
        await there.drain()
        await there.timer("index")
        steps["home"] = await there.page("home")
        steps["register"] = await there.page("register")
        steps["changes"] = await there.page("changes")
        steps[_QUIET] = await there.timer("follow_tickets")
        steps["a backtest of a year"] = await there.step(lambda _: past(_tables(), there.clock.now - _YEAR))
        there.clock.now += timedelta(days=1)
        steps["mend, all of it"] = await there.step(lambda _: upkeep.mend(app.current().deps, full=True))
        await there.drain()
        there.clock.now += timedelta(days=1)
        steps[_NIGHT] = await there.timer("mend")
        await there.drain()
        await there.send({**raw_post(of + 1, of + 1), "startDateTime": there.clock.now.isoformat()})
        steps[_NEW] = await there.drain()
        await there.send(*(_edited(raw_post(number, of)) for number in range(of - _EDITED, of)))
        await there.drain()
        there.clock.now += timedelta(days=1)
        steps[f"mend, {_EDITED} changes edited"] = await there.timer("mend")
    return Grown(of, steps)


def _tables() -> Tables:
    return app.current().deps.storage.tables


def _edited(raw: dict[str, Any]) -> dict[str, Any]:
    modified = (archive.MORNING + timedelta(hours=1)).isoformat()
    return {**raw, "title": f"{raw['title']}, edited", "lastModifiedDateTime": modified}


def lines(grown: Grown) -> Iterator[str]:
    yield f"{grown.changes:,} changes"
    for name, spent in grown.steps.items():
        size = f"{len(spent.result) / 1000:10.1f} kB of a page" if isinstance(spent.result, bytes) else ""
        yield f"  {name:32}{spent.calls:8} calls{spent.kb:12.1f} kB{size}"


def figures(sizes: Sequence[int]) -> list[Figure]:
    """The budgets at every size; what follows from a new post is held against the smallest one."""
    found: list[Figure] = []
    first = 0
    for size in sizes:
        with archive.running(size) as connection:
            steps = asyncio.run(measured(connection, size)).steps
        first = first or steps[_NEW].calls
        of = f", {size:,} changes"
        found += [
            Figure(f"home, a new process, storage calls{of}", steps["home"].calls, 3),
            Figure(f"home, a new process, kB of storage{of}", steps["home"].kb, 200),
            Figure(f"register, a new process, storage calls{of}", steps["register"].calls, 6),
            Figure(f"register, kB of the page{of}", len(steps["register"].result) / 1000, 200),
            Figure(f"follow_tickets, quiet, storage calls{of}", steps[_QUIET].calls, 30),
            Figure(f"follow_tickets, quiet, kB of storage{of}", steps[_QUIET].kb, 3000),
            Figure(f"mend, a quiet night, storage calls{of}", steps[_NIGHT].calls, 25),
            Figure(f"mend, a quiet night, kB of storage{of}", steps[_NIGHT].kb, max(200, size // 5)),
            Figure(f"a new post, from its message on, storage calls{of}", steps[_NEW].calls, first),
        ]
    return found


def main(sizes: Sequence[str]) -> None:
    for size in sizes or archive.SIZES:
        with archive.running(int(size)) as connection:
            print("\n".join(lines(asyncio.run(measured(connection, int(size))))), flush=True)  # noqa: T201 - its job


if __name__ == "__main__":
    main(sys.argv[1:])
