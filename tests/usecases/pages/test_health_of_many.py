"""Health of a thousand tenants and a thousand parked items: short, and the same as a look at all of them says."""

import json
import random
from collections import Counter
from datetime import timedelta

import pytest

from shared.core.policy.model import Tenant
from shared.core.ports.storage import Row, Write
from shared.core.sources.snapshot import Snapshot
from shared.record.parked import Parked, count_parked, insert_parked, parked_heads, parked_items, parked_key
from shared.record.tenants import SNAPSHOT, SourceRecord, commit, tenant_states, tenants_state
from shared.usecases.pages.health import health, health_view, parked_view, tenants_page
from tests.fakes import NOW, FakeTables
from tests.usecases.world import World, policy

DAY = timedelta(days=1)


async def fetched(tables, name, at, source="messages", failures=0):
    """As `fetch` leaves it."""
    row = await tables.get("tenants", name, SNAPSHOT + source)
    await commit(tables, SourceRecord(name, source, row).write_fetch(Snapshot(), "feed", at, 900, (0, 0, 0)))
    for number in range(failures):
        row = await tables.get("tenants", name, SNAPSHOT + source)
        failure = SourceRecord(name, source, row).write_failure("Graph answered 403", at, number + 1, at + DAY, None)
        await commit(tables, failure)


def tenants_of(count, **more):
    return {f"tenant{number:04d}": Tenant(**more) for number in range(count)}


async def drawn(tables, tenants, seed):
    """Some well, some failing, some stale, some never fetched; and what tenants left behind that went."""
    draw = random.Random(seed)
    for name, tenant in {**tenants, **{f"former{n:03d}": Tenant() for n in range(90)}}.items():
        for source in ("messages", "planner") if tenant.plan else ("messages",):
            chance = draw.random()
            if name.startswith("former"):
                await fetched(tables, name, NOW - DAY, source)
            elif chance < 0.8:
                await fetched(tables, name, NOW - timedelta(minutes=draw.randrange(100)), source)
            elif chance < 0.9:
                await fetched(tables, name, NOW - timedelta(hours=1), source, failures=2)
            elif chance < 0.95:
                await fetched(tables, name, NOW - timedelta(hours=2), source)


@pytest.mark.parametrize(("count", "plan"), [(3, "p"), (100, ""), (101, ""), (60, "p"), (400, "")])
async def test_who_is_not_well_is_what_a_look_at_every_tenant_says(count, plan):
    tables, tenants = FakeTables(), tenants_of(count, plan=plan)
    await drawn(tables, tenants, count)

    short = await tenants_state(tables, tenants, NOW)

    every = {(state.name, state.source): state for state in await tenant_states(tables, tenants)}
    not_well = {place for place, state in every.items() if not state.is_well(NOW)}
    assert set(short.not_well) == not_well
    assert len(short.not_well) == len(not_well) == len(every) - short.well
    shown = {(state.name, state.source): state for state in short.states}
    assert all(every[place] == state for place, state in shown.items())
    assert len(shown) == (len(every) if len(every) <= 100 else min(30, len(not_well)))


async def test_a_thousand_that_were_never_fetched_and_a_thousand_that_fail_are_told_in_short():
    tables, tenants = FakeTables(), tenants_of(1000)
    never = await tenants_state(tables, tenants, NOW)
    for name in tenants:
        await fetched(tables, name, NOW - DAY, failures=1)
    failing = await tenants_state(tables, tenants, NOW)

    for short in (never, failing):
        assert (len(short.states), short.well, len(short.not_well)) == (30, 0, 1000)
    assert {state.fetched for state in never.states} == {None}
    assert {state.failure for state in failing.states} == {"Graph answered 403"}


async def park_some(tables, count):
    for number in range(count):
        body = {"id": f"MC{1_200_000 + number}", "text": "x" * 200}
        queue, at = ("tickets", "cards", "posts")[number % 3], NOW - number * timedelta(hours=5)
        key = parked_key(queue, json.dumps(body).encode(), at)
        await insert_parked(tables, Parked(key, queue, body["id"], f"answered 400: {number % 7}", at, at, body))


async def test_little_that_is_parked_is_shown_whole_and_newest_first():
    world = World()
    await park_some(world.tables, 50)

    view = await parked_view(world.deps)

    everything = await parked_items(world.tables)
    assert view.whole
    assert [head.key for head in view.heads] == [item.key for item in everything]
    assert view.queues == Counter(item.queue for item in everything)


@pytest.mark.parametrize("queue", ["", "cards", "tickets"])
async def test_much_that_is_parked_is_leafed_through_to_the_last_item(queue):
    world = World()
    await park_some(world.tables, 333)
    read, after = [], ""
    for _ in range(9):
        calls = world.tables.calls
        view = await parked_view(world.deps, queue, after)
        assert world.tables.calls - calls <= 3
        assert (view.total, dict(view.queues)) == (333, {"tickets": 111, "cards": 111, "posts": 111})
        assert not view.whole
        read += [head.key for head in view.heads]
        after = view.next
        if not after:
            break

    expected = [item.key for item in await parked_items(world.tables) if queue in {"", item.queue}]
    assert sorted(read) == sorted(expected)


async def test_of_very_much_only_a_thousand_are_counted():
    world = World()
    await park_some(world.tables, 1005)

    report = await health(world.deps)

    assert (report["parked"], report["parked_or_more"], report["status"]) == (1000, True, "degraded")
    assert (await count_parked(world.tables, 0)).total() == len(await parked_heads(world.tables)) == 1005


async def test_every_tenant_is_listed_a_hundred_a_page():
    tenants = tenants_of(250)
    world = World(policy(tenants=tenants))
    await drawn(world.tables, tenants, 1)
    world.tables.returned = 0

    pages = [await tenants_page(world.deps, number) for number in (1, 2, 3)]

    assert world.tables.returned <= 250
    assert [each["tenant"] for page in pages for each in page.tenants] == sorted(tenants)
    assert [(page.page, page.pages, page.total) for page in pages] == [(1, 3, 250), (2, 3, 250), (3, 3, 250)]
    assert (await tenants_page(world.deps, 99)).page == 3


async def test_health_of_a_thousand_reads_keys_and_some_eighty_rows():
    tenants = tenants_of(1000)
    world = World(policy(tenants=tenants))
    for number, name in enumerate(tenants):
        await fetched(world.tables, name, NOW - timedelta(minutes=number % 90), failures=2 * (number % 15 == 0))
    await park_some(world.tables, 1000)
    calls, bytes_read = world.tables.calls, Counter()
    scan, read_keys = world.tables.scan, world.tables.read_keys

    async def scanned(table, *args, **named):
        async for row in scan(table, *args, **named):
            bytes_read[table] += 150 + sum(len(str(value)) for value in row.values.values())
            yield row

    async def keys_read(table, which, *args, **named):
        keys = await read_keys(table, which, *args, **named)
        bytes_read[table] += sum(len(key) + len(f'{{"{which}":""}},') for key in keys)
        return keys

    world.tables.scan, world.tables.read_keys = scanned, keys_read
    view = await health_view(world.deps)

    assert world.tables.calls - calls <= 7
    assert bytes_read.total() <= 100_000, bytes_read
    assert (view.report["tenants_well"], view.report["tenants_not_well"]) == (933, 67)
    assert len(view.report["tenants"]) == 30
    assert len(json.dumps(view.report)) < 15_000


async def test_what_an_earlier_version_wrote_without_a_count_of_failures_is_not_taken_for_well():
    tables, tenants = FakeTables(), tenants_of(150)
    for name in tenants:
        await fetched(tables, name, NOW)
    await tables.commit(
        "tenants",
        [Write("delete", await tables.get("tenants", "tenant0007", SNAPSHOT + "messages"))],
    )
    await tables.commit("tenants", [Write("insert", Row("tenant0007", SNAPSHOT + "messages", {"fetched": NOW - DAY}))])

    short = await tenants_state(tables, tenants, NOW)

    (state,) = short.states
    assert (state.name, state.fetched) == ("tenant0007", NOW - DAY)
