"""A policy that asks in which tenants a post stands looks again when a tenant joins; others never do."""

import pytest

from shared.core.policy.model import Match, Route
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import World, policy, post

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
