"""Who a change request goes to and what it touches, by ServiceNow's ids; and who decided on it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from shared.adapters.recent import Recent
from shared.adapters.ticketing.lookup import REMEMBERED, Unknown
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.writes import ALL
from shared.core.ports.deployment import Clock
from shared.core.tickets.ticket import Ticket, TicketRef

_GROUPS, _APPROVERS = "/api/now/table/sys_user_group", "/api/now/table/sysapproval_approver"
_USERS, _ITEMS = "/api/now/table/sys_user", "/api/now/table/cmdb_ci"
_UNREADABLE = frozenset({400, 403, 404})


class People:
    """Each group, person, item and decision is asked about once."""

    def __init__(self, calls: Calls, settings: Settings, clock: Clock) -> None:
        self._calls, self._settings = calls, settings
        self._unknown = Unknown(clock)  # addresses, and names with their tables
        self._named: Recent[str, str] = Recent(REMEMBERED)  # sys_id by table and name
        self._users: Recent[str, str] = Recent(REMEMBERED)  # sys_id by address
        self._decided: Recent[str, tuple[str, str, datetime | None]] = Recent(REMEMBERED)  # by sys_id and verdict

    async def references(self, ticket: Ticket) -> tuple[dict[str, str], tuple[str, ...]]:
        """What a new change request refers to, by field; and lines about what is not known.

        Better a ticket without than none. A standard change's item is its template's.
        """
        users = await self.users((ticket.requested_by, ticket.assigned_to))
        item = "" if self._settings.type == "standard" else next(iter(ticket.configuration_items), "")
        found = {
            "assignment_group": await self.group(ticket.group),
            "requested_by": users.get(ticket.requested_by, ""),
            "assigned_to": users.get(ticket.assigned_to, ""),
            "cmdb_ci": await self._id_of(_ITEMS, "configuration_item", item),
        }
        group = self._settings.value("group", ticket.group, ticket.group)
        lines = {
            "assignment_group": f"No assignment group {group!r} is known here, so nobody is assigned yet",
            "requested_by": f"Nobody with the address {ticket.requested_by} is known here, so our user requests it",
            "assigned_to": f"Nobody with the address {ticket.assigned_to} is known here, so nobody is assigned yet",
            "cmdb_ci": f"No configuration item {item!r} is known here, so none is set",
        }
        asked = {"assignment_group": group, "requested_by": ticket.requested_by, "assigned_to": ticket.assigned_to,
                 "cmdb_ci": item}  # fmt: skip
        ids = {name: sys_id for name, sys_id in found.items() if sys_id and name not in self._settings.fields}
        return ids, tuple(line for name, line in lines.items() if asked[name] and not found[name])

    async def group(self, name: str) -> str:
        """The assignment group's id; empty where it has none."""
        return await self._id_of(_GROUPS, "group", name)

    async def users(self, addresses: Iterable[str]) -> dict[str, str]:
        """The ids of those whose address is known there, in one call."""
        wanted = {each for each in addresses if each and not set(each) & set("^,\n\r")}
        new = sorted(each for each in wanted - self._users.keys() if each not in self._unknown)
        if new:
            query = f"emailIN{','.join(new)}^active=true"
            params = {"sysparm_query": query, "sysparm_fields": "sys_id,email", "sysparm_limit": str(10 * len(new))}
            answer = await self._calls.ask("GET", _USERS, params=params, allowed=_UNREADABLE)
            by_address = {each.casefold(): each for each in new}
            for user in self._calls.result(answer, [{}]) if answer.is_success else ():
                # ServiceNow leaves out of a query what we may not read, and answers with anybody then.
                if address := by_address.pop(records.raw_value(user, "email").casefold(), ""):
                    self._users[address] = records.raw_value(user, "sys_id")
            for address in by_address.values():
                self._unknown.add(address)
        return {each: self._users[each] for each in wanted if each in self._users}

    async def _id_of(self, table: str, kind: str, name: str) -> str:
        """The id of a group or an item: the policy's, else looked up by its name."""
        wanted = str(self._settings.value(kind, name, name)) if name else ""
        if not wanted or records.SYS_ID.fullmatch(wanted):
            return wanted
        key = f"{table} {wanted}"
        if key in self._unknown:
            return ""
        if key not in self._named:
            safe = wanted.replace("^", " ")
            params = {"sysparm_query": f"name={safe}", "sysparm_fields": "sys_id,name", "sysparm_limit": "1"}
            answer = await self._calls.ask("GET", table, params=params, allowed=_UNREADABLE)
            entries = self._calls.result(answer, [{}]) if answer.is_success else []
            if not entries or records.raw_value(entries[0], "name").casefold() != safe.casefold():
                self._unknown.add(key)
                return ""
            self._named[key] = records.raw_value(entries[0], "sys_id")
        return self._named[key]

    async def with_deciders(self, refs: Mapping[str, TicketRef]) -> list[TicketRef]:
        """Who decided, and when, where we may read that. `refs`: by sys_id."""
        new = [
            sys_id for sys_id, ref in refs.items() if ref.decision and f"{sys_id}{ref.decision}" not in self._decided
        ]
        if new:
            query = f"sysapprovalIN{','.join(new)}^stateINapproved,rejected^ORDERBYsys_updated_on"
            params = {"sysparm_query": query, "sysparm_fields": "sysapproval,state,approver,sys_updated_on", **ALL}
            answer = await self._calls.ask("GET", _APPROVERS, params=params, allowed=_UNREADABLE)
            for approval in self._calls.result(answer, [{}]) if answer.is_success else ():
                state = records.raw_value(approval, "state")
                at = records.when(records.raw_value(approval, "sys_updated_on"))
                who = records.display_value(approval, "approver")
                self._decided[records.raw_value(approval, "sysapproval") + state] = (state, who, at)
        complete = []
        for sys_id, ref in refs.items():
            _, who, at = self._decided.get(f"{sys_id}{ref.decision}", ("", "", None))
            complete.append(replace(ref, decided_by=who, decided_at=at) if ref.decision else ref)
        return complete
