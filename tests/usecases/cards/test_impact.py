"""Some working days after a rollout began its owner is asked once how it went; everybody's answer stands."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.core.cards.answers import CardLink
from shared.core.changes.facts import facts_of
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import ImpactReason
from shared.core.errors import PermanentError
from shared.core.policy.model import Channel, ImpactQuestion, Reminders, Role, Route
from shared.core.words.answers import NO_LOAD
from shared.record.assessments import acts_of
from shared.record.changes import commit, read_with_effects
from shared.record.lists import line_of
from shared.usecases.cards.remind import remind
from shared.usecases.pages import change as change_view
from shared.usecases.review.decide import Speaker, close_or_open, note
from tests.fakes import DiedError, Lifetime
from tests.usecases.cards.test_silence import ANA, BEN, FORM, ID, at, counted, latest, news, open_change, reminding, run
from tests.usecases.world import CANCELLED, NOVEMBER, World, post

QUESTION = ("messaging", "How did it go?")


def asking(after=10, **over):
    return reminding(Reminders(), impact=ImpactQuestion(ask_after=after), **over)


async def begun(in_force=None, raw=None, day=15, hour=7):
    """The change whose rollout begins on 1 October, some hours before its question; the timer has just run."""
    world = await open_change(in_force or asking(), raw or post())
    at(world, day, hour, month=10)
    await world.mend()
    await run(world)
    world.sent = len(world.inbox.cards)
    return world


async def questions(world):
    record = await read_with_effects(world.deps.storage.tables, ID)
    return [state for state in record.states if state.effect.occasion.startswith("impact@")]


async def tells(world, person=BEN, load="some", lesson="Tell them ahead", form=FORM, deps=None, broke="", card=True):
    until = world.clock() + timedelta(days=30)
    link = CardLink(ID, "messaging", "impact@2026-10-01", until) if card else None
    return await note(
        deps or world.deps, ID, "outcome", Speaker(person, "messaging", link), lesson, form, load, broke=broke
    )


# The question.


async def test_the_owner_is_asked_once_in_the_channel_of_the_team_and_nothing_else_is_said():
    world = await begun()

    for day in range(15, 31):
        at(world, day, month=10)
        await run(world)

    assert news(world) == [QUESTION]
    card = latest(world)
    assert (card.mention, card.began, card.lessons) == ("ben@contoso.example", "It began on 1 October 2026", ())
    assert card.why == ("our policy asks how a rollout went after 10 working days",)
    assert (card.what, card.to_do, card.when, card.steps, card.ticket, card.answers, card.reminder) == (
        "", "", (), (), None, (), (),
    )  # fmt: skip
    assert card.title


async def test_a_german_channel_is_asked_in_german_with_the_lesson_of_the_same_service():
    channels = {**asking().channels, "messaging": Channel(kind="fake", language="de")}
    world = await open_change(asking(channels=channels), post())
    await world.arrive(post("MC1200002", when=NOVEMBER))
    await note(world.deps, "MC1200002", "outcome", Speaker(ANA, "messaging"), "Tell them ahead", "c" * 32, "much")
    await world.drain()
    at(world, 15, 7, month=10)
    await world.mend()
    await run(world)
    at(world, 15, month=10)
    await run(world)

    assert latest(world).headline == "Wie ist es gelaufen?"
    assert latest(world).began == "Begann am 1. Oktober 2026"
    assert latest(world).lessons == ("Tell them ahead (MC1200002, Helpdesk: viel Aufwand, 1. September 2026)",)
    (state,) = await questions(world)
    assert state.effect.why == (ImpactReason(10, (Lesson("MC1200002", "much", "Tell them ahead", date(2026, 9, 1)),)),)


async def test_a_closed_change_is_asked_of_too():
    world = await begun()
    assert (await close_or_open(world.deps, ID, "close", Speaker(BEN))).kind == "counts"
    await world.drain()
    at(world, 15, month=10)

    await run(world)

    assert news(world) == [QUESTION]


@pytest.mark.parametrize(
    ("when", "why"),
    [(NOVEMBER, "the rollout begins on another day now"), (CANCELLED, "the plan does not stand any more")],
)
async def test_a_rollout_that_moved_or_ended_before_the_card_went_out_stops_it(when, why):
    world = await begun()
    at(world, 15, month=10)
    assert await remind(world.deps) == 1
    record = await read_with_effects(world.tables, ID)
    raw = post(when=when, modified="2026-10-15T08:00:00Z")
    edition = replace(record.change.current, facts=facts_of(raw))
    moved = replace(record.change, post=raw, editions=(*record.change.editions[:-1], edition), _read=None)
    await commit(world.tables, [record.replace_change(moved)])

    await world.drain()

    assert news(world) == []
    assert [(state.stopped, state.due) for state in await questions(world)] == [(why, "")]


async def test_after_a_rollout_moved_it_is_asked_of_the_new_day():
    world = await begun()
    await world.arrive(post(when=NOVEMBER, modified="2026-10-15T07:10:00Z"))
    world.sent = len(world.inbox.cards)
    at(world, 15, month=10)
    await run(world)
    assert news(world) == []

    at(world, 13, 7, month=11)
    await world.mend()
    await run(world)
    at(world, 13, month=11)
    await run(world)

    assert news(world) == [QUESTION]
    assert [state.effect.occasion for state in await questions(world)] == ["impact@2026-11-01"]


async def test_what_nobody_was_told_of_and_a_private_post_ask_nobody():
    world = await begun(asking(routes=Route(team="workplace")))
    at(world, 15, month=10)
    assert await run(world) == 0

    roles = asking().roles.model_copy(update={"privacy_readers": Role(who=("group:Privacy",), channel="office")})
    private = await begun(asking(roles=roles), post(tags=["Data privacy"]))
    at(private, 15, month=10)
    assert await run(private) == 0


async def test_an_upgrade_and_a_push_ask_nobody_of_what_lay_before():
    world = await begun(reminding(Reminders()))
    world.policy.policy = asking()
    at(world, 15, month=10)

    await run(world)
    at(world, 16, month=10)
    await run(world)

    assert await questions(world) == []


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
async def test_killed_at_every_call_the_question_comes_once(after):
    calls, died = 0, True
    while died:
        world = await begun()
        at(world, 15, month=10)
        died = False
        try:
            await remind(counted(world, Lifetime(calls, after=after)))
        except DiedError:
            died = True
        await world.drain()
        await run(world)

        assert news(world) == [QUESTION], calls
        assert not [state for state in await questions(world) if state.due]
        calls += 1
    assert calls > 6


async def test_two_timers_at_once_ask_once():
    world = await begun()
    at(world, 15, month=10)

    await asyncio.gather(*(remind(world.worker()) for _ in range(2)))
    await world.drain()

    assert news(world) == [QUESTION]


# The answers.


async def asked():
    world = await begun()
    at(world, 15, month=10)
    await run(world)
    return world


async def test_the_answers_of_two_people_on_one_card_stand_both_and_the_newer_one_is_told():
    world = await asked()

    assert (await tells(world, load="none", lesson="", broke="Nothing")).kind == "counts"
    world.clock.forward(minutes=5)
    assert (await tells(world, ANA, "much", "Tell them ahead", "b" * 32)).kind == "counts"

    acts = await acts_of(world.tables, ID)
    assert [(act.who, act.new, act.broke, act.words, act.through) for act in acts] == [
        (BEN.id, "none", "Nothing", "", "card in messaging"),
        (ANA.id, "much", "", "Tell them ahead", "card in messaging"),
    ]
    outcome = (await world.change()).assessment.outcome
    assert (outcome.load, outcome.lesson, outcome.at) == ("much", "Tell them ahead", world.clock())
    record = await read_with_effects(world.tables, ID)
    assert line_of(record, world.policy.policy, world.clock()).outcome == outcome


async def test_a_form_that_is_sent_again_says_that_it_stands_there():
    world = await asked()

    assert [(await tells(world)).kind, (await tells(world)).kind] == ["counts", "again"]

    assert len(await acts_of(world.tables, ID)) == 1
    assert (await tells(world, form="b" * 32, lesson="Another")).kind == "counts", "another form is another word"


async def test_of_people_who_answer_at_once_everybodys_word_stands():
    world = await asked()
    forms = [f"{number:032x}" for number in range(4)]

    await asyncio.gather(*(tells(world, form=form, lesson=form, deps=world.worker()) for form in forms))

    acts = await acts_of(world.tables, ID)
    assert {act.words for act in acts} == set(forms)
    assert (await world.change()).assessment.outcome.lesson in forms


async def test_a_comment_beside_an_outcome_takes_nothing_of_it_away():
    world = await asked()

    async def between():
        await tells(world)

    world.tables.interfere = between
    await note(world.worker(), ID, "comment", Speaker(ANA, "messaging"), "Beside it.", "d" * 32)

    assert (await world.change()).assessment.outcome.lesson == "Tell them ahead"


async def test_an_outcome_without_a_load_is_refused_and_nothing_is_written():
    world = await asked()

    for load in ("", "huge"):
        with pytest.raises(PermanentError, match=NO_LOAD):
            await tells(world, load=load)

    assert await acts_of(world.tables, ID) == []


async def test_it_can_be_told_on_the_page_whether_anybody_was_asked_or_not():
    world = await begun(reminding(Reminders()))

    assert (await tells(world, card=False)).kind == "counts"

    assert (await world.change()).assessment.outcome.load == "some"


# Where the same service changes next.


async def test_the_page_of_the_next_change_tells_the_lesson_for_one_call_and_a_private_one_tells_none():
    world = await asked()
    await tells(world)
    await world.drain()
    await world.arrive(post("MC1200002", when=NOVEMBER), post("MC1200003", tags=["Data privacy"]))
    await world.mend()
    before = world.blobs.calls

    view = await change_view.change(world.deps, "MC1200002")

    assert world.blobs.calls - before == 1
    assert view.lessons == (Lesson(ID, "some", "Tell them ahead", date(2026, 10, 15)),)
    assert (await change_view.change(world.deps, ID)).lessons == ()
    assert (await change_view.change(world.deps, "MC1200003")).lessons == ()


async def test_of_a_private_post_no_line_says_how_it_went():
    world = World()
    await world.arrive(post(tags=["Data privacy"]))
    await note(world.deps, ID, "outcome", Speaker(ANA, "messaging"), "Secret", FORM, "much")

    record = await read_with_effects(world.tables, ID)

    line = line_of(record, world.policy.policy, world.clock())
    assert (line.outcome, "Secret" in str(line)) == (None, False)
    assert record.change.assessment.outcome.lesson == "Secret"
