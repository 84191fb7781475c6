"""Who a change goes to at Freshservice, and who decided on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.ticketing.lookup import Unknown
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.ports.deployment import Clock
from shared.core.tickets.ticket import Ticket, TicketRef


class People:
    """Groups are read once, and again for a name that was not there; each agent and decision is asked about once."""

    def __init__(self, calls: Calls, settings: Settings, clock: Clock) -> None:
        self._calls, self._settings = calls, settings
        self._unknown = Unknown(clock)  # addresses
        self._groups: dict[str, Any] = {}  # id by name
        self._agents: Recent[str, Any] = Recent(1_000)  # id by address
        self._decided: Recent[str, tuple[str, datetime | None]] = Recent(1_000)  # by id and verdict

    async def group(self, name: str) -> tuple[Any, tuple[str, ...]]:
        """The group's id; where it has none, a line that says so: better an unassigned ticket than none."""
        group = self._settings.value("group", name, name)
        if not group or isinstance(group, int):
            return group or None, ()
        if group not in self._groups:
            groups = await self._calls.all("/groups", "groups", self._calls.where)
            self._groups = {str(each.get("name")): each["id"] for each in groups if type(each.get("id")) is int}
        if group not in self._groups:
            return None, (f"No group {group!r} is known here, so nobody is assigned yet",)
        return self._groups[group], ()

    async def assignee(self, ticket: Ticket) -> tuple[Any, tuple[str, ...]]:
        """The id of the agent to whom a new change is assigned; where there is none, a line that says so."""
        if not ticket.assigned_to or "agent_id" in self._settings.fields:
            return None, ()
        agent = await self.agent(ticket.assigned_to)
        unknown = f"Nobody with the address {ticket.assigned_to} is known here, so nobody is assigned yet"
        return agent, () if agent else (unknown,)

    async def agent(self, address: str) -> Any:
        """The id of the agent with that address, None where there is none or we may not read agents."""
        if address and address not in self._agents and address not in self._unknown:
            answer = await self._calls.ask(
                "GET", "/agents", params={"email": address}, allowed=frozenset({400, 403, 404})
            )
            for entry in self._calls.read_part(answer, "agents") if answer.is_success else ():
                is_theirs = isinstance(entry, dict) and str(entry.get("email", "")).casefold() == address.casefold()
                if is_theirs and type(entry.get("id")) is int:  # what is no id would be refused with the change
                    self._agents[address] = entry["id"]
            if address not in self._agents:
                self._unknown.add(address)
        return self._agents.get(address)

    async def with_decider(self, change: Change, ref: TicketRef) -> TicketRef:
        """Who decided, and when, where we may read that."""
        if not ref.decision:
            return ref
        key = f"{change['id']} {ref.decision}"
        if key not in self._decided:
            path = f"/changes/{change['id']}/approvals"
            answer = await self._calls.ask("GET", path, allowed=frozenset({400, 403, 404}))
            approvals = self._calls.read_part(answer, "approvals") if answer.is_success else []
            theirs = [
                approval for approval in approvals if isinstance(approval, dict) and _verdict(approval) == ref.decision
            ]
            last: Mapping[str, Any] = max(theirs, key=lambda approval: str(approval.get("updated_at")), default={})
            who = str(last.get("approver_name") or last.get("user_name") or "")
            self._decided[key] = (who, changes.moment(last.get("updated_at")))
        who, at = self._decided[key]
        return replace(ref, decided_by=who, decided_at=at)


def _verdict(approval: Mapping[str, Any]) -> str:
    return changes.verdict(approval.get("approval_status"))
