"""Jira's server and adapter for the contract of ticket systems."""

import base64
from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.jira.issues import Rules
from sandbox.ticket_systems.jira.projects import PEOPLE
from sandbox.ticket_systems.jira.search import US
from sandbox.ticket_systems.jira.server import Jira
from shared.adapters import registry
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock

TOKEN = "jira-api-token"
SECRETS = {"JIRA_TOKEN": TOKEN, "JIRA_BEARER": "jira-oauth-token"}
EMAIL = "foresignal@contoso.example"
_DAY = "{% if DAY %}{{ DAY }}T00:00:00.000+0000{% endif %}"
SETTINGS = {
    "site": "contoso",
    "email": EMAIL,
    "token": "JIRA_TOKEN",
    "project": "CRB",
    "issue_type": "[System] Change",
    "fields": {
        "customfield_10050": {"value": "{{ risk | capitalize }}"},
        "customfield_10051": "{{ test_plan }}",
        "customfield_10052": _DAY.replace("DAY", "planned_start"),
        "customfield_10053": _DAY.replace("DAY", "planned_end"),
        "customfield_10054": "{{ services | join(', ') }}",
        "duedate": "{{ act_by or '' }}",
        "labels": ["m365"],
    },
}


@asynccontextmanager
async def over(server: Jira, clock, settings):
    """What builds the adapter over that server, and the proxy between them."""
    async with (
        TestServer(server.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, SECRETS) as deps,
    ):
        yield lambda: registry.build("tickets", "jira", settings | {"url": proxy.url}, deps), proxy


@asynccontextmanager
async def system(request):  # noqa: C901 - one function for each thing that a rig has
    clock = FakeClock()
    server = Jira(clock, late=30.0, rules=Rules(left=frozenset({("Implementing", "Canceled")})))

    def record(number):
        return server._existing(number).record()

    async def delete(number):
        server.delete(number)

    async def history(number):
        return list(record(number).history)

    async def move(number, word):
        server.move(number, word)

    async def count(key):
        return sum(key in issue.fields.get("labels", []) for issue in server.store.issues())

    async def fields(number):
        return dict(record(number).fields)

    async def fill_in(number, text):
        server.fill_in(number, "description", document(text))

    async def tasks(number):
        return [each.fields["summary"] for each in server._existing(number).subtasks]

    def keep(on):
        server.rules.kept = frozenset({"customfield_10054"} if on else ())

    async def squat(key, state):
        return server.squat(key, state)

    async def elsewhere(key):
        return server.squat(key, "", US, "OPS")

    async with over(server, clock, SETTINGS) as (another, proxy):
        basic = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        yield Rig(
            another(), another, delete, history, move, count, fields, shows, closed="Completed",
            odd="Waiting for the vendor", proxy=proxy, secrets=(TOKEN, basic), clock=clock,
            keep=keep, stuck="Implementing", squat=squat, elsewhere=elsewhere, begun="Implementing",
            fill_in=fill_in, text_field="description", tasks=tasks, date_field="customfield_10052",
        )  # fmt: skip


def document(text):
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


_KNOWN = {address: address.partition("@")[0].capitalize() for address in PEOPLE.values()}


def shows(ticket):
    days = {"customfield_10052": ticket.planned_start, "customfield_10053": ticket.planned_end}
    return {
        "summary": ticket.title,
        "labels": [ticket.key, "m365"],
        "duedate": str(ticket.act_by) if ticket.act_by else None,
        "customfield_10050": {"value": ticket.risk.capitalize()},
        "customfield_10051": [ticket.test_plan] if ticket.test_plan else None,
        "assignee": _KNOWN.get(ticket.assigned_to),
        "reporter": _KNOWN.get(ticket.requested_by),
        "customfield_10054": ", ".join(ticket.services),
        **{name: f"{day}T00:00:00.000+0000" if day else None for name, day in days.items()},
    }
