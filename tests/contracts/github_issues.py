"""GitHub's issues as far as the example adapter needs them, and the example's rig (docs/adding-an-adapter.md).

Written from docs.github.com/rest/issues/issues: create, get, list by labels, update; 404 with {"message": "Not Found"}.
"""

import html
import re
from contextlib import asynccontextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.adapters.ticketing.markup import markdown, without_joiners
from shared.adapters.ticketing.settings import TicketSettings
from tests.contracts.proxy import proxied
from tests.contracts.rig import Rig, deps_for
from tests.fakes import FakeClock

FILE = Path(__file__).parents[2] / "docs" / "examples" / "github_issues.py"
TOKEN = "ghp_example-token"
US = "foresignal-bot"


def example():
    """The module, as if it stood in shared/adapters/tickets."""
    spec = spec_from_file_location("example_github_issues", FILE)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class GitHub:
    """One repository's issues."""

    def __init__(self, clock):
        self.clock, self.issues = clock, {}
        self._last = 0

    def app(self):
        app = web.Application(middlewares=[self._known])
        app.add_routes(
            [
                web.get("/user", self._user),
                web.get("/repos/contoso/changes", self._repository),
                web.get("/repos/contoso/changes/issues", self._list),
                web.post("/repos/contoso/changes/issues", self._create),
                web.get("/repos/contoso/changes/issues/{number}", self._get),
                web.patch("/repos/contoso/changes/issues/{number}", self._update),
            ]
        )
        return app

    @web.middleware
    async def _known(self, request, handler):
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"message": "Bad credentials"}, status=401)
        return await handler(request)

    async def _user(self, _request):
        return web.json_response({"login": US, "id": 1})

    async def _repository(self, _request):
        return web.json_response({"full_name": "contoso/changes", "permissions": {"pull": True, "push": True}})

    async def _list(self, request):
        label, size, page = (
            request.query["labels"],
            int(request.query.get("per_page", 30)),
            request.query.get("page", 1),
        )
        found = [one for one in self.issues.values() if label in [held["name"] for held in one["labels"]]]
        found = [one for one in found if one["user"]["login"] == request.query.get("creator", one["user"]["login"])]
        return web.json_response(found[size * (int(page) - 1) :][:size])

    async def _create(self, request):
        return web.json_response(self.make(await request.json(), US), status=201)

    def make(self, given, who):
        self._last += 1
        issue = {"number": self._last, "html_url": f"https://github.example/contoso/changes/issues/{self._last}"}
        issue |= {"state": "open", "state_reason": None, "closed_at": None, "labels": [], "user": {"login": who}}
        self.issues[self._last] = issue
        return self._set(issue, given)

    async def _get(self, request):
        issue = self.issues.get(int(request.match_info["number"]))
        return web.json_response(issue or {"message": "Not Found"}, status=200 if issue else 404)

    async def _update(self, request):
        return web.json_response(self._set(self.issues[int(request.match_info["number"])], await request.json()))

    def _set(self, issue, given):
        given = dict(given)
        if "labels" in given:
            given["labels"] = [{"name": name} for name in given["labels"]]
        if given.get("state") == "closed":
            given.setdefault("state_reason", "completed")
            given["closed_at"] = f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"
        elif given.get("state") == "open":
            given |= {"state_reason": "reopened", "closed_at": None}
        issue.update(given)
        return issue


@asynccontextmanager
async def system(_request=None):
    clock, module = FakeClock(), example()
    github = GitHub(clock)

    async def delete(number):
        del github.issues[int(number)]

    async def history(number):
        told = github.issues[int(number)]["body"].replace("\r\n", "\n").partition("### History\n")[2]
        return [shown_text(line.removeprefix("- ")) for line in told.splitlines()]

    async def move(number, word):
        github._set(github.issues[int(number)], {"state": word})

    async def count(key):
        return sum(key in [label["name"] for label in issue["labels"]] for issue in github.issues.values())

    async def squat(key, state):
        issue = github.make({"title": "Not ours", "body": "", "labels": [key]}, "mallory")
        if state:
            await move(issue["number"], state)
        return str(issue["number"])

    async def fields(number):
        issue = github.issues[int(number)]
        body = issue["body"].replace("\r\n", "\n")
        return {"title": issue["title"], "text": body.partition("\n\n### History\n")[0]}

    async def fill_in(number, text):
        """On GitHub's own page, which ends lines in its own way."""
        issue = github.issues[int(number)]
        told = issue["body"][issue["body"].index("\n\n### History\n") :]
        issue["body"] = (text + told).replace("\n", "\r\n")

    async with (
        TestServer(github.app()) as running,
        proxied(str(running.make_url("/")).rstrip("/")) as proxy,
        deps_for(clock, {"GITHUB_TOKEN": TOKEN}) as deps,
    ):

        def another():
            settings = {"repository": "contoso/changes", "token": "GITHUB_TOKEN", "url": proxy.url}
            return module.build(module.Settings.model_validate(settings), deps)

        yield Rig(
            another(), another, delete, history, move, count, fields, shows, proxy=proxy, secrets=(TOKEN,), clock=clock,
            squat=squat, fill_in=fill_in, text_field="text",
        )  # fmt: skip


def shown_text(line):
    """Markdown as its reader sees it."""
    return without_joiners(html.unescape(re.sub(r"\\([^0-9A-Za-z\s])", r"\1", line)))


def shows(ticket):
    text = markdown(TicketSettings().description(ticket, "github_issues"), 30_000)
    return {"title": ticket.title, "text": text}
