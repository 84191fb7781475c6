"""The list of changes over the record: what it finds, what it costs, and for whom."""

import json
import zlib
from dataclasses import asdict
from datetime import timedelta

import pytest

from shared.core.life.behind import home_figures
from shared.core.life.figures import is_live
from shared.core.life.listed import COLUMNS, rows_of
from shared.core.life.selected import PAGE
from shared.record.lists import CONTAINER, LIVE, put_listings, read_listing
from shared.record.register import move_entry
from shared.usecases.deps import ListMemory
from shared.usecases.life.shown import every_shown
from shared.usecases.life.touch import touch
from shared.usecases.pages.changes import changes_table, changes_view, known_change
from shared.usecases.pages.home import home
from shared.usecases.upkeep.lists import index
from tests.fakes import NOW, deps_with
from tests.lines import some_lines
from tests.usecases.world import World, post

PRIVATE = {"tags": ["GDPR"], "title": "The quetzal incident"}


def calls(world):
    return world.tables.calls + world.blobs.calls


async def shown(world, *, privacy=True, **params):
    return await changes_view(world.deps, params, privacy=privacy)


async def ids(world, *, privacy=True, **params):
    return [row.line.id for row in (await shown(world, privacy=privacy, **params)).rows]


async def test_nothing_recorded_is_an_empty_list_that_says_that_it_is_not_complete():
    view = await shown(World())

    assert (view.rows, view.count, view.total, view.pages, view.complete) == ((), 0, 0, 1, False)


async def test_a_change_is_found_as_soon_as_it_is_recorded_and_stands_as_it_is_now(world):
    await world.arrive(post(), post("MC1200002", title="Another title"))

    assert await ids(world, q="another") == ["MC1200002"]
    (row,) = (await shown(world, q="viewer")).rows
    assert (row.line.id, row.state, row.due.because, row.ticket.number) == ("MC1200001", "open", "act by", "CHG1200001")

    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
    await world.follow()

    (row,) = (await shown(world, q="viewer")).rows
    assert (row.state, row.due) == ("closed", None)
    assert await ids(world, state="open") == ["MC1200002"]


async def test_a_post_on_data_privacy_is_in_no_list_no_count_and_no_table_without_the_role():
    world = World()
    await world.arrive(post(), post("MC1200002", **PRIVATE))

    view = await shown(world, privacy=False)

    assert ([row.line.id for row in view.rows], view.count, view.total) == (["MC1200001"], 1, 1)
    assert await ids(world, privacy=False, q="MC1200002") == []
    assert await ids(world, q="MC1200002") == ["MC1200002"]
    assert await ids(world, q="quetzal") == [], "its title is in no line"
    assert [row.line.id for row in await changes_table(world.deps, {}, privacy=False)] == ["MC1200001"]
    assert await known_change(world.deps, "MC1200002", privacy=False) is None
    assert await known_change(world.deps, "MC1200002", privacy=True)


async def test_what_an_address_says_wrong_is_told_and_the_rest_of_it_counts(world):
    await world.arrive(post(), post("MC1200002", title="Another title"))

    view = await shown(world, state="broken", colour="red", q="another")

    assert [row.line.id for row in view.rows] == ["MC1200002"]
    assert len(view.faults) == 2


async def listed(count=400):
    world = World()
    lines = some_lines(count)
    await put_listings(world.blobs, lines, lines, NOW - timedelta(minutes=2), "one")
    return world


async def test_a_page_has_fifty_changes_and_one_behind_the_last_is_the_last():
    world = await listed(120)

    pages = [await shown(world, page=str(page)) for page in (1, 2, 3, 9)]

    assert [len(view.rows) for view in pages] == [PAGE, PAGE, 20, 20]
    assert len({row.line.id for view in pages for row in view.rows}) == 120
    assert [(view.selection.page, view.pages) for view in pages] == [(1, 3), (2, 3), (3, 3), (3, 3)]


@pytest.mark.parametrize("privacy", [True, False])
async def test_the_figures_of_home_and_what_it_names_are_those_of_the_lists(privacy):
    world = await listed()

    view = await home(world.deps, privacy=privacy)

    for name, params in (("due", {"due": "7"}), ("quiet", {"state": "quiet"})):
        of_list = await shown(world, privacy=privacy, **params)
        assert getattr(view.figures, name) == of_list.count
        assert [row.line.id for row in getattr(view, name)] == [row.line.id for row in of_list.rows[:6]]
    assert view.figures.changes == (await shown(world, privacy=privacy)).total


@pytest.mark.parametrize("privacy", [True, False])
async def test_home_counts_what_nothing_has_happened_to_for_long_without_reading_it(privacy):
    world, lines = World(), some_lines(400)
    live = [line for line in lines if is_live(line, NOW)]
    await put_listings(world.blobs, live, lines, NOW - timedelta(minutes=2), "one")
    process = deps_with(world.deps, lists=ListMemory())

    view = await home(process, privacy=privacy)

    assert len(live) < len(lines)
    assert process.here.lists.rest is None, "the greater one of the blobs is not read"
    everything, policy = (await every_shown(process, privacy=privacy))[0], await process.here.policy.current()
    assert view.figures.changes == (await shown(world, privacy=privacy)).total
    assert asdict(view.figures) == asdict(home_figures(everything, policy, NOW))


async def test_home_counts_a_change_once_that_comes_back_from_the_old_and_one_that_is_new():
    world, lines = World(), some_lines(400)
    live = [line for line in lines if is_live(line, NOW)]
    await put_listings(world.blobs, live, lines, NOW - timedelta(minutes=2), "one")
    old = next(line for line in lines if line not in live and not line.private)
    await touch(world.deps, [old])
    await world.arrive(post("MC9900001"))

    before = await home(deps_with(world.deps, lists=ListMemory()))
    world.clock.forward(minutes=10)
    await index(world.deps)
    after = await home(deps_with(world.deps, lists=ListMemory()))

    assert before.figures.changes == after.figures.changes == len(lines) + 1
    kept = await read_listing(world.blobs, LIVE)
    assert kept.older[True].changes == len(lines) - len(live) - 1


async def test_where_the_version_before_counted_nothing_home_reads_everything():
    world, lines = World(), some_lines(400)
    await put_listings(world.blobs, lines[:200], lines, NOW - timedelta(minutes=2), "one")
    header = json.loads(zlib.decompress(await world.blobs.get(CONTAINER, LIVE)))
    for later in ({}, {"older": [{"changes": 5}, {"changes": 5}]}):
        data = {key: value for key, value in header.items() if key not in {"built", "older"}} | later
        await world.blobs.put(CONTAINER, LIVE, zlib.compress(json.dumps(data).encode()))
        assert (await home(deps_with(world.deps, lists=ListMemory()))).figures.changes == len(lines)


async def test_list_search_and_home_cost_five_calls_at_most_and_three_where_the_process_knows_the_lists():
    world = await listed()
    process = deps_with(world.deps, lists=ListMemory())
    spent = []
    for params in ({}, {"q": "wizard"}, {"state": "closed", "page": "2"}):
        before = calls(world)
        await changes_view(process, params, privacy=True)
        spent.append(calls(world) - before)
    before = calls(world)
    await home(process)

    assert spent == [3, 2, 2], "the policy is a call more, once a minute"
    assert calls(world) - before == 2


async def test_the_table_has_every_change_that_was_chosen_whatever_the_page():
    world = await listed()

    rows = rows_of(await changes_table(world.deps, {"state": "open", "page": "2"}, privacy=True))

    assert len(rows) == (await shown(world, state="open")).count > PAGE
    assert all(list(row) == list(COLUMNS) for row in rows)
    assert {row["state"] for row in rows} <= {"open", "overdue", "over", "about"}
