from datetime import timedelta

from shared.core.backtest.play import play
from shared.record.editions import past
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, World, policy, post


async def lived() -> World:
    world = World()
    await world.arrive(post(), post("MC1200002"))
    world.clock.now = NOW + timedelta(days=20)
    await world.arrive(post(when=NOVEMBER, modified="2026-09-15T07:00:00Z"), tenant="fabrikam")
    return world


async def test_every_edition_comes_back_with_when_and_where_it_was_seen():
    world = await lived()

    found = {versions[0].raw["id"]: versions for versions in await past(world.deps.storage.tables)}
    assert {change: [(v.observed, v.tenant) for v in versions] for change, versions in found.items()} == {
        "MC1200001": [(NOW, "contoso"), (NOW + timedelta(days=20), "fabrikam")],
        "MC1200002": [(NOW, "contoso")],
    }


async def test_what_moved_since_comes_whole_and_what_did_not_is_left_out():
    world = await lived()

    (versions,) = await past(world.deps.storage.tables, NOW + timedelta(days=1))
    assert [version.observed for version in versions] == [NOW, NOW + timedelta(days=20)]


async def test_played_again_it_brings_the_events_that_were_recorded():
    world = await lived()
    versions = next(each for each in await past(world.deps.storage.tables) if each[0].raw["id"] == "MC1200001")

    played = [event for decision in play(versions, [policy()]) for event in decision.events]
    assert played == [event.type for event in (await world.change()).events]


async def test_nothing_stored_is_nothing():
    assert await past(World().deps.storage.tables) == []
