"""An endpoint, and the adapter that sends to it, for the contract of ticket systems."""

from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.webhook import Webhook
from shared import adapter
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock, FakeTables


@asynccontextmanager
async def over(server: Webhook, clock, settings, tables=None, secrets=None):
    """What builds the adapter over that server, and the proxy between them."""
    async with (
        TestServer(server.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, secrets or dict(server.secrets), tables=tables or FakeTables()) as deps,
    ):
        yield lambda: adapter.build("tickets", "webhook", server.settings(proxy.url) | settings, deps), proxy


@asynccontextmanager
async def system(request):
    clock = FakeClock()
    server = Webhook(clock)

    def record(number):
        return next(ticket for ticket in server.tickets if ticket.number == number)

    async def delete(number):
        await rig.port.receive(server.delete(number))

    async def history(number):
        return list(record(number).history)

    async def move(number, word):
        await rig.port.receive(server.move(number, word))

    async def count(key):
        return sum(ticket.key == key for ticket in server.tickets)

    async def fields(number):
        return dict(record(number).fields)

    async with over(server, clock, {}) as (another, proxy):
        (secret,) = server.secrets.values()
        rig = Rig(
            another(), another, delete, history, move, count, fields, shows, odd="Waiting for the vendor",
            proxy=proxy, secrets=(secret, secret.removeprefix("whsec_")), clock=clock,
        )  # fmt: skip
        yield rig


def shows(ticket):
    days = ("planned_start", "planned_end", "act_by")
    return {
        "title": ticket.title,
        "risk": ticket.risk,
        "impact": ticket.impact,
        "group": ticket.group,
        "services": list(ticket.services),
        "test_plan": ticket.test_plan,
        "backout": ticket.backout,
        **{name: getattr(ticket, name) and getattr(ticket, name).isoformat() for name in days},
    }
