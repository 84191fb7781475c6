"""Tickets cannot be squatted: what carries our key, which anybody can guess, is not ours for that."""

from contextlib import asynccontextmanager

import pytest

from sandbox.ticket_systems.azure_devops.server import AzureDevOps
from sandbox.ticket_systems.freshservice.server import Freshservice
from sandbox.ticket_systems.jira.server import Jira
from sandbox.ticket_systems.servicenow.records import Rules
from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared.core.errors import PermanentError
from shared.core.messages import Envelope
from shared.core.terms import ENDED
from shared.core.tickets.ticket import TicketRef
from shared.usecases.tickets.file_ticket import file_ticket
from tests.contracts import azure_devops, freshservice, jira, servicenow
from tests.contracts.rig import ticket
from tests.fakes import FakeClock
from tests.usecases.world import World, post

KEY = ticket().key
POINTER = Envelope({"id": "MC1200001", "effect": "ticket|crb"}, World().clock())


@asynccontextmanager
async def crowded(kind, server, clock, settings):
    """A system in which somebody else has made a hundred and twenty tickets with our key, before ours and after."""
    async with kind.over(server, clock, settings) as (another, _):
        for _ in range(60):
            server.squat(KEY, "")
        ours = await another().open(ticket())
        for _ in range(60):
            server.squat(KEY, "")
        clock.forward(seconds=120)
        yield ours, another()


CROWDED = {
    "servicenow": (servicenow, lambda clock: ServiceNow(clock, own=("u_services", "u_act_by"))),
    "jira": (jira, Jira),
    "azure_devops": (azure_devops, lambda clock: AzureDevOps(clock, accepts=azure_devops.accepted)),
    "freshservice": (freshservice, lambda clock: Freshservice(clock, own=("services", "act_by"))),
}


@pytest.mark.parametrize("kind", CROWDED)
async def test_a_crowd_of_others_tickets_does_not_hide_ours(kind):
    module, build = CROWDED[kind]
    clock = FakeClock()
    async with crowded(module, build(clock), clock, module.SETTINGS) as (ours, port):
        assert (await port.find(KEY)).number == ours.number
        assert (await port.open(ticket())).number == ours.number


async def test_servicenow_is_asked_by_name_where_we_sign_in_as_a_user():
    clock = FakeClock()
    server = ServiceNow(clock, own=("u_services", "u_act_by"))
    settings = {
        "user": "foresignal", "password": "SERVICENOW_PASSWORD", "fields": servicenow.SETTINGS["fields"],
    }  # fmt: skip
    async with servicenow.over(server, clock, settings) as (another, _):
        theirs = server.squat(KEY, "")
        ours = await another().open(ticket())
        assert ours.number != theirs
        assert (await another().find(KEY)).number == ours.number


async def test_servicenow_that_does_not_show_us_the_author_is_told_of():
    clock = FakeClock()
    server = ServiceNow(clock, rules=Rules(unreadable=frozenset({"sys_created_by"})))
    async with servicenow.over(server, clock, {**servicenow.SETTINGS, "fields": {}}) as (another, _):
        assert (await another().open(ticket("MC1200002"))).state == "new"  # nothing was found: there is no doubt
        server.squat(KEY, "Closed")
        with pytest.raises(PermanentError, match=r"a search by sys_created_by .* let our user read that field"):
            await another().open(ticket())


async def test_a_change_of_freshservice_in_another_workspace_or_requested_by_another_is_none_of_ours():
    clock = FakeClock()
    server = Freshservice(clock, own=("services", "act_by"))
    for settings in ({"key_field": "foresignal_key"}, {"key_field": ""}):  # by the filter, and by the list
        whole = {**freshservice.SETTINGS, **settings, "workspace_id": 2}
        async with freshservice.over(server, clock, whole) as (another, _):
            server.squat(KEY, "", 1001, 3)
            server.squat(KEY, "", 6666, 2)
            clock.forward(seconds=60)
            assert await another().find(KEY) is None


class Squatted:
    """A ticket system in which a ticket of our own account with our key had ended before we filed."""

    searches_late = 0.0

    def __init__(self):
        self.calls, self.fails = [], 1

    async def find(self, key):
        return TicketRef("T1", "u", "closed")

    async def open(self, ticket):
        self.calls.append("open")
        if self.fails:
            self.fails -= 1
            raise PermanentError("the worker dies")
        return TicketRef("T2", "u", "new")

    async def amend(self, ref, ticket):
        self.calls.append(f"amend {ref.number}")
        return ref


async def test_an_ended_ticket_is_not_taken_up_after_a_filing_that_was_cut_short():
    world, system = World(), Squatted()
    world.systems["crb"] = system
    await world.arrive_only(post())
    world.queues.sent.clear()
    with pytest.raises(PermanentError):
        await file_ticket(world.worker(), POINTER)

    world.clock.forward(minutes=20)
    ref = await file_ticket(world.worker(), POINTER)

    assert (ref.number, system.calls) == ("T2", ["open", "open"])
    state = (await world.ticket_state()).ticket
    assert state.number == "T2"
    assert state.state not in ENDED
    assert (await world.change()).closed is None
