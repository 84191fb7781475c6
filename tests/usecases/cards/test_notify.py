"""A card is claimed, sent, recorded; the one gap is a death between the last two."""

import asyncio

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Tenant
from shared.usecases.cards.notify import notify
from tests.fakes import DiedError
from tests.usecases.world import World, policy, post


async def due(world):
    await world.arrive_only(post())
    cards = world.queues.take("cards")
    world.queues.sent.clear()
    return cards


async def test_a_card_is_sent_once_and_recorded(world):
    (one, _) = await due(world)

    assert await notify(world.worker(), one)
    assert not await notify(world.worker(), one)

    state = (await world.held()).effects[one.body["effect"]][0]
    assert (state.due, state.done, state.claim) == ("", state.effect.edition, None)
    assert len(world.inbox.cards) == 1


async def test_a_card_says_how_tenants_differ():
    world = World()
    await world.arrive_only(post(), tenant="contoso")
    (one, _) = world.queues.take("cards")
    await world.arrive_only(post(services=["Exchange Online", "Microsoft Teams"]), tenant="fabrikam")

    assert await notify(world.worker(), one)

    assert world.inbox.cards[0].tenants == (
        "contoso: services: Exchange Online",
        "fabrikam: services: Exchange Online, Microsoft Teams",
    )


async def test_the_copies_are_read_only_where_there_are_several_tenants():
    calls = {}
    for number in (1, 2):
        world = World(policy(tenants=dict.fromkeys(["contoso", "fabrikam"][:number], Tenant())))
        (one, _) = await due(world)
        before = world.tables.calls
        assert await notify(world.worker(), one)
        calls[number] = world.tables.calls - before

    assert calls[2] == calls[1] + 1


async def test_a_card_is_told_as_of_the_day_on_which_it_goes_out():
    world = World()
    (one, _) = await due(world)
    world.clock.forward(seconds=200 * 24 * 3600)

    assert await notify(world.worker(), one)

    assert world.inbox.cards[0].to_do.startswith("Action ")
    assert all("is past" in line or "rolled out" in line or "begun" in line for line in world.inbox.cards[0].when)


async def test_eight_workers_with_the_same_message_send_one_card(world):
    (one, _) = await due(world)

    results = await asyncio.gather(*(notify(world.worker(), one) for _ in range(8)), return_exceptions=True)

    assert all(isinstance(result, bool | TransientError) for result in results)
    assert len(world.inbox.cards) == 1


@pytest.mark.parametrize("error", [TransientError("busy", 30), PermanentError("gone")])
async def test_a_failure_gives_the_claim_back(error):
    world = World()
    (one, _) = await due(world)
    world.inbox.fails = [error]
    with pytest.raises(type(error)):
        await notify(world.worker(), one)
    world.clock.forward(seconds=1)  # the first try has used up its second

    assert await notify(world.worker(), one)
    assert len(world.inbox.cards) == 1


async def test_a_process_that_dies_after_sending_leaves_its_claim_until_it_ends():
    world = World()
    (one, _) = await due(world)
    world.inbox.fails = [DiedError()]
    with pytest.raises(DiedError):
        await notify(world.worker(), one)

    with pytest.raises(TransientError) as waiting:
        await notify(world.worker(), one)

    assert waiting.value.retry_after == world.deps.here.claim_seconds
    world.clock.forward(seconds=120)
    assert await notify(world.worker(), one)


async def test_a_message_about_an_effect_that_does_not_exist_is_a_permanent_failure():
    world = World()

    with pytest.raises(PermanentError, match="no effect"):
        await notify(
            world.deps, Envelope({"id": "MC1200001", "effect": "card|x|20260830100000-abcdefabcdef"}, world.clock())
        )
