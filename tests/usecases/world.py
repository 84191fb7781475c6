"""A small world: every use case over fakes (or over real tables), driven as the Functions host drives it."""

import heapq
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from shared.adapters import registry
from shared.adapters.tickets.register import Register
from shared.core.cards.card import Card
from shared.core.cards.delivery import ChannelState
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.errors import PermanentError
from shared.core.messages import Envelope, encode
from shared.core.policy.model import Channel, Match, Policy, Route, Team, Tenant, TicketSystemEntry, Workload
from shared.core.ports.storage import Row, Tables, Write
from shared.record import change_keys, changes
from shared.record.changes import ChangeRecord, read_changes
from shared.record.copies import read_copy
from shared.record.digests import channel_row
from shared.usecases.cards.notify import notify
from shared.usecases.changes.classify import classify
from shared.usecases.changes.second import ask_reader
from shared.usecases.delivery.deliver import deliver
from shared.usecases.delivery.park import park_message
from shared.usecases.deps import ChannelMemory, Deps
from shared.usecases.posts.deduplicate import deduplicate
from shared.usecases.posts.fetch import fan_out, fetch_tenant
from shared.usecases.tasks.track import track
from shared.usecases.tickets.file_ticket import file_ticket
from shared.usecases.tickets.follow import follow_tickets
from shared.usecases.upkeep.first_load import hand_out
from shared.usecases.upkeep.mend import mend
from tests.fakes import NOW, DiedError, FakeBlobs, FakeClock, FakePolicy, FakeQueues, FakeTables, deps_of, deps_with

HANDLERS = {
    "fetches": fetch_tenant,
    "posts": deduplicate,
    "changes": classify,
    "tickets": file_ticket,
    "cards": notify,
    "tasks": track,
    "readings": ask_reader,
}
MAX_DEQUEUE_COUNT = 5
OCTOBER = "We will begin rolling out in early October 2026 and expect to complete by late October 2026."
NOVEMBER = "We will begin rolling out in early November 2026 and expect to complete by late November 2026."
CANCELLED = "We have decided not to proceed with this change at this time."


def post(change_id: str = "MC1200001", when: str = OCTOBER, modified: str = "2026-08-30T10:00:00Z", **over: Any) -> Any:
    """A short post of our own about something that is retired, so that it is for the board."""
    text = (
        "<p>We will retire the old viewer.</p><p><b>When this will happen:</b></p>"
        f"<p>General Availability (Worldwide): {when}</p>"
        "<p><b>What you need to do to prepare:</b></p><p>You must move to the new viewer before December 1, 2026.</p>"
    )
    return {
        "id": change_id,
        "title": "Retirement of the old viewer",
        "startDateTime": "2026-08-30T10:00:00Z",
        "lastModifiedDateTime": modified,
        "category": "planForChange",
        "services": ["Exchange Online"],
        "tags": ["Retirement"],
        "isMajorChange": True,
        "body": {"contentType": "html", "content": text},
        **over,
    }


def task(
    name: str = "task1", title: str = "[Exchange Online] Retirement [MC1200001]", etag: str = "E1", **over: Any
) -> Any:
    return {
        "id": name,
        "@odata.etag": etag,
        "title": title,
        "createdDateTime": "2026-08-31T08:00:00Z",
        "percentComplete": 0,
        "completedDateTime": None,
        "assignments": {},
        **over,
    }


def done(name: str = "task1", etag: str = "E2", at: str = "2026-09-10T12:00:00Z", **over: Any) -> Any:
    return task(name, etag=etag, **{"percentComplete": 100, "completedDateTime": at, **over})


def policy(**over: Any) -> Policy:
    """Two tenants; what is for the board gets a ticket in the register and a card in two channels."""
    fields: dict[str, Any] = {
        "tenants": {"contoso": Tenant(plan="plan1"), "fabrikam": Tenant()},
        "teams": {
            "workplace": Team(owner="ana@contoso.example", channel="workplace"),
            "messaging": Team(owner="ben@contoso.example", channel="messaging", crb_group="Messaging"),
        },
        "workloads": {"exchange": Workload(services=("Exchange Online",), team="messaging")},
        "channels": {"workplace": Channel(kind="fake"), "messaging": Channel(kind="fake")},
        "tickets": {"crb": TicketSystemEntry(kind="register")},
        "routes": Route(
            team="workplace",
            routes=(
                Route(match=Match(crb=True), ticket="crb", cards=("owner", "workplace")),
                Route(match=Match(event="cancelled"), cards=("owner",)),
            ),
        ),
    }
    return Policy(**(fields | over))


class Feed:
    """What each tenant's feed holds now; one page."""

    def __init__(self) -> None:
        self.held: dict[str, list[Any]] = {}
        self.texts: dict[str, Any] = {}
        self.details_read: list[str] = []

    async def pages(self, name: str, tenant: Tenant) -> Any:
        yield list(self.held.get(name, []))

    async def details(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        self.details_read.append(task)
        found = self.texts.get(task, {})
        if isinstance(found, Exception):
            raise found
        return found


class FakeRoadmap:
    """The roadmap's API: `held` is its answer, or the failure that it raises."""

    def __init__(self) -> None:
        self.held: Any = []
        self.read: list[str] = []

    async def items(self, url: str) -> Any:
        self.read.append(url)
        if isinstance(self.held, Exception):
            raise self.held
        return self.held


class Inbox:
    """A channel that takes every card, or fails as told."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.channels: list[str] = []
        """Where each card went."""
        self.fails: list[Exception] = []

    async def post(self, card: Card) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.cards.append(card)

    def channel(self, name: str) -> SimpleNamespace:
        async def post(card: Card) -> None:
            await self.post(card)
            self.channels.append(name)

        return SimpleNamespace(post=post)


class World:
    """Deps among fakes, and a host that delivers messages until it is quiet; `workers` share everything but a name."""

    def __init__(
        self, in_force: Policy | None = None, tables: Tables | None = None, *, is_new: bool = False, **ports: Any
    ) -> None:
        """Its channels are long known unless it `is_new`: else their first half hour is one card."""
        self.clock = FakeClock()
        self.posts, self.tasks, self.inbox, self.roadmap = Feed(), Feed(), Inbox(), FakeRoadmap()
        self.tables = tables or FakeTables()
        self.queues, self.blobs = FakeQueues(), FakeBlobs()
        self.policy = FakePolicy(in_force or policy())
        self.systems: dict[str, Any] = {}
        self._waiting: list[tuple[datetime, int, str, Envelope, int]] = []
        self._order = itertools.count()
        self._workers = itertools.count(1)
        self.deps = deps_of(
            **{
                "tables": self.tables,
                "queues": self.queues,
                "blobs": self.blobs,
                "policy": self.policy,
                "feeds": {"messages": self.posts, "planner": self.tasks},
                "tasks": self.tasks,
                "roadmap": self.roadmap,
                "ticket_system": self._ticket_system,
                "channel": self._channel,
                "clock": self.clock,
                "deployment": "test",
                "public_url": "https://foresignal.example",
                "worker": "worker0",
                **ports,
            }
        )

        if isinstance(self.tables, FakeTables):
            self.tables.clock = self.clock
        if isinstance(self.tables, FakeTables) and not is_new:
            for row in self.known_channels():
                self.tables.put("deliveries", row)

    def known_channels(self) -> list[Row]:
        """The rows of the policy's channels, as they stand long after the channels were first seen."""
        long_ago = self.clock() - timedelta(days=100)
        return [channel_row(ChannelState(name, long_ago)) for name in self.policy.policy.channels]

    def worker(self) -> Deps:
        """The same world seen by another process, which remembers nothing of channels."""
        return deps_with(self.deps, worker=f"worker{next(self._workers)}", channels=ChannelMemory())

    async def _ticket_system(self, in_force: Policy, name: str) -> Any:
        if name not in in_force.tickets:
            raise PermanentError(f"the policy has no tickets {name!r}")
        return self.systems.get(name) or self.register()

    def register(self) -> Register:
        made_of: Any = {
            "name": "crb", "http": None, "secrets": None, "clock": self.clock, "tables": self.deps.storage.tables,
            "deployment": "test", "public_url": self.deps.here.public_url, "token": None,
        }  # fmt: skip
        return registry.build("tickets", "register", {}, registry.AdapterDeps(**made_of))

    async def _channel(self, in_force: Policy, name: str) -> Any:
        if name not in in_force.channels:
            raise PermanentError(f"the policy has no channels {name!r}")
        return self.inbox.channel(name)

    # The host.

    async def fetch(self, *sources: str) -> None:
        """The timers, and what follows until it is quiet."""
        for source in sources or ("messages", "planner"):
            await fan_out(self.deps, source, self.clock())
        await self.drain()
        await hand_out(self.deps)
        await self.drain()

    async def arrive(self, *posts: Any, tenant: str = "contoso", observed: datetime | None = None, **more: Any) -> None:
        """One batch of queue `posts`, and what follows until it is quiet."""
        await self.deps.storage.queues.send(
            "posts", batch(*posts, tenant=tenant, observed=observed or self.clock(), **more)
        )
        await self.drain()

    async def arrive_only(self, *posts: Any, tenant: str = "contoso", observed: datetime | None = None) -> None:
        """One batch that is merged and decided, and nothing of what follows."""
        await self.deps.storage.queues.send("posts", batch(*posts, tenant=tenant, observed=observed or self.clock()))
        await self.drain_only("posts")
        await self.drain_only("changes")

    async def bring(self, *tasks: Any, tenant: str = "contoso", observed: datetime | None = None) -> None:
        """One batch of queue `tasks`, and what follows."""
        at = (observed or self.clock()).isoformat()
        body = {"tenant": tenant, "plan": "plan1", "observed": at, "tasks": list(tasks)}
        await self.deps.storage.queues.send("tasks", Envelope(body, self.clock()))
        await self.drain()

    async def follow(self) -> int:
        moved = await follow_tickets(self.deps)
        await self.drain()
        return moved

    async def mend(self) -> Any:
        """A full pass of the night, as once a week."""
        mended = await mend(self.deps, full=True)
        await self.drain()
        return mended

    async def night(self) -> Any:
        """As the timer does it: mostly a short pass."""
        mended = await mend(self.deps)
        await self.drain()
        return mended

    async def drain(self, until: timedelta = timedelta(days=3)) -> None:
        """Deliver every message, the clock moved on where all of them wait; five failures poison one."""
        end = self.clock() + until
        while self._collect() and self._waiting[0][0] <= end:
            await self.step()

    async def drain_only(self, queue: str) -> None:
        """Deliver the messages of one queue that are there now, and no others."""
        for envelope in self.queues.take(queue):
            await deliver(self.worker(), queue, encode(envelope), HANDLERS[queue])

    async def step(self) -> None:
        """Deliver the next message; where it fails with an error that is no failure of ours, it comes again."""
        at, _, queue, envelope, failed = heapq.heappop(self._waiting)
        self.clock.now = max(self.clock.now, at)
        try:
            await deliver(self.worker(), queue, encode(envelope), HANDLERS[queue])
        except (Exception, DiedError):  # noqa: BLE001 - as the host does
            if failed + 1 < MAX_DEQUEUE_COUNT:
                heapq.heappush(self._waiting, (self.clock(), next(self._order), queue, envelope, failed + 1))
            else:
                await park_message(self.deps, queue, encode(envelope), "failed again and again")

    def _collect(self) -> int:
        for queue, envelope, delay in self.queues.sent:
            at = self.clock() + timedelta(seconds=delay)
            heapq.heappush(self._waiting, (at, next(self._order), queue, envelope, 0))
        self.queues.sent.clear()
        return len(self._waiting)

    # What is held.

    async def held(self, change_id: str = "MC1200001") -> ChangeRecord:
        found = await self.tables.range(changes.TABLE, _partition(change_id), *change_keys.span("c", [change_id]))
        found += await self.tables.range(changes.TABLE, _partition(change_id), *change_keys.span("k", [change_id]))
        return read_changes(found)[change_id]

    async def change(self, change_id: str = "MC1200001") -> Change:
        return (await self.held(change_id)).change

    async def ticket_state(self, change_id: str = "MC1200001") -> EffectState:
        return (await self.held(change_id)).effects["ticket|crb"][0]

    async def copy(self, tenant: str = "contoso", change_id: str = "MC1200001") -> Copy:
        row = await self.tables.get(changes.TABLE, _partition(change_id), change_keys.copy_key(change_id, tenant))
        assert row is not None
        return read_copy(row)

    async def all(self, table: str) -> list[Row]:
        return [row async for row in self.tables.scan(table)]


def _partition(change_id: str) -> str:
    from shared.core import ids

    return ids.partition(change_id)


def batch(*posts: Any, tenant: str = "contoso", observed: datetime = NOW, **more: Any) -> Envelope:
    body = {"tenant": tenant, "source": "messages", "observed": observed.isoformat(), "posts": list(posts), **more}
    return Envelope(body, observed)


class PrefixedTables:
    """Real tables in a world of their own: every name with a prefix, on an Azurite that tests share."""

    def __init__(self, inner: Tables, prefix: str) -> None:
        self._inner = inner
        self._prefix = prefix

    def name(self, table: str) -> str:
        return self._prefix + table

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        return await self._inner.get(self.name(table), partition, key)

    async def range(self, table: str, *args: Any, **named: Any) -> list[Row]:
        return await self._inner.range(self.name(table), *args, **named)

    async def read_keys(self, table: str, *args: Any, **named: Any) -> list[str]:
        return await self._inner.read_keys(self.name(table), *args, **named)

    def scan(self, table: str, *args: Any, **named: Any) -> Any:
        return self._inner.scan(self.name(table), *args, **named)

    async def written_at(self, table: str, partition: str, key: str) -> datetime | None:
        return await self._inner.written_at(self.name(table), partition, key)

    async def commit(self, table: str, writes: Sequence[Write]) -> list[str]:
        return await self._inner.commit(self.name(table), writes)
