"""Many tasks of one message: the same as one by one, at a fraction of the calls, whoever dies or is faster."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.errors import TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Match, Route
from shared.core.ports.storage import Row, Write
from shared.core.sources.snapshot import number_of
from shared.record.parked import parked_items
from shared.usecases.deps import ListMemory
from shared.usecases.life.lines import every_line
from shared.usecases.tasks.track import track
from tests.fakes import NOW, DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import World, done, policy, post, task

TEAMS = Route(team="workplace", routes=(Route(match=Match(service="Exchange Online"), team="messaging"),))
SILENT = policy(routes=TEAMS)
MANY = [f"MC{1_200_000 + 3_000 * number}" for number in range(24)]  # in five partitions


def world_of(*change_ids):
    world = World(SILENT)
    return world, [
        post(each, services=["Planner"] if int(each[2:]) % 2 else ["Exchange Online"]) for each in change_ids
    ]


def message(*tasks, gone=(), at=NOW):
    body = {"tenant": "contoso", "plan": "plan1", "observed": at.isoformat(), "tasks": list(tasks)}
    return Envelope(body | {"gone": list(gone)}, NOW)


def named(change_id, name="", **over):
    return task(name or f"t-{change_id}", f"[Exchange Online] Retirement [{change_id}]", **over)


async def standing(world):
    """What is held, without versions of rows."""
    tables = {}
    for name in ("changes", "tasks", "open", "closings", "parked"):
        rows = await world.all(name)
        tables[name] = [(row.partition, row.key, row.values) for row in rows if not row.key.startswith(("e|", "t|"))]
    alive = deps_with(world.deps, tables=world.tables, blobs=world.blobs, lists=ListMemory())
    lines = (await every_line(alive)).by_id
    tables["lines"] = {name: [(part.name, part.items()) for part in line.parts] for name, line in lines.items()}
    return tables


def a_history(chance):
    """Reads of a plan, by change: tasks come, are done, opened again, given, deleted; some of a change to come."""
    ids = [f"t{number}" for number in range(30)]
    about = {name: chance.choice([*MANY[:12], "MC1299999"]) for name in ids}
    etags = Counter()
    history = []
    for step in range(4):
        at = NOW + timedelta(hours=step)
        read = {change_id: ([], []) for change_id in about.values()}
        for name in chance.sample(ids, 20):
            tasks, gone = read[about[name]]
            if chance.random() < 0.15:
                gone.append(name)
                continue
            etags[name] += chance.random() < 0.8
            make = done if chance.random() < 0.4 else task
            given = (
                {"assignments": {"ana": {"assignedDateTime": "2026-09-02T10:00:00Z"}}} if chance.random() < 0.3 else {}
            )
            title = f"[Exchange Online] Retirement [{about[name]}]"
            bucket = chance.choice(("a", "b"))
            tasks.append(make(name, etag=f"E{etags[name]:02d}", title=title, bucketId=bucket, **given))
        history.append((at, read))
    return history


async def played(seed, *, together):
    world, posts = world_of(*MANY[:12])
    await world.arrive(*posts)
    for at, read in a_history(random.Random(seed)):
        parts = list(read.values())
        if together:
            parts = [tuple([each for part in parts for each in part[side]] for side in (0, 1))]
        for tasks, gone in parts:
            await track(world.deps, message(*tasks, gone=map(number_of, gone), at=at))
    await world.arrive(post("MC1299999"))
    return await standing(world)


@pytest.mark.parametrize("seed", range(12))
async def test_a_batch_leaves_what_its_changes_would_leave_one_by_one(seed):
    together, apart = await played(seed, together=True), await played(seed, together=False)

    assert together == apart


async def test_two_hundred_tasks_of_a_first_load_make_half_a_call_each():
    many = [f"MC{1_200_000 + 400 * number}" for number in range(231)]  # in six or seven partitions
    world, posts = world_of(*many)
    await world.arrive(*posts)
    tasks = [
        named(each) if number % 3 else done(f"t{number}", title=f"[x] y [{each}]") for number, each in enumerate(many)
    ]
    before = world.tables.calls

    for first in range(0, len(tasks), 80):
        await track(world.deps, message(*tasks[first : first + 80]))

    assert (world.tables.calls - before) / len(tasks) <= 0.5
    assert len([row for row in await world.all("changes") if row.key.startswith("k|")]) == 231
    assert len(await world.all("closings")) == 77


async def test_tasks_that_come_before_their_changes_cost_as_little():
    many = [f"MC{1_200_000 + 400 * number}" for number in range(120)]
    world, posts = world_of(*many)
    before = world.tables.calls
    for first in range(0, len(many), 60):
        await track(world.deps, message(*map(named, many[first : first + 60])))
    assert (world.tables.calls - before) / len(many) <= 0.5
    await world.arrive_only(*posts)
    waiting = [row.key for row in await world.all("tasks") if row.partition == "waiting"]
    before = world.tables.calls

    await track(world.deps, Envelope({"waiting": waiting}, NOW))

    assert (world.tables.calls - before) / len(many) <= 0.5
    assert not [row for row in await world.all("tasks") if row.partition == "waiting"]
    assert len([row for row in await world.all("changes") if row.key.startswith("k|")]) == 120


async def test_of_a_task_that_stands_twice_in_a_message_the_newest_state_counts():
    world, posts = world_of(MANY[0])
    await world.arrive(*posts)

    await track(
        world.deps,
        message(named(MANY[0], "t", etag="E2"), done("t", etag="E3", title=f"[{MANY[0]}]"), named(MANY[0], "t")),
    )

    assert (await world.change(MANY[0])).closed
    assert [row.values["etag"] for row in await world.all("tasks")] == ["E3"]


@pytest.mark.parametrize("fault", ["damaged", "refused"])
async def test_a_change_that_cannot_be_written_leaves_the_others(fault):
    world, posts = world_of(*MANY[:6])
    await world.arrive(*posts)
    bad, key = MANY[2], f"k|000{MANY[2][2:]}|contoso|t-{MANY[2]}"
    if fault == "refused":
        world.tables.refuse.add(key)
    else:
        (row,) = [row for row in await world.all("changes") if row.key == f"c|000{bad[2:]}"]
        await world.tables.commit("changes", [Write("merge", Row(row.partition, row.key, {"state0": b"x"}, row.etag))])

    await world.bring(*map(named, MANY[:6]))

    tasks = {row.key[2:12] for row in await world.all("changes") if row.key.startswith("k|")}
    assert tasks == {f"000{each[2:]}" for each in MANY[:6] if each != bad}
    (item,) = await parked_items(world.tables)
    assert [each["id"] for each in item.content["tasks"]] == [f"t-{bad}"]
    assert f"t-{bad}" not in [row.key for row in await world.all("tasks")], "it may be brought again"


async def test_where_another_is_faster_every_task_is_recorded_all_the_same():
    world, posts = world_of(*MANY[:8])
    await world.arrive(*posts)
    batch = message(*(done(f"t-{each}", title=f"[{each}]") for each in MANY[:8]))

    async def meanwhile():
        await track(world.worker(), message(*(done(f"o-{each}", title=f"[{each}]") for each in MANY[:8:2])))

    world.tables.interfere = meanwhile
    await track(world.deps, batch)

    tasks = [row for row in await world.all("changes") if row.key.startswith("k|")]
    assert len(tasks) == 12
    assert [(await world.change(each)).closings for each in MANY[:8]] == [1] * 8
    assert len(await world.all("closings")) == 8
    assert not await world.all("open")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_batch_that_dies_and_comes_again_leaves_what_an_undisturbed_one_does(after):
    async def story(call=None):
        world, posts = world_of(*MANY[:6])
        await world.arrive(*posts)
        await track(world.deps, message(*map(named, MANY[:4])))
        life = Lifetime(call, after=after)
        mortal = deps_with(
            world.deps,
            tables=Mortal(world.tables, life), queues=Mortal(world.queues, life), blobs=Mortal(world.blobs, life),
        )  # fmt: skip
        at = NOW + timedelta(hours=1)
        tasks = [done(f"t-{each}", etag="E3", title=f"[{each}]") for each in MANY[1:3]]
        tasks += [named(MANY[4]), named("MC1299999"), named(MANY[5])]
        batch = message(*tasks, gone=[number_of(f"t-{MANY[3]}")], at=at)
        for _ in range(2):
            try:
                await track(mortal, batch)
                break
            except DiedError:
                continue
        waiting = Envelope(
            {"waiting": [row.key for row in await world.all("tasks") if row.partition == "waiting"]}, NOW
        )
        await world.arrive_only(post("MC1299999"))
        world.queues.take("tasks")
        for _ in range(2):
            try:
                await track(mortal, waiting)
                break
            except DiedError:
                continue
        return await standing(world), life.calls

    undisturbed, many = await story()
    assert many > 20
    for call in range(many):
        picture, _ = await story(call)
        assert picture == undisturbed, f"died at call {call}"


async def test_storage_that_is_away_brings_the_message_again():
    world, posts = world_of(*MANY[:4])
    await world.arrive(*posts)

    async def away():
        raise TransientError("storage is not to be had")

    world.tables.interfere = away
    batch = message(*map(named, MANY[:4]))
    with pytest.raises(TransientError):
        await track(world.deps, batch)
    await track(world.deps, replace(batch))

    assert len([row for row in await world.all("changes") if row.key.startswith("k|")]) == 4
