"""Ticket states are read back, and changes closed by them."""

from dataclasses import replace

from shared.core.errors import TransientError
from shared.core.policy.model import Match, Route, TicketSystemEntry
from shared.core.ports.storage import Write
from shared.core.tickets.register import number_of
from shared.core.tickets.ticket import TicketRef
from shared.record.people import KnownPerson
from shared.record.register import move_entry
from shared.usecases.review.decide import Speaker, close_or_open
from tests.fakes import NOW
from tests.usecases.world import World, policy, post, task


async def move(world, number, state):
    await move_entry(world.tables, number, state, "", world.clock())


async def closings(world):
    return [(row.values["change"], row.values["reference"]) for row in await world.all("closings")]


async def test_a_closed_ticket_closes_its_change_once(world):
    await world.arrive(post(), post("MC1200002"))
    assert await world.follow() == 0
    world.clock.forward(days=4)
    await move(world, "CHG1200001", "closed")

    assert await world.follow() == 1
    assert await world.follow() == 0

    change = await world.change()
    assert (change.closed.through, change.closed.at) == ("ticket", world.clock())
    assert await closings(world) == [("MC1200001", "CHG1200001")]
    assert [row.key for row in await world.all("open")] == ["0001200002"]


async def test_a_ticket_that_is_opened_again_opens_its_change_again(world):
    await world.arrive(post())
    world.clock.forward(days=4)
    await move(world, "CHG1200001", "closed")
    await world.follow()
    world.clock.forward(days=20)
    await move(world, "CHG1200001", "assess")

    assert await world.follow() == 1

    assert (await world.change()).closed is None
    assert [row.key for row in await world.all("open")] == ["0001200001"]
    await move(world, "CHG1200001", "closed")
    await world.follow()
    assert (await world.change()).closings == 2
    assert len(await world.all("closings")) == 2


async def test_a_move_that_is_no_end_is_noted_and_closes_nothing(world):
    await world.arrive(post())
    await move(world, "CHG1200001", "authorize")

    assert await world.follow() == 1

    assert (await world.ticket_state()).ticket.state == "authorize"
    assert (await world.change()).closed is None


async def test_of_two_tickets_the_last_one_closes():
    routes = Route(team="workplace", routes=tuple(
        Route(match=Match(crb=True), ticket=name, **{"continue": True}) for name in ("crb", "second")
    ))  # fmt: skip
    world = World(
        policy(
            tickets={"crb": TicketSystemEntry(kind="register"), "second": TicketSystemEntry(kind="fake")}, routes=routes
        )
    )
    other = replace_system()
    world.systems["second"] = other
    await world.arrive(post())
    await move(world, "CHG1200001", "closed")
    await world.follow()
    assert (await world.change()).closed is None

    other.state = "closed"
    await world.follow()

    assert (await world.change()).closed


def replace_system():
    class Second:
        searches_late, state, fails = 0.0, "new", False

        async def find(self, key):
            return None

        async def open(self, ticket):
            return TicketRef("S1", "u", "new")

        async def states(self, numbers):
            if self.fails:
                raise TransientError("down")
            return {number: TicketRef(number, "u", self.state) for number in numbers}

    return Second()


async def test_one_system_that_is_down_leaves_the_others():
    routes = Route(team="workplace", routes=(
        Route(match=Match(service="Exchange Online"), ticket="crb"),
        Route(match=Match(crb=True), ticket="second"),
    ))  # fmt: skip
    world = World(
        policy(
            tickets={"crb": TicketSystemEntry(kind="register"), "second": TicketSystemEntry(kind="fake")}, routes=routes
        )
    )
    world.systems["second"] = replace_system()
    await world.arrive(post(), post("MC1200002", services=["Planner"]))
    world.systems["second"].fails = True
    await move(world, "CHG1200001", "closed")

    assert await world.follow() == 1

    assert (await world.change()).closed
    assert (await world.change("MC1200002")).closed is None


async def test_a_ticket_deleted_by_hand_is_said_to_be_gone_once_and_leaves_its_change_open(world):
    await world.arrive(post())
    (row,) = await world.all("register")
    await world.tables.commit("register", [Write("delete", replace(row))])

    assert await world.follow() == 1
    assert await world.follow() == 0

    state = await world.ticket_state()
    assert (state.ticket.state, state.ticket.remote_state) == ("new", "no longer there")
    assert (await world.change()).closed is None


class Answers:
    """A ticket system that answers as it is told."""

    searches_late = 0.0

    def __init__(self, **said):
        self.said = said

    async def open(self, ticket):
        return TicketRef("T1", "u", "new")

    async def states(self, numbers):
        return {number: TicketRef(number, "u", **self.said) for number in numbers}


async def followed(**said):
    world = World()
    world.systems["crb"] = system = Answers(state="new")
    await world.arrive(post())
    system.said = said
    return world, system, await world.follow()


async def test_a_state_that_nobody_mapped_leaves_ours_as_it_was_and_is_shown():
    world, system, moved = await followed(state="unknown", remote_state="Waiting for Bob")

    state = await world.ticket_state()
    assert moved == 1
    assert (state.ticket.state, state.ticket.remote_state) == ("new", "Waiting for Bob")
    assert (await world.change()).closed is None
    assert await world.follow() == 0
    system.said = {"state": "closed", "remote_state": "Done"}
    assert await world.follow() == 1
    assert (await world.change()).closed


async def test_the_boards_decision_is_read_back_with_who_and_when():
    at = NOW.replace(hour=8)
    world, system, moved = await followed(
        state="scheduled", remote_state="Scheduled", decision="approved", decided_by="Ana", decided_at=at
    )

    state = await world.ticket_state()
    assert moved == 1
    assert (state.ticket.decision, state.ticket.decided_by, state.ticket.decided_at) == ("approved", "Ana", at)
    system.said = {"state": "implement", "remote_state": "Implement"}
    assert await world.follow() == 1
    assert (await world.ticket_state()).ticket.decision == "approved", "systems forget approvals when a ticket moves on"
    system.said = {"state": "implement", "remote_state": "Implement", "decision": "rejected"}
    assert await world.follow() == 1
    state = await world.ticket_state()
    assert (state.ticket.decision, state.ticket.decided_by, state.ticket.decided_at) == ("rejected", "", None)


async def test_three_hundred_tickets_are_followed():
    world = World()
    many = [f"MC12{n:05d}" for n in range(300)]
    await world.arrive(*(post(i) for i in many))
    for change_id in many[::3]:
        await move(world, number_of(change_id), "closed")

    assert await world.follow() == 100
    assert len(await closings(world)) == 100


async def test_what_the_board_decides_after_a_person_closed_the_change_is_read_all_the_same(world):
    await world.arrive(post())
    person = KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example")
    await close_or_open(world.deps, "MC1200001", "close", Speaker(person, "messaging"))
    await world.drain()
    await move(world, "CHG1200001", "scheduled")

    assert await world.follow() == 1

    ticket = (await world.ticket_state()).ticket
    assert (ticket.decision, ticket.moved_at) == ("approved", world.clock())
    assert (await world.change()).closed.through == "page"


async def test_a_change_that_was_opened_again_stays_on_the_list_as_old_as_its_first_task(world):
    await world.arrive(post())
    await world.bring(task("task1", createdDateTime="2026-08-30T08:00:00Z"))
    world.clock.forward(days=4)
    for state in ("closed", "authorize"):
        await move(world, "CHG1200001", state)
        await world.follow()
        world.clock.forward(days=1)
    (before,) = await world.all("open")
    assert before.values["opened"] == (await world.held()).task_states[0].opened
    await move(world, "CHG1200001", "implement")

    assert await world.follow() == 1

    (after,) = await world.all("open")
    assert after.values == before.values
