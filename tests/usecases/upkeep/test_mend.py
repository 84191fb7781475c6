"""Nightly: what hangs is sent again, the lists are rebuilt from the record; a quiet night finds nothing."""

from dataclasses import asdict, replace

from shared.core.policy.model import Route
from shared.core.ports.storage import Row, Write
from shared.record import change_keys, changes
from shared.record.register import move_entry
from shared.usecases.upkeep.mend_walk import Mended
from tests.fakes import FakeTables
from tests.usecases.world import World, done, policy, post

OLD = {"startDateTime": "2026-05-01T00:00:00Z"}


async def test_a_quiet_night_finds_nothing(world):
    await world.arrive(post(), post("MC1200002"))
    await world.mend()

    assert await world.mend() == Mended(full=True)


async def test_what_a_first_load_finds_is_listed_at_night(world):
    await world.arrive(post(**OLD))
    assert not await world.all("open")

    assert (await world.mend()).listed == 1

    (row,) = await world.all("open")
    assert (row.partition, row.values["through"]) == ("messaging", "")


async def test_lost_messages_are_sent_again():
    world = World()
    await world.deps.storage.queues.send("posts", _batch())
    await world.drain_only("posts")
    world.queues.sent.clear()
    assert (await world.mend()).classify == 1

    assert (await world.change()).stage == "decided"
    assert len(world.inbox.cards) == 2
    assert len(await world.all("register")) == 1


async def test_lost_pointers_to_effects_are_sent_again():
    world = World()
    await world.arrive_only(post())
    world.queues.sent.clear()

    assert (await world.mend()).effects == 3

    assert len(world.inbox.cards) == 2
    assert not [state for state in (await world.held()).states if state.due]


async def test_the_lists_are_rebuilt_from_the_record(world):
    await world.arrive(post(), post("MC1200002"))
    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
    await world.follow()
    await world.mend()
    before = {
        name: [(r.partition, r.key, dict(r.values)) for r in await world.all(name)] for name in ("open", "closings")
    }
    for name in before:
        for row in await world.all(name):
            await world.tables.commit(name, [Write("delete", row)])
    stray = Row("nobody", "0001200001", {**before["open"][0][2]})
    await world.tables.commit("open", [Write("insert", stray)])

    mended = await world.mend()

    assert (mended.listed, mended.closings, mended.unlisted) == (1, 1, 1)
    assert {name: [(r.partition, r.key, dict(r.values)) for r in await world.all(name)] for name in before} == before


async def test_a_change_that_is_parked_keeps_its_place_on_the_list(world):
    await world.arrive(post())
    row = await world.tables.get(changes.TABLE, *_place())
    await world.tables.commit(
        changes.TABLE, [Write("merge", Row(row.partition, row.key, {"stage": "parked", "parked": "why"}, row.etag))]
    )

    await world.mend()

    assert len(await world.all("open")) == 1


async def test_a_closing_through_tasks_is_written_again():
    world = World()
    await world.arrive(post(**OLD))
    await world.bring(done())
    for row in await world.all("closings"):
        await world.tables.commit("closings", [Write("delete", row)])

    assert asdict(await world.mend())["closings"] == 1
    assert [row.values["through"] for row in await world.all("closings")] == ["task"]


def _batch():
    from tests.usecases.world import batch

    return batch(post())


def _place():
    from shared.core import ids

    return ids.partition("MC1200001"), change_keys.change_key("MC1200001")


async def test_an_upgrade_lets_hundreds_of_old_changes_lapse_in_few_transactions_and_wakes_nobody():
    commits = []

    class Counted(FakeTables):
        async def commit(self, table, writes):
            commits.append(table)
            return await super().commit(table, writes)

    world = World(policy(routes=Route(team="workplace", cards=("owner",))), tables=Counted())
    for at in range(0, 300, 20):
        await world.arrive(*[post(f"MC12{number:05d}") for number in range(at, at + 20)])
    world.clock.forward(days=200)
    cards = len(world.inbox.cards)
    commits.clear()

    mended = await world.mend()

    assert mended.lapsed == 300
    assert commits.count("changes") < 15
    assert len(world.inbox.cards) == cards
    assert await world.all("closings") == []
    assert (await world.mend()).lapsed == 0


async def test_what_somebody_else_writes_while_it_lapses_is_left_to_the_next_night(world):
    await world.arrive(post())
    world.policy.policy = policy(routes=Route(team="workplace"))
    await world.arrive(post("MC1200002"))
    world.clock.forward(days=200)
    record = await world.held("MC1200002")
    commit_or_skip = changes.commit_or_skip

    async def other_first(tables, writes):
        changes.commit_or_skip = commit_or_skip
        await changes.commit(tables, [record.replace_change(replace(record.change, parked=""))])
        return await commit_or_skip(tables, writes)

    changes.commit_or_skip = other_first
    try:
        assert (await world.mend()).lapsed == 0
    finally:
        changes.commit_or_skip = commit_or_skip
    assert (await world.change("MC1200002")).closed is None
    assert (await world.mend()).lapsed == 1
