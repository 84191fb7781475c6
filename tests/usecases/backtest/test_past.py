import random
from datetime import UTC, datetime, timedelta

import pytest

from shared.core.backtest.play import play
from shared.core.changes.change import Edition
from shared.record.changes import commit
from shared.record.editions import insert_edition, past
from tests.fakes import NOW, FakeTables
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


async def archive(years: float) -> FakeTables:
    """300 changes a year, up to NOW; every third one was edited within half a year, some few after two years."""
    tables, draw = FakeTables(), random.Random(1)
    for number in range(int(300 * years)):
        published = NOW - timedelta(days=365 * number / 300)
        edits = [draw.uniform(1, 180)] if number % 3 == 0 else [draw.uniform(700, 760)] if number % 50 == 0 else []
        name = f"MC{1_500_000 - 160 * number - draw.randrange(200)}"  # not quite in order, as Microsoft's are
        for after in (0.0, *edits):
            seen = published + timedelta(days=after)
            if seen <= NOW:
                edition = Edition(seen, seen, f"{number:08x}{after:08.3f}", "contoso")
                await commit(tables, [insert_edition(name, edition, post(name, modified=seen.isoformat()))])
    return tables


@pytest.mark.parametrize("days", [1, 30, 365, 1200])
async def test_what_moved_since_is_what_a_look_at_everything_says(days):
    tables = await archive(3)
    since = NOW - timedelta(days=days)

    everything = [each for each in await past(tables) if any(version.observed >= since for version in each)]

    assert await past(tables, since) == everything
    assert len(everything) > 0


async def test_the_last_year_is_read_and_not_the_years_before_it():
    read, since = {}, NOW - timedelta(days=365)
    for years in (2, 8):
        tables = await archive(years)
        before = tables.returned, tables.calls
        await past(tables, since)
        read[years] = tables.returned - before[0], tables.calls - before[1]

    assert read[8][0] <= 1.2 * read[2][0]
    assert read[8][1] <= read[2][1] + 4


async def test_everything_since_a_day_before_all_is_everything():
    tables = await archive(1)

    assert await past(tables, datetime(2000, 1, 1, tzinfo=UTC)) == await past(tables)
