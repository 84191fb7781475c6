"""What is open and silent goes from the owner to the sponsor, once a step; any word stops it."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.cards.answers import CardLink
from shared.core.cards.listing import ListCard
from shared.core.changes.reasons import AskedReason, SilenceReason
from shared.core.messages import Envelope
from shared.core.policy.delivery import Digest
from shared.core.policy.model import Absence, Channel, Match, Reminders, Role, Roles, Route, Team
from shared.core.words.answers import NO_CHANNEL
from shared.record.changes import read_with_effects
from shared.record.people import KnownPerson
from shared.usecases.cards.digest import send_digests
from shared.usecases.cards.remind import PASSED_OVER, remind
from shared.usecases.review.decide import Speaker, answer, close_or_open, note
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import CANCELLED, NOVEMBER, World, policy, post

ID = "MC1200001"
ANA = KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example")
BEN = KnownPerson("0f8e0000-0000-4000-8000-000000000002", "Ben Ito", "ben@contoso.example")
FORM = "a" * 32
STEPS = Reminders(owner=5, deputy=10, process_owner=15, executive_sponsor=20)
SILENT = post()
"""It is to be acted on in December, so that nothing else is due in September."""


def reminding(reminders=STEPS, **over):
    before = policy()
    teams = {
        **before.teams,
        "messaging": Team(
            owner="ben@contoso.example", deputy="dee@contoso.example", channel="messaging", crb_group="Messaging"
        ),
    }
    roles = Roles(
        process_owner=Role(who=("pia@contoso.example",), channel="office"),
        executive_sponsor=Role(who=("group:Board",), channel="board"),
    )
    channels = {**before.channels, "office": Channel(kind="fake"), "board": Channel(kind="fake")}
    fields = {
        "teams": teams,
        "roles": roles,
        "channels": channels,
        "reminders": reminders,
        "routes": Route(
            team="workplace", routes=(Route(match=Match(crb=True), team="messaging", ticket="crb", cards=("owner",)),)
        ),
    }
    return policy(**fields | over)


async def open_change(in_force=None, raw=SILENT, **ports):
    """A change of Tuesday 1 September at nine, with its ticket and a card in channel messaging; the timer has run."""
    world = World(in_force or reminding(), **ports)
    await world.arrive(raw)
    await world.mend()
    await run(world)
    world.sent = len(world.inbox.cards)
    return world


def at(world, day, hour=8, minute=5, month=9):
    world.clock.now = datetime(2026, month, day, hour, minute, tzinfo=UTC)


async def run(world):
    made = await remind(world.deps)
    await world.drain()
    return made


async def days(world, first, last, hours=(7, 8, 12)):
    """Every day of September from the first to the last, at these hours."""
    for day in range(first, last + 1):
        for hour in hours:
            at(world, day, hour)
            await run(world)


def news(world):
    """What came since the change was open: the channel, and the headline."""
    return [
        (channel, card.headline)
        for channel, card in zip(world.inbox.channels[world.sent :], world.inbox.cards[world.sent :], strict=True)
    ]


async def reminders(world):
    record = await read_with_effects(world.deps.storage.tables, ID)
    return [state for state in record.states if state.effect.is_reminder]


def latest(world):
    return world.inbox.cards[-1]


# Whom it reaches, and what it says.


async def test_each_step_reaches_its_people_once_and_says_who_was_asked_before():
    world = await open_change()

    await days(world, 2, 30)

    assert news(world) == [
        ("messaging", "No word for 5 working days"),
        ("messaging", "No word for 10 working days"),
        ("office", "No word for 15 working days"),
        ("board", "No word for 20 working days"),
    ]
    owner, deputy, office, board = world.inbox.cards[world.sent :]
    assert [card.mention for card in (owner, deputy, office, board)] == [
        "ben@contoso.example", "dee@contoso.example", "pia@contoso.example", "",
    ]  # fmt: skip
    assert owner.reminder == (
        "Nobody has said anything since 1 September 2026",
        "Asked before: messaging (1 September)",
    )
    assert board.reminder[1] == (
        "Asked before: messaging (1 September), ben@contoso.example (8 September), dee@contoso.example (15 September), "
        "pia@contoso.example (22 September)"
    )
    assert office.team == "messaging (ben@contoso.example)", "whose the change is, beside who is reminded"
    assert office.why == (
        "nobody has said anything about it, and our policy reminds the process owner after 15 working days",
    )
    assert (owner.what, bool(office.what)) == ("", True), "who never heard of it reads what it is about"
    assert (owner.tone, owner.ticket.number[:3], owner.steps) == ("moved", "CHG", ())


async def test_who_stands_in_for_an_absent_owner_is_mentioned():
    away = Absence(**{"from": date(2026, 9, 7), "until": date(2026, 9, 20)})
    in_force = reminding()
    teams = {**in_force.teams, "messaging": in_force.teams["messaging"].model_copy(update={"absent": (away,)})}
    world = await open_change(reminding(teams=teams))

    await days(world, 2, 8)

    assert latest(world).mention == "dee@contoso.example"


async def test_a_team_without_a_deputy_has_no_such_step():
    teams = policy().teams
    world = await open_change(reminding(teams=teams))

    await days(world, 2, 22)

    assert [headline for _, headline in news(world)] == [
        "No word for 5 working days",
        "No word for 15 working days",
    ]


async def test_a_german_channel_is_reminded_in_german():
    channels = {**reminding().channels, "messaging": Channel(kind="fake", language="de")}
    world = await open_change(reminding(channels=channels))

    await days(world, 2, 8)

    assert latest(world).headline == "Keine Rückmeldung seit 5 Arbeitstagen"
    assert latest(world).reminder[0] == "Seit 1. September 2026 hat niemand etwas dazu gesagt"


async def test_in_a_channel_with_a_digest_a_step_is_a_line_and_never_urgent():
    channels = {**reminding().channels, "messaging": Channel(kind="fake", digest=Digest(at="15:00"))}
    world = await open_change(reminding(channels=channels))
    await world.arrive({**SILENT, "id": "MC1200002"})
    await world.mend()
    await days(world, 2, 8)
    assert news(world) == []

    at(world, 8, 15)
    await send_digests(world.deps)

    (digest,) = world.inbox.cards[world.sent :]
    assert isinstance(digest, ListCard)
    headlines = [entry.headline for entry in digest.entries if entry.change_id == ID]
    assert "No word for 5 working days" in headlines


# What stops it.


@pytest.mark.parametrize("what", ["comment", "own"])
async def test_any_word_ends_the_silence_and_a_new_spell_begins(what):
    world = await open_change()
    at(world, 4, 10)
    if what == "comment":
        await note(world.deps, ID, "comment", Speaker(BEN, "messaging"), "We look at it.", FORM)
    else:
        await answer(world.deps, ID, "own", Speaker(BEN, "messaging"))
    await world.drain()

    await days(world, 5, 10)
    assert news(world) == []
    await days(world, 11, 11)

    assert news(world) == [("messaging", "No word for 5 working days")]
    assert latest(world).reminder[0] == "Nobody has said anything since 4 September 2026"


async def test_a_word_between_the_timer_and_the_card_stops_the_card():
    world = await open_change()
    await days(world, 2, 7)
    at(world, 8)
    assert await remind(world.deps) == 1
    await note(world.deps, ID, "comment", Speaker(BEN, "messaging"), "Now.", FORM)

    await world.drain()

    assert news(world) == []
    (state,) = await reminders(world)
    assert (state.stopped, state.due) == ("somebody has said something since", "")


async def test_a_word_stops_a_card_that_waits_for_the_digest():
    channels = {**reminding().channels, "messaging": Channel(kind="fake", digest=Digest(at="15:00"))}
    world = await open_change(reminding(channels=channels))
    at(world, 1, 15)
    await send_digests(world.deps)
    world.sent = len(world.inbox.cards)
    await days(world, 2, 8)
    assert [state.place is not None for state in await reminders(world)] == [True]
    await note(world.deps, ID, "comment", Speaker(BEN, "messaging"), "Now.", FORM)

    at(world, 8, 15)
    await send_digests(world.deps)

    assert news(world) == []


async def test_what_is_cancelled_reminds_nobody():
    world = await open_change()
    at(world, 3)
    await world.arrive(post(when=CANCELLED, modified="2026-09-03T10:00:00Z"))
    world.sent = len(world.inbox.cards)

    await days(world, 4, 30)

    assert news(world) == []


async def test_a_team_that_is_through_with_it_is_not_reminded():
    world = await open_change()
    at(world, 2, 10)
    await answer(world.deps, ID, "no_impact", Speaker(BEN, "messaging"))
    await world.drain()

    await days(world, 3, 30)

    assert news(world) == []


async def test_what_nobody_was_told_of_reminds_nobody():
    routes = Route(team="workplace")
    world = await open_change(reminding(routes=routes))
    assert (await world.change()).decision.effects == ()

    await days(world, 2, 30)

    assert news(world) == []


async def test_the_policy_says_of_which_changes():
    world = await open_change(reminding(Reminders(owner=5, changes=(Match(kind=("maintenance",)),))))
    await days(world, 2, 10)
    assert news(world) == []

    other = await open_change(reminding(Reminders(owner=5, changes=(Match(kind=("maintenance",)), Match(crb=True)))))
    await days(other, 2, 10)
    assert len(news(other)) == 1


async def test_an_escalation_makes_nobody_one_of_those_who_are_kept_up_to_date():
    world = await open_change()
    await days(world, 2, 22)
    world.sent = len(world.inbox.cards)

    await world.arrive(post(when=NOVEMBER, modified="2026-09-22T10:00:00Z"))

    assert {channel for channel, _ in news(world)} == {"messaging"}


# Upgrades, pushes, pauses.


async def test_an_upgrade_and_a_push_remind_nobody_of_what_lay_before():
    world = World(reminding(Reminders()))
    await world.arrive(SILENT)
    await world.mend()
    at(world, 7)
    await run(world)
    world.sent = len(world.inbox.cards)

    world.policy.policy = reminding()
    at(world, 9)
    await run(world)
    assert news(world) == [], "the step of the 8th lies before the push"
    await days(world, 10, 15)

    assert news(world) == [("messaging", "No word for 10 working days")]


async def test_after_a_pause_of_days_the_others_are_kept_as_stopped():
    world = await open_change()
    at(world, 23)

    assert await run(world) == 1

    assert news(world) == [("office", "No word for 15 working days")]
    assert {state.effect.occasion: state.stopped for state in await reminders(world)} == {
        "silent-1@0": PASSED_OVER,
        "silent-2@0": PASSED_OVER,
        "silent-3@0": "",
    }
    await days(world, 24, 30)
    assert news(world)[1:] == [("board", "No word for 20 working days")]


# Remind me.


async def asks(world, person=BEN, day="2026-09-10", card=True, form=FORM, deps=None):
    record = await read_with_effects(world.deps.storage.tables, ID)
    edition = record.change.current.id
    link = CardLink(ID, "messaging", edition, world.clock() + timedelta(days=30)) if card else None
    speaker = Speaker(person, "messaging", link)
    return await note(deps or world.deps, ID, "remind", speaker, "", form, day)


async def test_who_asked_is_reminded_on_the_day_in_the_channel_and_is_named_once():
    world = await open_change(reminding(Reminders()))
    assert (await asks(world)).kind == "counts"
    assert (await asks(world)).kind == "again"
    assert (await asks(world, ANA, card=False)).kind == "counts"
    assert (await asks(world, ANA, "2026-09-12", card=False, form="b" * 32)).kind == "counts"
    await world.drain()

    await days(world, 2, 20)

    assert news(world) == [("messaging", "Reminder, as somebody asked")] * 2
    first, second = world.inbox.cards[world.sent :]
    assert first.reminder == ("Ben Ito and Ana Torres asked to be reminded of it",)
    assert second.reminder == ("Ana Torres asked to be reminded of it",), "of Saturday, on Monday"
    assert (first.mention, first.why) == ("", ("somebody asked to be reminded of it",))
    for table in ("changes", "audit"):
        assert not [row for row in await world.all(table) if "Ana Torres" in str(row)]


async def test_of_what_is_closed_meanwhile_nobody_is_reminded():
    world = await open_change(reminding(Reminders()))
    await asks(world, day="2026-09-04")
    await world.drain()
    at(world, 4)
    assert await remind(world.deps) == 1
    assert (await close_or_open(world.deps, ID, "close", Speaker(BEN))).kind == "counts"

    await world.drain()

    assert news(world) == []


async def test_of_a_private_post_its_readers_alone_are_reminded_and_only_where_one_of_them_asked():
    readers = Role(who=("group:Privacy",), channel="private")
    roles = reminding().roles.model_copy(update={"privacy_readers": readers})
    channels = {**reminding().channels, "private": Channel(kind="fake")}
    routes = Route(team="messaging", cards=("owner",))
    world = await open_change(
        reminding(roles=roles, channels=channels, routes=routes), {**SILENT, "tags": ["Data privacy"]}
    )
    assert set(world.inbox.channels) == {"private"}
    assert (await asks(world, day="2026-09-04", card=False)).kind == "counts"
    await world.drain()

    await days(world, 2, 30)

    assert news(world) == [("private", "Reminder, as somebody asked")]


async def test_where_no_channel_reaches_anybody_nobody_is_promised_a_reminder():
    world = await open_change(reminding(Reminders()))
    world.policy.policy = reminding(Reminders(), channels={})

    refused = await asks(world, card=False)

    assert (refused.kind, refused.why) == ("refused", NO_CHANNEL)
    assert (await world.change()).assessment.asked == ()


async def test_of_people_who_ask_at_once_each_is_remembered():
    world = await open_change(reminding(Reminders()))
    people = [KnownPerson(f"0f8e0000-0000-4000-8000-0000000001{n:02d}", f"P{n}", f"p{n}@x.example") for n in range(4)]

    await asyncio.gather(*(asks(world, person, deps=world.worker()) for person in people))

    asked = (await world.change()).assessment.asked
    assert {each.who for each in asked} == {person.id for person in people}


async def test_a_comment_beside_an_asking_takes_nothing_of_it_away():
    world = await open_change(reminding(Reminders()))

    async def between():
        await asks(world)

    world.tables.interfere = between
    await note(world.worker(), ID, "comment", Speaker(ANA, "messaging"), "Beside it.", FORM)
    await world.drain()

    await days(world, 2, 10)
    assert news(world) == [("messaging", "Reminder, as somebody asked")]


# Deaths, races, calls.


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
async def test_killed_at_every_call_each_reminder_comes_once(after):
    calls, died = 0, True
    while died:
        world = await open_change()
        await asks(world, day="2026-09-09")
        await world.drain()
        await days(world, 2, 8, hours=(8,))
        world.sent = len(world.inbox.cards)
        at(world, 9)
        life = Lifetime(calls, after=after)
        mortal = counted(world, life)
        try:
            await remind(mortal)
            died = False
        except DiedError:
            pass
        await world.drain()
        await run(world)

        assert news(world) == [("messaging", "Reminder, as somebody asked")], calls
        assert not [state for state in await reminders(world) if state.due]
        calls += 1
    assert calls > 6


async def test_two_timers_at_once_remind_once():
    world = await open_change()
    await days(world, 2, 7)
    at(world, 8)

    made = await asyncio.gather(*(remind(world.worker()) for _ in range(2)))
    await world.drain()

    assert sum(made) >= 1
    assert news(world) == [("messaging", "No word for 5 working days")]


async def test_a_message_that_comes_twice_sends_one_card():
    world = await open_change()
    await days(world, 2, 7)
    at(world, 8)
    await remind(world.deps)
    (state,) = await reminders(world)
    body = {"id": ID, "effect": state.effect.key}
    await world.deps.storage.queues.send("cards", Envelope(body, world.clock()))

    await world.drain()

    assert len(news(world)) == 1


async def test_an_hour_costs_five_calls_and_three_for_each_card():
    world = await open_change()
    await days(world, 2, 7)
    await world.mend()
    idle, busy = Lifetime(), Lifetime()
    at(world, 7, 14)
    await remind(counted(world, idle))
    at(world, 8)
    await remind(counted(world, busy))

    assert idle.calls <= 5
    assert busy.calls <= 5 + 3, "the change, its row, the pointer"


def counted(world, life):
    ports = {name: Mortal(getattr(world, name), life) for name in ("tables", "queues", "blobs")}
    return deps_with(world.worker(), **ports)


async def test_the_row_of_a_reminder_is_read_as_it_was_written():
    world = await open_change()
    await asks(world, day="2026-09-08")
    await world.drain()
    at(world, 8, month=9)
    await days(world, 2, 8)

    asked, silent = sorted(await reminders(world), key=lambda state: state.effect.occasion)

    assert asked.effect.why == (AskedReason(),)
    since = datetime(2026, 9, 1, 9, tzinfo=UTC)
    assert silent.effect.why == (SilenceReason("owner", "ben@contoso.example", 5, since),)
    assert silent.effect.occasion == "silent-1@1", "the asking was a word, too"
