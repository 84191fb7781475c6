"""Azure DevOps' server and adapter for the contract of ticket systems."""

from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.azure_devops.items import Rules
from sandbox.ticket_systems.azure_devops.server import AzureDevOps
from shared.adapters import registry
from shared.adapters.ticketing.markup import without_joiners
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock

TOKEN = "token-of-our-identity-for-499b84ac-1321-427f-aa17-267ca6975798/.default"
SECRETS = {"DEVOPS_PAT": "devops-pat"}
SETTINGS = {
    "organization": "contoso",
    "project": "Changes",
    "work_item_type": "User Story",
    "values": {"risk": {"high": 1, "medium": 2, "low": 3}, "group": {"Messaging": "Changes\\Messaging"}},
    "fields": {
        "Microsoft.VSTS.Scheduling.StartDate": "{{ planned_start or '' }}",
        "Microsoft.VSTS.Scheduling.FinishDate": "{{ planned_end or '' }}",
        "Microsoft.VSTS.Scheduling.DueDate": "{{ act_by or '' }}",
        "Custom.TestPlan": "{{ test_plan }}",
        "Custom.Services": "{{ services | join(', ') }}",
        "System.Tags": "m365",
    },
}


def accepted(token):
    return token == TOKEN


@asynccontextmanager
async def over(server, clock, settings):
    """What builds the adapter over that server, and the proxy between them."""
    async with (
        TestServer(server.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, SECRETS) as deps,
    ):
        yield lambda: registry.build("tickets", "azure_devops", settings | {"url": proxy.url}, deps), proxy


@asynccontextmanager
async def system(request):  # noqa: C901 - one function for each thing that a rig has
    clock = FakeClock()
    server = AzureDevOps(clock, accepts=accepted, rules=Rules(left=frozenset({("Resolved", "Removed")})))

    def record(number):
        return server.boards.items[int(number)].record()

    async def delete(number):
        server.delete(number)

    async def history(number):
        return [without_joiners(line) for line in record(number).history]

    async def move(number, word):
        server.move(number, word)

    async def count(key):
        return sum(ticket.key == key for ticket in server.tickets)

    async def fields(number):
        return dict(record(number).fields)

    async def fill_in(number, text):
        server.fill_in(number, "System.Description", f"<div>{text}</div>")

    async def tasks(number):
        return [each.fields["System.Title"] for each in server.boards.children(int(number))]

    def keep(on):
        server.boards.rules.kept = frozenset({"Custom.Services"} if on else ())

    async def squat(key, state):
        return server.squat(key, state)

    async def elsewhere(key):
        return server.squat(key, "", "Foresignal", "Other")

    async with over(server, clock, SETTINGS) as (another, proxy):
        yield Rig(
            another(), another, delete, history, move, count, fields, shows, closed="Closed",
            odd="Waiting for the vendor", proxy=proxy, secrets=(TOKEN,), clock=clock, keep=keep,
            stuck="Resolved", squat=squat, elsewhere=elsewhere, begun="Active",
            fill_in=fill_in, text_field="System.Description", tasks=tasks,
            date_field="Microsoft.VSTS.Scheduling.StartDate",
        )  # fmt: skip


def shows(ticket):
    days = {"StartDate": ticket.planned_start, "FinishDate": ticket.planned_end, "DueDate": ticket.act_by}
    return {
        "System.Title": ticket.title,
        "System.Tags": f"{ticket.key}; m365",
        "System.AreaPath": "Changes\\Messaging",
        "System.AssignedTo": (
            {"displayName": "Ana", "uniqueName": "ana@contoso.example"}
            if ticket.assigned_to == "ana@contoso.example"
            else None
        ),
        "Microsoft.VSTS.Common.Priority": {"high": 1, "medium": 2, "low": 3}[ticket.risk],
        "Custom.TestPlan": ticket.test_plan.replace("\n", "<br>") or None,
        "Custom.Services": ", ".join(ticket.services),
        **{f"Microsoft.VSTS.Scheduling.{name}": f"{day}T00:00:00Z" if day else None for name, day in days.items()},
    }
