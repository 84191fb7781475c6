"""What a thousand tenants cost: rows that storage looks at and sends grow with the tenants, not with their square."""

import random
from datetime import timedelta

import pytest

from shared.core import ids
from shared.core.changes.merge import all_gone
from shared.core.policy.model import Tenant
from shared.record.copies import copies_of, lost_everywhere
from shared.usecases.posts.deduplicate import deduplicate
from tests.fakes import NOW, DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import World, batch, policy, post

ID = "MC1200001"


def names(count):
    return [f"tenant{number:04d}" for number in range(count)]


def world_of(count):
    return World(policy(tenants={name: Tenant() for name in names(count)}))


async def with_post(count, *change_ids):
    world = world_of(count)
    for name in names(count):
        await deduplicate(world.deps, batch(*[post(each) for each in change_ids or (ID,)], tenant=name))
    return world


async def lose(world, tenant, *change_ids, later=1):
    observed = NOW + timedelta(hours=later)
    await deduplicate(world.deps, batch(tenant=tenant, observed=observed, gone=list(change_ids or (ID,))))


def in_order(count):
    return names(count)


def backwards(count):
    return names(count)[::-1]


def shuffled(count):
    mixed = names(count)
    random.Random(count).shuffle(mixed)
    return mixed


def second_half_first(count):
    return names(count)[count // 2 :] + names(count)[: count // 2]


@pytest.mark.parametrize("order", [in_order, backwards, shuffled, second_half_first])
async def test_a_post_that_leaves_every_tenant_is_looked_for_in_few_rows_a_tenant(order):
    looked_at = {}
    for count in (50, 100, 200):
        world = await with_post(count)
        looked_at_before, calls = world.tables.looked_at, world.tables.calls
        for name in order(count):
            await lose(world, name)
        looked_at[count] = world.tables.looked_at - looked_at_before
        assert world.tables.calls - calls <= 8 * count  # the budget is 20 calls a tenant
        assert all_gone(await world.change())

    assert looked_at[200] <= 30 * 200
    assert looked_at[200] <= 5 * looked_at[50], looked_at


@pytest.mark.parametrize("count", [3, 20, 21, 45])
async def test_what_is_gone_is_what_a_look_at_every_copy_says(count):
    draw = random.Random(count)
    change_ids = [ID, "MC1200002", "MC1200003"]
    world = await with_post(count, *change_ids)
    for step in range(1, 120):
        name = draw.choice(names(count))
        lost = draw.sample(change_ids, draw.randint(1, 3))
        if draw.random() < 0.15:
            observed = NOW + timedelta(hours=step)
            await deduplicate(world.deps, batch(*[post(each) for each in lost], tenant=name, observed=observed))
        else:
            await lose(world, name, *lost, later=step)
        partition = ids.partition(ID)
        everybody = await copies_of(world.tables, partition, change_ids)
        expected = {
            change_id: max(each.copy.gone for each in copies)
            for change_id, copies in everybody.items()
            if all(each.copy.gone for each in copies)
        }
        assert await lost_everywhere(world.tables, partition, change_ids, name, count) == expected
        for change_id in change_ids:
            assert all_gone(await world.change(change_id)) == (change_id in expected), (step, change_id)


@pytest.mark.parametrize("tenants", [3, 25])
async def test_one_that_comes_back_while_the_last_looks_is_not_gone(tenants):
    world = await with_post(tenants)
    *others, last = names(tenants)
    for name in others:
        await lose(world, name)
    changed = world.tables.commit

    async def commit(table, writes):
        if writes[0].row.key.startswith("c|"):  # it has looked, and is about to say that the post is gone
            world.tables.commit = changed
            await deduplicate(world.deps, batch(post(), tenant=others[0], observed=NOW + timedelta(hours=2)))
        return await changed(table, writes)

    world.tables.commit = commit
    await lose(world, last, later=3)

    assert not all_gone(await world.change())
    assert not (await world.copy(others[0])).gone


@pytest.mark.parametrize("tenants", [3, 25])
@pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
async def test_a_death_at_any_call_leaves_no_lost_post_unsaid(tenants, after):
    for calls in range(60):
        world = await with_post(tenants, ID, "MC1200002")
        *others, last = names(tenants)
        for name in others:
            await lose(world, name, ID, "MC1200002")
        life, whole = Lifetime(calls, after=after), world.deps
        world.deps = deps_with(whole, tables=Mortal(world.tables, life))
        try:
            await lose(world, last, ID, "MC1200002", later=2)
        except DiedError:
            await lose(world, last, ID, "MC1200002", later=2)

        for change_id in (ID, "MC1200002"):
            change = await world.change(change_id)
            assert [event.type for event in change.events].count("gone") == 1, calls
        if life.left is not None:
            return
    raise AssertionError("it never lived through")


def first_load(name):
    many = [post(f"MC12{number:05d}") for number in range(60)]
    return batch(*many, tenant=name, first_load=True)


async def test_a_first_load_looks_at_the_changes_and_at_no_tenants_copy():
    looked_at = {}
    for count in (10, 20, 40):
        world = world_of(count)
        for name in names(count):
            await deduplicate(world.deps, first_load(name))
        looked_at[count] = world.tables.looked_at
        assert len([key for key in world.tables.keys("changes") if key.startswith("t|")]) == 60 * count
        assert world.tables.calls == 2 * count + 1  # one range, one transaction; of the first tenant, two

    assert looked_at[40] <= 1.1 * 2 * looked_at[20] <= 1.21 * 4 * looked_at[10]


@pytest.mark.parametrize("count", [3, 25])
async def test_a_first_load_that_comes_again_changes_nothing_and_sends_what_hangs(count):
    world = world_of(count)
    for name in names(count):
        await deduplicate(world.deps, first_load(name))
    rows = {place: values for place, (values, _) in world.tables.rows.items()}
    world.queues.take("changes")

    await deduplicate(world.deps, first_load("tenant0001"))

    assert {place: values for place, (values, _) in world.tables.rows.items()} == rows
    (body,) = world.queues.bodies("changes")
    assert len(body["ids"]) == 60


async def test_a_feed_that_is_read_anew_from_nothing_finds_its_copies_all_the_same():
    world = world_of(25)
    for name in names(25):
        await deduplicate(world.deps, first_load(name))
    later = NOW + timedelta(days=1)
    edited = post("MC1200001", title="Retirement of the old viewer, again", modified="2026-09-01T10:00:00Z")

    many = [post(f"MC12{number:05d}") for number in range(60) if number != 1]
    await deduplicate(world.deps, batch(edited, *many, tenant="tenant0001", observed=later, first_load=True))

    assert len((await world.change("MC1200001")).editions) == 2
    assert (await world.copy("tenant0001", "MC1200002")).observed == later


@pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
async def test_a_death_at_any_call_of_a_first_load_leaves_what_an_undisturbed_one_leaves(after):
    undisturbed = world_of(25)
    for name in names(2):
        await deduplicate(undisturbed.deps, first_load(name))
    expected = {place: values for place, (values, _) in undisturbed.tables.rows.items()}
    for calls in range(30):
        world = world_of(25)
        await deduplicate(world.deps, first_load("tenant0000"))
        life, whole = Lifetime(calls, after=after), world.deps
        mortal = deps_with(whole, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
        try:
            await deduplicate(mortal, first_load("tenant0001"))
        except DiedError:
            await deduplicate(mortal, first_load("tenant0001"))

        assert {place: values for place, (values, _) in world.tables.rows.items()} == expected, calls
        assert world.queues.bodies("changes")
        if life.left is not None:
            return
    raise AssertionError("it never lived through")


async def test_of_many_tenants_an_edit_is_read_by_its_key():
    looked_at = {}
    for count in (50, 200):
        world = await with_post(count)
        before = world.tables.looked_at
        edited = post(title="Retirement of the old viewer, moved", modified="2026-09-01T10:00:00Z")
        for number, name in enumerate(names(count)):
            observed = NOW + timedelta(hours=1, minutes=number)
            await deduplicate(world.deps, batch(edited, tenant=name, observed=observed))
        looked_at[count] = world.tables.looked_at - before

    assert looked_at[200] <= 4.4 * looked_at[50], looked_at
