"""Graph's endpoints for Message Center and Planner, for every tenant of the sandbox.

The shapes are those of the documentation, and nothing is added to them:
learn.microsoft.com/graph/api/serviceannouncement-list-messages, .../serviceupdatemessage-get,
.../plannerplan-list-tasks, .../plannertask-get, .../plannertaskdetails-get, and /graph/paging for nextLink. What may be
written, and over what: writing.py.
"""

import json
import re
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from aiohttp import web

from sandbox.microsoft365.credential import read_token, roles_in
from sandbox.microsoft365.faults import Answer, Faults, error
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.planner import Planner, Resource
from sandbox.microsoft365.writing import Part, RefusedWriteError

Clock = Callable[[], datetime]

_PAGE = 100  # without a preference; the documentation of the messages says so
_MAX_PAGE = 1000
_TASKS_PAGE = 400  # whatever is asked for
_PREFERENCE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)
_AFTER_EMPTY = "$skiptoken"
_ALLOWING: Mapping[tuple[str, bool], frozenset[str]] = defaultdict(
    lambda: frozenset({"Tasks.ReadWrite.All"}),
    {
        ("GET", False): frozenset({"ServiceMessage.Read.All"}),
        ("GET", True): frozenset({"Tasks.Read.All", "Tasks.ReadWrite.All"}),
    },
)
"""By the method, and whether it is Planner's: the application roles of which a token needs one."""
_CHALLENGE = {
    "WWW-Authenticate": 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
}


class Call(NamedTuple):
    """What requests are counted by. `tenant` is empty where the token named none."""

    tenant: str
    endpoint: str
    status: int


COUNTS: web.AppKey[Counter[Call]] = web.AppKey("counts", Counter)
"""`app[COUNTS]`: every request once, so that its `total()` is how often Graph was called."""


@dataclass(slots=True)
class _Question:
    """One request: who asks (once the token is read), when, and the id that every answer carries."""

    request: web.Request
    id: str
    now: datetime
    tenant: str = ""

    body: bytes = b""

    def part(self, name: str) -> str:
        return self.request.match_info[name]

    def error(
        self,
        status: int,
        code: str | None = None,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        return error(status, self.id, self.now, code, message, headers)


def graph_app(feed: Feed, planner: Planner, clock: Clock, faults: Faults | None = None) -> web.Application:
    """The application; `clock` is the sandbox's own time, tokens end in real time."""
    graph = _Graph(feed, planner, clock, faults or Faults())
    app = web.Application()
    app[COUNTS] = graph.counts
    messages = "/v1.0/admin/serviceAnnouncement/messages"
    for path, endpoint, handle in (
        (messages, "messages", graph.messages),
        (messages + "/{id}", "message", graph.message),
        ("/v1.0/planner/plans/{plan}/tasks", "tasks", graph.tasks),
        ("/v1.0/planner/tasks/{id}", "task", graph.task),
        ("/v1.0/planner/tasks/{id}/details", "details", graph.details),
    ):
        app.router.add_get(path, graph.answering(endpoint, handle))
    task = "/v1.0/planner/tasks/{id}"
    app.router.add_patch(task, graph.answering("write task", lambda question: graph.write(question, "task")))
    app.router.add_patch(
        task + "/details", graph.answering("write details", lambda question: graph.write(question, "details"))
    )
    app.router.add_delete(task, graph.answering("delete task", graph.delete))
    app.router.add_route("*", "/{path:.*}", graph.answering("unknown", lambda question: question.error(404)))
    return app


class _Graph:
    """The handlers, and what they share."""

    def __init__(self, feed: Feed, planner: Planner, clock: Clock, faults: Faults) -> None:
        self.feed, self.planner, self.clock, self.faults = feed, planner, clock, faults
        self.counts: Counter[Call] = Counter()

    def answering(
        self, endpoint: str, handle: Callable[[_Question], web.Response]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The handler as aiohttp wants it: the token is read first, faults are met, and the call is counted."""

        async def answer(request: web.Request) -> web.Response:
            question = _Question(request, request.headers.get("client-request-id") or str(uuid.uuid4()), self.clock())
            question.body = await request.read()
            response = self._refusal(question) or handle(question)
            response.headers["request-id"] = response.headers["client-request-id"] = question.id
            self.counts[Call(question.tenant, endpoint, response.status)] += 1
            return response

        return answer

    def _refusal(self, question: _Question) -> web.Response | None:
        scheme, _, token = question.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return question.error(401, message="Access token is empty.", headers=_CHALLENGE)
        grant = read_token(token)
        if not grant or grant[0] not in self.feed.tenants:
            return question.error(401, message="CompactToken parsing failed.", headers=_CHALLENGE)
        question.tenant, expires = grant
        if expires <= time.time():
            return question.error(401, message="Lifetime validation failed, the token is expired.", headers=_CHALLENGE)
        if not _ALLOWING[question.request.method, "planner" in question.request.path] & roles_in(token):
            return question.error(403)
        fault = self.faults.take(question.tenant)
        return _faulty(question, fault) if fault else None

    def messages(self, question: _Question) -> web.Response:
        return self._page(
            question, self.feed.posts(question.tenant, question.now), "admin/serviceAnnouncement/messages"
        )

    def message(self, question: _Question) -> web.Response:
        post = self.feed.post(question.tenant, question.part("id"), question.now)
        return _entity(question, post, "admin/serviceAnnouncement/messages/$entity") if post else question.error(404)

    def tasks(self, question: _Question) -> web.Response:
        plan = question.part("plan")
        refusal = _planner_refusal(question, self.planner.tenant_of_plan(plan))
        if refusal:
            return refusal
        items = self.planner.tasks(question.tenant, question.now)
        return self._page(question, items, f"planner/plans('{plan}')/tasks", fixed=_TASKS_PAGE)

    def task(self, question: _Question) -> web.Response:
        return self._of_task(question, self.planner.task, "planner/tasks/$entity")

    def details(self, question: _Question) -> web.Response:
        return self._of_task(question, self.planner.details, f"planner/tasks('{question.part('id')}')/details/$entity")

    def write(self, question: _Question, part: Part) -> web.Response:
        """A PATCH: 204, or 200 with what stands there then where the caller asks for it."""
        task = question.part("id")
        refusal = _planner_refusal(question, self._owner(question))
        if refusal:
            return refusal
        try:
            body = json.loads(question.body)
        except ValueError:
            return question.error(400, "", "Unable to read JSON request payload.")
        try:
            resource = self.planner.write(part, task, body, question.request.headers.get("If-Match", ""), question.now)
        except RefusedWriteError as error:
            return question.error(error.status, error.code, error.message)
        if "return=representation" not in question.request.headers.get("Prefer", ""):
            return web.Response(status=204)
        return _entity(question, resource, f"planner/tasks('{task}')/$entity")

    def delete(self, question: _Question) -> web.Response:
        refusal = _planner_refusal(question, self._owner(question))
        if refusal:
            return refusal
        etag = question.request.headers.get("If-Match", "")
        try:
            self.planner.delete(question.part("id"), etag, question.now)
        except RefusedWriteError as error:
            return question.error(error.status, error.code, error.message)
        return web.Response(status=204)

    def _owner(self, question: _Question) -> str | None:
        task = question.part("id")
        return self.planner.tenant_of_task(task) if self.planner.task(task, question.now) else None

    def _of_task(
        self, question: _Question, find: Callable[[str, datetime], Resource | None], context: str
    ) -> web.Response:
        resource = find(question.part("id"), question.now)
        refusal = _planner_refusal(question, self.planner.tenant_of_task(question.part("id")) if resource else None)
        return refusal or _entity(question, resource or {}, context)

    def _page(
        self, question: _Question, items: Sequence[Mapping[str, Any]], context: str, fixed: int = 0
    ) -> web.Response:
        """One page from `$skip` on. Graph counts afresh for every page: what comes in between shifts them.

        `fixed`: the size of pages where nobody may choose it; what else is asked for is ignored there.
        """
        request = question.request
        unknown = [name for name in request.query if not fixed and name not in ("$skip", _AFTER_EMPTY)]
        skip = request.query.get("$skip", "0")
        if unknown or not (skip.isascii() and skip.isdigit()):
            what = f"unknown here: {', '.join(unknown)}" if unknown else f"$skip must be a number, not {skip!r}"
            return question.error(400, "invalidRequest", f"The sandbox pages by $skip only; {what}")
        preferred = _PREFERENCE.search(request.headers.get("Prefer", ""))
        wanted = fixed or (int(preferred[1]) if preferred else _PAGE)
        size = max(1, min(wanted, _MAX_PAGE, self.faults.largest_page))
        start = int(skip)
        body: dict[str, Any] = {"@odata.context": f"{_base(question)}/v1.0/$metadata#{context}"}
        link = f"{_base(question)}{request.path}?$skip="
        if start and question.tenant in self.faults.empty_pages and _AFTER_EMPTY not in request.query:
            body |= {"@odata.nextLink": f"{link}{start}&{_AFTER_EMPTY}=1", "value": []}
        else:
            if start + size < len(items):
                body["@odata.nextLink"] = f"{link}{start + size}"
            body["value"] = items[start : start + size]
        return web.json_response(body)


def _faulty(question: _Question, fault: Answer) -> web.Response:
    if fault.body is None:
        return question.error(fault.status, headers=fault.headers)
    if isinstance(fault.body, str):
        return web.Response(text=fault.body, status=fault.status, headers=fault.headers)
    return web.json_response(fault.body, status=fault.status, headers=fault.headers)


def _planner_refusal(question: _Question, owner: str | None) -> web.Response | None:
    """Planner's errors have an empty code (github.com/microsoftgraph/microsoft-graph-docs/issues/5928)."""
    if owner is None:
        return question.error(404, "", "The requested item is not found.")
    if owner != question.tenant:
        return question.error(403, "", "You do not have the required permissions to access this item.")
    return None


def _base(question: _Question) -> str:
    return f"{question.request.scheme}://{question.request.host}"


def _entity(question: _Question, resource: Mapping[str, Any], context: str) -> web.Response:
    return web.json_response({"@odata.context": f"{_base(question)}/v1.0/$metadata#{context}"} | dict(resource))
