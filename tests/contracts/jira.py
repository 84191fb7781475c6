"""Jira's server and adapter for the contract of the port `TicketSystem`."""

from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.jira import Jira
from shared import adapter
from shared.http import Http
from tests.fakes import FakeClock, FakeSecrets, FakeTables

SECRETS = {"JIRA_TOKEN": "jira-api-token", "JIRA_BEARER": "jira-oauth-token"}
SETTINGS = {
    "site": "contoso",
    "email": "foresignal@contoso.example",
    "token": "JIRA_TOKEN",
    "project": "CRB",
    "issue_type": "[System] Change",
}


@asynccontextmanager
async def over(server: Jira, clock, **settings):
    """The adapter over that server, with other settings than usual where they are given."""
    http = Http()
    async with TestServer(server.app()) as running:
        deps = adapter.Deps(
            name="crb", http=http, secrets=FakeSecrets(SECRETS), clock=clock, tables=FakeTables(), deployment="test",
            public_url="https://x.example", token=None,
        )  # fmt: skip
        url = str(running.make_url("/")).rstrip("/")
        try:
            yield adapter.build("tickets", "jira", SETTINGS | {"url": url} | settings, deps)
        finally:
            await http.close()


@asynccontextmanager
async def system(request):
    """The adapter, `delete(number)` by hand, and `history(number)`: the lines of its comments."""
    clock = FakeClock()
    server = Jira(clock, late=30.0)
    async with over(server, clock) as built:

        async def delete(number):
            server.delete(number)

        async def history(number):
            return [line for ticket in server.tickets if ticket.number == number for line in ticket.history]

        yield built, delete, history
