"""Freshservice's server and adapter for the contract of ticket systems."""

from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.freshservice.changes import Rules
from sandbox.ticket_systems.freshservice.server import KEY_FIELD, Freshservice
from shared.adapters import registry
from shared.adapters.ticketing.document import parse
from shared.adapters.ticketing.markup import to_html
from shared.adapters.ticketing.settings import TicketSettings
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock

SETTINGS = {
    "api_key": "FRESHSERVICE_API_KEY",
    "requester_id": 1001,
    "key_field": KEY_FIELD,
    "fields": {"services": "{{ services | join(', ') }}", "act_by": "{{ act_by or '' }}", "priority": 2},
}


@asynccontextmanager
async def over(server: Freshservice, clock, settings):
    """What builds the adapter over that server, and the proxy between them."""
    async with (
        TestServer(server.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, server.secrets) as deps,
    ):
        yield lambda: registry.build("tickets", "freshservice", settings | {"url": proxy.url}, deps), proxy


def by_hand(server: Freshservice):
    """What somebody does and sees who works there, for `Rig`."""

    async def fill_in(number, text):
        plans = {"backout_plan": {"description": f"<p>{text}</p>"}}
        server.store.update(server._existing(number), {"planning_fields": plans})

    async def tasks(number):
        return [task["title"] for task in server._existing(number).tasks]

    return {"fill_in": fill_in, "tasks": tasks}


@asynccontextmanager
async def system(request):
    made, first = [], FakeClock()

    def clock():
        return (made[0].clock if made else first)()

    rules = Rules(left=frozenset({(5, 7)}))
    server = Freshservice(clock, own=("services", "act_by"), rules=rules)

    def record(number):
        return server.store.record(server._existing(number), KEY_FIELD)

    async def delete(number):
        server.delete(number)

    async def history(number):
        return list(record(number).history)

    async def move(number, word):
        server.move(number, word)

    async def count(key):
        return sum(ticket.key == key for ticket in server.tickets)

    async def fields(number):
        held = dict(record(number).fields)
        return held | {"backout_plan": held.get("backout_plan") if held.get("backout_plan") != "<div></div>" else None}

    def keep(on):
        server.store.rules.kept = frozenset({"subject"} if on else ())

    async def squat(key, state):
        return server.squat(key, state)

    async with over(server, clock, SETTINGS) as (another, proxy):
        rig = Rig(
            another(), another, delete, history, move, count, fields, shows, closed="Closed", odd="9", proxy=proxy,
            secrets=tuple(server.secrets.values()), clock=first, conflicts=frozenset({412}), keep=keep,
            stuck="Pending Review", approved="Pending Release", begun="Pending Review", squat=squat,
            text_field="backout_plan", date_field="planned_start_date", **by_hand(server),
        )  # fmt: skip
        made.append(rig)
        yield rig


def shows(ticket):
    level = {"high": 3, "medium": 2, "low": 1}
    description = to_html(TicketSettings().description(ticket, "freshservice"), 60_000)
    dates = {  # the form requires them: where there are none, something else stands there
        "planned_start_date": f"{ticket.planned_start}T00:00:00Z" if ticket.planned_start else None,
        "planned_end_date": f"{ticket.planned_end}T23:59:59Z" if ticket.planned_end else None,
    }
    return {
        **{name: date for name, date in dates.items() if date},
        "subject": ticket.title,
        "description": f"<div>{description}<p>Foresignal key: {ticket.key}</p></div>",
        "backout_plan": f"<div>{to_html(parse(ticket.backout), 60_000)}</div>" if ticket.backout else None,
        "agent_id": {"ana@contoso.example": 31_000}.get(ticket.assigned_to),
        "risk": level[ticket.risk],
        "impact": level[ticket.impact],
        "priority": 2,
        "change_type": 1,
        "requester_id": 1001,
        "group_id": 21_000,
        KEY_FIELD: ticket.key,
        "services": ", ".join(ticket.services),
        "act_by": str(ticket.act_by) if ticket.act_by else None,
    }
