"""What stands around ServiceNow's change requests: groups, users, configuration items, change tasks, conflicts.

Written from servicenow.com/docs: Change Management API (Australia release, `POST` and `GET .../conflict`: the check is
a job that runs in the background, `job_status` is 2 when it has ended, and `status` is "Conflict" also where there is
none), "Conflict detection" (an item, a planned start and a planned end are needed) and the Table API (`change_task`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

from aiohttp import web

from sandbox.ticket_systems.servicenow.records import Change, Store
from sandbox.ticket_systems.servicenow.refusals import NO_RECORD, refused

USERS = ("sam@contoso.example", "ana@contoso.example")
ITEMS = ("Exchange Online",)
_DENIED = (403, "User Not Authorized", "Failed API level ACL Validation")


class Tables:
    """`store` is set once there is one. `may_write`: whether our user may insert.

    `unreadable`: tables that our user may not read, `closed`: those that take no new record. `checks`: whether the
    check for conflicts has ended when it is asked about; None where the instance offers none.
    """

    store: Store

    def __init__(
        self,
        groups: Mapping[str, str],
        people: tuple[str, ...],
        items: tuple[str, ...],
        may_write: Callable[[], bool],
    ) -> None:
        users = {f"{n:031x}d": address for n, address in enumerate(dict.fromkeys((*USERS, *people)))}
        named_items = {f"{n:031x}e": name for n, name in enumerate(dict.fromkeys((*ITEMS, *items)))}
        self.named: dict[str, Mapping[str, str]] = {
            "assignment_group": groups, "requested_by": users, "assigned_to": users, "cmdb_ci": named_items,
        }  # fmt: skip
        self.unreadable: set[str] = set()
        self.closed: set[str] = set()
        self.checks: bool | None = True
        self._checked: set[str] = set()
        self._may_write = may_write
        self._last = 10_000

    def routes(self) -> list[web.RouteDef]:
        table, conflict = "/api/now/table", "/api/sn_chg_rest/change/{sys_id}/conflict"
        return [
            web.get(f"{table}/sys_user_group", self._list_by("name", "assignment_group")),
            web.get(f"{table}/cmdb_ci", self._list_by("name", "cmdb_ci")),
            web.get(f"{table}/sys_user", self._list_by("email", "requested_by")),
            web.get(f"{table}/change_task", self._list_tasks),
            web.post(f"{table}/change_task", self._insert_task),
            web.post(conflict, self._check),
            web.get(conflict, self._conflicts),
        ]

    def _list_by(self, field: str, reference: str) -> Any:
        """A list of what a reference can point to, searched by one of its fields."""

        async def listed(request: web.Request) -> web.Response:
            if request.path.rpartition("/")[2] in self.unreadable:
                return refused(*_DENIED)
            query = request.query.get("sysparm_query", "").partition("^")[0]
            wanted = (
                query.partition("IN")[2].split(",") if query.startswith(f"{field}IN") else [query.partition("=")[2]]
            )
            folded = {each.casefold() for each in wanted}
            matches = [
                {"sys_id": sys_id, field: name}
                for sys_id, name in self.named[reference].items()
                if name.casefold() in folded
            ]
            return web.json_response({"result": matches})

        return listed

    async def _list_tasks(self, request: web.Request) -> web.Response:
        if "change_task" in self.unreadable:
            return refused(*_DENIED)
        change = self.store.changes.get(request.query.get("sysparm_query", "").partition("change_request=")[2])
        rows = [
            {**task, "change_request": {"link": f"{request.url.origin()}/api/now/table/task/{change.sys_id}",
                                        "value": change.sys_id}}
            for task in change.tasks
        ] if change else []  # fmt: skip
        return web.json_response({"result": rows})

    async def _insert_task(self, request: web.Request) -> web.Response:
        if not self._may_write() or "change_task" in self.closed:
            return refused(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
        body = await request.json()
        change = self.store.changes.get(str(body.get("change_request", "")))
        if change is None:
            return refused(400, "Invalid Insert", "Invalid data provided")
        self._last += 1
        task = {name: str(value) for name, value in body.items() if name != "change_request"}
        for name in ("assigned_to", "assignment_group"):
            task[name] = self.named[name].get(task.get(name, ""), "")
        task = {**task, "short_description": task["short_description"][:160], "number": f"CTASK{self._last:07d}"}
        change.tasks.append(task)
        return web.json_response({"result": {"sys_id": uuid4().hex, **task}}, status=201)

    async def _check(self, request: web.Request) -> web.Response:
        change = self.store.changes.get(request.match_info["sys_id"])
        if change is None or self.checks is None:
            return refused(404, *NO_RECORD)
        if not all(change.values.get(name) for name in ("cmdb_ci", "start_date", "end_date")):
            return refused(400, "Bad Request", "A configuration item, planned start and planned end are required")
        self._checked.add(change.sys_id)
        return web.json_response({"result": uuid4().hex})

    async def _conflicts(self, request: web.Request) -> web.Response:
        change = self.store.changes.get(request.match_info["sys_id"])
        if change is None or self.checks is None:
            return refused(404, *NO_RECORD)
        is_done = self.checks and change.sys_id in self._checked
        conflicts = list(self._of(change)) if is_done else []
        status = "Conflict" if is_done else "Not Run"
        body = {"status": status, "last_run": self.store.now(), "record_count": str(len(conflicts)),
                "job_status": "2" if is_done else "1", "conflicts": conflicts}  # fmt: skip
        return web.json_response({"result": body})

    def _of(self, change: Change) -> Iterator[dict[str, Any]]:
        """Other changes of the item in that time, and schedules in which nothing is to be changed."""
        start, end = (change.values[name] for name in ("start_date", "end_date"))
        common = {"change": _shown(change.sys_id, change.number)}
        for other in self.store.changes.values():
            values = other.values
            is_other = other is not change and values.get("active") == "true"
            is_same = values.get("cmdb_ci") == change.values["cmdb_ci"]
            begins, ends = values.get("start_date", ""), values.get("end_date", "")
            if is_other and is_same and begins and ends and begins <= end and ends >= start:
                kind = _shown("ci_already_scheduled", "CI Already Scheduled")
                yield {**common, "type": kind, "conflicting_change": _shown(other.sys_id, other.number)}
        for name, first, last in self.store.rules.blackouts:
            if first <= end[:10] and last >= start[:10]:
                kind = _shown("blackout_window", "Blackout Window")
                yield {**common, "type": kind, "schedule": _shown(uuid4().hex, name)}


def _shown(value: str, display: str) -> dict[str, str]:
    return {"display_value": display, "value": value}
