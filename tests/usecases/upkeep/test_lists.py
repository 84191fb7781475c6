"""The lists are brought up to date every ten minutes and built anew every night, whoever dies or is faster."""

from dataclasses import replace

import pytest

from shared.core.life.line import Line, part_of
from shared.core.messages import Envelope
from shared.core.ports.storage import Write
from shared.record import lists
from shared.record.changes import all_changes
from shared.record.lists import CONTAINER, LAG, LIVE, REST, put_listings, read_listing
from shared.record.register import move_entry
from shared.usecases.deps import ListMemory
from shared.usecases.life import touch
from shared.usecases.life.lines import every_line, live_lines
from shared.usecases.pages.home import home
from shared.usecases.upkeep.lists import Indexed, index
from tests.fakes import NOW, DiedError, FakeClock, Lifetime, Mortal, deps_with
from tests.usecases.world import NOVEMBER, World, batch, done, post, task


async def a_world(*posts):
    world = World()
    await world.arrive(*(posts or (post(),)))
    await world.mend()
    world.clock.forward(minutes=10)
    return world


def calls(world):
    return world.tables.calls + world.blobs.calls


async def run(world):
    """A run of `index`, and how many calls it made."""
    before = calls(world)
    return await index(world.deps), calls(world) - before


async def mark(world):
    return (await read_listing(world.blobs, LIVE)).mark


async def fresh(world):
    """The lines as a process reads them that knows nothing."""
    return (await every_line(deps_with(world.deps, lists=ListMemory()))).by_id


async def test_where_nothing_was_touched_two_calls_are_made_and_nothing_is_written():
    world = await a_world()
    before = await world.blobs.get(CONTAINER, LIVE)

    assert await run(world) == (Indexed(), 2)
    assert await world.blobs.get(CONTAINER, LIVE) == before


async def test_what_was_touched_is_taken_over_once_and_the_mark_stays_behind_the_clock():
    world = await a_world()
    await move_entry(world.tables, "CHG1200001", "authorize", "", world.clock())
    await world.follow()

    assert await run(world) == (Indexed(1, written=True), 3)
    assert await mark(world) == world.clock() - LAG
    assert (await read_listing(world.blobs, LIVE)).lines["MC1200001"].tickets[0].state == "authorize"
    assert await run(world) == (Indexed(), 2), "it is read again while clocks may differ, and is no news"


async def test_a_new_change_costs_a_look_at_what_is_old_and_six_calls_at_most():
    world = await a_world()
    await world.arrive(post("MC1200002"))

    assert await run(world) == (Indexed(1, written=True), 4)
    world.clock.now = NOW.replace(hour=23, minute=58)
    await world.arrive(post("MC1200003"))
    world.clock.forward(minutes=3)
    await world.arrive(post("MC1200004"))
    assert await run(world) == (Indexed(2, written=True), 5), "over midnight two days are read"
    assert len(await fresh(world)) == 4


async def test_over_a_quiet_midnight_three_calls_are_enough_and_the_mark_comes_to_the_new_day():
    world = await a_world()
    world.clock.now = NOW.replace(hour=23, minute=50)
    assert await run(world) == (Indexed(written=True), 3)
    most, marks = 0, []
    for _ in range(30):
        world.clock.forward(minutes=5)
        most = max(most, (await run(world))[1])
        marks.append(await mark(world))

    assert most == 3
    assert marks == sorted(marks)
    assert marks[-1].date() == world.clock().date()
    assert all(world.clock() - each >= LAG for each in marks)


async def test_nothing_is_lost_over_midnight_by_who_writes_late():
    world = await a_world()
    world.clock.now = NOW.replace(hour=23, minute=50)
    await index(world.deps)
    world.clock.now = NOW.replace(hour=23, minute=59, second=30)
    late = deps_with(world.deps, clock=FakeClock(world.clock()))
    world.clock.forward(seconds=60)  # it is the next day
    await index(world.deps)
    await touch.touch(
        late, [Line("MC1200001", (part_of("ticket|crb", "99999999", {"number": "CHG1200001", "state": "review"}),))]
    )
    world.clock.forward(minutes=5)
    await index(world.deps)
    world.clock.forward(hours=2)
    await index(world.deps)

    assert (await fresh(world))["MC1200001"].tickets[0].state == "review"


def uncounted(lines):
    """The lines without what only a walk through the record can say: which tenants have the post, and when."""
    return {
        name: Line(name, tuple(part for part in line.parts if part.kind != "tenants")) for name, line in lines.items()
    }


async def test_where_there_are_no_lists_both_are_built_from_the_record():
    world = World()
    await world.arrive(post(), post("MC1200002"))
    await world.bring(task(), done("other", title="[MC1200002]"))
    by_touch = await fresh(world)
    assert not (await home(world.deps)).complete

    assert await index(world.deps) == Indexed(written=True, built=True)

    assert (await home(world.deps)).complete
    world.clock.forward(days=9)  # what was touched is no longer looked at
    assert uncounted(await fresh(world)) == by_touch
    assert len((await read_listing(world.blobs, LIVE)).lines) == 2


async def test_a_damaged_list_is_built_anew():
    world = await a_world()
    expected = await fresh(world)
    await world.blobs.put(CONTAINER, LIVE, b"damaged")

    assert (await index(world.deps)).built

    assert uncounted(await fresh(world)) == uncounted(expected)


async def test_two_runs_at_once_write_one_list():
    world = await a_world()
    await world.arrive(post("MC1200002"))
    inner = world.blobs.replace

    async def replace(*args):
        world.blobs.replace = inner
        assert (await index(world.worker())).written
        await inner(*args)

    world.blobs.replace = replace
    assert await index(world.deps) == Indexed(1), "the other one was faster"

    assert len((await read_listing(world.blobs, LIVE)).lines) == 2


async def test_what_is_touched_while_mend_walks_counts_after_it():
    world = await a_world(post(), post("MC1200002"))
    inner = world.tables.scan
    moved = []

    async def scan(table, *args, **named):
        async for row in inner(table, *args, **named):
            if table == "changes" and not moved and row.key.startswith("c|0001200002"):
                moved.append(row)
                await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
                await world.follow()
            yield row

    world.tables.scan = scan
    await world.mend()
    world.tables.scan = inner

    assert moved
    assert (await fresh(world))["MC1200001"].closed
    await index(world.deps)
    assert (await read_listing(world.blobs, LIVE)).lines["MC1200001"].closed


async def test_mend_writes_over_a_list_that_another_has_just_written():
    world = await a_world()
    inner = world.blobs.put

    async def put(container, name, data):
        world.blobs.put = inner
        world.clock.forward(minutes=1)
        await world.arrive(post("MC1200002"))
        await index(world.worker())
        await inner(container, name, data)

    world.blobs.put = put
    await world.mend()

    assert set(await fresh(world)) == {"MC1200001", "MC1200002"}
    await index(world.deps)
    assert set((await read_listing(world.blobs, LIVE)).lines) == {"MC1200001", "MC1200002"}


async def test_mend_carries_what_only_a_later_version_makes_and_keeps_the_line_of_a_damaged_change():
    world = await a_world(post(), post("MC1200002"))
    later = Line("MC1200001", (part_of("board", "x", {"column": "doing"}),))
    await touch.touch(world.deps, [later])
    await index(world.deps)
    place = next(each for each in world.tables.rows if each[2] == "c|0001200002")
    values, etag = world.tables.rows[place]
    world.tables.rows[place] = ({**values, "state0": b"damaged"}, etag)
    world.clock.forward(days=1)

    await world.mend()

    lines = await fresh(world)
    assert lines["MC1200001"].part("board").text("column") == "doing"
    assert lines["MC1200002"].title == "Retirement of the old viewer"


async def test_the_night_says_which_tenants_have_a_post_and_a_tenant_that_joins_costs_no_call():
    world = await a_world(post(), post("MC1200002", tags=["GDPR"]))
    await world.arrive(post(), tenant="fabrikam")
    assert (await fresh(world))["MC1200001"].tenants == ("contoso",), "it joined after the count"

    await world.mend()
    await world.arrive(post(when=NOVEMBER, modified="2026-09-01T09:30:00Z"))

    lines = await fresh(world)
    assert lines["MC1200001"].tenants == ("contoso", "fabrikam"), "an edition says nothing of who else has it"
    assert lines["MC1200002"].tenants == (), "of a post on data privacy nothing is told"

    world.clock.forward(days=1)
    (copy,) = [row for row in await world.all("changes") if row.key == "t|0001200001|contoso"]
    await world.tables.commit("changes", [Write("merge", replace(copy, values={"gone": world.clock()}))])
    await world.mend()

    assert (await fresh(world))["MC1200001"].tenants == ("fabrikam",), "gone from the other"


async def test_mend_forgets_what_was_touched_more_than_three_days_ago():
    world = await a_world()
    assert {row.partition for row in await world.all("touched")} == {"2026-09-01"}
    world.clock.forward(days=2)
    await world.arrive(post("MC1200002"))
    await world.mend()
    assert {row.partition for row in await world.all("touched")} == {"2026-09-01", "2026-09-03"}
    world.clock.forward(days=2)

    await world.mend()

    assert {row.partition for row in await world.all("touched")} == {"2026-09-03"}
    assert len(await fresh(world)) == 2


async def test_lists_that_cannot_be_written_do_not_stop_mend(caplog):
    world = World()
    await world.arrive(post())

    async def put(*_):
        raise OSError("the container is not there")

    world.blobs.put = put
    await world.mend()

    assert "the lists cannot be built" in caplog.text
    assert (await world.mend()).listed == 0


async def test_what_moves_into_the_old_and_comes_back_is_whole():
    world = await a_world(post(), post("MC1200002"))
    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
    await world.follow()
    world.clock.forward(days=500)
    await world.mend()
    assert "MC1200001" not in (await live_lines(world.deps)).by_id

    world.clock.forward(hours=1)
    await world.arrive(post(when=NOVEMBER, modified="2028-01-20T10:00:00Z"))

    whole = (await live_lines(deps_with(world.deps, lists=ListMemory()))).by_id["MC1200001"]
    await index(world.deps)
    kept = (await read_listing(world.blobs, LIVE)).lines["MC1200001"]
    assert whole == kept == (await fresh(world))["MC1200001"]
    assert (kept.revision, kept.tickets[0].number, kept.closings) == (2, "CHG1200001", 1)


# A process may die between any two calls.


class DyingWorld(World):
    def __init__(self, left=None, *, after=False):
        super().__init__()
        self.life = Lifetime(left, after=after)
        ports = {name: Mortal(getattr(self.deps.storage, name), self.life) for name in ("tables", "queues", "blobs")}
        self.deps = deps_with(self.deps, **ports)

    async def told(self, queue, envelope):
        """A message that is there, whoever dies."""
        await self.queues.send(queue, envelope)
        await self.drain()


async def survived(world):
    """The story, where a timer that dies runs again ten minutes later and a message comes again."""
    await world.told("posts", batch(post(), post("MC1200002")))
    await timer(world)
    await world.told("posts", batch(post(when=NOVEMBER, modified="2026-09-01T09:20:00Z"), observed=world.clock()))
    tasks = {"tenant": "contoso", "plan": "plan1", "observed": world.clock().isoformat()}
    tasks["tasks"] = [task(), task("x", title="[MC1200002]")]
    await world.told("tasks", Envelope(tasks, world.clock()))
    for _ in range(3):
        await timer(world)


async def timer(world):
    try:
        await index(world.deps)
    except DiedError:
        await index(world.deps)
    world.clock.forward(minutes=5)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_leaves_lists_that_say_what_is_recorded(after):
    whole = DyingWorld()
    await survived(whole)
    for left in range(whole.life.calls):
        world = DyingWorld(left, after=after)
        await survived(world)
        lines = await fresh(world)
        records = {record.change.id: record async for record in all_changes(world.tables)}
        assert lines.keys() == records.keys(), f"died at call {left + 1}"
        for change_id, record in records.items():
            line, (ticket,) = lines[change_id], [s for s in record.states if s.effect.kind == "ticket"]
            assert line.revision == record.change.revision, f"died at call {left + 1}"
            assert line.tickets[0].number == ticket.ticket.number, f"died at call {left + 1}"
            assert len(line.tasks) == 1, f"died at call {left + 1}"
        assert await read_listing(world.blobs, LIVE)


@pytest.mark.parametrize("night", [False, True], ids=["by its next run", "by the night"])
async def test_what_died_behind_a_timers_commit_is_put_right(night):
    world = await a_world()
    await move_entry(world.tables, "CHG1200001", "authorize", "", world.clock())
    inner = world.tables.commit

    async def commit(table, writes):
        if table == lists.TABLE:
            raise DiedError
        return await inner(table, writes)

    world.tables.commit = commit
    with pytest.raises(DiedError):
        await world.follow()
    world.tables.commit = inner
    assert (await fresh(world))["MC1200001"].tickets[0].state == "new"

    await (world.mend() if night else world.follow())

    assert (await fresh(world))["MC1200001"].tickets[0].state == "authorize"


async def test_a_list_whose_rest_was_written_before_its_own_half_died_is_whole():
    world = await a_world(post(), post("MC1200002"))
    everything = (await fresh(world)).values()
    live = await world.blobs.get(CONTAINER, LIVE)
    await put_listings(world.blobs, [], everything, world.clock(), "died")
    await world.blobs.put(CONTAINER, LIVE, live)

    assert len(await fresh(world)) == 2
    assert (await read_listing(world.blobs, REST)).rest == "died"
