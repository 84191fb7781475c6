"""A Freshservice account, as far as tickets need it, with what it is known to do.

Written from api.freshservice.com/v2 (Authentication, Rate limit, Pagination, Errors, Changes with notes and approvals,
Change form fields, Agent groups). What an answer to a stranger looks like (403), that a filter without its double
quotes is answered 500, and that lists leave out custom fields, is what people report who use it.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from sandbox.ticket_systems.freshservice.answers import body_of, paged, workspace_of
from sandbox.ticket_systems.freshservice.changes import (
    PLANNED,
    REQUIRED,
    SHIPPED,
    Change,
    InconsistentError,
    InvalidError,
    Rules,
    Store,
    shown,
)
from sandbox.ticket_systems.freshservice.tasks import Tasks
from sandbox.ticket_systems.showing import Record, routes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KEY_FIELD = "foresignal_key"
CANCELLED = {7: "Cancelled"}
"""A status that accounts add; Freshservice ships without one."""
_API_KEY = "freshservice-api-key"
_GROUPS = ("Messaging", "Workplace")
_API = "/api/v2"
_DENIED = {"code": "access_denied", "message": "You are not authorized to perform this action."}


class Freshservice:
    """One account. `groups`: names of agent groups besides two; `own`: custom fields besides the one for our key.

    `people`: addresses of agents besides one.
    `undated`: its form does not require planned dates, as the one that ships does. `workspace_groups`, `workspace_own`:
    those that only that workspace has. `rights` of the agent whose key we have can be taken away; `a_minute`: credits a
    minute before it answers 429 (0: no limit). For the rest see `Store` and `Rules`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        groups: Sequence[str] = (),
        own: Sequence[str] = (),
        people: Sequence[str] = (),
        more_statuses: dict[int, str] | None = None,
        required: tuple[str, ...] = (),
        forbidden: frozenset[tuple[int, int]] = frozenset(),
        a_minute: int = 0,
        undated: bool = False,
        workspace_groups: Mapping[int, Sequence[str]] | None = None,
        workspace_own: Mapping[int, Sequence[str]] | None = None,
        rules: Rules | None = None,
    ) -> None:
        statuses = SHIPPED | (CANCELLED if more_statuses is None else more_statuses)
        self._workspace_own = dict(workspace_own or {})
        everywhere = {KEY_FIELD, *own, *(name for names in self._workspace_own.values() for name in names)}
        required = (*(() if undated else PLANNED), *required)
        self.store = Store(clock, statuses, frozenset(everywhere), required, forbidden, rules or Rules())
        self._workspace_groups = {
            workspace: {22_000 + 100 * workspace + n: name for n, name in enumerate(names)}
            for workspace, names in (workspace_groups or {}).items()
        }
        self.groups = {21_000 + n: name for n, name in enumerate(dict.fromkeys((*_GROUPS, *groups)))}
        self.tasks = Tasks(self._change_of, people)
        self.rights = {"view", "create", "edit"}
        self._clock, self._a_minute = clock, a_minute
        self._spent: list[tuple[datetime, int]] = []

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`."""
        return {"url": url, "api_key": "FRESHSERVICE_API_KEY", "requester_id": 1001, "key_field": KEY_FIELD}

    @property
    def secrets(self) -> dict[str, str]:
        return {"FRESHSERVICE_API_KEY": _API_KEY}

    @property
    def tickets(self) -> list[Record]:
        return [self.store.record(change, KEY_FIELD) for change in self.store.changes.values()]

    def delete(self, number: str) -> None:
        """By hand, in Freshservice."""
        del self.store.changes[self._existing(number).id]

    def squat(self, key: str, state: str, requester: int = 6666, workspace: int | None = None) -> str:
        """Somebody else makes a change with that key and moves it to that state (none: as it is made); its number."""
        fields = {
            "requester_id": requester, "subject": "Not ours", "description": f"<p>Foresignal key: {key}</p>",
            "status": 1, "change_type": 1, "priority": 1, "impact": 1, "risk": 1, "workspace_id": workspace,
            "custom_fields": {KEY_FIELD: key}, **dict.fromkeys(PLANNED, self.store.now()),
        }  # fmt: skip
        change = self.store.insert(fields)
        if state:
            self.move(change.number, state)
        return change.number

    def states_of(self, _number: str) -> list[str]:
        return list(self.store.statuses.values())

    def move(self, number: str, state: str) -> None:
        """The board's own hand: to a status by its name or number, whatever the life cycle says."""
        change, by_name = self._existing(number), {name: status for status, name in self.store.statuses.items()}
        before = self.store.statuses.get(change.values["status"], "")
        self.store.move(change, by_name.get(state) or int(state))
        now = self.store.now()
        change.moves.append((now, f"{now[:10]}: The board: {before} to {state}"))

    def approve(self, number: str, who: str) -> None:
        self._decide(number, 1, who)

    def reject(self, number: str, who: str) -> None:
        self._decide(number, 2, who)

    def _decide(self, number: str, verdict: int, who: str) -> None:
        change, now = self._existing(number), self.store.now()
        change.values |= {"approval_status": verdict, "updated_at": now}
        change.approvals.append((len(change.approvals) + 1, who, verdict, now))
        change.moves.append((now, f"{now[:10]}: {'Approved' if verdict == 1 else 'Rejected'} by {who}"))

    def _existing(self, number: str) -> Change:
        for change in self.store.changes.values():
            if change.number == number:
                return change
        raise LookupError(f"there is no {number}")

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000_000, middlewares=[self._answering])
        app.add_routes(routes("Freshservice", self))
        change_path = rf"{_API}/changes/{{id:\d+}}"
        app.add_routes(
            [
                web.get(r"/a/changes/{id:\d+}", self._page),
                web.get(f"{_API}/changes", self._list),
                web.post(f"{_API}/changes", self._create),
                web.get(change_path, self._view),
                web.put(change_path, self._update),
                web.get(f"{change_path}/notes", self._notes),
                web.post(f"{change_path}/notes", self._add_note),
                web.get(f"{change_path}/approvals", self._approvals),
                *self.tasks.routes(_API, change_path),
                web.get(f"{_API}/groups", self._list_groups),
                web.get(f"{_API}/change_form_fields", self._form),
            ]
        )
        return app

    @web.middleware
    async def _answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who asks, how often, and refusals in Freshservice's words."""
        if not request.path.startswith(_API):
            return await handler(request)
        spent = 3 if request.query.get("include") else 1
        response = self._refused(request, spent) or await self._answer(request, handler)
        used = sum(cost for _, cost in self._spent)
        response.headers["X-Freshservice-Api-Version"] = "latest=v2; requested=v2"
        response.headers["X-Ratelimit-Total"] = str(self._a_minute or 500)
        response.headers["X-Ratelimit-Remaining"] = str(max(0, (self._a_minute or 500) - used))
        response.headers["X-Ratelimit-Used-CurrentRequest"] = str(spent)
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except InvalidError as invalid:
            errors = [{"field": name, "message": message, "code": code} for name, message, code in invalid.errors]
            return web.json_response({"description": "Validation failed", "errors": errors}, status=400)
        except InconsistentError:
            message = "The resource is in an inconsistent state and cannot be updated"
            return web.json_response({"code": "inconsistent_state", "message": message}, status=409)
        except web.HTTPNotFound:
            return web.Response(status=404)  # without a body
        except ValueError:
            message = "Request body has invalid json format"
            return web.json_response({"code": "invalid_json", "message": message}, status=400)

    def _refused(self, request: web.Request, spent: int) -> web.Response | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return web.json_response(_DENIED, status=403)
        try:
            key = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")[0]
        except ValueError:
            key = ""
        if key != _API_KEY:
            message = "You have to be logged in to perform this action."
            return web.json_response({"code": "invalid_credentials", "message": message}, status=401)
        right = {"GET": "view", "POST": "create", "PUT": "edit"}[request.method]
        if right not in self.rights:
            return web.json_response(_DENIED, status=403)
        return self._limited(spent)

    def _limited(self, spent: int) -> web.Response | None:
        now = self._clock()
        if not self._a_minute:
            return None
        self._spent = [call for call in self._spent if now - call[0] < timedelta(minutes=1)]
        if sum(cost for _, cost in self._spent) + spent <= self._a_minute:
            self._spent.append((now, spent))
            return None
        wait = int((self._spent[0][0] + timedelta(minutes=1) - now).total_seconds()) + 1
        message = {"message": "You have exceeded the limit of requests per minute"}
        return web.json_response(message, status=429, headers={"Retry-After": str(wait)})

    async def _page(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/ticket/CHN-{request.match_info['id']}")

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query.get("query", "")
        if query:
            try:
                matches = self.store.filtered(query)
            except ValueError:
                return web.Response(status=500)
        else:
            matches = self.store.listed(request.query.get("updated_since", ""))
        stats = request.query.get("include") == "stats"
        return paged(request, "changes", [shown(change, stats=stats, whole=False) for change in matches])

    async def _create(self, request: web.Request) -> web.Response:
        body, rules = await body_of(request), self.store.rules
        if rules.apart and body.get("planning_fields"):
            if rules.made:
                self.store.insert({name: what for name, what in body.items() if name != "planning_fields"})
            return web.Response(status=500)
        change = self.store.insert(body)
        return web.json_response({"change": shown(change, stats=False, whole=True)}, status=201)

    async def _view(self, request: web.Request) -> web.Response:
        stats = request.query.get("include") == "stats"
        return web.json_response({"change": shown(self._change_of(request), stats=stats, whole=True)})

    async def _update(self, request: web.Request) -> web.Response:
        change = self._change_of(request)
        self.store.update(change, await body_of(request))
        return web.json_response({"change": shown(change, stats=False, whole=True)})

    async def _notes(self, request: web.Request) -> web.Response:
        notes = [
            {"id": n, "body": body, "created_at": at} for n, (at, body) in enumerate(self._change_of(request).notes)
        ]
        return paged(request, "notes", notes)

    async def _add_note(self, request: web.Request) -> web.Response:
        change, body = self._change_of(request), (await body_of(request)).get("body")
        if not body:
            raise InvalidError(("body", "It should not be blank as this is a mandatory field", "missing_field"))
        change.notes.append((self.store.now(), str(body)))
        return web.json_response({"note": {"id": len(change.notes), "body": body}}, status=201)

    async def _approvals(self, request: web.Request) -> web.Response:
        names = {1: "approved", 2: "rejected"}
        rows = [
            {
                "id": approval_id,
                "approver_name": who,
                "approval_status": {"id": what, "name": names[what]},
                "updated_at": at,
            }
            for approval_id, who, what, at in self._change_of(request).approvals
        ]
        return paged(request, "approvals", rows)

    async def _list_groups(self, request: web.Request) -> web.Response:
        groups = self.groups | self._workspace_groups.get(workspace_of(request), {})
        return paged(request, "groups", [{"id": group_id, "name": name} for group_id, name in groups.items()])

    async def _form(self, request: web.Request) -> web.Response:
        elsewhere = {
            name
            for workspace, names in self._workspace_own.items()
            for name in names
            if workspace != workspace_of(request)
        }
        names = dict.fromkeys((*REQUIRED, *self.store.required, *PLANNED, *sorted(self.store.own - elsewhere)))
        fields = [{"name": name, "required": name in self.store.required, "choices": []} for name in names]
        choices = [{"id": each, "value": name} for each, name in self.store.statuses.items()]
        next(each for each in fields if each["name"] == "status")["choices"] = choices
        return web.json_response({"change_fields": fields})

    def _change_of(self, request: web.Request) -> Change:
        change = self.store.changes.get(int(request.match_info["id"]))
        if change is None:
            raise web.HTTPNotFound
        return change
