"""Closing a change: on its page, by the answers of its teams, and by itself when its time is over."""

from datetime import timedelta

import pytest

from shared.core.cards.answers import LinkFault
from shared.core.policy.model import Route
from shared.record.assessments import acts_of
from shared.record.closings import closings_in
from shared.record.open_list import open_changes
from shared.usecases.life.lines import every_line
from shared.usecases.review.decide import Speaker, answer, close_or_open
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.review.test_answers import ANA, BEN, ID, holding
from tests.usecases.world import NOVEMBER, World, policy, post

PAGE = Speaker(ANA, "messaging")


async def is_listed(world):
    return ID in [entry.id async for entry in open_changes(world.tables)]


async def closings(world):
    months = (f"2026-{month:02d}" for month in range(9, 13))
    return [each for month in months for each in await closings_in(world.tables, month)]


async def test_a_person_closes_a_change_on_its_page_though_its_ticket_is_open(world):
    await world.arrive(post())
    world.clock.forward(days=2)
    at = world.clock()

    done = await close_or_open(world.deps, ID, "close", PAGE, "rolled out, nobody called")

    assert done.kind == "counts"
    closed = (await world.change()).closed
    assert (closed.through, closed.by, closed.at) == ("page", ANA.id, at)
    assert [(act.what, act.who, act.words) for act in await acts_of(world.tables, ID)] == [
        ("close", ANA.id, "rolled out, nobody called")
    ]
    await world.drain()
    assert not await is_listed(world)
    row = (await closings(world))[0]
    assert (row.through, row.by, row.moments.triaged, row.worked.triage) == ("page", ANA.id, at, 2)
    line = (await every_line(world.deps)).by_id[ID]
    assert (line.through, line.closed_by, line.closed) == ("page", ANA.id, at)


async def test_what_a_person_opens_again_is_open_and_its_closing_says_so(world):
    await world.arrive(post())
    await close_or_open(world.deps, ID, "close", PAGE)
    await world.drain()
    at = (await world.change()).closed.at + timedelta(days=3)
    world.clock.now = at

    await close_or_open(world.deps, ID, "reopen", Speaker(BEN, "messaging"))
    await world.drain()

    assert (await world.change()).closed is None
    assert await is_listed(world)
    assert [each.reopened for each in await closings(world)] == [at]
    world.clock.forward(days=1)
    await close_or_open(world.deps, ID, "close", PAGE)
    await world.drain()
    assert [(each.number, each.stood) for each in await closings(world)] == [
        (1, timedelta(0)), (2, timedelta(days=3)),
    ]  # fmt: skip


async def test_what_is_closed_is_not_closed_again_nor_what_is_open_opened(world):
    await world.arrive(post())

    opened = await close_or_open(world.deps, ID, "reopen", PAGE)
    await close_or_open(world.deps, ID, "close", PAGE)
    closed = await close_or_open(world.deps, ID, "close", Speaker(BEN, "messaging"))

    assert (opened.kind, opened.why) == ("refused", f"{ID} is open already")
    assert (closed.kind, closed.why) == ("refused", f"{ID} is closed already")
    assert len(await acts_of(world.tables, ID)) == 1


async def test_nobody_closes_a_change_through_the_card_of_one_team(world):
    await world.arrive(post())

    assert await close_or_open(world.deps, ID, "close", await holding(world)) == LinkFault.OTHER_CHANGE
    assert (await world.change()).closed is None
    assert await close_or_open(world.deps, "MC1299999", "close", PAGE) is None


async def test_the_policy_may_let_nobody_close_on_the_page(world):
    await world.arrive(post())
    rules = policy()
    world.policy.policy = rules.model_copy(
        update={"closing": rules.closing.model_copy(update={"through": ("ticket",)})}
    )

    refused = await close_or_open(world.deps, ID, "close", PAGE)

    assert refused.kind == "refused"
    assert "closing.through" in refused.why


async def test_the_answers_of_all_its_teams_close_a_change_without_a_ticket():
    world = World(policy(routes=Route(team="workplace", cards=("owner",))))
    await world.arrive(post())

    for what in ("own", "no_impact"):
        await answer(world.deps, ID, what, await holding(world))
        await world.drain()

    closed = (await world.change()).closed
    assert (closed.through, closed.reference) == ("answer", "1 team")
    assert not await is_listed(world)
    assert [each.through for each in await closings(world)] == ["answer"]
    await answer(world.deps, ID, "impact", await holding(world))
    await world.drain()
    assert (await world.change()).closed is None
    assert await is_listed(world)
    assert [bool(each.reopened) for each in await closings(world)] == [True]


async def test_an_answer_closes_nothing_while_the_ticket_is_open(world):
    await world.arrive(post())

    await answer(world.deps, ID, "done", await holding(world))
    await world.drain()

    assert (await world.change()).closed is None


async def test_what_microsoft_takes_up_again_is_open_again(world):
    """The ticket stays as it is where the policy never opens one: the change is open for people to look at."""
    await world.arrive(post())
    await close_or_open(world.deps, ID, "close", PAGE)
    await world.drain()
    rules = policy()
    world.policy.policy = rules.model_copy(
        update={"closing": rules.closing.model_copy(update={"reopen": ("resumed", "dates_moved")})}
    )
    world.clock.forward(days=1)

    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))

    assert (await world.change()).closed is None
    assert await is_listed(world)
    assert [bool(each.reopened) for each in await closings(world)] == [True]


async def test_what_nobody_filed_lapses_in_the_night_after_its_plan():
    world = World(policy(routes=Route(team="workplace")))
    await world.arrive(post())
    assert await is_listed(world)
    world.clock.forward(days=120)

    first, second = await world.mend(), await world.mend()

    assert (first.lapsed, first.closings, second.lapsed, second.closings) == (1, 0, 0, 0)
    closed = (await world.change()).closed
    assert (closed.through, closed.reference, closed.before) == ("lapsed", "nobody looked at it", True)
    assert not await is_listed(world)
    assert await closings(world) == []  # it was over long before anybody measured


async def test_what_lapses_in_time_is_a_closing():
    world = World(policy(routes=Route(team="workplace")))
    await world.arrive(post())
    while not (mended := await world.mend()).lapsed:
        world.clock.forward(days=1)

    row = (await closings(world))[0]
    assert (mended.closings, row.through, row.moments.triaged, row.before) == (1, "lapsed", None, False)
    figures = (await every_line(world.deps)).by_id[ID]
    assert (figures.through, figures.counts) == ("lapsed", True)


async def test_the_night_says_of_a_closing_that_it_was_undone_where_nobody_did(world):
    await world.arrive(post())
    await close_or_open(world.deps, ID, "close", PAGE)
    await world.drain()
    await close_or_open(world.deps, ID, "reopen", PAGE)  # its pointer is lost

    mended = await world.mend()

    assert mended.reopened == 1
    assert [bool(each.reopened) for each in await closings(world)] == [True]
    assert (await world.mend()).reopened == 0


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_any_call_a_closing_stands_whole_in_the_end(after):
    """Nobody presses the button again: what was begun is made good by the guard, and by the night."""
    for calls in range(15):
        world = World(policy())
        await world.arrive(post())
        life = Lifetime(calls, after=after)
        mortal = deps_with(world.deps, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
        died = False
        try:
            await close_or_open(mortal, ID, "close", PAGE)
        except DiedError:
            died = True
        await world.drain()
        await world.mend()

        change, acts = await world.change(), await acts_of(world.tables, ID)
        assert bool(change.closed) == bool(acts), calls
        assert died or change.closed
        assert len(await closings(world)) == len(acts)
        assert await is_listed(world) == (not acts)
        if not died:
            return
    raise AssertionError("it needs more calls than this test kills it at")
