"""Graph's endpoints for Message Center and Planner, for every tenant of the sandbox.

The shapes are those of the documentation, and nothing is added to them:
learn.microsoft.com/graph/api/serviceannouncement-list-messages, .../serviceupdatemessage-get,
.../plannerplan-list-tasks, .../plannertask-get, .../plannertaskdetails-get, and /graph/paging for nextLink.
"""

import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from aiohttp import web

from sandbox.microsoft365.credential import read_token
from sandbox.microsoft365.faults import Answer, Faults, error
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.planner import Planner

Clock = Callable[[], datetime]

_PAGE = 100  # without a preference; the documentation of the messages says so
_MAX_PAGE = 1000
_PREFERENCE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)
_AFTER_EMPTY = "$skiptoken"
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


def graph_app(feed: Feed, planner: Planner, clock: Clock, faults: Faults | None = None) -> web.Application:
    """The application; `clock` is the sandbox's own time, tokens end in real time."""
    graph = _Graph(feed, planner, clock, faults or Faults())
    app = web.Application(middlewares=[graph.middleware])
    app[COUNTS] = graph.counts
    messages = "/v1.0/admin/serviceAnnouncement/messages"
    app.add_routes(
        [
            web.get(messages, graph.messages, name="messages"),
            web.get(messages + "/{id}", graph.message, name="message"),
            web.get("/v1.0/planner/plans/{plan}/tasks", graph.tasks, name="tasks"),
            web.get("/v1.0/planner/tasks/{id}", graph.task, name="task"),
            web.get("/v1.0/planner/tasks/{id}/details", graph.details, name="details"),
        ]
    )
    return app


class _Graph:
    """The handlers, and what they share."""

    def __init__(self, feed: Feed, planner: Planner, clock: Clock, faults: Faults) -> None:
        self.feed, self.planner, self.clock, self.faults = feed, planner, clock, faults
        self.counts: Counter[Call] = Counter()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        """Who asks, which fault they meet, and that it is counted."""
        request_id = request["id"] = request.headers.get("client-request-id") or str(uuid.uuid4())
        request["tenant"] = ""
        response = self._refusal(request)
        if response is None:
            try:
                response = await handler(request)
            except web.HTTPException as refused:  # aiohttp's own: an unknown path, a method that is not GET
                response = self._error(request, refused.status)
        response.headers["request-id"] = response.headers["client-request-id"] = request_id
        self.counts[Call(request["tenant"], _endpoint(request), response.status)] += 1
        return response

    def _refusal(self, request: web.Request) -> web.StreamResponse | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return self._error(request, 401, message="Access token is empty.", headers=_CHALLENGE)
        found = read_token(token)
        if not found or found[0] not in self.feed.tenants:
            return self._error(request, 401, message="CompactToken parsing failed.", headers=_CHALLENGE)
        request["tenant"], expires = found
        if expires <= time.time():
            words = "Lifetime validation failed, the token is expired."
            return self._error(request, 401, message=words, headers=_CHALLENGE)
        fault = self.faults.take(request["tenant"])
        return self._answer(request, fault) if fault else None

    def _answer(self, request: web.Request, fault: Answer) -> web.Response:
        if fault.body is None:
            return self._error(request, fault.status, headers=fault.headers)
        if isinstance(fault.body, str):
            return web.Response(text=fault.body, status=fault.status, headers=fault.headers)
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)

    def _error(
        self,
        request: web.Request,
        status: int,
        code: str | None = None,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        return error(status, request["id"], self.clock(), code, message, headers)

    async def messages(self, request: web.Request) -> web.Response:
        posts = self.feed.posts(request["tenant"], self.clock())
        return self._page(request, posts, "admin/serviceAnnouncement/messages")

    async def message(self, request: web.Request) -> web.Response:
        post = self.feed.post(request["tenant"], request.match_info["id"], self.clock())
        if post is None:
            return self._error(request, 404)
        return _entity(request, post, "admin/serviceAnnouncement/messages/$entity")

    async def tasks(self, request: web.Request) -> web.Response:
        plan = request.match_info["plan"]
        refusal = self._planner_refusal(request, self.planner.tenant_of_plan(plan))
        if refusal:
            return refusal
        tasks = self.planner.tasks(request["tenant"], self.clock())
        return self._page(request, tasks, f"planner/plans('{plan}')/tasks")

    async def task(self, request: web.Request) -> web.Response:
        return self._one(request, self.planner.task, "planner/tasks/$entity")

    async def details(self, request: web.Request) -> web.Response:
        task = request.match_info["id"]
        return self._one(request, self.planner.details, f"planner/tasks('{task}')/details/$entity")

    def _one(
        self, request: web.Request, find: Callable[[str, datetime], dict[str, Any] | None], context: str
    ) -> web.Response:
        task, now = request.match_info["id"], self.clock()
        found = find(task, now)
        refusal = self._planner_refusal(request, self.planner.tenant_of_task(task) if found else None)
        return refusal or _entity(request, found or {}, context)

    def _planner_refusal(self, request: web.Request, owner: str | None) -> web.Response | None:
        """Planner's errors have an empty code (github.com/microsoftgraph/microsoft-graph-docs/issues/5928)."""
        if owner is None:
            return self._error(request, 404, "", "The requested item is not found.")
        if owner != request["tenant"]:
            return self._error(request, 403, "", "You do not have the required permissions to access this item.")
        return None

    def _page(self, request: web.Request, items: Sequence[Mapping[str, Any]], context: str) -> web.Response:
        """One page from `$skip` on. Graph counts afresh for every page: what comes in between shifts them."""
        unknown = [name for name in request.query if name not in ("$skip", _AFTER_EMPTY)]
        skip = request.query.get("$skip", "0")
        if unknown or not (skip.isascii() and skip.isdigit()):
            what = f"unknown here: {', '.join(unknown)}" if unknown else f"$skip must be a number, not {skip!r}"
            return self._error(request, 400, "invalidRequest", f"The sandbox pages by $skip only; {what}")
        asked = _PREFERENCE.search(request.headers.get("Prefer", ""))
        size = max(1, min(int(asked[1]) if asked else _PAGE, _MAX_PAGE, self.faults.largest_page))
        start = int(skip)
        body: dict[str, Any] = {"@odata.context": f"{_base(request)}/v1.0/$metadata#{context}"}
        link = f"{_base(request)}{request.path}?$skip="
        if start and request["tenant"] in self.faults.empty_pages and _AFTER_EMPTY not in request.query:
            body |= {"@odata.nextLink": f"{link}{start}&{_AFTER_EMPTY}=1", "value": []}
        else:
            if start + size < len(items):
                body["@odata.nextLink"] = f"{link}{start + size}"
            body["value"] = items[start : start + size]
        return web.json_response(body)


def _endpoint(request: web.Request) -> str:
    route = request.match_info.route
    return route.name or "unknown"


def _base(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _entity(request: web.Request, found: Mapping[str, Any], context: str) -> web.Response:
    return web.json_response({"@odata.context": f"{_base(request)}/v1.0/$metadata#{context}"} | dict(found))
