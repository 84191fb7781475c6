"""Cards are summed up each night, and who opened which is forgotten after two months."""

from datetime import timedelta

from shared.core.cards.answers import CardLink
from shared.core.life.effectiveness import FiguresKey
from shared.record.opens import insert_open, opened_in
from shared.usecases.upkeep.effectiveness import card_figures, months_back
from tests.usecases.world import World, post

NEW = FiguresKey("messaging", "New", "exchange")


async def with_cards():
    world = World()
    await world.arrive(post(), post("MC1200002"))
    return world


async def opened(world, change_id="MC1200001", who="somebody", channel="messaging"):
    edition = (await world.change(change_id)).current.id
    link = CardLink(change_id, channel, edition, world.clock() + timedelta(days=30))
    await insert_open(world.tables, link, who, world.clock())


async def newest(world):
    return next(iter((await card_figures(world.deps)).values()))


async def test_a_night_counts_the_cards_that_were_sent_and_those_that_anybody_opened():
    world = await with_cards()
    await opened(world)
    await opened(world, who="another")

    await world.mend()

    figures = await newest(world)
    assert (figures[NEW].sent, figures[NEW].opened) == (2, 1)
    assert figures[FiguresKey("workplace", "New", "exchange")].opened == 0


async def test_the_same_night_again_changes_nothing_and_another_open_does():
    world = await with_cards()
    await world.mend()
    before = [row.etag for row in await world.all("opens")]
    await world.mend()
    assert [row.etag for row in await world.all("opens")] == before

    await opened(world)
    await world.mend()

    assert (await newest(world))[NEW].opened == 1


async def test_a_channel_may_have_any_name_beside_the_sums():
    world = await with_cards()
    await opened(world, channel="s")
    await world.mend()
    await world.mend()

    month = months_back(world.clock(), 1)[0]
    assert [(key.channel, count) for key, count in (await opened_in(world.tables, month)).items()] == [("s", 1)]
    assert (await newest(world))[NEW].sent == 2


async def test_who_opened_what_is_forgotten_after_two_months_and_the_sums_stay():
    world = await with_cards()
    await opened(world)
    await world.mend()
    month = months_back(world.clock(), 1)[0]
    assert sum((await opened_in(world.tables, month)).values()) == 1
    world.clock.forward(days=70)

    await world.mend()

    assert await opened_in(world.tables, month) == {}
    assert (await card_figures(world.deps))[month][NEW].opened == 1
