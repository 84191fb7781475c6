"""ServiceNow's server and adapter for the contract of ticket systems."""

from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared.adapters import registry
from shared.adapters.ticketing.markup import plain
from shared.adapters.ticketing.settings import TicketSettings
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock

SETTINGS = {
    "client_id": "f0re51gna1c11ent",
    "client_secret": "SERVICENOW_SECRET",
    "fields": {"u_services": "{{ services | join(', ') }}", "u_act_by": "{{ act_by or '' }}"},
}


@asynccontextmanager
async def over(server: ServiceNow, clock, settings):
    """What builds the adapter over that server, and the proxy between them."""
    async with (
        TestServer(server.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, server.secrets) as deps,
    ):
        yield lambda: registry.build("tickets", "servicenow", settings | {"url": proxy.url}, deps), proxy


def by_hand(server: ServiceNow):
    """What somebody does and sees who works there, for `Rig`."""

    async def fill_in(number, text):
        server.store.update(server._existing(number), {"backout_plan": text}, "ana")

    async def tasks(number):
        return [task["short_description"] for task in server._existing(number).tasks]

    return {"fill_in": fill_in, "tasks": tasks}


@asynccontextmanager
async def system(request):
    clock = FakeClock()
    server = ServiceNow(clock, own=("u_services", "u_act_by"))

    def record(number):
        return server._existing(number).record()

    async def delete(number):
        server.delete(number)

    async def history(number):
        return list(record(number).history)

    async def move(number, word):
        server.move(number, word)

    async def count(key):
        return sum(change.values.get("correlation_id") == key for change in server.store.changes.values())

    async def fields(number):
        return dict(record(number).fields)

    def keep(on):
        server.store.rules.kept = frozenset({"short_description"} if on else ())

    async def squat(key, state):
        return server.squat(key, state)

    async with over(server, clock, SETTINGS) as (another, proxy):
        secret = server.secrets["SERVICENOW_SECRET"]
        yield Rig(
            another(), another, delete, history, move, count, fields, shows, closed="Closed", odd="7",
            proxy=proxy, secrets=(secret,), clock=clock, reopens=False, keep=keep, stuck="Review",
            approved="Scheduled", begun="Implement", squat=squat,
            text_field="backout_plan", date_field="start_date", **by_hand(server),
        )  # fmt: skip


_USERS = {"sam@contoso.example": "0" * 31 + "d", "ana@contoso.example": "0" * 30 + "1d"}
_ITEMS = {"Exchange Online": "0" * 31 + "e"}


def shows(ticket):
    communication = f"Communication: {ticket.communication_plan}" if ticket.communication_plan else ""
    return {
        "short_description": ticket.title,
        "description": plain(TicketSettings().description(ticket, "servicenow"), 4000),
        "correlation_id": ticket.key,
        "implementation_plan": "\n\n".join(filter(None, (ticket.implementation_plan, communication))) or None,
        "test_plan": ticket.test_plan or None,
        "backout_plan": ticket.backout or None,
        "risk": {"high": "2", "medium": "3", "low": "4"}[ticket.risk],
        "impact": {"high": "1", "medium": "2", "low": "3"}[ticket.impact],
        "start_date": f"{ticket.planned_start} 00:00:00" if ticket.planned_start else None,
        "end_date": f"{ticket.planned_end} 23:59:59" if ticket.planned_end else None,
        "u_services": ", ".join(ticket.services),
        "u_act_by": str(ticket.act_by) if ticket.act_by else None,
        "assignment_group": "a" * 31 + "1",
        "requested_by": _USERS.get(ticket.requested_by),
        "assigned_to": _USERS.get(ticket.assigned_to),
        "cmdb_ci": _ITEMS.get(next(iter(ticket.configuration_items), "")),
    }
