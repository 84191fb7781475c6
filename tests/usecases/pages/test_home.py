"""What storage holds, in a few numbers."""

from shared.core.errors import PermanentError
from shared.record.register import move_entry
from shared.usecases.pages.home import Counts, count
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, World, post


async def test_nothing_is_nothing(world):
    assert await count(world.deps) == Counts(0, 0, 0, 0, 0, 0, 0, 0)


async def test_everything_is_counted_once():
    world = World()
    await world.arrive(post(), post("MC1200002"), tenant="fabrikam")
    await world.arrive(post(), post("MC1200002"))
    world.inbox.fails = [PermanentError("no")]
    await world.arrive(post(when=NOVEMBER, modified="2026-09-01T10:00:00Z"), observed=NOW.replace(hour=10))
    await move_entry(world.tables, "CHG1200002", "closed", "", world.clock())
    await world.follow()

    assert await count(world.deps) == Counts(
        changes=2, revisions=1, tickets=2, notes=1, cancelled=0, cards=7, closed=1, parked=1
    )
