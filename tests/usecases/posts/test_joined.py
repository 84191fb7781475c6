"""A policy that asks in which tenants a post stands looks again when a tenant joins; others never do."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.policy.model import Match, Route, Tenant
from shared.record.copies import copies_of
from shared.usecases.changes import classify
from shared.usecases.posts.deduplicate import deduplicate
from tests.fakes import NOW, DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import World, batch, policy, post

ASKS = Route(
    team="workplace",
    routes=(
        Route(match=Match(tenant=("fabrikam",)), ticket="crb", **{"continue": True}),
        Route(match=Match(crb=True), cards=("workplace",)),
    ),
)


def world(**ports):
    return World(policy(routes=ASKS), **ports)


async def effects(of):
    held = await of.held()
    return sorted(held.effects), [state.due for state in held.states]


async def test_a_tenant_that_joins_later_brings_what_the_policy_wants_for_it_and_nothing_twice():
    mine = world()
    await mine.arrive(post())
    assert await effects(mine) == (["card|workplace|" + (await mine.change()).current.id], [""])
    cards = len(mine.inbox.cards)

    await mine.arrive(post(), tenant="fabrikam")

    names, due = await effects(mine)
    assert names[1:] == ["ticket|crb"]
    assert due == ["", ""]
    assert len(mine.inbox.cards) == cards
    assert (await mine.change()).decision.tenants == ("contoso", "fabrikam")
    assert (await mine.ticket_state()).ticket.number == "CHG1200001"
    assert not (await mine.copy("fabrikam")).due


async def test_the_same_message_again_decides_nothing_again():
    mine = world()
    await mine.arrive(post())
    await mine.arrive(post(), tenant="fabrikam")
    before = await mine.change()

    await mine.arrive(post(), tenant="fabrikam")

    assert await mine.change() == before


async def test_a_change_that_was_old_at_first_sight_stays_silent_for_a_tenant_that_joins():
    mine = world()
    old = post(startDateTime="2026-03-01T10:00:00Z")
    await mine.arrive(old)

    await mine.arrive(old, tenant="fabrikam")

    assert await effects(mine) == ([], [])


async def test_without_such_a_policy_a_tenant_that_joins_costs_no_decision():
    mine = World()
    await mine.arrive(post())
    before = await mine.change()

    await mine.arrive(post(), tenant="fabrikam")

    assert await mine.change() == before
    assert not (await mine.copy("fabrikam")).due


@pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
async def test_a_death_at_any_call_loses_no_joined_tenant(after):
    for calls in range(60):
        mine = world()
        await mine.arrive(post())
        life = Lifetime(calls, after=after)
        whole = mine.deps
        mine.deps = deps_with(whole, tables=Mortal(mine.tables, life), queues=Mortal(mine.queues, life))
        try:
            await mine.arrive(post(), tenant="fabrikam")
        except DiedError:
            await mine.arrive(post(), tenant="fabrikam")
        mine.deps = whole
        await mine.mend()

        assert (await mine.ticket_state()).ticket.number == "CHG1200001", calls
        assert len(mine.inbox.cards) == 1, calls
        if life.left is not None:
            return
    raise AssertionError("it never lived through")


REGIONS = Route(
    team="workplace",
    routes=(
        Route(match=Match(tenant=("tenant0003", "tenant0005")), ticket="crb", **{"continue": True}),
        Route(match=Match(tenant=("tenant0007",)), cards=("messaging",)),
        Route(match=Match(crb=True), cards=("workplace",)),
    ),
)
ANY_THAT_JOINS = Route(
    team="workplace",
    routes=(
        Route(match=Match(tenant=("tenant0003",)), ticket="crb", **{"continue": True}),
        Route(match=Match(event=("tenant_joined",)), cards=("messaging",)),
        Route(match=Match(crb=True), cards=("workplace",)),
    ),
)


def of_many(count, routes=REGIONS):
    return World(policy(tenants={f"tenant{number:04d}": Tenant() for number in range(count)}, routes=routes))


async def lived(mine, seed):
    """Eight tenants get, edit and lose three posts in some order, now and then two at once."""
    draw = random.Random(seed)
    for step in range(1, 30):
        name, observed = f"tenant{draw.randrange(8):04d}", NOW + timedelta(hours=step)
        change_id = f"MC120000{draw.randrange(1, 4)}"
        what = draw.random()
        if what < 0.2:
            message = batch(tenant=name, observed=observed, gone=[change_id])
        else:
            edited = {"title": f"Retirement {step}", "modified": observed.isoformat()} if what > 0.9 else {}
            message = batch(post(change_id, **edited), tenant=name, observed=observed, first_load=what < 0.3)
        mine.clock.now = observed
        await deduplicate(mine.deps, message)
        if draw.random() < 0.7:
            await mine.drain()
    await mine.drain()
    decided = {}
    for change_id in ("MC1200001", "MC1200002", "MC1200003"):
        held = await mine.held(change_id)
        decision = replace(held.change.decision, tenants=(), at=NOW)
        states = [(state.effect.key, state.effect.team, state.effect.why, bool(state.done)) for state in held.states]
        decided[change_id] = decision.teams, decision.silent, sorted(states, key=lambda state: state[0])
    return decided


@pytest.mark.parametrize("routes", [REGIONS, ANY_THAT_JOINS], ids=["named", "any that joins"])
@pytest.mark.parametrize("seed", range(8))
async def test_what_is_decided_is_what_a_look_at_every_tenants_copy_decides(routes, seed, monkeypatch):
    short = await lived(of_many(8, routes), seed)

    async def everything(tables, partition, change_ids, tenants):
        return await copies_of(tables, partition, change_ids)

    monkeypatch.setattr(classify, "copies_that_matter", everything)
    assert await lived(of_many(8, routes), seed) == short


@pytest.mark.parametrize("routes", [REGIONS, ANY_THAT_JOINS], ids=["named", "any that joins"])
async def test_tenants_that_join_one_after_the_other_are_not_all_read_each_time(routes):
    returned = {}
    for count in (25, 50, 100):
        mine = of_many(count, routes)
        for number in range(count):
            await deduplicate(mine.deps, batch(post(), tenant=f"tenant{number:04d}"))
            await mine.drain()
        returned[count] = mine.tables.returned

    assert returned[100] - returned[50] <= 2.2 * (returned[50] - returned[25]), returned


async def test_of_more_tenants_than_a_filter_names_every_copy_is_read():
    names = tuple(f"tenant{number:04d}" for number in range(30))
    mine = of_many(30, Route(team="workplace", routes=(Route(match=Match(tenant=names), ticket="crb"),)))
    await mine.arrive(post(), tenant="tenant0000")
    await mine.arrive(post(), tenant="tenant0029")

    assert (await mine.change()).decision.tenants == ("tenant0000", "tenant0029")
