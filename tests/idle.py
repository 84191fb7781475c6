"""A quiet day of a deployment, every timer at its schedule, with the storage calls that each of them makes.

`python -m tests.idle` prints the table. Schedules are those of the functions' own decorators.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox import azurite
from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner
from sandbox.microsoft365.serving import serve
from shared import app
from shared.record.changes import all_changes
from shared.usecases.upkeep import mend as upkeep
from tests.bench import NOW, a_post, policy
from tests.pump import OneSecret, Pump, StillClock, schedules

TICKETS = 17
"""Open tickets of the built-in register, each in a partition of its own."""
_WIDTHS = (60, 60, 24)
_APART = 20_000  # between the numbers of two posts: more than a partition holds


@dataclass(slots=True)
class IdleDay:
    """Calls of a day, by timer; what follows from its messages is counted to the timer that sent them."""

    tables: Counter[str] = field(default_factory=Counter)
    storage: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        yield f"{'timer':20}{'runs':>8}{'tables':>8}{'storage':>9}"
        for name, _ in sorted(self.storage.items(), key=lambda item: -self.tables[item[0]]):
            yield f"{name:20}{self.runs[name]:8}{self.tables[name]:8}{self.storage[name]:9}"
        totals = (self.runs.total(), self.tables.total(), self.storage.total())
        yield f"{'all':20}{totals[0]:8}{totals[1]:8}{totals[2]:9}"


def moments(schedule: str, begin: datetime, end: datetime) -> list[datetime]:
    """When a timer fires, by the second. ValueError for a schedule that is not the same every day."""
    second, minute, hour, *rest = schedule.split()
    if rest != ["*", "*", "*"]:
        raise ValueError(f"{schedule}: only schedules of every day are counted here")
    seconds, minutes, hours = (
        _values(text, width) for text, width in zip((second, minute, hour), _WIDTHS, strict=True)
    )
    day = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    every = [
        day + timedelta(days=number, hours=h, minutes=m, seconds=s)
        for number in range((end - day).days + 1)
        for h in hours
        for m in minutes
        for s in seconds
    ]
    return [at for at in every if begin <= at < end]


def _values(text: str, width: int) -> list[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low, high = (0, width - 1) if span == "*" else (int(first), int(last or (width - 1 if step else first)))
        values.update(range(low, high + 1, int(step or 1)))
    return sorted(values)


async def idle_day(pump: Pump, clock: StillClock) -> IdleDay:
    """A day from the clock's moment on in which nothing happens but timers; `clock` is the deployment's."""
    day, begin = IdleDay(), clock.now
    end = begin + timedelta(days=1)
    due = sorted((at, name) for name, schedule in schedules().items() for at in moments(schedule, begin, end))
    for at, name in due:
        clock.now = at
        before = Counter(pump.calls)
        await pump.timer(name)
        if pump.calls["queues"] > before["queues"]:
            await pump.drain()
        day.runs[name] += 1
        day.tables[name] += pump.calls["tables"] - before["tables"]
        day.storage[name] += pump.calls["storage"] - before["storage"]
    return day


def spread(number: int) -> dict[str, Any]:
    """A new post that gets a ticket, in a partition of its own."""
    return {**a_post(number, old=False), "id": f"MC{1_000_000 + number * _APART}"}


async def quiet_deployment(connection: str, clock: StillClock) -> tuple[Pump, Any]:
    """One tenant with a plan, and so many open tickets; the server that is its Graph is to be closed at the end."""
    feed = Feed([], ("contoso",))
    graph, port = await serve(graph_app(feed, Planner(feed, NOW, {}), clock))
    pump = Pump(
        connection,
        clock,
        credential=lambda name, _: SandboxCredential(name),
        secrets=OneSecret("http://127.0.0.1:9/hook?sig=nobody"),
    )
    await pump.prepare()
    text = policy(f"http://127.0.0.1:{port}", ("contoso",)).decode().replace("cards: owner", "cards: []")
    await app.current().blobs.put("config", "policy.yaml", text.encode())
    feed.publish("contoso", a_post(5000, old=True), NOW)
    await _settle(pump, clock, "fetch_posts", "index")
    clock.now += timedelta(hours=2)
    await _settle(pump, clock, "hand_out")
    for number in range(TICKETS):
        feed.publish("contoso", spread(number), NOW)
    clock.now += timedelta(minutes=15)
    await _settle(pump, clock, "fetch_posts", "index")
    deps = app.current().deps
    filed = [each async for each in all_changes(deps.storage.tables) if any(s.ticket.number for s in each.states)]
    assert len(filed) == TICKETS, f"{len(filed)} tickets were filed"
    # a day later each timer has been through what came: what is counted is a day in which nothing comes
    clock.now += timedelta(hours=1)
    await _settle(pump, clock, *schedules(), "index", "follow_tickets", "index")
    return pump, graph


async def _settle(pump: Pump, clock: StillClock, *timers: str) -> None:
    for name in timers:
        clock.now += timedelta(minutes=3)
        await pump.timer(name)
        await pump.drain()


async def measured() -> IdleDay:
    """A quiet day of that deployment, over an Azurite of its own."""
    with tempfile.TemporaryDirectory() as state:
        storage, clock = azurite.start(Path(state), in_memory=True), StillClock(NOW)
        upkeep.MARGIN = timedelta(0)  # the emulator's clock does not move on: all that came would be of this night
        try:
            pump, graph = await quiet_deployment(storage.connection_string, clock)
            day = await idle_day(pump, clock)
            await pump.close()
            await graph.cleanup()
        finally:
            storage.stop()
    return day


if __name__ == "__main__":
    print("\n".join(asyncio.run(measured()).lines()))  # noqa: T201 - its job
