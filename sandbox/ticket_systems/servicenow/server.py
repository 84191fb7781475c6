"""A ServiceNow instance, as far as tickets need it, with what it is known to do.

Written from servicenow.com/docs: Table API and Change Management API (API reference, Australia release of 2026-03),
"Set up OAuth with the client credentials grant" (Zurich), "REST API rate limits" (429, X-RateLimit headers), and from
the error bodies that people quote (community.servicenow.com: "User Not Authenticated", "No Record found", "ACL
Exception Insert Failed due to security constraints", "Operation against file ... was aborted by Business Rule").
Numbers in answers of the Change Management API (`-5.0`) and `__meta.ignoredFields`: as recorded answers have them.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from aiohttp import web

from sandbox.ticket_systems.servicenow.records import STATES, AbortedError, Change, Rules, Store
from sandbox.ticket_systems.servicenow.refusals import NO_RECORD, refused
from sandbox.ticket_systems.servicenow.tables import Tables
from sandbox.ticket_systems.showing import Record, routes

_MAY_CREATE = frozenset({"admin", "itil", "change_manager"})
_MAY_WRITE = _MAY_CREATE | {"sn_change_write"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_GROUPS = {"a" * 31 + "1": "Messaging", "a" * 31 + "2": "Workplace"}
_USER, _PASSWORD = "foresignal", "servicenow-password"
_CLIENT, _CLIENT_SECRET = "f0re51gna1c11ent", "servicenow-client-secret"


class ServiceNow:
    """One instance. `groups`: names of assignment groups besides two; `own`: custom fields that it has.

    `people`: addresses of users besides two; `items`: names of configuration items besides one. `rules`: see
    `Rules`. `roles` of our user can be taken away; `hourly`: requests an hour before it answers 429 (0: no limit).
    Tokens end after `token_seconds` of the clock.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        groups: tuple[str, ...] = (),
        own: tuple[str, ...] = (),
        people: tuple[str, ...] = (),
        items: tuple[str, ...] = (),
        hourly: int = 0,
        token_seconds: int = 1799,
        rules: Rules | None = None,
    ) -> None:
        more = {f"{n:031x}b": name for n, name in enumerate(groups)}
        self.tables = Tables(_GROUPS | more, people, items, may_write=lambda: bool(self.roles & _MAY_WRITE))
        self.store = self.tables.store = Store(clock, self.tables.named, frozenset(own), rules or Rules())
        self.roles = {"itil", "sn_change_write"}
        self._clock, self._hourly, self._seconds = clock, hourly, token_seconds
        self._tokens: dict[str, datetime] = {}
        self._asked: list[datetime] = []

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`."""
        return {"url": url, "client_id": _CLIENT, "client_secret": "SERVICENOW_SECRET"}

    @property
    def secrets(self) -> dict[str, str]:
        return {"SERVICENOW_SECRET": _CLIENT_SECRET, "SERVICENOW_PASSWORD": _PASSWORD}

    @property
    def tickets(self) -> list[Record]:
        return [change.record() for change in self.store.changes.values()]

    def delete(self, number: str) -> None:
        """By hand, in ServiceNow."""
        del self.store.changes[self._existing(number).sys_id]

    def squat(self, key: str, state: str, who: str = "mallory") -> str:
        """Somebody else makes a change with that key and moves it to that state (none: as it is made); its number."""
        change, _ = self.store.insert({"short_description": "Not ours", "correlation_id": key}, who)
        if state:
            self.move(change.number, state)
        return change.number

    def states_of(self, _number: str) -> list[str]:
        return list(STATES.values())

    def move(self, number: str, state: str) -> None:
        """The board's own hand: to a state by its label or value, whatever the model says."""
        change, by_label = self._existing(number), {label: raw for raw, label in STATES.items()}
        before = change.values["state"]
        change.values["state"] = after = by_label.get(state, state)
        now = self.store.now()
        change.values["sys_updated_on"] = now
        if after in {"3", "4"}:
            change.values |= {"active": "false", "closed_at": now}
        change.moves.append((now, f"{now[:10]}: The board: {STATES.get(before, before)} to {STATES.get(after, after)}"))

    def approve(self, number: str, who: str) -> None:
        self._decide(number, "approved", who)

    def reject(self, number: str, who: str) -> None:
        self._decide(number, "rejected", who)

    def revoke(self) -> None:
        """Every token that was given out is taken back."""
        self._tokens.clear()

    def _decide(self, number: str, verdict: str, who: str) -> None:
        change = self._existing(number)
        change.values["approval"] = verdict
        at = self.store.now()
        self.store.approvals.append({"sysapproval": change.sys_id, "state": verdict, "approver": who, "at": at})
        change.moves.append((at, f"{at[:10]}: {verdict.capitalize()} by {who}"))

    def _existing(self, number: str) -> Change:
        for change in self.store.changes.values():
            if change.number == number:
                return change
        raise LookupError(f"there is no {number}")

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000_000, middlewares=[self._answering])
        app.add_routes(routes("ServiceNow", _Pages(self)))
        table = "/api/now/table"
        app.add_routes(
            [
                web.get("/nav_to.do", self._nav),
                web.post("/oauth_token.do", self._token),
                web.post(f"{table}/change_request", self._insert),
                web.get(f"{table}/change_request", self._list),
                web.patch(f"{table}/change_request/{{sys_id}}", self._update),
                web.get(f"{table}/sys_user_has_role", self._list_roles),
                web.get(f"{table}/sysapproval_approver", self._list_approvals),
                *self.tables.routes(),
                web.post("/api/sn_chg_rest/change/{kind}", self._insert_by_model),
                web.post("/api/sn_chg_rest/change/{kind}/{template}", self._insert_by_model),
                web.get("/api/sn_chg_rest/change/{sys_id}/nextstates", self._next_states),
            ]
        )
        return app

    @web.middleware
    async def _answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who asks, how often, and refusals in ServiceNow's words."""
        if not request.path.startswith("/api/"):
            return await handler(request)
        if not self._is_authorized(request.headers.get("Authorization", "")):
            message = "Required to provide Auth information"
            return refused(401, "User Not Authenticated", message, {"WWW-Authenticate": 'BASIC realm="Service-now"'})
        if limited := self._limited():
            return limited
        try:
            return await handler(request)
        except AbortedError as aborted:
            detail = f"Operation against file 'change_request' was aborted by Business Rule '{aborted}^{'0' * 32}'"
            return refused(403, "Operation Failed", f"Error: {detail}. Business Rule Stack:{aborted}")
        except ValueError:
            return refused(400, "Exception while reading request", "The payload is not valid JSON.")

    def _is_authorized(self, header: str) -> bool:
        if header.startswith("Bearer "):
            return self._tokens.get(header.removeprefix("Bearer "), self._clock()) > self._clock()
        return header == f"Basic {base64.b64encode(f'{_USER}:{_PASSWORD}'.encode()).decode()}"

    def _limited(self) -> web.Response | None:
        now = self._clock()
        self._asked = [at for at in self._asked if now - at < timedelta(hours=1)] if self._hourly else []
        if not self._hourly or len(self._asked) < self._hourly:
            self._asked.append(now)
            return None
        ends = self._asked[0] + timedelta(hours=1)
        headers = {
            "X-RateLimit-Limit": str(self._hourly), "X-RateLimit-Reset": str(int(ends.timestamp())),
            "X-RateLimit-Rule": "Foresignal", "Retry-After": str(int((ends - now).total_seconds()) + 1),
        }  # fmt: skip
        return refused(429, "Rate limit exceeded", f"Number of requests exceeded {self._hourly} an hour", headers)

    async def _nav(self, request: web.Request) -> web.Response:
        sys_id = request.query.get("uri", "").partition("sys_id=")[2]
        change = self.store.changes.get(sys_id)
        raise web.HTTPFound(f"/ticket/{change.number}" if change else "/")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form.get("client_id"), form.get("client_secret")) != (_CLIENT, _CLIENT_SECRET):
            return web.json_response({"error_description": "access_denied", "error": "server_error"}, status=401)
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error_description": "grant type", "error": "unsupported_grant_type"}, status=400)
        token = uuid4().hex + uuid4().hex
        self._tokens[token] = self._clock() + timedelta(seconds=self._seconds)
        return web.json_response(
            {"access_token": token, "scope": "useraccount", "token_type": "Bearer", "expires_in": self._seconds}
        )

    async def _insert(self, request: web.Request) -> web.Response:
        if not self.roles & _MAY_WRITE:
            return refused(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
        change, _ = self.store.insert(await self._body(request), _USER)
        return web.json_response({"result": self._as_json(change, request)}, status=201)

    async def _insert_by_model(self, request: web.Request) -> web.Response:
        if not self.roles & _MAY_CREATE:
            return refused(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
        kind = request.match_info["kind"]
        change, ignored = self.store.insert(await self._body(request), _USER, kind, by_model=True)
        result: dict[str, Any] = {name: self.store.as_json(change, name) for name in self.store.readable}
        result["__meta"] = {"ignoredFields": ignored}
        return web.json_response({"result": result})

    async def _next_states(self, request: web.Request) -> web.Response:
        change = self.store.changes.get(request.match_info["sys_id"])
        if change is None:
            return refused(404, *NO_RECORD)
        states = [change.values["state"], *sorted(self.store.next_states(change))]
        labels = [{"value": state, "label": STATES.get(state, state)} for state in states]
        return web.json_response({"result": {"available_states": states, "state_label": labels}})

    async def _body(self, request: web.Request) -> Mapping[str, Any]:
        body = await request.json()
        return body if isinstance(body, dict) else {}

    async def _list(self, request: web.Request) -> web.Response:
        matches = list(self.store.find(request.query.get("sysparm_query", ""), _USER))
        limit = int(request.query.get("sysparm_limit", "10000"))
        rows = [self._as_json(change, request) for change in matches[:limit]]
        return web.json_response({"result": rows}, headers={"X-Total-Count": str(len(matches))})

    async def _update(self, request: web.Request) -> web.Response:
        change = self.store.changes.get(request.match_info["sys_id"])
        if change is None:
            return refused(404, *NO_RECORD)
        if not self.roles & _MAY_WRITE:
            return refused(403, "Operation Failed", "ACL Exception Update Failed due to security constraints")
        self.store.update(change, await self._body(request), _USER)
        return web.json_response({"result": self._as_json(change, request)})

    async def _list_roles(self, _request: web.Request) -> web.Response:
        if not self.roles & {"itil", "admin"}:
            return refused(403, "User Not Authorized", "Failed API level ACL Validation")
        return web.json_response({"result": [{"role.name": role} for role in sorted(self.roles)]})

    async def _list_approvals(self, request: web.Request) -> web.Response:
        ids = request.query.get("sysparm_query", "").partition("^")[0].removeprefix("sysapprovalIN").split(",")
        rows = [
            {
                "sysapproval": {"value": approval["sysapproval"], "display_value": "CHG"},
                "state": {"value": approval["state"], "display_value": approval["state"].capitalize()},
                "approver": {"value": "0" * 32, "display_value": approval["approver"]},
                "sys_updated_on": {"value": approval["at"], "display_value": approval["at"]},
            }
            for approval in self.store.approvals
            if approval["sysapproval"] in ids
        ]
        return web.json_response({"result": rows})

    def _as_json(self, change: Change, request: web.Request) -> dict[str, Any]:
        fields = request.query.get("sysparm_fields", "")
        names = fields.split(",") if fields else ["sys_id", "number", "work_notes", *change.values]
        names = [name for name in names if self.store.knows(name)]
        if request.query.get("sysparm_display_value") == "all":
            return {name: self._both(change, name) for name in names}
        return {name: self.store.shown(change, name)[0] for name in names}

    def _both(self, change: Change, name: str) -> dict[str, str]:
        value, display = self.store.shown(change, name)
        return {"display_value": display, "value": value}


class _Pages:
    """The instance as people see it on its pages: references by their names."""

    def __init__(self, instance: ServiceNow) -> None:
        self._instance = instance
        self.states_of, self.move = instance.states_of, instance.move
        self.approve, self.reject = instance.approve, instance.reject

    @property
    def tickets(self) -> list[Record]:
        named = self._instance.tables.named
        return [
            replace(
                record,
                fields={name: named.get(name, {}).get(text, text) for name, text in record.fields.items()},
            )
            for record in self._instance.tickets
        ]
