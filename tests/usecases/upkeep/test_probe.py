"""The timer tries what is down with the oldest effect, and sends on the rest in order when it is back."""

from datetime import timedelta
from itertools import pairwise

import pytest

from shared.core.cards.card import ChangeCard
from shared.core.cards.listing import ListCard
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.policy.model import Channel, TicketSystemEntry
from shared.record.deliveries import Target
from shared.usecases.upkeep.probe import probe_targets
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.delivery.test_down import CARDS, DOWN, System, arrive, outage, owned, states, waiting, world_with
from tests.usecases.world import CANCELLED, post

CRB = Target("ticket", "crb")
STRANGER = TargetDownError("ticket system crb: answered 401", "Renew the secret.")


async def off(change_ids=CARDS):
    """A world whose channel `workplace` is down, with these changes' cards waiting."""
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, change_ids)
    return world


def sent(world, channel="workplace"):
    return [card for name, card in world.teams.cards if name == channel]


async def probe(world, minutes=15):
    world.clock.forward(minutes=minutes)
    probed = await probe_targets(world.worker())
    await world.drain()
    return probed


async def test_the_oldest_card_is_the_probe_and_the_rest_is_one_list():
    world = await off()
    world.teams.down.clear()

    probed = await probe(world)

    one, many = sent(world)
    assert isinstance(one, ChangeCard)
    assert isinstance(many, ListCard)
    assert one.change_id == CARDS[0]
    assert [entry.change_id for entry in many.entries] == CARDS[1:]
    assert (probed.back, probed.effects) == (1, 7)
    assert await outage(world) is None
    assert await waiting(world) == []
    assert all(state.done and not state.due for state in await states(world, CARDS, "workplace"))
    assert (await probe(world)).down == 0


async def test_up_to_five_behind_the_probe_go_one_by_one_oldest_first():
    world = await off(CARDS[:6])
    world.teams.down.clear()

    await probe(world)

    assert [card.change_id for card in sent(world)] == CARDS[:6]


async def test_while_it_is_down_one_card_is_tried_later_and_later():
    world = await off(CARDS[:3])
    tried = []
    for _ in range(60):
        before = world.teams.asked.count("workplace")
        await probe(world)
        if world.teams.asked.count("workplace") > before:
            tried.append(world.clock())

    minutes = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(tried)]
    assert minutes[:4] == [30, 60, 120, 240]
    assert set(minutes[4:]) == {240}
    assert world.teams.asked.count("workplace") == 1 + len(tried)
    assert await waiting(world) == CARDS[:3]
    assert await world.all("parked") == []
    assert len(sent(world, "process")) == 1


async def test_what_was_cancelled_meanwhile_is_told_to_nobody():
    world = await off()
    gone = post(CARDS[3], title="Retirement of viewer", modified="2026-08-31T10:00:00Z")
    gone["body"]["content"] = f"<p>{CANCELLED}</p>" + gone["body"]["content"]
    await world.arrive(gone)
    assert (await world.change(CARDS[3])).classification.status == "cancelled"
    world.teams.down.clear()

    await probe(world)

    assert [card.change_id for card in sent(world)] == [*CARDS[:3], *CARDS[4:]]
    assert not any(state.due for state in await states(world, CARDS, "workplace"))
    assert [bool(state.stopped) for state in await states(world, [CARDS[3]], "workplace")] == [True, True]


async def test_a_card_that_was_parked_or_sent_by_hand_meanwhile_is_not_sent():
    from shared.record import parked

    world = await off()
    (state,) = await states(world, [CARDS[2]], "workplace")
    await parked.mark(world.tables, CARDS[2], state.effect.key, "by hand")
    world.teams.down.clear()

    await probe(world)

    assert CARDS[2] not in str(sent(world))
    assert await waiting(world) == []


async def test_a_probe_that_is_refused_for_its_own_sake_is_parked_alone_and_the_channel_is_back():
    world = await off(CARDS[:3])
    world.teams.down["workplace"] = PermanentError("too large")
    post_all, fails = world.teams.down, iter([True])

    class Once(dict):
        def __contains__(self, name):
            return name == "workplace" and next(fails, False)

    world.teams.down = Once(post_all)

    await probe(world)

    assert [row.values["item"] for row in await world.all("parked")] == [CARDS[0]]
    assert [card.change_id for card in sent(world)] == CARDS[1:3]
    assert await outage(world) is None


async def test_one_that_is_throttled_is_tried_again_after_a_quarter_of_an_hour():
    world = await off(CARDS[:2])
    world.teams.down["workplace"] = TransientError("busy", 30)

    await probe(world)

    row = await outage(world)
    assert (row.tries, row.probing) == (0, None)
    assert row.probe_at == world.clock() + timedelta(minutes=15)
    assert await waiting(world) == CARDS[:2]


async def test_tickets_are_filed_each_oldest_first_when_the_system_lets_us_in():
    world = world_with(owned(tickets={"crb": TicketSystemEntry(kind="register")}))
    system = world.systems["crb"] = System()
    system.fails = STRANGER
    await arrive(world, CARDS[::-1])
    assert system.asked == 1

    system.fails = None
    probed = await probe(world)

    assert system.opened == CARDS[::-1]
    assert (probed.back, probed.effects) == (1, 7)
    assert await outage(world, CRB) is None
    assert all(state.done and not state.due for state in await states(world, CARDS, "crb"))


async def test_a_ping_that_is_refused_leaves_every_ticket_as_it_is():
    world = world_with(owned(tickets={"crb": TicketSystemEntry(kind="register")}))
    system = world.systems["crb"] = System()
    system.fails = system.ping_fails = STRANGER
    await arrive(world, CARDS[:2])

    await probe(world)

    assert system.asked == 1
    assert (await outage(world, CRB)).tries == 1


async def test_a_fault_of_ours_with_one_target_leaves_the_others_to_be_tried(caplog):
    world = world_with(owned(tickets={"crb": TicketSystemEntry(kind="register")}))
    system = world.systems["crb"] = System()
    system.fails, world.teams.down["workplace"] = STRANGER, DOWN
    await arrive(world, CARDS[:2])
    world.teams.down.clear()
    system.ping_fails = KeyError("a fault of ours")

    await probe(world)

    assert await outage(world, CRB)
    assert await outage(world) is None
    assert len(sent(world)) == 2
    assert "ticket system crb could not be tried" in caplog.text


async def test_a_system_that_fails_in_the_middle_is_down_again_and_keeps_the_rest():
    world = world_with(owned(tickets={"crb": TicketSystemEntry(kind="register")}))
    system = world.systems["crb"] = System()
    system.fails = STRANGER
    await arrive(world, CARDS[:5])
    system.fails, opened = None, system.open

    async def twice(ticket):
        if len(system.opened) == 2:
            raise STRANGER
        return await opened(ticket)

    system.open = twice
    await probe(world)

    assert system.opened == CARDS[:2]
    assert await waiting(world, CRB) == CARDS[2:5]
    assert len(sent(world, "process")) == 1


async def test_a_channel_that_the_policy_has_no_more_holds_nothing_up_and_its_cards_say_why():
    world = await off(CARDS[:2])
    channels = {name: entry for name, entry in owned().channels.items() if name != "workplace"}
    world.policy.policy = owned(channels=channels)

    await probe(world, minutes=1)

    assert await outage(world) is None
    assert "the policy has no channels 'workplace'" in str([row.values["reason"] for row in await world.all("parked")])


async def test_a_new_address_in_the_policy_is_tried_at_once():
    world = await off(CARDS[:2])
    await probe(world)
    await probe(world)
    channels = {**owned().channels, "workplace": Channel(kind="fake", settings={"url": "NEW_URL"})}
    world.policy.policy = owned(channels=channels)
    world.teams.down.clear()

    await probe(world, minutes=1)

    assert [card.change_id for card in sent(world)] == CARDS[:2]
    assert await outage(world) is None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [3, 7])
async def test_a_death_at_any_call_leaves_no_card_unsent(number, after):
    """A card may come twice, never never."""
    change_ids = CARDS[:number]
    for calls in range(1, 200):
        world = await off(change_ids)
        world.teams.down.clear()
        world.clock.forward(minutes=15)
        life = Lifetime(calls, after=after)
        mortal = deps_with(
            world.deps, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life), worker="mortal"
        )
        died = False
        try:
            await probe_targets(mortal)
        except DiedError:
            died = True
        for _ in range(3):
            await probe(world, 20)

        cards = sent(world)
        listed = [entry.change_id for card in cards if isinstance(card, ListCard) for entry in card.entries]
        single = [card.change_id for card in cards if isinstance(card, ChangeCard)]
        assert set(listed + single) == set(change_ids), calls
        assert all(state.done and not state.due for state in await states(world, change_ids, "workplace")), calls
        assert await outage(world) is None, calls
        assert await waiting(world) == [], calls
        assert await world.all("parked") == [], calls
        if not died:
            break
    else:
        pytest.fail("it never got to its end")
