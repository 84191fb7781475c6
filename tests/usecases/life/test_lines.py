"""Pages read lines: as of the last commit that was followed up, in few calls, with the numbers of a full count."""

import logging
from dataclasses import replace
from datetime import date

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.life.closing import closed_row, open_row
from shared.core.life.metrics import measure
from shared.core.ports.storage import Row, Write
from shared.record.changes import all_changes
from shared.record.register import move_entry
from shared.record.tasks import all_tasks
from shared.usecases.deps import ListMemory
from shared.usecases.life.lines import every_line, live_lines
from shared.usecases.pages.home import count, home
from shared.usecases.pages.metrics import metrics
from shared.usecases.review.decide import settle_fields
from shared.usecases.upkeep.lists import index
from tests.fakes import NOW, deps_with
from tests.usecases.world import CANCELLED, NOVEMBER, World, done, post, task

OLD = {"startDateTime": "2026-05-01T00:00:00Z"}
PRIVATE = {"title": "Act on the quetzal incident", "tags": ["GDPR", "Retirement"]}


async def story(world):
    """Filed, moved, cancelled, closed by the board and by a task, opened again, silent, private."""
    await world.arrive(*(post(f"MC120000{n}") for n in range(1, 8)))
    await world.arrive(
        post("MC1200008", **OLD), post("MC1200009", **PRIVATE), post("MC1200010", tags=[], isMajorChange=False, body={})
    )
    world.clock.forward(hours=1)
    at = "2026-09-01T10:00:00Z"
    await world.arrive(post("MC1200001", when=NOVEMBER, modified=at), post("MC1200002", when=CANCELLED, modified=at))
    await world.bring(task("a", title="[MC1200003]"), done("b", title="[MC1200008]"), done("c", title="[MC1200008]"))
    await move_entry(world.tables, "CHG1200004", "closed", "", world.clock())
    await move_entry(world.tables, "CHG1200005", "closed", "", world.clock())
    await move_entry(world.tables, "CHG1200006", "authorize", "", world.clock())
    await world.follow()
    world.clock.forward(hours=1)
    await move_entry(world.tables, "CHG1200005", "assess", "", world.clock())
    await world.follow()
    await settle_fields(world.deps, "MC1200007", {"act_by": date(2026, 8, 1)}, "ana")
    await world.drain()


async def full_metrics(world):
    """The measures, counted from the record itself."""
    tasks = await all_tasks(world.tables)
    opened, closed = [], []
    async for record in all_changes(world.tables):
        own = tasks.get(record.change.id, ())
        opened.append(open_row(record.change, record.states, own, world.policy.policy, world.clock()))
        closed.append(closed_row(record.change, record.states, own, world.policy.policy))
    return measure(filter(None, opened), filter(None, closed), world.clock())


async def nothing(_):
    """Only what was touched."""


async def once(world):
    await index(world.deps)


async def as_it_happens(world):
    await index(world.deps)
    world.clock.forward(minutes=5)
    await index(world.deps)


async def at_night(world):
    await world.mend()


@pytest.mark.parametrize("kept", [nothing, once, as_it_happens, at_night], ids=lambda kept: kept.__name__)
async def test_the_numbers_of_home_and_metrics_are_those_of_a_full_count(world, kept):
    await story(world)
    await kept(world)

    counted, view = await count(world.deps), await home(world.deps)

    assert view.complete is (kept is not nothing)
    names = ("changes", "revisions", "cancelled")
    assert {name: getattr(view.figures, name) for name in names} == {name: getattr(counted, name) for name in names}
    tickets = [ticket for line in (await every_line(world.deps)).by_id.values() for ticket in line.tickets]
    assert (sum(bool(ticket.number) for ticket in tickets), sum(ticket.notes for ticket in tickets)) == (
        counted.tickets,
        counted.notes,
    )
    assert (view.figures.closings, counted.closed) == (4, 4)
    measured = await metrics(world.deps)
    assert measured.complete is view.complete
    assert replace(measured, complete=True) == await full_metrics(world)
    assert (view.figures.open, len(measured.overdue)) == (measured.open, 1)
    assert {row.workload for row in measured.workloads} == {"exchange", "no workload"}


async def test_a_page_is_never_older_than_the_last_commit_that_was_followed_up():
    """After every message and every run of a timer, whatever has been taken over into the blobs."""
    world = World()
    for number, step in enumerate((_arrives, _moves, _files, _closes, _opens, _settles)):
        await step(world)
        if number % 2:
            await index(world.deps)
        record = {each.change.id: each async for each in all_changes(world.tables)}
        lines = (await every_line(world.deps)).by_id

        assert lines.keys() == record.keys()
        for change_id, each in record.items():
            line, change = lines[change_id], each.change
            closed = change.closed.at if change.closed else None
            assert (line.revision, line.closed, line.closings) == (change.revision, closed, change.closings)
            assert (line.kind, line.act_by) == (change.classification.kind, change.classification.act_by)
            assert line.settled == tuple(sorted(change.assessment.settled))
            tickets = [state for state in each.states if state.effect.kind == "ticket"]
            assert [(t.number, t.state) for t in line.tickets] == [(t.ticket.number, t.ticket.state) for t in tickets]


async def _arrives(world):
    await world.arrive(post(), post("MC1200002"))


async def _moves(world):
    await world.arrive(post(when=NOVEMBER, modified="2026-09-01T10:00:00Z"))


async def _files(world):
    await move_entry(world.tables, "CHG1200001", "authorize", "", world.clock())
    await world.follow()


async def _closes(world):
    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
    await world.follow()


async def _opens(world):
    world.clock.forward(minutes=15)
    await move_entry(world.tables, "CHG1200001", "assess", "", world.clock())
    await world.follow()


async def _settles(world):
    await settle_fields(world.deps, "MC1200002", {"kind": "security"}, "ana")
    await world.drain()


def calls(world):
    return world.tables.calls + world.blobs.calls


async def used(world, run, deps=None):
    before = calls(world)
    await run(deps or world.deps)
    return calls(world) - before


async def test_a_page_costs_at_most_five_calls_and_three_where_the_process_knows_the_blobs():
    world = World()
    await story(world)
    await world.mend()
    await world.arrive(post("MC1300001"))
    process = world.worker()

    assert await used(world, home, process) == 3, "live, touched, rest: it may be an old one that came back"
    assert await used(world, home, process) == 2
    assert await used(world, metrics, process) == 2
    world.clock.now = NOW.replace(hour=23, minute=59)
    assert await used(world, home, process) == 3, "around midnight two days are read"


async def test_pages_of_all_lines_and_of_the_live_ones_in_turn_find_what_was_made_of_both():
    world = World()
    await story(world)
    world.clock.forward(minutes=10)
    await world.mend()
    world.clock.forward(hours=1)
    await index(world.deps)  # the lists are newer than what was touched
    process = world.worker()

    first = [(await every_line(process)).by_id, (await live_lines(process)).by_id]
    again = [(await every_line(process)).by_id, (await live_lines(process)).by_id]

    assert first[0].keys() == first[1].keys()
    assert [one is other for one, other in zip(first, again, strict=True)] == [True, True]


async def test_a_page_reads_what_is_old_only_where_it_is_asked_for_or_touched():
    world = World()
    await world.arrive(
        post(),
        post(
            "MC1200002",
            startDateTime="2024-05-01T00:00:00Z",
            lastModifiedDateTime="2024-05-01T00:00:00Z",
            actionRequiredByDateTime="2024-06-01T00:00:00Z",
            body={},
        ),
    )
    world.clock.forward(days=500)
    await world.arrive(post("MC1200003"))
    await world.mend()
    process = deps_with(world.deps, lists=ListMemory())

    before = calls(world)
    live = await live_lines(process)
    assert (list(live.by_id), calls(world) - before) == (["MC1200001", "MC1200003"], 2)
    assert len((await every_line(process)).by_id) == 3

    await settle_fields(world.deps, "MC1200002", {"kind": "security"}, "ana")
    again = (await live_lines(deps_with(process, lists=ListMemory()))).by_id["MC1200002"]
    assert (again.kind, again.revision, again.settled) == ("security", 1, ("kind",))


async def test_a_private_line_is_counted_only_for_privacy_readers():
    world = World()
    await world.arrive(post(), post("MC1200002", **PRIVATE))

    everybody, reader = await home(world.deps, privacy=False), await home(world.deps, privacy=True)

    assert (everybody.figures.changes, reader.figures.changes) == (1, 2)
    assert (await metrics(world.deps, privacy=False)).open == everybody.figures.open


async def test_lists_that_cannot_be_told_stop_no_record_and_are_told_in_the_log(caplog):
    world = World()
    inner = world.tables.commit

    async def commit(table, writes):
        if table == "touched":
            raise TransientError("reading table touched: the table is not there")
        return await inner(table, writes)

    world.tables.commit = commit
    await world.arrive(post())
    await world.bring(task())
    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
    await world.follow()
    await settle_fields(world.deps, "MC1200001", {"kind": "security"}, "ana")

    assert (await world.change()).closed
    assert len(world.inbox.cards) == 4  # the announcement and the board's decision, for two channels
    assert await world.all("parked") == []
    told = [entry for entry in caplog.records if "the lists are not told of MC1200001" in entry.getMessage()]
    assert len(told) >= 4
    assert {entry.levelno for entry in told} == {logging.ERROR}
    await world.mend()
    assert (await every_line(world.deps)).by_id["MC1200001"].closed, "mend lists it"


async def test_a_row_that_is_too_large_is_told_and_stops_nothing(caplog):
    world = World()
    inner = world.tables.commit

    async def commit(table, writes):
        if table == "touched":
            raise PermanentError("1,200,000 bytes in 21 properties; a row holds 1 MiB in 252")
        return await inner(table, writes)

    world.tables.commit = commit
    await world.arrive(post())

    assert (await world.change()).stage == "decided"
    assert "a row holds 1 MiB" in caplog.text


async def test_a_row_of_a_later_version_is_carried_along():
    world = World()
    await world.arrive(post())
    row = (await world.all("touched"))[0]
    await world.tables.commit(
        "touched", [Write("insert", Row(row.partition, f"{row.key}2", {**row.values, "board": "later"}))]
    )

    assert len((await every_line(world.deps)).by_id) == 1
