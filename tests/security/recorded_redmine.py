"""A Redmine for the fuzzing: answers in the shapes that a real one gave (Debian's 5.0), over issues that it keeps.

The contract of ticket systems runs against the real one; here thousands of answers are needed on any machine.
"""

from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.adapters import registry
from tests.contracts.proxy import proxied
from tests.contracts.redmine import SETTINGS
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock

KEY = "redmine-api-access-key"
STATUSES = [
    {"id": 1, "name": "New", "is_closed": False},
    {"id": 2, "name": "In Progress", "is_closed": False},
    {"id": 4, "name": "Feedback", "is_closed": False},
    {"id": 5, "name": "Closed", "is_closed": True},
    {"id": 6, "name": "Rejected", "is_closed": True},
]
FIELDS = [
    {"id": 1, "name": "Foresignal key"},
    {"id": 2, "name": "Test plan"},
    {"id": 3, "name": "Services"},
    {"id": 4, "name": "Decision"},
]
PRIORITIES = [{"id": n, "name": name} for n, name in enumerate(("Low", "Normal", "High", "Urgent", "Immediate"), 1)]
PROJECT = {
    "id": 1, "name": "Changes", "identifier": "changes", "status": 1, "is_public": False,
    "trackers": [{"id": 4, "name": "Change"}], "issue_categories": [{"id": 7, "name": "Messaging"}],
    "enabled_modules": [{"id": 1, "name": "issue_tracking"}], "issue_custom_fields": FIELDS,
}  # fmt: skip
USER = {
    "id": 5, "login": "foresignal", "admin": False, "firstname": "Fore", "lastname": "Signal",
    "memberships": [{"id": 1, "project": {"id": 1, "name": "Changes"}, "roles": [{"id": 6, "name": "Filer"}]}],
}  # fmt: skip
RIGHTS = ["view_issues", "add_issues", "edit_issues", "add_issue_notes", "manage_subtasks"]
ROLE = {"id": 6, "name": "Filer", "permissions": RIGHTS}
MEMBERS = [
    {"id": 1, "project": {"id": 1, "name": "Changes"}, "user": {"id": 5, "name": "Fore Signal"}, "roles": []},
    {"id": 2, "project": {"id": 1, "name": "Changes"}, "user": {"id": 8, "name": "Ana Lima"}, "roles": []},
    {"id": 3, "project": {"id": 1, "name": "Changes"}, "group": {"id": 9, "name": "Board"}, "roles": []},
]
ANA = {"id": 8, "login": "ana", "firstname": "Ana", "lastname": "Lima", "mail": "ana@contoso.example"}
AT = "2026-09-01T09:00:00Z"
WHO = {"id": 5, "name": "Fore Signal"}


class Recorded:
    """One project and its issues."""

    def __init__(self):
        self.issues = {}

    def app(self):
        def always(name, what):
            async def answer(_request):
                return web.json_response({name: what})

            return answer

        app = web.Application()
        app.add_routes(
            [
                web.get("/users/current.json", always("user", USER)),
                web.get("/projects/changes.json", always("project", PROJECT)),
                web.get("/roles/6.json", always("role", ROLE)),
                web.get("/projects/changes/memberships.json", always("memberships", MEMBERS)),
                web.get("/users/8.json", always("user", ANA)),
                web.get("/enumerations/issue_priorities.json", always("issue_priorities", PRIORITIES)),
                web.get("/issue_statuses.json", always("issue_statuses", STATUSES)),
                web.get("/custom_fields.json", always("custom_fields", [])),
                web.get("/issues.json", self._list),
                web.post("/issues.json", self._create),
                web.get("/issues/{number}.json", self._get),
                web.put("/issues/{number}.json", self._update),
            ]
        )
        return app

    async def _list(self, request):
        key, numbers = request.query.get("cf_1"), request.query.get("issue_id", "").split(",")
        above = request.query.get("parent_id")
        fitting = [
            {name: what for name, what in issue.items() if name not in {"journals", "allowed_statuses"}}
            for issue in self.issues.values()
            if (key and issue["custom_fields"][0]["value"] == key)
            or str(issue["id"]) in numbers
            or (above and str((issue.get("parent") or {}).get("id")) == above)
        ]
        return web.json_response({"issues": fitting, "total_count": len(fitting), "offset": 0, "limit": 100})

    async def _create(self, request):
        number = len(self.issues) + 1
        self.issues[number] = {
            "id": number, "project": {"id": 1, "name": "Changes"}, "tracker": {"id": 4, "name": "Change"},
            "status": STATUSES[0], "priority": {"id": 3, "name": "High"}, "author": WHO, "subject": "",
            "description": "", "start_date": None, "due_date": None, "done_ratio": 0, "estimated_hours": None,
            "custom_fields": [{**field, "value": ""} for field in FIELDS], "created_on": AT, "updated_on": AT,
            "closed_on": None, "journals": [], "allowed_statuses": STATUSES,
        }  # fmt: skip
        self._set(number, (await request.json())["issue"])
        return web.json_response({"issue": self.issues[number]}, status=201)

    async def _get(self, request):
        issue = self.issues.get(int(request.match_info["number"]))
        return web.json_response({"issue": issue}) if issue else web.Response(status=404)

    async def _update(self, request):
        number = int(request.match_info["number"])
        if number not in self.issues:
            return web.Response(status=404)
        self._set(number, (await request.json())["issue"])
        return web.Response(status=204)

    def _set(self, number, sent):
        issue = self.issues[number]
        for name in ("subject", "description", "start_date", "due_date"):
            if name in sent:
                issue[name] = sent[name] or None
        if "parent_issue_id" in sent:
            issue["parent"] = {"id": sent["parent_issue_id"]}
        if "assigned_to_id" in sent:
            issue["assigned_to"] = {"id": sent["assigned_to_id"], "name": "Ana Lima"}
        if "status_id" in sent:
            self.move(number, next(each["name"] for each in STATUSES if each["id"] == sent["status_id"]))
        values = {field["id"]: field["value"] for field in sent.get("custom_fields", ())}
        issue["custom_fields"] = [
            {**field, "value": values.get(field["id"], field["value"])} for field in issue["custom_fields"]
        ]
        detail = {"property": "attr", "name": "status_id", "old_value": "1", "new_value": "2"}
        journal = {"id": 1, "user": WHO, "notes": sent.get("notes", ""), "created_on": AT, "details": [detail]}
        issue["journals"] = [*issue["journals"], journal]

    def move(self, number, word):
        status = next(each for each in STATUSES if each["name"] == word)
        self.issues[int(number)] |= {"status": status, "closed_on": AT if status["is_closed"] else None}


@asynccontextmanager
async def system(_request=None):
    """Its rig; of the system's own side it has what the fuzzing needs."""
    recorded, clock = Recorded(), FakeClock()

    async def move(number, word):
        recorded.move(number, word)

    async def nothing(*_):
        raise NotImplementedError

    async with (
        TestServer(recorded.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, {"REDMINE_KEY": KEY}) as deps,
    ):
        settings = SETTINGS | {"url": proxy.url, "project": "changes", "decision_field": "Decision"}

        def another():
            return registry.build("tickets", "redmine", settings, deps)

        yield Rig(
            another(), another, nothing, nothing, move, nothing, nothing, lambda _ticket: {}, closed="Closed",
            proxy=proxy, secrets=(KEY,), clock=clock,
        )  # fmt: skip
