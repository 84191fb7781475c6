"""Answers from a card and from the page: once, whoever asks how often, and whatever dies in between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core import ids
from shared.core.cards.answers import CardLink, LinkFault
from shared.core.policy.model import Channel, Match, Route, Team, TicketSystemEntry
from shared.record.assessments import acts_of
from shared.record.audit import newest_entries
from shared.record.changes import read_with_effects
from shared.record.open_list import open_changes
from shared.record.people import KnownPerson, people_of
from shared.record.register import entries
from shared.usecases.review.decide import GUARD_DELAY, Speaker, answer, note, wrong_reading
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.review.test_settle import harmless
from tests.usecases.world import NOVEMBER, World, policy, post

ID = "MC1200001"
ANA = KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example")
BEN = KnownPerson("0f8e0000-0000-4000-8000-000000000002", "Ben Ito", "ben@contoso.example")
CY = KnownPerson("0f8e0000-0000-4000-8000-000000000003", "Cy Okafor", "cy@contoso.example")
FORM = "a" * 32


async def card(world, channel="messaging"):
    edition = (await world.change()).current.id
    return CardLink(ID, channel, edition, world.clock() + timedelta(days=30))


async def holding(world, person=ANA, channel="messaging"):
    return Speaker(person, card=await card(world, channel))


async def assessment(world):
    return (await world.change()).assessment


def three_teams(**over):
    """The world's policy, and a team with a channel of its own that hears of nothing yet."""
    teams = {**policy().teams, "voice": Team(owner="cy@contoso.example", channel="voice", crb_group="Voice")}
    channels = {**policy().channels, "voice": Channel(kind="fake")}
    return policy(teams=teams, channels=channels, **over)


def told(world, channel):
    return [name for name in world.inbox.channels if name == channel]


# What decides.


async def test_the_first_one_owns_it_and_the_others_are_told_who(world):
    await world.arrive(post())

    first = await answer(world.deps, ID, "own", await holding(world))
    world.clock.forward(minutes=5)
    again = await answer(world.deps, ID, "own", await holding(world))
    other = await answer(world.deps, ID, "own", await holding(world, BEN))

    assert (first.kind, again.kind, other.kind) == ("counts", "again", "other")
    assert (other.before.by, other.names[other.before.by], other.team) == (ANA.id, "Ana Torres", "messaging")
    assert (await assessment(world)).teams["messaging"].owner == ANA.id
    assert [(act.what, act.team, act.who, act.through) for act in await acts_of(world.tables, ID)] == [
        ("own", "messaging", ANA.id, "card in messaging")
    ]


async def test_who_takes_over_owns_it_and_both_names_are_kept(world):
    await world.arrive(post())
    await answer(world.deps, ID, "own", await holding(world))

    world.clock.forward(minutes=1)
    taken = await answer(world.deps, ID, "own", await holding(world, BEN), over=True)

    assert taken.kind == "counts"
    acts = await acts_of(world.tables, ID)
    assert [(act.old, act.new) for act in acts] == [("", ANA.id), (ANA.id, BEN.id)]
    assert [entry.details.get("old", "") for entry in (await newest_entries(world.tables, world.clock())).entries] == [
        ANA.id, "",
    ]  # fmt: skip


async def test_names_stand_in_one_table_and_rows_hold_the_object_id(world):
    await world.arrive(post())
    await answer(world.deps, ID, "no_impact", await holding(world))

    assert (await people_of(world.tables, [ANA.id]))[ANA.id] == ANA
    for table in ("changes", "audit"):
        assert not [row for row in await world.all(table) if "Ana Torres" in str(row)]


async def test_an_answer_wakes_nobody_and_decides_nothing_anew(world):
    await world.arrive(post())
    cards, tickets = len(world.inbox.cards), await entries(world.tables)

    for what in ("own", "no_impact", "impact"):
        await answer(world.deps, ID, what, await holding(world))
    await world.drain()
    await world.mend()

    assert len(world.inbox.cards) == cards
    assert await entries(world.tables) == tickets
    change = await world.change()
    assert (change.stage, change.decision.seq, change.assessment.seq) == ("decided", 0, 3)


async def test_a_ticket_that_is_written_anyway_and_an_update_show_what_was_answered(world):
    await world.arrive(post())
    await answer(world.deps, ID, "own", await holding(world))
    await answer(world.deps, ID, "no_impact", await holding(world, BEN))
    world.clock.forward(days=1)

    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))

    line = "messaging: owned by Ana Torres (1 September), no impact (Ben Ito, 1 September)"
    assert line in (await entries(world.tables))[0].description
    update = next(card for card in reversed(world.inbox.cards) if card.change_id == ID)
    assert update.answers == (line,)


# For the board.


async def test_what_needs_the_board_gets_its_ticket_in_the_same_transaction(world):
    await world.arrive(harmless())
    page = Speaker(ANA, "messaging")
    assert await entries(world.tables) == []

    done = await answer(world.deps, ID, "board", page)

    assert done.kind == "counts"
    state = await world.ticket_state()
    assert (state.due, state.effect.team) == ((await world.change()).current.id, "messaging")
    await world.drain()
    (entry,) = await entries(world.tables)
    assert "needs the board" in entry.description
    assert (await answer(world.deps, ID, "board", page)).kind == "again"
    await world.drain()
    assert len(await entries(world.tables)) == 1


async def test_a_change_with_a_ticket_needs_no_second_one(world):
    await world.arrive(post())

    assert (await answer(world.deps, ID, "board", await holding(world))).kind == "counts"
    await world.drain()

    assert len(await entries(world.tables)) == 1
    assert (await world.ticket_state()).due == ""


async def test_what_the_policy_refuses_is_refused_with_its_reason():
    world = World(policy(tickets={}, routes=Route(team="workplace")))
    await world.arrive(harmless())

    done = await answer(world.deps, ID, "board", Speaker(ANA, "messaging"))

    assert (done.kind, (await assessment(world)).seq) == ("refused", 0)
    assert "no ticket system" in done.why
    assert await acts_of(world.tables, ID) == []


async def test_a_post_on_data_privacy_is_filed_only_where_the_policy_lets_it():
    world = World()
    await world.arrive({**harmless(), "tags": ["Data Privacy"]})

    done = await answer(world.deps, ID, "board", Speaker(ANA, "workplace"))

    assert done.kind == "refused"
    assert "privacy" in done.why
    assert await entries(world.tables) == []


# Another team's.


async def test_what_is_another_teams_is_told_to_them_and_the_former_channel_hears_no_more():
    world = World(three_teams())
    await world.arrive(post())
    assert (len(told(world, "messaging")), len(told(world, "voice"))) == (1, 0)

    done = await answer(world.deps, ID, "wrong_team", await holding(world), to="voice")
    await world.drain()

    assert done.kind == "counts"
    assert len(told(world, "voice")) == 1
    assert (await world.change()).decision.teams == ("voice",)
    assert [row.team async for row in open_changes(world.tables)] == ["voice"]
    assert (await entries(world.tables))[0].group == "Voice"
    world.clock.forward(days=1)
    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))
    assert (len(told(world, "messaging")), len(told(world, "voice"))) == (1, 2)


async def test_a_card_that_waits_for_the_former_channel_is_stopped_in_the_same_transaction():
    world = World(three_teams())
    await world.arrive(post())
    record = await read_with_effects(world.tables, ID)
    key = f"card|messaging|{record.change.current.id}"
    waiting = replace(record.effects[key].state, done="", due=record.change.current.id)
    await world.tables.commit("changes", [record.raise_effect(waiting)])

    await answer(world.deps, ID, "wrong_team", await holding(world), to="voice")

    state = (await read_with_effects(world.tables, ID)).effects[key].state
    assert (state.due, state.stopped) == ("", "it is voice's, as somebody said who got the card")


async def test_a_team_that_there_is_not_is_refused(world):
    await world.arrive(post())

    for to in ("nobody", "", "messaging"):
        done = await answer(world.deps, ID, "wrong_team", await holding(world), to=to)
        assert (done.kind, (await assessment(world)).moved) == ("refused", {})


async def test_a_change_that_is_handed_back_is_told_to_the_first_team_again():
    world = World(three_teams())
    await world.arrive(post())
    await answer(world.deps, ID, "wrong_team", await holding(world), to="voice")
    await world.drain()

    await answer(world.deps, ID, "wrong_team", Speaker(CY, "voice"), to="messaging")
    await world.drain()

    assert (await world.change()).decision.teams == ("messaging",)
    assert len(told(world, "messaging")) == 2


# What only adds.


async def test_what_only_adds_stands_for_everybody_and_sent_again_it_stands_once(world):
    await world.arrive(post())

    first = await note(world.deps, ID, "unclear", await holding(world), "What is the new viewer?", FORM)
    again = await note(world.deps, ID, "unclear", await holding(world), "What is it?", "b" * 32)
    other = await note(world.deps, ID, "unclear", await holding(world, BEN), "No date for us.", FORM)

    assert (first.kind, again.kind, other.kind) == ("counts", "again", "counts")
    assert again.before.at == first.record.change.first_seen or again.before.by == ANA.id
    words = [(act.who, act.what, act.words, act.seq) for act in await acts_of(world.tables, ID)]
    assert words == [(ANA.id, "unclear", "What is the new viewer?", 0), (BEN.id, "unclear", "No date for us.", 0)]
    assert (await assessment(world)).seq == 2


async def test_a_reminder_is_kept_for_each_day_and_a_comment_for_each_form(world):
    await world.arrive(post())
    speaker = await holding(world)

    kinds = [
        (await note(world.deps, ID, "remind", speaker, "", FORM, day)).kind
        for day in ("2026-09-08", "2026-09-08", "2026-09-15")
    ]
    said = [(await note(world.deps, ID, "comment", speaker, "x", form)).kind for form in (FORM, FORM, "b" * 32)]

    assert kinds == said == ["counts", "again", "counts"]
    assert [act.new for act in await acts_of(world.tables, ID) if act.what == "remind"] == ["2026-09-08", "2026-09-15"]


async def test_a_comment_of_somebody_who_is_slower_conflicts_with_nobody():
    world = World()
    await world.arrive(post())
    speaker, other = await holding(world), await holding(world, BEN)

    async def interfere():
        await note(world.deps, ID, "comment", other, "first", "b" * 32)

    async def after_the_guard(*args, **named):
        world.tables.interfere = interfere
        world.deps.storage.queues.send = send
        await send(*args, **named)

    send = world.deps.storage.queues.send
    world.deps.storage.queues.send = after_the_guard
    await note(world.deps, ID, "comment", speaker, "second", FORM)

    assert sorted(act.words for act in await acts_of(world.tables, ID)) == ["first", "second"]


# Read wrong.


async def test_a_reviewers_word_settles_and_so_does_the_owners_and_anybody_elses_is_a_proposal(world):
    await world.arrive(harmless())
    page = Speaker(CY, "messaging")

    proposed = await wrong_reading(world.deps, ID, {"crb": True}, page, ["reader"], "yes", "It stops mail.", FORM)
    assert (proposed.kind, proposed.settling) == ("counts", None)
    assert (await assessment(world)).settled == {}
    (act,) = await acts_of(world.tables, ID)
    assert (act.what, act.new, act.old, act.words) == ("proposal", "crb=yes", "False", "It stops mail.")

    owner = replace(CY, id=BEN.id, address="ben@contoso.example")
    own = await wrong_reading(world.deps, ID, {"crb": True}, replace(page, person=owner), [], "yes", "", FORM)
    assert own.settling.acts[0].changes
    reviewed = await wrong_reading(world.deps, ID, {"kind": "security"}, page, ["reviewer"], "security", "", FORM)
    assert reviewed.settling.acts[0].changes
    await world.drain()

    change = await world.change()
    assert (change.classification.crb, change.classification.kind) == (True, "security")
    assert {each.by for each in change.assessment.settled.values()} == {BEN.id, CY.id}
    (entry,) = await entries(world.tables)
    assert "settled by" in entry.description
    assert CY.id not in entry.description


# Links.


async def test_a_link_of_another_change_or_another_channel_does_nothing(world):
    await world.arrive(post())
    good = await card(world)
    wrong = [
        (replace(good, change_id="MC1200002"), LinkFault.OTHER_CHANGE),
        (replace(good, channel="nowhere"), LinkFault.NO_CARD),
        (replace(good, occasion="20200101000000-abcdefabcdef"), LinkFault.NO_CARD),
    ]

    for link, fault in wrong:
        speaker = Speaker(ANA, card=link)
        assert await answer(world.deps, ID, "own", speaker) == fault
        assert await note(world.deps, ID, "comment", speaker, "x", FORM) == fault
        assert await wrong_reading(world.deps, ID, {"crb": True}, speaker, ["reviewer"], "yes", "", FORM) == fault
    assert (await assessment(world)).seq == 0
    assert await acts_of(world.tables, ID) == []
    assert await answer(world.deps, "MC9999999", "own", Speaker(ANA, "messaging")) is None


# Many at once, and deaths.


async def test_of_a_hundred_people_at_once_one_owns_it_and_the_others_are_told_who(world):
    await world.arrive(post())
    link = await card(world)
    people = [KnownPerson(f"0f8e0000-0000-4000-8000-{n:012d}", f"Person {n}", "") for n in range(100)]

    done = await asyncio.gather(*(answer(world.deps, ID, "own", Speaker(each, card=link)) for each in people))

    winners = [each for each, result in zip(people, done, strict=True) if result.kind == "counts"]
    assert len(winners) == 1
    assert [result.kind for result in done].count("other") == 99
    assert {result.before.by for result in done if result.kind == "other"} == {winners[0].id}
    assert {result.names[winners[0].id] for result in done} == {winners[0].name}
    assert (await assessment(world)).teams["messaging"].owner == winners[0].id
    assert len(await acts_of(world.tables, ID)) == 1
    await world.drain()
    assert len((await newest_entries(world.tables, world.clock())).entries) == 1


ACTS = {
    "own": lambda deps, speaker: answer(deps, ID, "own", speaker),
    "board": lambda deps, speaker: answer(deps, ID, "board", Speaker(ANA, "messaging")),
    "wrong_team": lambda deps, speaker: answer(deps, ID, "wrong_team", speaker, to="voice"),
    "outcome": lambda deps, speaker: note(deps, ID, "outcome", speaker, "Tell them ahead", FORM, "some"),
    "unclear": lambda deps, speaker: note(deps, ID, "unclear", speaker, "What?", FORM),
    "wrong": lambda deps, speaker: wrong_reading(deps, ID, {"crb": False}, speaker, ["reviewer"], "no", "", FORM),
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("act", ACTS)
async def test_killed_at_every_call_nothing_is_lost_and_nothing_is_there_twice(act, after):
    """The person presses the button again, as people do; or never again, and the guard makes good what was begun."""
    for calls in range(12):
        for presses_again in (True, False):
            world = World(three_teams())
            raw = harmless() if act == "board" else post()
            await world.arrive(raw)
            speaker = Speaker(ANA, "messaging") if act == "board" else await holding(world)
            before = {name: len(told(world, name)) for name in ("messaging", "voice")}
            life = Lifetime(calls, after=after)
            mortal = deps_with(world.deps, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
            died = False
            try:
                await ACTS[act](mortal, speaker)
            except DiedError:
                died = True
            if presses_again:
                assert (await ACTS[act](world.deps, speaker)).kind in {"counts", "again"}
            await world.drain()

            acts = await acts_of(world.tables, ID)
            copies = (await newest_entries(world.tables, world.clock())).entries
            assert len(acts) == 1 if presses_again or not died else len(acts) <= 1, (calls, acts)
            assert [copy.what for copy in copies] == [each.what for each in acts], (calls, presses_again)
            assert (await assessment(world)).seq == len(acts)
            if act == "board":
                assert len(await entries(world.tables)) == len(acts)
            if act == "wrong_team":
                assert len(told(world, "voice")) == before["voice"] + len(acts)
                assert len(told(world, "messaging")) == before["messaging"]
            if not died:
                break
        if not died:
            break
    assert not died, "the act has more calls than are counted here"


@pytest.mark.parametrize("act", ACTS)
async def test_an_answer_costs_at_most_eight_calls(act):
    world = World(three_teams())
    await world.arrive(harmless() if act == "board" else post())
    speaker = Speaker(ANA, "messaging") if act == "board" else await holding(world)
    await note(world.deps, ID, "comment", speaker, "known", "c" * 32)  # the person is known
    calls, sent = world.tables.calls, len(world.queues.sent)

    assert (await ACTS[act](world.deps, speaker)).kind == "counts"

    policy_ = 1  # is read once a minute
    assert world.tables.calls - calls + len(world.queues.sent) - sent + policy_ <= 8


async def test_the_guard_comes_before_the_commit(world):
    await world.arrive(post())
    await answer(world.deps, ID, "own", await holding(world))

    assert [(queue, delay) for queue, _, delay in world.queues.sent] == [("changes", GUARD_DELAY)]
    assert await world.tables.get("changes", ids.partition(ID), "n|0001200001|000001")


def test_the_policy_of_these_tests_has_a_route_and_a_ticket_system():
    assert three_teams().tickets == {"crb": TicketSystemEntry(kind="register")}
    assert three_teams().routes.routes[0].match == Match(crb=True)
