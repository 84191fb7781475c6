"""What stands beside a change in other tables, and its editions: within their calls, and nothing of private posts."""

from datetime import timedelta

import pytest

from shared.core.cards.answers import CardLink
from shared.core.errors import PermanentError
from shared.core.posts.post import read_post
from shared.record.opens import insert_open, opened_of
from shared.usecases.pages.beside import beside
from shared.usecases.pages.revision import revision
from tests.usecases.world import NOVEMBER, World, done, post, task

ID = "MC1200001"


async def opened(world, channel, occasion, *people, change_id=ID):
    for who in people:
        link = CardLink(change_id, channel, occasion, world.clock())
        await insert_open(world.tables, link, who, world.clock())


async def test_opens_are_counted_by_card_over_this_month_and_the_one_before(world):
    await world.arrive(post(), post("MC1200002"))
    edition = (await world.change()).current.id
    await opened(world, "messaging", edition, "a", "b")
    await opened(world, "messaging", edition, "c", change_id="MC1200002")
    world.clock.forward(days=31)
    await opened(world, "messaging", edition, "d")
    await opened(world, "workplace", edition, "a")

    view = await beside(world.deps, ID)

    assert [(each.card.key.channel, each.opened) for each in view.cards] == [("messaging", 3), ("workplace", 1)]
    world.clock.forward(days=70)
    assert [each.opened for each in (await beside(world.deps, ID)).cards] == [0, 0], "they are forgotten by then"


async def test_a_channel_whose_name_begins_like_another_one_is_another_one(world):
    await opened(world, "mess", "x", "a")
    await opened(world, "mess|aging", "x|y", "a", "b")

    assert await opened_of(world.tables, "2026-09", "mess", ID) == {"x": 1}
    assert await opened_of(world.tables, "2026-09", "mess|aging", ID) == {"x|y": 2}


async def test_tasks_have_their_titles_and_how_far_they_are_where_the_plan_was_read(world):
    await world.arrive(post())
    given = {"assignments": {"u1": {"assignedDateTime": "2026-09-01T08:00:00Z"}}}
    await world.bring(task(percentComplete=50, **given))
    await world.bring(done("task2"), tenant="fabrikam")

    view = await beside(world.deps, ID)

    by_tenant = {each.state.tenant: (each.plan, each.title, each.progress, each.assignees) for each in view.tasks}
    assert by_tenant == {
        "contoso": ("plan1", "[Exchange Online] Retirement [MC1200001]", 50, 1),
        "fabrikam": ("", "", None, None),  # the policy names no plan of it
    }


async def test_however_many_cards_and_tasks_there_are_it_costs_twelve_calls_at_most():
    world = World()
    await world.arrive(post())
    for number in range(6):
        await world.bring(task(f"task{number}"))
    world.clock.forward(days=31)
    before = world.tables.calls

    view = await beside(world.deps, ID)

    assert world.tables.calls - before + 1 <= 12, "the policy is one more"
    assert len(view.tasks) == 6
    assert sum(bool(each.title) for each in view.tasks) == 3


async def test_nothing_of_a_private_post_and_none_of_what_is_not_there():
    world = World()
    await world.arrive(post(tags=["Data privacy"]))

    view = await beside(world.deps, ID)
    assert (view.is_private, view.cards, view.tasks) == (True, (), ())
    assert (await revision(world.deps, ID, 1)).is_private
    assert await beside(world.deps, "MC1299999") is None
    assert await revision(world.deps, "MC1299999", 1) is None
    with pytest.raises(PermanentError, match="no Message Center id"):
        await revision(world.deps, "../etc", 1)


async def test_an_edition_is_shown_as_it_was_with_what_the_next_one_changed_for_two_calls():
    world = World()
    await world.arrive(post())
    world.clock.forward(hours=1)
    await world.arrive(post(when=NOVEMBER, modified="2026-08-31T10:00:00Z"))
    before = world.tables.calls

    first = await revision(world.deps, ID, 1)
    assert world.tables.calls - before == 2
    last = await revision(world.deps, ID, 2)

    assert world.tables.calls - before == 3, "the newest text stands on the change"
    assert "early October 2026" in first.post.body
    assert "early November 2026" in last.post.body
    assert [("October" in gone, "November" in came) for gone, came in zip(first.gone, first.came, strict=True)] == [
        (True, True)
    ]
    assert [each.event.type for each in first.happened] == ["dates_moved"]
    assert (last.gone, last.came, last.happened) == ((), (), ())
    assert read_post(last.change.post).modified - first.post.modified == timedelta(days=1)
    for number in (0, 3, -1):
        assert await revision(world.deps, ID, number) is None
