"""Freshservice's agents, and the tasks under its changes.

Written from api.freshservice.com/v2 ("Create a task" of a change: title, description, status 1 to 3, due_date,
notify_before, agent_id, group_id; "List all agents" with the filter `email`).
"""

import re
from collections.abc import Callable, Sequence

from aiohttp import web

from sandbox.ticket_systems.freshservice.answers import body_of, paged
from sandbox.ticket_systems.freshservice.changes import Change, InvalidError

AGENTS = ("ana@contoso.example",)
_FIELDS = frozenset(
    {"title", "description", "status", "due_date", "notify_before", "agent_id", "group_id", "workspace_id"}
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DENIED = {"code": "access_denied", "message": "You are not authorized to perform this action."}


class Tasks:
    """`rights`: what the agent whose key we have may do; they can be taken away."""

    def __init__(self, change_of: Callable[[web.Request], Change], people: Sequence[str]) -> None:
        self._change_of = change_of
        self.agents = {31_000 + n: address for n, address in enumerate(dict.fromkeys((*AGENTS, *people)))}
        self.rights = {"agents", "tasks"}
        self._last = 500

    def routes(self, api: str, change_path: str) -> list[web.RouteDef]:
        return [
            web.get(f"{api}/agents", self._list_agents),
            web.get(f"{change_path}/tasks", self._list),
            web.post(f"{change_path}/tasks", self._add),
        ]

    async def _list_agents(self, request: web.Request) -> web.Response:
        if "agents" not in self.rights:
            return web.json_response(_DENIED, status=403)
        email = request.query.get("email", "").casefold()
        rows = [{"id": n, "email": each} for n, each in self.agents.items() if email in {"", each.casefold()}]
        return paged(request, "agents", rows)

    async def _list(self, request: web.Request) -> web.Response:
        return paged(request, "tasks", self._change_of(request).tasks)

    async def _add(self, request: web.Request) -> web.Response:
        change, body = self._change_of(request), await body_of(request)
        if "tasks" not in self.rights:
            return web.json_response(_DENIED, status=403)
        errors = [(name, "Unexpected/invalid field in request", "invalid_field") for name in body.keys() - _FIELDS]
        title, due = body.get("title"), body.get("due_date")
        if not title:
            errors.append(("title", "It should not be blank as this is a mandatory field", "missing_field"))
        elif len(str(title)) > 255:
            errors.append(("title", "It can have maximum of 255 characters", "invalid_value"))
        if due is not None and not _TIME.fullmatch(str(due)):
            errors.append(("due_date", "It should be in the 'combined date and time ISO8601' format", "invalid_date"))
        if body.get("agent_id") is not None and body["agent_id"] not in self.agents:
            errors.append(("agent_id", "There is no agent matching the given agent_id", "invalid_value"))
        if errors:
            raise InvalidError(*errors)
        self._last += 1
        task = {"status": 1, "due_date": None, "agent_id": None, "group_id": None, **body, "id": self._last}
        change.tasks.append(task)
        return web.json_response({"task": task}, status=201)
