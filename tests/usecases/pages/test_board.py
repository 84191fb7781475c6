"""The board and the register as pages read them: few calls, filters, pages, and nothing private."""

from datetime import date

import pytest

from shared.core.policy.model import TicketSystemEntry
from shared.core.tickets.board import Order
from shared.usecases.deps import ListMemory
from shared.usecases.pages.board import PAGE, SHOWN, board
from shared.usecases.pages.calendar import calendar
from shared.usecases.pages.register import register, ticket
from shared.usecases.tickets.move import move_ticket
from tests.fakes import deps_with
from tests.usecases.review.test_answers import ANA
from tests.usecases.world import World, policy, post


async def filled(count=3, **over):
    world = World(policy(**over))
    await world.arrive(*(post(f"MC12{n:05d}") for n in range(1, count + 1)))
    await world.mend()
    return world


def counts(view):
    return {each.key: each.count for each in view.columns if each.count}


async def test_the_board_shows_each_ticket_in_the_column_of_its_state():
    world = await filled()
    await move_ticket(world.deps, "CHG1200001", Order("approve"), ANA)
    await move_ticket(world.deps, "CHG1200002", Order("reject", "no licence"), ANA)

    view = await board(world.deps, privacy=False)

    assert counts(view) == {"new": 1, "scheduled": 1, "closed": 1}
    assert (view.register, view.others, view.unfiltered, view.complete) == (True, {}, 3, True)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 3),
        ({"team": "messaging"}, 3),
        ({"team": "nobody"}, 0),
        ({"workload": "exchange"}, 3),
        ({"workload": "teams"}, 0),
        ({"team": "messaging", "workload": "exchange"}, 3),
        ({"column": "new"}, 3),
        ({"column": "closed"}, 0),
        ({"column": "what"}, 3),
    ],
)
async def test_filters(asked, count):
    world = await filled()

    view = await board(world.deps, privacy=False, **asked)

    assert sum(each.count for each in view.columns) == count
    assert view.unfiltered == 3
    assert set(view.teams) == {"messaging", asked.get("team", "messaging")}
    assert len(view.columns) == (1 if view.column else 7)


async def test_a_long_column_shows_its_first_tickets_and_has_pages_of_its_own():
    world = await filled(PAGE + 7)

    whole = await board(world.deps, privacy=False)
    second = await board(world.deps, privacy=False, column="new", page=2)
    beyond = await board(world.deps, privacy=False, column="new", page=99)

    assert (whole.columns[0].count, len(whole.columns[0].tickets)) == (PAGE + 7, SHOWN)
    assert (len(second.columns[0].tickets), second.page, second.pages) == (7, 2, 2)
    assert beyond.page == 2


async def test_the_register_is_listed_by_pages_and_by_state():
    world = await filled(PAGE + 7)
    await move_ticket(world.deps, "CHG1200009", Order("approve"), ANA)

    first, last = await register(world.deps, privacy=False), await register(world.deps, privacy=False, page=2)
    scheduled = await register(world.deps, privacy=False, state="scheduled")

    assert (len(first.tickets), len(last.tickets), first.pages) == (PAGE, 7, 2)
    assert first.tickets[0].number == f"CHG12000{PAGE + 7}"
    assert [each.number for each in scheduled.tickets] == ["CHG1200009"]
    assert list(first.states.items()) == [("new", PAGE + 6), ("scheduled", 1)]


def this_month(deps, **asked):
    return calendar(deps, None, **asked)


@pytest.mark.parametrize("page", [board, register, this_month])
async def test_a_page_costs_at_most_six_calls_and_three_where_the_lists_are_known(page):
    world = await filled(30)
    await move_ticket(world.deps, "CHG1200001", Order("approve"), ANA)  # the lists lag behind
    policy_ = 1  # is read once a minute
    calls = world.tables.calls + world.blobs.calls

    await page(deps_with(world.deps, lists=ListMemory()), privacy=False)
    assert world.tables.calls + world.blobs.calls - calls + policy_ <= 6

    await page(world.deps, privacy=False)
    calls = world.tables.calls + world.blobs.calls
    await page(world.deps, privacy=False)
    assert world.tables.calls + world.blobs.calls - calls + policy_ <= 3


async def test_posts_on_data_privacy_are_for_their_readers_on_every_page():
    world = World(policy(tickets={"crb": TicketSystemEntry(kind="register", privacy=True)}))
    await world.arrive(post(), post("MC1200002", tags=["Retirement", "Data privacy"], title="Data privacy: a viewer"))
    await world.mend()

    for privacy in (False, True):
        on_board = {
            each.number for column in (await board(world.deps, privacy=privacy)).columns for each in column.tickets
        }
        listed = {each.number for each in (await register(world.deps, privacy=privacy)).tickets}
        assert on_board == listed == {"CHG1200001", *(["CHG1200002"] if privacy else [])}
        assert (await ticket(world.deps, "CHG1200002", privacy=privacy) is not None) is privacy
        days = (await calendar(world.deps, date(2026, 10, 1), privacy=privacy)).month.days
        assert any(mark.change_id == "MC1200002" for day in days for mark in day.marks) is False


async def test_a_ticket_shows_people_by_their_names():
    world = await filled(1)
    await move_ticket(world.deps, "CHG1200001", Order("approve", "good"), ANA)

    shown = await ticket(world.deps, "CHG1200001", privacy=False)

    assert shown.history[-1][1] == "new to scheduled by Ana Torres: good"
    assert shown.decided_by == "Ana Torres"


async def test_tickets_of_another_system_are_shown_and_not_moved():
    world = await filled(1, tickets={"crb": TicketSystemEntry(kind="servicenow")})

    view = await board(world.deps, privacy=False)

    assert (view.register, dict(view.others)) == (False, {"crb": "servicenow"})
    (shown,) = view.columns[0].tickets
    assert (shown.ours, shown.moves) == (False, ())


async def test_an_empty_board_knows_what_is_missing():
    nothing = World(policy(tickets={}, routes=policy().routes.model_copy(update={"routes": ()})))
    view = await board(nothing.deps, privacy=False)
    assert (view.register, dict(view.others), view.unfiltered, view.complete) == (False, {}, 0, False)


# The calendar.


async def test_the_calendar_is_of_the_month_that_is_asked_for_and_else_of_this_one():
    world = await filled(2)

    now = await calendar(world.deps, None, privacy=False)
    october = await calendar(world.deps, date(2026, 10, 1), privacy=False, day=date(2026, 10, 31))

    assert now.month.first == world.clock().date().replace(day=1)
    assert [(mark.change_id, mark.kind) for mark in october.marks] == [("MC1200001", "ends"), ("MC1200002", "ends")]
    assert now.known


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 2),
        ({"team": "messaging"}, 2),
        ({"team": "workplace"}, 0),
        ({"workload": "exchange"}, 2),
        ({"workload": "x"}, 0),
    ],
)
async def test_the_calendar_is_filtered_as_the_board_is(asked, count):
    world = await filled(2)

    view = await calendar(world.deps, date(2026, 10, 1), privacy=False, **asked)

    assert sum(mark.kind == "ends" for day in view.month.days for mark in day.marks) == count
    assert view.known


async def test_a_long_day_has_pages():
    world = await filled(PAGE + 3)

    second = await calendar(world.deps, None, privacy=False, day=date(2026, 9, 30))
    assert (second.day, second.marks, second.pages) == (second.day, (), 1)
    last = await calendar(world.deps, date(2026, 10, 1), privacy=False, day=date(2026, 10, 31), page=9)
    assert (len(last.marks), last.page, last.pages) == (3, 2, 2)


async def test_work_that_the_board_planned_stands_in_the_calendar():
    world = await filled(1)
    await move_ticket(world.deps, "CHG1200001", Order("approve", start=date(2026, 11, 3), end=date(2026, 11, 4)), ANA)

    view = await calendar(world.deps, date(2026, 11, 1), privacy=False)

    found = [(mark.day.day, mark.kind, mark.ticket) for day in view.month.days for mark in day.marks if mark.ticket]
    assert found == [(3, "work_begins", "CHG1200001"), (4, "work_ends", "CHG1200001")]
