"""A real Redmine, and its adapter, for the contract of ticket systems."""

import html
from contextlib import asynccontextmanager

from shared.adapters import registry
from shared.adapters.ticketing.markup import textile
from shared.adapters.ticketing.settings import TicketSettings
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock
from tests.trackers.redmine import Redmine

SETTINGS = {
    "api_key": "REDMINE_KEY",
    "tracker": "Change",
    "key_field": "Foresignal key",
    "fields": {"Test plan": "{{ test_plan }}", "Services": "{{ services | join(', ') }}"},
}


@asynccontextmanager
async def over(redmine: Redmine, project, settings):
    """What builds the adapter over that project, and the proxy between them."""
    clock = FakeClock()
    async with (
        proxied(redmine.url) as proxy,
        deps_for(clock, {"REDMINE_KEY": redmine.key}) as deps,
    ):
        whole = SETTINGS | {"url": proxy.url, "project": project} | settings
        yield lambda: registry.build("tickets", "redmine", whole, deps), proxy, clock


def issue_of(redmine: Redmine, number):
    """As an administrator sees it."""
    return redmine.ask("GET", f"/issues/{number}.json", include="journals")["issue"]


def below(redmine: Redmine, number):
    """The issues under it, oldest first."""
    asked = {"parent_id": str(number), "status_id": "*", "sort": "id"}
    return redmine.ask("GET", "/issues.json", **asked)["issues"]


def lines_of(issue):
    """What its history says to people, a line each."""
    return [html.unescape(line) for journal in issue["journals"] for line in journal["notes"].splitlines() if line]


def fields_of(issue):
    held = {name: issue.get(name) for name in ("subject", "start_date", "due_date")}
    held["assigned_to"] = (issue.get("assigned_to") or {}).get("name")
    held["description"] = (issue["description"] or "").replace("\r\n", "\n")  # as Redmine keeps the ends of lines
    return (
        held | {"priority": issue["priority"]["name"]} | {one["name"]: one["value"] for one in issue["custom_fields"]}
    )


@asynccontextmanager
async def system(request):  # noqa: C901 - one function for each thing that a rig has
    redmine = request.getfixturevalue("redmine")
    project, ids = redmine.project(), redmine.made["fields"]
    parent = redmine.ask("GET", f"/projects/{project}.json")["project"]["id"]

    async def delete(number):
        redmine.ask("DELETE", f"/issues/{number}.json")

    async def history(number):
        return lines_of(issue_of(redmine, number))

    async def move(number, word):
        redmine.ask("PUT", f"/issues/{number}.json", {"issue": {"status_id": redmine.made["statuses"][word]}})

    async def count(key):
        asked = {"project_id": project, "status_id": "*", f"cf_{ids['key']}": key}
        return redmine.ask("GET", "/issues.json", **asked)["total_count"]

    async def fields(number):
        return fields_of(issue_of(redmine, number))

    async def squat(key, state):
        """The administrator is somebody else."""
        issue = {
            "project_id": project, "tracker_id": redmine.made["tracker"], "subject": "Not ours",
            "custom_fields": [{"id": ids["key"], "value": key}],
        }  # fmt: skip
        number = redmine.ask("POST", "/issues.json", {"issue": issue})["issue"]["id"]
        if state:
            await move(number, state)
        return str(number)

    async def elsewhere(key):
        """In a project below ours."""
        below = redmine.project()
        redmine.ask("PUT", f"/projects/{below}.json", {"project": {"parent_id": parent}})
        issue = {
            "project_id": below, "tracker_id": redmine.made["tracker"], "subject": "Not here",
            "custom_fields": [{"id": ids["key"], "value": key}],
        }  # fmt: skip
        headers = {"X-Redmine-API-Key": redmine.key}
        answer = redmine.admin.post("/issues.json", json={"issue": issue}, headers=headers)
        answer.raise_for_status()
        return str(answer.json()["issue"]["id"])

    async def fill_in(number, text):
        redmine.ask("PUT", f"/issues/{number}.json", {"issue": {"description": text}})

    async def tasks(number):
        return [each["subject"] for each in below(redmine, number)]

    def keep(on):
        redmine.give(project, "bound" if on else "filer")

    async with over(redmine, project, {}) as (another, proxy, clock):
        yield Rig(
            another(), another, delete, history, move, count, fields, shows, closed="Closed",
            odd="Waiting for the vendor", proxy=proxy, secrets=(redmine.key,), clock=clock, keep=keep,
            stuck="Post implementation review", squat=squat, elsewhere=elsewhere, begun="In Progress",
            fill_in=fill_in, text_field="description", tasks=tasks, date_field="start_date",
            # Ruby waits for SQLite with all its threads: one that holds the lock and one that waits block each other.
            at_once=1,
        )  # fmt: skip


def shows(ticket):
    return {
        "subject": ticket.title,
        "assigned_to": "Ana Lima" if ticket.assigned_to == "ana@contoso.example" else None,
        "description": textile(TicketSettings().description(ticket, "redmine"), 30_000),
        "start_date": str(ticket.planned_start) if ticket.planned_start else None,
        "due_date": str(ticket.planned_end) if ticket.planned_end else None,
        "priority": {"high": "High", "medium": "Normal", "low": "Low"}[ticket.risk],
        "Test plan": ticket.test_plan,
        "Services": ", ".join(ticket.services),
        "Foresignal key": ticket.key,
    }
