"""The webhook's receiver and adapter for the contract of ticket systems.

The system cannot be asked: what somebody does there by hand, it tells us (`receive`).
"""

from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.webhook import WebhookReceiver
from shared.adapters import registry
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock, FakeTables

SETTINGS = {"url": "WEBHOOK_URL", "secret": "WEBHOOK_SECRET", "fields": {"vendor": "Microsoft"}}


@asynccontextmanager
async def over(server: WebhookReceiver, clock, settings=None, tables=None):
    """What builds the adapter over that receiver, and the proxy between them."""
    async with (
        TestServer(server.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
    ):
        server.settings(proxy.url)
        async with deps_for(clock, dict(server.secrets), tables=tables or FakeTables()) as deps:
            yield lambda: registry.build("tickets", "webhook", settings or SETTINGS, deps), proxy


class Now:
    """The clock of adapter and receiver; a test may put another in its place."""

    def __init__(self, rig=None):
        self.rig, self.own = rig, FakeClock()

    def __call__(self):
        return (self.rig.clock if self.rig else self.own)()


@asynccontextmanager
async def system(request):
    now = Now()
    server = WebhookReceiver(now)

    def record(number):
        return next(ticket for ticket in server.tickets if ticket.number == number)

    async def delete(number):
        server.delete(number)
        await rig.port.receive({"number": number, "gone": True})

    async def history(number):
        return list(record(number).history)

    async def move(number, word):
        server.move(number, word)
        await rig.port.receive({"number": number, "state": word})

    async def count(key):
        return sum(ticket.key == key for ticket in server.tickets)

    async def fields(number):
        return dict(record(number).fields)

    async with over(server, now) as (another, proxy):
        secrets = (server.secrets["WEBHOOK_SECRET"], server.secrets["WEBHOOK_URL"])
        rig = Rig(
            another(), another, delete, history, move, count, fields, shows, odd="Waiting for Bob", proxy=proxy,
            secrets=secrets, clock=now.own, approved="scheduled", begun="implement", back=False,
        )  # fmt: skip
        now.rig = rig
        yield rig


def shows(ticket):
    return {
        "key": ticket.key,
        "title": ticket.title,
        "risk": ticket.risk,
        "group": ticket.group,
        "backout": ticket.backout,
        "planned_start": str(ticket.planned_start) if ticket.planned_start else None,
        "planned_end": str(ticket.planned_end) if ticket.planned_end else None,
        "act_by": str(ticket.act_by) if ticket.act_by else None,
        "services": list(ticket.services),
        "custom": {"vendor": "Microsoft"},
    }
