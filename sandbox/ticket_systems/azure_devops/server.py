"""Azure DevOps Services with one project of Azure Boards, as far as tickets need it.

Written from Microsoft's published description of the REST API 7.1 (github.com/MicrosoftDocs/vsts-rest-api-specs,
specification/wit/7.1 with its examples; learn.microsoft.com/rest/api/azure/devops/wit, .../security/permissions) and
learn.microsoft.com/azure/devops/integrate/get-started/authentication (Entra tokens for the resource
499b84ac-1321-427f-aa17-267ca6975798, personal access tokens as basic authentication).
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.microsoft365.credential import read_token
from sandbox.ticket_systems.azure_devops.answers import LimitedError, Limits, Refused, stranger
from sandbox.ticket_systems.azure_devops.api import Boards
from sandbox.ticket_systems.azure_devops.items import Rules, converted
from sandbox.ticket_systems.azure_devops.processes import KINDS, TASKS
from sandbox.ticket_systems.showing import Record, routes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def of_the_sandbox(token: str) -> bool:
    """Whether our identity in the sandbox has given this token; when it ends is for the Microsoft 365 server to say."""
    return read_token(token) is not None


class AzureDevOps:
    """One organisation with one project; `process`: agile, scrum, basic or cmmi.

    `accepts`: which bearer tokens are of an identity that is a user here. `delayed`, `blocked`: see Limits; `rules`:
    see Rules. `markdown`: fields have formats, as in Services, and not on a server of one's own.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        organization: str = "contoso",
        project: str = "Changes",
        process: str = "agile",
        accepts: Callable[[str], bool] = of_the_sandbox,
        pat: str = "devops-pat",
        delayed: int = 0,
        blocked: int = 0,
        rules: Rules | None = None,
        markdown: bool = True,
    ) -> None:
        self.boards = Boards(
            clock, organization, project, KINDS[process], rules or Rules(), markdown=markdown, task=TASKS.get(process)
        )
        self.limits = Limits(clock, delayed, blocked)
        self._accepts, self._pat, self._clock = accepts, pat, clock

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`, which takes our identity's own tokens."""
        boards = self.boards
        return {
            "url": url, "organization": boards.organization, "project": boards.project,
            "work_item_type": boards.kind.name, "states": {"Waiting for the vendor": "implement"},
        }  # fmt: skip

    @property
    def secrets(self) -> dict[str, str]:
        """None: there is no secret."""
        return {}

    @property
    def rights(self) -> set[str]:
        """What our user may do (read, write, tags); take some away, and see."""
        return self.boards.rights

    @property
    def tickets(self) -> list[Record]:
        records = [(number, item.record()) for number, item in self.boards.items.items()]
        return [replace(record, fields={**record.fields, **self._tasks(number)}) for number, record in records]

    def _tasks(self, number: int) -> dict[str, list[str]]:
        below = self.boards.children(number)
        lines = [f"{each.id} {each.fields['System.Title']} ({each.fields['System.State']})" for each in below]
        return {"Tasks": lines} if lines else {}

    def delete(self, number: str) -> None:
        """By hand: into the recycle bin, where no query looks."""
        self.boards.items.pop(int(number), None)

    def squat(self, key: str, state: str, who: str = "Mallory", project: str = "") -> str:
        """Somebody else makes a work item with that tag and moves it to that state (none: as it is made); its number.

        `project`: another one than ours.
        """
        item = self.boards.add([("System.Title", "Not ours"), ("System.Tags", key)], who, project)
        if state:
            self.move(str(item.id), state)
        return str(item.id)

    def states_of(self, number: str) -> list[str]:
        return list(self.boards.items[int(number)].kind.states)

    def move(self, number: str, state: str) -> None:
        """The board's own hand; LookupError for what there is not."""
        item = self.boards.items[int(number)]
        if state not in item.kind.states:
            raise LookupError(f"{item.kind.name} has no state {state}")
        operations = [{"op": "add", "path": "/fields/System.State", "value": state}]
        self.boards.items[item.id] = item.patched(operations, self._clock(), "Change board")

    def fill_in(self, number: str, name: str, what: Any) -> None:
        """Somebody writes into a field by hand."""
        item = self.boards.items[int(number)]
        operations = [{"op": "add", "path": f"/fields/{name}", "value": what}]
        self.boards.items[item.id] = item.patched(operations, self._clock(), "Change board")

    def convert(self, number: str, name: str) -> None:
        """By hand: a field of HTML becomes one of Markdown, which is for good."""
        item = self.boards.items[int(number)]
        assert item.formats is not None, "a server of one's own has no such button"
        item.formats[name] = "markdown"
        operations = [{"op": "add", "path": f"/fields/{name}", "value": converted(item.fields[name])}]
        self.boards.items[item.id] = item.patched(operations, self._clock(), "Change board")

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000_000, middlewares=[self._answering])
        address = f"/{self.boards.organization}/{self.boards.project}/_workitems/edit/{{number}}"
        app.add_routes(routes("Azure DevOps", self, tickets=address))
        app.add_routes(self.boards.routes())
        return app

    @web.middleware
    async def _answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who asks, how often, and refusals in the words of Azure DevOps."""
        if "/_apis/" not in request.path:
            return await handler(request)
        if not self._is_authorized(request):
            return stranger(request)
        try:
            delay, headers = self.limits.count_request()
            await asyncio.sleep(delay)
            self.boards.check(request)
            response = await handler(request)
        except LimitedError as limited:
            return limited.answer()
        except Refused as refused:
            return _with(headers, web.json_response(refused.body, status=refused.status))
        return _with(headers, response)

    def _is_authorized(self, request: web.Request) -> bool:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._accepts(credentials)
        try:
            return scheme.lower() == "basic" and base64.b64decode(credentials, validate=True).decode().endswith(
                f":{self._pat}"
            )
        except ValueError:
            return False


def _with(headers: Mapping[str, str], response: web.StreamResponse) -> web.StreamResponse:
    response.headers.update(headers)
    return response
