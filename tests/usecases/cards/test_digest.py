"""What waits for a channel's slot comes as one card: nothing is lost, nothing comes twice, nothing wakes anybody."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.cards.card import ChangeCard
from shared.core.cards.listing import ListCard
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.policy.model import Channel, Match, Role, Roles
from shared.record import digests
from shared.record.deliveries import Target
from shared.usecases.cards.digest import send_digests
from shared.usecases.pages.health import health
from shared.usecases.upkeep.effectiveness import card_figures
from shared.usecases.upkeep.probe import probe_targets
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.delivery.test_down import Teams, outage, waiting
from tests.usecases.world import CANCELLED, NOVEMBER, World, policy, post

CARDS = [f"MC120000{number}" for number in range(1, 6)]
DOWN = TargetDownError("channel workplace: answered 400: the flow is turned off", "Turn the flow on.")
DAILY = {"digest": "08:00"}


def in_force(urgent=(), **keys):
    channels = {
        "workplace": Channel(kind="fake", **keys),
        "messaging": Channel(kind="fake"),
        "process": Channel(kind="fake"),
    }
    roles = Roles(process_owner=Role(who=("eva@contoso.example",), channel="process"))
    return policy(channels=channels, urgent=urgent, roles=roles)


def world_of(*urgent, is_new=False, **keys):
    world = World(in_force(urgent, **keys), is_new=is_new)
    world.teams = Teams(world)
    return world


async def arrive(world, change_ids=CARDS, **over):
    for change_id in change_ids:
        await world.arrive(post(change_id, title=f"Retirement of viewer {change_id}", **over))


async def timer(world, hours=0.0):
    """The digest's timer, after so many hours."""
    world.clock.forward(hours=hours)
    done = await send_digests(world.worker())
    await world.drain()
    return done


def sent(world, channel="workplace"):
    return [card for name, card in world.teams.cards if name == channel]


def listed(world, channel="workplace"):
    return [
        entry.change_id
        for card in sent(world, channel)
        for entry in (card.entries if isinstance(card, ListCard) else [card])
    ]


async def states(world, change_ids=CARDS, channel="workplace"):
    records = [await world.held(change_id) for change_id in change_ids]
    return [state for record in records for state in record.states if state.effect.target == channel]


async def pointers(world, channel="workplace"):
    return (await digests.waiting_in(world.tables, channel))[1]


async def test_what_is_not_urgent_waits_for_the_hour_and_comes_as_one_card():
    world = world_of(**DAILY)
    await arrive(world)

    assert (sent(world), len(sent(world, "messaging"))) == ([], 5), "the other channel has no digest"
    assert [str(state.place.slot) for state in await states(world)] == ["2026-09-02T0800"] * 5
    assert not any(state.due for state in await states(world))
    assert (await timer(world, 22)).digests == 0

    done = await timer(world, 1)

    (card,) = sent(world)
    assert sorted(entry.change_id for entry in card.entries) == CARDS
    assert {entry.group for entry in card.entries} == {"exchange"}
    assert card.left == 0
    assert (done.digests, done.effects) == (1, 5)
    assert all(state.done and not state.place and not state.claim for state in await states(world))
    assert await pointers(world) == []
    assert (await timer(world, 24)).digests == 0
    assert len(sent(world)) == 1


async def test_what_is_urgent_is_sent_at_once():
    world = world_of(Match(act_by_within=100), **DAILY)

    await arrive(world, CARDS[:2])

    assert [card.change_id for card in sent(world)] == CARDS[:2]
    assert await pointers(world) == []


async def test_a_digest_of_one_change_is_its_own_card():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:1])

    await timer(world, 23)

    (card,) = sent(world)
    assert isinstance(card, ChangeCard)
    assert (await states(world, CARDS[:1]))[0].done


async def test_the_most_urgent_stands_first_and_the_rest_is_a_number():
    change_ids = [f"MC12{number:05d}" for number in range(30)]
    world = world_of(**DAILY)
    await arrive(world, change_ids)
    soon = await world.change(change_ids[17])
    assert soon.classification.act_by
    near = post(change_ids[17], modified="2026-08-31T10:00:00Z")
    near["body"]["content"] = near["body"]["content"].replace("December 1, 2026", "September 9, 2026")
    await world.arrive(near)

    done = await timer(world, 23)

    (card,) = sent(world)
    assert card.entries[0].change_id == change_ids[17]
    assert (len(card.entries), card.left) == (25, 5)
    assert done.effects == 30
    assert all(state.done or state.stopped for state in await states(world, change_ids))


async def test_an_empty_slot_sends_nothing_and_costs_one_call():
    world = world_of(**DAILY)
    await timer(world)
    calls = world.tables.calls

    await timer(world, 23)

    assert world.tables.calls - calls == 1
    assert world.teams.cards == []


async def test_a_digest_of_25_lines_costs_at_most_60_calls():
    change_ids = [f"MC{1_200_000 + 20_000 * number}" for number in range(25)]
    world = world_of(**DAILY)
    await arrive(world, change_ids)
    calls = world.tables.calls

    await timer(world, 23)

    assert len(sent(world)[0].entries) == 25
    assert world.tables.calls - calls <= 60


async def test_the_first_half_hour_of_a_channel_is_one_card():
    world = world_of(Match(), is_new=True)
    await arrive(world, CARDS[:3])
    assert sent(world) == []

    await timer(world, 0.25)
    assert sent(world) == []
    await timer(world, 0.25)
    await arrive(world, CARDS[3:])

    (first, *others) = sent(world)
    assert sorted(entry.change_id for entry in first.entries) == CARDS[:3]
    assert [card.change_id for card in others] == CARDS[3:], "from then on at once"


async def test_a_channel_that_the_timer_knows_long_before_its_first_card_gets_it_at_once():
    world = world_of(Match(), is_new=True)
    await timer(world)
    await timer(world, 1)

    await arrive(world, CARDS[:1])

    assert [card.change_id for card in sent(world)] == CARDS[:1]


async def test_what_comes_in_quiet_hours_is_one_card_at_their_end():
    world = world_of(Match(), quiet={"from": "09:00", "until": "11:00"})
    await arrive(world, CARDS[:2])

    await timer(world, 1)
    assert sent(world) == []
    await timer(world, 1)

    (card,) = sent(world)
    assert [entry.change_id for entry in card.entries] == CARDS[:2]


async def test_a_timer_that_is_late_sends_nothing_in_quiet_hours():
    world = world_of(**DAILY, quiet={"from": "20:00", "until": "07:00"})
    await arrive(world, CARDS[:2])

    await timer(world, 24 + 12)  # at nine in the evening of the next day
    assert sent(world) == []
    await timer(world, 10)

    assert len(sent(world)) == 1


async def test_beyond_the_cards_of_a_day_the_others_share_one_and_then_one_an_hour():
    world = world_of(Match(), most_a_day=2)
    await arrive(world)
    assert [card.change_id for card in sent(world)] == CARDS[:2]
    assert [(each["channel"], each["sent"]) for each in (await health(world.deps))["limited"]] == [("workplace", 2)]

    await timer(world, 0.25)
    assert sorted(listed(world)[2:]) == CARDS[2:], "at once"
    await arrive(world, ["MC1200007"])
    await timer(world, 0.5)
    assert len(sent(world)) == 3
    await timer(world, 0.5)

    assert len(sent(world)) == 4
    assert listed(world)[-1] == "MC1200007"
    await world.mend()
    figures = next(iter((await card_figures(world.deps)).values())).items()
    told = [each for key, each in figures if key.channel == "workplace"]
    assert [(each.sent, each.held) for each in told] == [(6, 4)]  # two at once; three share one card, and one waited


async def test_cards_for_one_channel_are_a_second_apart_and_each_reserves_its_second_once():
    world = world_of(Match())
    for change_id in CARDS:
        await world.arrive_only(post(change_id, title=f"Retirement of viewer {change_id}"))
    began = world.clock()

    await world.drain()

    assert sorted(listed(world)) == CARDS
    assert world.clock() - began == timedelta(seconds=4)
    record = await digests.channel_of(world.tables, "workplace")
    assert record.state.sent == 5


async def test_further_messages_of_a_card_that_waits_for_its_second_take_none_themselves():
    world = world_of(Match())
    for change_id in CARDS[:2]:
        await world.arrive_only(post(change_id, title=f"Retirement of viewer {change_id}"))
    again = [each for each in world.queues.take("cards") if "workplace" in str(each.body["effect"])]
    for envelope in [*again, *again, *again]:
        await world.deps.storage.queues.send("cards", envelope)

    await world.drain()

    assert sorted(listed(world)) == CARDS[:2]
    assert (await digests.channel_of(world.tables, "workplace")).state.sent == 2


async def test_a_newer_card_that_is_urgent_takes_the_older_one_out_of_the_digest():
    world = world_of(Match(event="dates_moved"), **DAILY)
    await arrive(world, CARDS[:1])

    await world.arrive(post(CARDS[0], NOVEMBER, modified="2026-09-01T09:20:00Z"))
    (card,) = sent(world)
    assert "moved" not in card.headline.lower(), "to a channel that never heard of it the change is new"
    await timer(world, 23)

    assert len(sent(world)) == 1
    older, newer = sorted(await states(world, CARDS[:1]), key=lambda state: state.effect.edition)
    assert newer.done
    assert (older.done, older.place) == ("", None)
    assert older.stopped


async def test_two_editions_that_wait_are_one_line():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    await world.arrive(post(CARDS[0], NOVEMBER, modified="2026-09-01T09:20:00Z"))

    await timer(world, 23)

    assert sorted(listed(world)) == CARDS[:2]


async def test_a_change_that_is_cancelled_before_the_digest_is_told_to_nobody():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    gone = post(CARDS[0], modified="2026-09-01T10:00:00Z")
    gone["body"]["content"] = f"<p>{CANCELLED}</p>" + gone["body"]["content"]
    await world.arrive(gone)
    assert (await world.change(CARDS[0])).classification.status == "cancelled"

    await timer(world, 23)

    assert listed(world) == CARDS[1:2]
    assert all(state.stopped for state in await states(world, CARDS[:1]))
    assert await pointers(world) == []


async def test_a_channel_that_loses_its_digest_sends_what_waits_at_its_slot():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    world.policy.policy = in_force()

    await timer(world, 23)

    assert sorted(listed(world)) == CARDS[:2]


async def test_what_waits_for_a_channel_that_the_policy_has_no_more_is_parked_and_says_so():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    channels = {name: entry for name, entry in in_force().channels.items() if name != "workplace"}
    world.policy.policy = policy(channels=channels)

    await timer(world)

    rows = await world.all("parked")
    assert sorted(row.values["item"] for row in rows) == CARDS[:2]
    assert "the policy has no channels 'workplace'" in str(rows[0].values["reason"])
    assert await pointers(world) == []
    assert "workplace" not in await digests.channels(world.tables)


async def test_a_channel_that_is_down_keeps_its_digest_until_it_is_back():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    world.teams.down["workplace"] = DOWN

    await timer(world, 23)
    assert await outage(world)
    asked = len(world.teams.asked)
    for _ in range(3):
        await timer(world, 0.25)
    assert len(world.teams.asked) == asked, "nobody calls it but the probe"
    assert len(sent(world, "process")) == 1

    await probe_targets(world.worker())
    assert await outage(world), "still down"
    world.teams.down.clear()
    world.clock.forward(hours=4)
    await probe_targets(world.worker())

    assert sorted(listed(world)) == CARDS[:2]
    assert await outage(world) is None
    assert len(sent(world, "process")) == 1
    assert await world.all("parked") == []


async def test_a_digest_that_is_throttled_waits_and_says_the_same():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    world.teams.down["workplace"] = TransientError("answered 429", 30)

    await timer(world, 23)
    assert await outage(world) is None
    digest, _ = await digests.waiting_in(world.tables, "workplace")
    frozen = digest.digest.effects
    await arrive(world, CARDS[2:3])
    world.teams.down.clear()
    await timer(world, 0.25)

    assert sorted(listed(world)) == CARDS[:2] == sorted(change_id for change_id, _ in frozen)
    await timer(world, 24)
    assert sorted(listed(world)) == CARDS[:3]


async def test_a_digest_that_is_refused_is_sent_card_by_card_and_what_is_wrong_is_parked_alone():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:3])
    world.teams.refuses = CARDS[1]
    real = world.teams.channel

    async def picky(policy_, name):
        channel = await real(policy_, name)
        post_one = channel.post

        async def post_or_refuse(card):
            if isinstance(card, ListCard) or card.change_id == CARDS[1]:
                raise PermanentError("answered 400: Teams does not take the card")
            await post_one(card)

        channel.post = post_or_refuse
        return channel

    world.deps = deps_with(world.deps, channel=picky)

    await timer(world, 23)

    assert sorted(listed(world)) == [CARDS[0], CARDS[2]]
    assert [row.values["item"] for row in await world.all("parked")] == [CARDS[1]]
    assert (await digests.waiting_in(world.tables, "workplace")) == (None, [])


async def test_two_timers_at_once_send_one_digest():
    world = world_of(**DAILY)
    await arrive(world, CARDS)
    world.clock.forward(hours=23)

    await asyncio.gather(*(send_digests(world.worker()) for _ in range(4)))
    await timer(world, 0.25)

    assert len(sent(world)) == 1


async def test_urgent_cards_of_a_channel_that_is_down_go_to_its_fallback_after_its_time():
    world = world_of(Match(act_by_within=100), fallback="process", fallback_after=4)
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:2])
    notices = len(sent(world, "process"))

    await timer(world, 3.9)
    assert len(sent(world, "process")) == notices
    await timer(world, 0.2)
    await timer(world, 0.25)

    *_, card = sent(world, "process")
    assert sorted(entry.change_id for entry in card.entries) == CARDS[:2]
    assert await waiting(world, Target("card", "workplace")) == []
    world.teams.down.clear()
    await probe_targets(world.worker())
    await world.drain()
    assert sent(world) == [], "the old pointer counts no more"


async def test_a_card_on_data_privacy_has_no_fallback():
    world = world_of(Match(), fallback="process", fallback_after=1)
    private = post(CARDS[0], tags=["Data privacy"])
    world.policy.policy = replace_readers(world.policy.policy)
    world.teams.down["workplace"] = DOWN
    await world.arrive(private)
    assert await waiting(world, Target("card", "workplace")) == CARDS[:1]
    notices = len(sent(world, "process"))

    await timer(world, 2)
    await timer(world, 1)

    assert len(sent(world, "process")) == notices
    assert await waiting(world, Target("card", "workplace")) == CARDS[:1]


def replace_readers(before):
    readers = Role(who=("pia@contoso.example",), channel="workplace")
    return before.model_copy(update={"roles": Roles(privacy_readers=readers, process_owner=before.roles.process_owner)})


async def test_mend_points_again_at_a_card_that_nothing_points_at():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    await digests.delete_kept(world.tables, [each.row for each in await pointers(world)][:1])

    mended = await world.mend()

    assert mended.cards == 1
    assert (await world.mend()).cards == 0
    await timer(world, 23)
    assert sorted(listed(world)) == CARDS[:2]


async def test_a_card_that_was_kept_by_an_effect_that_names_another_place_is_not_sent():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:2])
    (first, _) = await pointers(world)
    await digests.insert_kept(world.tables, replace(first.card, slot=first.card.slot._replace(key="2026-09-01T1000")))

    await timer(world, 23)

    assert sorted(listed(world)) == CARDS[:2]
    assert await pointers(world) == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_of_keeping_loses_no_card(after):
    for calls in range(1, 100):
        world = world_of(**DAILY)
        await world.arrive_only(post(CARDS[0]))
        life = Lifetime(calls, after=after)
        whole = world.deps
        world.deps = deps_with(
            whole, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life), channel=world.teams.channel
        )
        await world.drain()
        world.deps = whole
        died = life.left is None and life.calls > calls
        await timer(world, 24)
        await timer(world, 1)

        assert listed(world) == CARDS[:1], calls
        assert (await states(world, CARDS[:1]))[0].done, calls
        assert await pointers(world) == [], calls
        if not died:
            break
    else:
        pytest.fail("it never got to its end")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_of_a_digest_loses_nothing_and_sends_at_most_one_twice(after):
    for calls in range(1, 200):
        world = world_of(**DAILY)
        await arrive(world, CARDS[:3])
        world.clock.forward(hours=23)
        life = Lifetime(calls, after=after)
        mortal = deps_with(world.worker(), tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
        died = False
        try:
            await send_digests(mortal)
        except DiedError:
            died = True
        for _ in range(3):
            await timer(world, 0.3)

        assert set(listed(world)) == set(CARDS[:3]), calls
        assert len(sent(world)) <= 2, "the one gap: sent and not recorded"
        assert all(state.done and not state.place for state in await states(world, CARDS[:3])), calls
        assert await digests.waiting_in(world.tables, "workplace") == (None, []), calls
        assert (await timer(world, 24)).digests == 0, calls
        if not died:
            break
    else:
        pytest.fail("it never got to its end")


async def test_a_process_that_dies_between_teams_answer_and_our_record_sends_the_same_again():
    world = world_of(**DAILY)
    await arrive(world, CARDS[:3])
    real, died = world.teams.channel, []

    async def dying(policy_, name):
        channel = await real(policy_, name)
        if name == "workplace" and not died:
            post_one = channel.post

            async def post_and_die(card):
                await post_one(card)
                died.append(card)
                raise DiedError

            channel.post = post_and_die
        return channel

    world.deps = deps_with(world.deps, channel=dying)
    world.clock.forward(hours=23)
    with pytest.raises(DiedError):
        await send_digests(world.worker())
    await arrive(world, CARDS[3:4])
    await timer(world, 0.25)

    first, again = sent(world)
    assert [entry.change_id for entry in first.entries] == [entry.change_id for entry in again.entries]
