"""The port `TicketSystem` over ServiceNow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps, may_take, pass_over
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.pinging import ping
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.writes import ALL, CHANGES, TABLE_API, Writes
from shared.core.errors import PermanentError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Preview, Ticket, TicketRef

_GROUPS, _APPROVERS = "/api/now/table/sys_user_group", "/api/now/table/sysapproval_approver"
_AT_ONCE = 100
_CANDIDATES = 20  # with one key there is one; a second look at what a search answered
_US = "javascript:gs.getUserName()"  # the instance says who we are
Record = Mapping[str, Any]


class ServiceNow:
    """One instance; look-ups see a new change request at once.

    Each step leaves what the next attempt need not do again, so that a bad connection only makes it slow.
    """

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = Calls(settings, deps)
        self._writes = Writes(self._calls, settings)
        self._groups: Recent[str, str] = Recent(REMEMBERED)  # sys_id by name
        self._look_ups: LookUps[Record] = LookUps(deps.clock)
        self._decided: Recent[str, tuple[str, str, datetime | None]] = Recent(REMEMBERED)  # by sys_id and verdict

    async def find(self, key: str) -> TicketRef | None:
        record = await self._by_key(key)
        if record is None:
            self._look_ups.keep_miss(key)
            return None
        ref = records.ref_of(self._settings, record)
        self._look_ups.keep(ref.number, record)
        return ref

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            if not self._look_ups.take_miss(ticket.key):
                existing = await self._by_key(ticket.key)
                if existing is None:
                    self._look_ups.keep_miss(ticket.key)
                elif may_take(ref := records.ref_of(self._settings, existing), ticket):
                    return await self._writes.bring(existing, ticket)
                else:
                    author = records.raw_value(existing, "sys_created_by")
                    line_before = pass_over(self._calls.what, ref, author, ticket)
                    ticket = replace(ticket, notes=(*ticket.notes, line_before))
            group, line = await self._group(ticket.group)
            ticket = replace(ticket, notes=(*ticket.notes, *line))
            body = records.created(self._settings, ticket)
            if group:
                body["assignment_group"] = group
            with about_system():
                answer = await self._calls.ask("POST", self._where(), body=body, params=ALL)
            self._look_ups.take_miss(ticket.key)
            return await self._writes.complete(self._calls.one(answer), body, ticket)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        record = self._look_ups.take(ref.number)
        if record is None:
            record = await self._by_number(ref.number)
        return await (self._writes.bring(record, ticket) if record else self.open(ticket))

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        ours = [number for number in dict.fromkeys(numbers) if records.NUMBER.fullmatch(number)]
        by_number: dict[str, TicketRef] = {}
        for at in range(0, len(ours), _AT_ONCE):
            some = ours[at : at + _AT_ONCE]
            query = {"sysparm_query": f"numberIN{','.join(some)}", "sysparm_limit": str(2 * _AT_ONCE)}
            rows = await self._calls.results(TABLE_API, {**query, **ALL, "sysparm_fields": self._writes.fields()})
            self._assert_searched("number", all(records.raw_value(row, "number") in some for row in rows))
            refs = {records.raw_value(row, "sys_id"): records.ref_of(self._settings, row) for row in rows}
            for ref in await self._with_deciders(refs):
                if ref.number in some:
                    by_number[ref.number] = ref
        return by_number

    def preview(self, ticket: Ticket) -> Preview:
        body = records.created(self._settings, ticket)
        return Preview(self._settings.address + self._where(), {**body, "assignment_group": ticket.group})

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._settings)

    def _where(self) -> str:
        if self._settings.api == "table":
            return TABLE_API
        template = f"/{self._settings.template}" if self._settings.type == "standard" else ""
        return f"{CHANGES}/{self._settings.type}{template}"

    async def _by_key(self, key: str) -> Record | None:
        """What we made: anybody who may write change requests can set their `correlation_id`."""
        ours, user = key[: records.KEY_LIMIT], self._settings.user
        author = user if user and "^" not in user else _US
        matches = await self._search(f"correlation_id={ours}^sys_created_by={author}", "correlation_id", ours)
        authors = [records.raw_value(match, "sys_created_by") for match in matches]
        self._assert_searched(
            "sys_created_by", all(each and (author == _US or each.casefold() == user.casefold()) for each in authors)
        )
        open_ones = (match for match in matches if records.ref_of(self._settings, match).state not in ENDED)
        return next(open_ones, matches[0] if matches else None)

    async def _by_number(self, number: str) -> Record | None:
        if not records.NUMBER.fullmatch(number):
            return None
        return next(iter(await self._search(f"number={number}", "number", number)), None)

    async def _search(self, query: str, field: str, value: str) -> list[Record]:
        """The change requests that an encoded query finds, and whose field holds the value indeed, oldest first.

        ServiceNow leaves out the parts of a query that it does not understand or that we may not read: then it answers
        with whatever there is.
        """
        params = {
            "sysparm_query": f"{query}^ORDERBYsys_created_on",
            "sysparm_limit": str(_CANDIDATES),
            "sysparm_fields": self._writes.fields(),
        }
        with about_system():  # a list of what we may see: it refuses nobody one ticket
            matches = await self._calls.results(TABLE_API, {**params, **ALL})
        values = [records.raw_value(match, field) for match in matches]
        self._assert_searched(field, all(each.casefold() == value.casefold() for each in values))
        return [match for match, each in zip(matches, values, strict=True) if each == value]

    def _assert_searched(self, field: str, is_searched: bool) -> None:
        if not is_searched:
            raise PermanentError(
                f"{self._calls.what}: a search by {field} was answered with other change requests: let our user read "
                f"that field of change_request (ServiceNow leaves out of a search what the user may not read)"
            )

    async def _group(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The group's id there; where it has none, a line that says so: better an unassigned ticket than none."""
        group = str(self._settings.value("group", name, name))
        if not group or records.SYS_ID.fullmatch(group):
            return group, ()
        if group not in self._groups:
            safe = group.replace("^", " ")
            params = {"sysparm_query": f"name={safe}", "sysparm_fields": "sys_id,name", "sysparm_limit": "1"}
            answer = await self._calls.ask("GET", _GROUPS, params=params, allowed=frozenset({403}))
            groups = self._calls.result(answer, [{}]) if answer.is_success else []
            if not groups or records.raw_value(groups[0], "name").casefold() != safe.casefold():
                return "", (f"No assignment group {group!r} is known here, so nobody is assigned yet",)
            self._groups[group] = records.raw_value(groups[0], "sys_id")
        return self._groups[group], ()

    async def _with_deciders(self, refs: Mapping[str, TicketRef]) -> list[TicketRef]:
        """Who decided, and when, where we may read that; asked once for each decision."""
        new = [
            sys_id for sys_id, ref in refs.items() if ref.decision and f"{sys_id}{ref.decision}" not in self._decided
        ]
        if new:
            query = f"sysapprovalIN{','.join(new)}^stateINapproved,rejected^ORDERBYsys_updated_on"
            params = {"sysparm_query": query, "sysparm_fields": "sysapproval,state,approver,sys_updated_on", **ALL}
            answer = await self._calls.ask("GET", _APPROVERS, params=params, allowed=frozenset({400, 403, 404}))
            for approval in self._calls.result(answer, [{}]) if answer.is_success else ():
                key = records.raw_value(approval, "sysapproval") + records.raw_value(approval, "state")
                at = records.when(records.raw_value(approval, "sys_updated_on"))
                self._decided[key] = (
                    records.raw_value(approval, "state"),
                    records.display_value(approval, "approver"),
                    at,
                )
        complete = []
        for sys_id, ref in refs.items():
            _, who, at = self._decided.get(f"{sys_id}{ref.decision}", ("", "", None))
            complete.append(replace(ref, decided_by=who, decided_at=at) if ref.decision else ref)
        return complete
