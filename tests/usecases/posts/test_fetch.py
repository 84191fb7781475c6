import itertools
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Tenant
from shared.core.ports.storage import Row, Write
from shared.core.sources.batches import read_blob
from shared.record.tenants import tenant_states
from shared.usecases.posts.fetch import fan_out, fetch_tenant
from tests.fakes import NOW, FakeBlobs, FakeClock, FakePolicy, FakeQueues, FakeTables, a_policy, deps_of, deps_with


class FakeFeed:
    """A source: pages of each tenant, or the error that it raises; `pulls` counts."""

    def __init__(self, **feeds):
        self.feeds = feeds
        self.pulls = 0

    async def pages(self, name, tenant):
        self.pulls += 1
        for page in self.feeds.get(name, []):
            if isinstance(page, Exception):
                raise page
            yield page

    async def details(self, name, tenant, task):
        return {}


class World:
    """The use case among fakes; `fetch` is one run, `bodies` what it sent since the last look."""

    def __init__(self, *pages, policy=None, pace=1.0):
        self.clock = FakeClock()
        self.posts = FakeFeed(contoso=list(pages), fabrikam=[])
        self.tasks = FakeFeed()
        self.tables, self.queues, self.blobs = FakeTables(), FakeQueues(), FakeBlobs()
        self.policy = FakePolicy(policy or a_policy())
        self.deps = deps_of(
            tables=self.tables, queues=self.queues, blobs=self.blobs, policy=self.policy,
            feeds={"messages": self.posts, "planner": self.tasks}, tasks=self.tasks,
            clock=self.clock, pace=pace,
        )  # fmt: skip

    async def fetch(self, source="messages", tenant="contoso"):
        return await fetch_tenant(self.deps, Envelope({"tenant": tenant, "source": source}, NOW))

    def serve(self, *pages, tenant="contoso"):
        self.posts.feeds[tenant] = list(pages)

    def bodies(self, queue="posts"):
        return [envelope.body for envelope in self.queues.take(queue)]

    def row(self, tenant="contoso", source="messages"):
        return self.tables.rows["tenants", tenant, f"snapshot|{source}"][0]


def post(number, text="first", **over):
    return {
        "id": f"MC{number}",
        "title": "T",
        "lastModifiedDateTime": "2026-08-01T00:00:00Z",
        "body": {"content": text},
        **over,
    }


def feed(count):
    return [post(1_000_000 + n) for n in range(count)]


def ids_of(bodies, field="posts"):
    return [item["id"] if isinstance(item, dict) else item for body in bodies for item in body[field]]


async def test_fan_out_sends_one_message_a_tenant_and_planner_only_where_there_is_a_plan():
    world = World(policy=a_policy(tenants={"contoso": Tenant(plan="p1"), "fabrikam": Tenant()}))

    await fan_out(world.deps, "messages", NOW)
    await fan_out(world.deps, "planner", NOW)

    assert world.bodies("fetches") == [
        {"tenant": "contoso", "source": "messages"},
        {"tenant": "fabrikam", "source": "messages"},
        {"tenant": "contoso", "source": "planner"},
    ]


async def test_the_first_fetch_sends_everything_and_remembers_it():
    world = World([post(1000001), post(1000002)], [], [post(1000003)])

    result = await world.fetch()

    assert (result.outcome, result.posts, result.new, result.messages) == ("done", 3, 3, 1)
    (body,) = world.bodies()
    assert (body["tenant"], body["source"], body["observed"]) == ("contoso", "messages", NOW.isoformat())
    assert ids_of([body]) == ["MC1000001", "MC1000002", "MC1000003"]
    assert world.row()["fetched"] == NOW
    assert len(world.row()["c00"]) == 72


async def test_an_unchanged_tenant_costs_one_read_and_one_write_and_sends_nothing():
    world = World(feed(50))
    await world.fetch()
    world.bodies()
    world.clock.forward(minutes=15)
    before = world.tables.calls

    result = await world.fetch()

    assert (result.outcome, result.new, result.edited, result.gone) == ("done", 0, 0, 0)
    assert world.tables.calls - before == 2
    assert not world.bodies()
    assert world.row()["fetched"] == world.clock()


async def test_a_fetch_that_finds_what_the_last_one_found_is_noted_once_an_hour():
    world = World(feed(3))
    noted = []
    for _ in range(13):
        await world.fetch()
        noted.append(world.row()["fetched"])
        world.clock.forward(minutes=15)

    changes = [now for before, now in itertools.pairwise(noted) if now != before]
    hours = [NOW + timedelta(minutes=minutes) for minutes in (15, 75, 135)]  # the second one finds nothing new
    assert changes == hours


async def test_a_fetch_that_goes_well_after_one_that_failed_is_noted_at_once():
    world = World(feed(3))
    for _ in range(2):
        await world.fetch()
        world.clock.forward(minutes=15)
    world.serve(TransientError("busy"))
    await world.fetch()
    world.clock.forward(minutes=15)
    world.serve(feed(3))

    await world.fetch()

    assert (world.row()["failure"], world.row()["fetched"]) == ("", world.clock())
    assert "not_before" not in world.row()


async def test_only_what_was_edited_is_sent():
    world = World(feed(50))
    await world.fetch()
    world.bodies()
    world.serve([*feed(49), post(1_000_049, "second")])

    result = await world.fetch()

    assert result.edited == 1
    assert ids_of(world.bodies()) == ["MC1000049"]


async def test_a_post_is_reported_gone_after_its_second_absence():
    world = World(feed(50))
    await world.fetch()
    world.bodies()
    world.serve(feed(49))

    await world.fetch()
    assert not world.bodies()
    await world.fetch()

    (body,) = world.bodies()
    assert (body["posts"], body["gone"]) == ([], ["MC1000049"])


async def test_of_two_copies_in_one_pull_the_newest_counts_whatever_the_order():
    older = post(1000001, "old")
    newer = post(1000001, "new", lastModifiedDateTime="2026-08-02T00:00:00Z")
    for pages in ([[older], [newer]], [[newer], [older]]):
        world = World(*pages)

        await world.fetch()

        assert [raw["body"]["content"] for body in world.bodies() for raw in body["posts"]] == ["new"]


async def test_something_without_an_id_is_handed_over_once_and_again_when_it_changes():
    world = World([post(1000001), {"title": "no id"}, "no object"])

    first = await world.fetch()
    sent = world.bodies()
    await world.fetch()
    unchanged = world.bodies()
    world.serve([post(1000001), {"title": "no id, other"}, "no object"])
    await world.fetch()

    assert first.posts == 1
    assert sorted(map(str, ids_of_broken(sent))) == ["no object", "{'title': 'no id'}"]
    assert not unchanged
    assert ids_of_broken(world.bodies()) == [{"title": "no id, other"}]


def ids_of_broken(bodies):
    return [raw for body in bodies for raw in body["broken"]]


async def test_a_post_too_large_for_a_message_is_put_aside_before_its_message_is_sent():
    large = post(1000001, "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(60_000)))
    world = World([large])

    await world.fetch()

    (body,) = world.bodies()
    assert body["posts"] == []
    assert read_blob(world.blobs.held["oversize", body["blobs"][0]]) == large


async def test_a_failure_stands_on_the_row_with_the_time_of_the_next_try(caplog):
    world = World(TransientError("tenant contoso: Graph is busy (429)", 400))

    result = await world.fetch()

    assert (result.outcome, result.failure) == ("failed", "tenant contoso: Graph is busy (429)")
    row = world.row()
    assert (row["failures"], row["failed_at"]) == (1, NOW)
    assert row["not_before"] == NOW + timedelta(seconds=400)
    assert "contoso" in caplog.text
    assert not world.bodies("fetches")


async def test_before_that_time_nobody_is_asked():
    world = World(TransientError("busy", 400))
    await world.fetch()
    world.clock.forward(seconds=399)

    assert (await world.fetch()).outcome == "waiting"
    assert world.posts.pulls == 1

    world.clock.forward(seconds=1)
    world.serve(feed(1))
    assert (await world.fetch()).outcome == "done"


async def test_without_advice_the_waits_double_up_to_an_hour():
    world = World(PermanentError("403: grant ServiceMessage.Read.All"))
    waits = []
    for _ in range(9):
        await world.fetch()
        waits.append((world.row()["not_before"] - world.clock()).total_seconds() / 60)
        world.clock.now = world.row()["not_before"]

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert world.row()["failures"] == 9


@pytest.mark.parametrize("advice", [float("inf"), 1e12])
async def test_advice_of_years_is_cut_to_a_day(advice):
    world = World(TransientError("busy", advice))

    await world.fetch()

    assert world.row()["not_before"] == NOW + timedelta(days=1)


async def test_the_sandbox_waits_at_its_own_pace():
    world = World(TransientError("busy", 100), pace=0.01)

    await world.fetch()

    assert world.row()["not_before"] == NOW + timedelta(seconds=1)


async def test_a_failure_keeps_the_snapshot_and_success_clears_the_failure():
    world = World(feed(30))
    await world.fetch()
    world.bodies()
    world.serve(feed(10), TransientError("the second page failed", 0))

    await world.fetch()
    failed = dict(world.row())
    world.serve(feed(30))
    result = await world.fetch()

    assert (failed["failure"], failed["fetched"], failed["posts"]) == ("the second page failed", NOW, 30)
    assert (result.outcome, result.new, result.gone) == ("done", 0, 0)
    assert (world.row()["failure"], world.row()["failures"]) == ("", 0)
    assert "not_before" not in world.row()
    assert not world.bodies()


async def test_one_tenant_s_failure_leaves_the_other_alone():
    world = World(PermanentError("403"))
    world.serve(feed(3), tenant="fabrikam")

    assert (await world.fetch()).outcome == "failed"
    assert (await world.fetch(tenant="fabrikam")).outcome == "done"
    assert len(ids_of(world.bodies())) == 3


async def test_a_feed_that_lost_most_is_reported_and_not_believed():
    world = World(feed(40))
    await world.fetch()
    world.serve(feed(5))

    result = await world.fetch()

    assert (result.outcome, "not believed" in result.failure) == ("failed", True)
    assert len(world.row()["c00"]) == 40 * 24


async def test_a_feed_that_stays_so_for_a_day_is_believed():
    world = World(feed(40))
    await world.fetch()
    world.bodies()
    world.serve([*feed(5), post(1_000_100)])
    for _ in range(60):
        world.clock.forward(minutes=30)
        if (await world.fetch()).outcome == "done":
            break

    assert ids_of(world.bodies()) == ["MC1000100"]
    assert world.clock() - NOW >= timedelta(days=1)
    assert "doubted" not in world.row()


async def test_a_run_that_was_overtaken_counts_for_nothing():
    world = World(feed(3))
    await world.fetch()
    world.bodies()
    theirs = {"fetched": NOW, "by": "another worker"}

    async def another_worker():
        held = await world.tables.get("tenants", "contoso", "snapshot|messages")
        await world.tables.commit("tenants", [Write("replace", replace(held, values=theirs))])

    world.tables.interfere = another_worker
    assert (await world.fetch()).outcome == "overtaken"
    assert world.row() == theirs


async def test_two_first_runs_at_once_leave_one_row():
    world = World(feed(3))

    async def another_worker():
        await world.tables.commit(
            "tenants", [Write("insert", Row("contoso", "snapshot|messages", {"by": "another worker"}))]
        )

    world.tables.interfere = another_worker
    assert (await world.fetch()).outcome == "overtaken"


async def test_when_a_message_cannot_be_sent_the_snapshot_stays_and_everything_comes_again():
    world = World(feed(3))
    send, world.queues.send = world.queues.send, refuse
    failed = await world.fetch()
    world.queues.send = send
    world.clock.forward(minutes=15)

    again = await world.fetch()

    assert (failed.outcome, again.new) == ("failed", 3)


async def refuse(*args, **kwargs):
    raise TransientError("storage is away")


async def test_storage_that_is_away_is_no_reason_to_park_the_message(caplog):
    world = World(feed(3))
    world.tables.get = refuse

    assert (await world.fetch()).outcome == "failed"
    assert "contoso" in caplog.text


async def test_a_row_that_storage_refuses_is_a_failure_that_is_told(caplog):
    world = World(feed(3))
    world.tables.refuse = {"snapshot|messages"}

    assert (await world.fetch()).outcome == "failed"
    assert "refused by the test" in caplog.text


@pytest.mark.parametrize(
    "body",
    [{"tenant": "gone", "source": "messages"}, {"tenant": "contoso", "source": "planner"}, {"tenant": "contoso"}, {}],
)
async def test_a_message_for_what_the_policy_does_not_name_is_dropped(body, caplog):
    world = World(feed(3))

    result = await fetch_tenant(world.deps, Envelope(body, NOW))

    assert result.outcome == "dropped"
    assert world.tables.calls == 0
    assert "dropped" in caplog.text


def task(name, etag='W/"a"', **over):
    return {"id": name, "@odata.etag": etag, "title": name, **over}


PLANNED = {"tenants": {"contoso": Tenant(plan="p1"), "fabrikam": Tenant()}}


async def test_changed_tasks_are_sent_and_unchanged_ones_are_not():
    world = World(policy=a_policy(**PLANNED))
    world.tasks.feeds["contoso"] = [[task("one"), task("two")]]
    await world.fetch("planner")
    world.clock.forward(minutes=15)
    world.tasks.feeds["contoso"] = [[task("one", 'W/"b"'), task("two", orderHint="x")]]

    result = await world.fetch("planner")

    first, second = world.bodies("tasks")
    assert (first["tenant"], first["plan"], ids_of([first], "tasks")) == ("contoso", "p1", ["one", "two"])
    assert (second["observed"], ids_of([second], "tasks")) == (world.clock().isoformat(), ["one"])
    assert result.edited == 1
    assert world.row(source="planner")["posts"] == 2


async def test_a_task_without_an_id_is_sent_once():
    world = World(policy=a_policy(**PLANNED))
    world.tasks.feeds["contoso"] = [[{"title": "odd"}]]

    await world.fetch("planner")
    await world.fetch("planner")

    assert [body["tasks"] for body in world.bodies("tasks")] == [[{"title": "odd"}]]


async def test_another_plan_is_read_anew_and_not_doubted():
    world = World(policy=a_policy(**PLANNED))
    world.tasks.feeds["contoso"] = [[task(str(n)) for n in range(30)]]
    await world.fetch("planner")
    world.bodies("tasks")
    world.policy.policy = a_policy(tenants={"contoso": Tenant(plan="p2")})
    world.tasks.feeds["contoso"] = [[task("new")]]

    assert (await world.fetch("planner")).outcome == "done"
    assert [body["plan"] for body in world.bodies("tasks")] == ["p2"]


async def test_health_knows_every_tenant_and_source_of_the_policy_and_no_other():
    world = World(feed(3), policy=a_policy(**PLANNED))
    await world.fetch()
    world.serve(PermanentError("403: grant ServiceMessage.Read.All"), tenant="fabrikam")
    await world.fetch(tenant="fabrikam")
    await world.tables.commit("tenants", [Write("insert", Row("old", "snapshot|messages", {"posts": 9}))])

    states = {
        (state.name, state.source): state
        for state in await tenant_states(world.deps.storage.tables, (await world.deps.here.policy.current()).tenants)
    }

    assert set(states) == {("contoso", "messages"), ("contoso", "planner"), ("fabrikam", "messages")}
    assert (states["contoso", "messages"].fetched, states["contoso", "messages"].posts) == (NOW, 3)
    assert states["contoso", "planner"].fetched is None
    failed = states["fabrikam", "messages"]
    assert (failed.fetched, failed.failures) == (None, 1)
    assert failed.not_before == NOW + timedelta(minutes=1)
    assert "ServiceMessage.Read.All" in failed.failure


async def test_a_post_dated_in_no_year_is_read_all_the_same():
    odd = post(1000001, lastModifiedDateTime="0001-01-01T00:00:00+14:00")
    world = World([odd, post(1000001, "dated")])

    await world.fetch()

    assert [raw["body"]["content"] for body in world.bodies() for raw in body["posts"]] == ["dated"]


async def test_the_clock_of_a_run_is_when_it_began_to_read():
    world = World()

    async def slowly(name, tenant):
        world.clock.forward(minutes=3)
        yield feed(1)

    world.posts.pages = slowly
    await world.fetch()

    assert world.bodies()[0]["observed"] == NOW.isoformat()
    assert datetime.fromisoformat(NOW.isoformat()).tzinfo is UTC


async def test_over_real_tables_an_unchanged_tenant_costs_two_calls_and_a_failure_keeps_the_snapshot(storage):
    from shared.adapters.storage.tables import AzureTables

    calls = Counter()
    tables = AzureTables.connect(calls, connection=storage)
    await tables.create(["tenants"])
    name = f"tenant-{uuid.uuid4().hex}"
    world = World(policy=a_policy(tenants={name: Tenant()}))
    world.deps = deps_with(world.deps, tables=tables)
    world.serve(feed(5000), tenant=name)

    first = await world.fetch(tenant=name)
    calls.clear()
    second = await world.fetch(tenant=name)
    unchanged = calls["storage"]
    await world.fetch(tenant=name)
    again = calls["storage"] - unchanged
    world.serve(TransientError("busy", 60), tenant=name)
    await world.fetch(tenant=name)
    (failed,) = await tenant_states(world.deps.storage.tables, (await world.deps.here.policy.current()).tenants)
    world.clock.forward(seconds=61)
    world.serve([*feed(4999), post(1_004_999, "edited")], tenant=name)
    last = await world.fetch(tenant=name)
    await tables.close()

    assert (first.new, second.new, unchanged, again) == (5000, 0, 2, 1)
    assert (failed.failure, failed.posts, failed.fetched) == ("busy", 5000, NOW)
    assert (last.outcome, last.new, last.edited) == ("done", 0, 1)
