"""The port `TicketSystem` over ServiceNow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.errors import PermanentError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Preview, Ticket, TicketRef

TABLE = "/api/now/table/change_request"
_GROUPS, _APPROVERS, _ROLES = (
    "/api/now/table/sys_user_group", "/api/now/table/sysapproval_approver", "/api/now/table/sys_user_has_role",
)  # fmt: skip
_CHANGES = "/api/sn_chg_rest/change"
_ALL = {"sysparm_display_value": "all"}
_AT_ONCE = 100
_COPY_BY_HAND = "To be looked at again for what happened since. ServiceNow opens no change again: copy it by hand"
_CANCEL_BY_HAND = "Cancel this change by hand: its state does not let us"
_MAY_WRITE = frozenset({"admin", "itil", "sn_change_write", "change_manager"})
Record = Mapping[str, Any]


class ServiceNow:
    """One instance; look-ups see a new change request at once.

    Each step leaves what the next attempt need not do again, so that a bad connection only makes it slow.
    """

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = Calls(settings, deps)
        self._groups: Recent[str, str] = Recent(REMEMBERED)  # sys_id by name
        self._look_ups: LookUps[Record] = LookUps(deps.clock)
        self._decided: Recent[str, tuple[str, str, datetime | None]] = Recent(REMEMBERED)  # by sys_id and verdict

    async def find(self, key: str) -> TicketRef | None:
        record = await self._search(f"correlation_id={key[: records.KEY_LIMIT]}")
        if record is None:
            self._look_ups.keep_miss(key)
            return None
        ref = records.ref_of(self._settings, record)
        self._look_ups.keep(ref.number, record)
        return ref

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            if not self._look_ups.take_miss(ticket.key):
                existing = await self._search(f"correlation_id={ticket.key[: records.KEY_LIMIT]}")
                if existing:
                    return await self._bring(existing, ticket)
                self._look_ups.keep_miss(ticket.key)
            group, line = await self._group(ticket.group)
            body = records.created(self._settings, replace(ticket, notes=(*ticket.notes, *line)))
            if group:
                body["assignment_group"] = group
            answer = await self._calls.ask("POST", self._where(), body=body, params=_ALL)
            self._look_ups.take_miss(ticket.key)
            record: Record = self._calls.result(answer, dict)
            if ticket.cancelled:
                return await self._cancelled(record, {}, replace(ticket, notes=()))
            return records.ref_of(self._settings, record)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        record = self._look_ups.take(ref.number)
        if record is None:
            record = await self._search(f"number={ref.number}") if records.NUMBER.fullmatch(ref.number) else None
        return await (self._bring(record, ticket) if record else self.open(ticket))

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        ours = [number for number in dict.fromkeys(numbers) if records.NUMBER.fullmatch(number)]
        by_number: dict[str, TicketRef] = {}
        for at in range(0, len(ours), _AT_ONCE):
            some = ours[at : at + _AT_ONCE]
            query = {"sysparm_query": f"numberIN{','.join(some)}", "sysparm_limit": str(2 * _AT_ONCE)}
            rows = await self._calls.results(TABLE, {**query, **_ALL, "sysparm_fields": self._fields()})
            refs = {records.raw_value(row, "sys_id"): records.ref_of(self._settings, row) for row in rows}
            for ref in await self._with_deciders(refs):
                if ref.number in some:
                    by_number[ref.number] = ref
        return by_number

    def preview(self, ticket: Ticket) -> Preview:
        body = records.created(self._settings, ticket)
        return Preview(self._settings.address + self._where(), {**body, "assignment_group": ticket.group})

    async def ping(self) -> str:
        """Reading is tried; of writing the roles tell, where we may see them."""
        await self._calls.results(TABLE, {"sysparm_limit": "1", "sysparm_fields": "sys_id"})
        query = "user=javascript:gs.getUserID()^state=active"
        params = {"sysparm_query": query, "sysparm_fields": "role.name", "sysparm_limit": "200"}
        answer = await self._calls.ask("GET", _ROLES, params=params, allowed=frozenset({400, 403, 404}))
        roles = (
            {records.raw_value(role, "role.name") for role in self._calls.result(answer, list)}
            if answer.is_success
            else set()
        )
        who = self._settings.user or f"the client {self._settings.client_id}"
        if roles and not roles & _MAY_WRITE:
            raise PermanentError(
                f"{self._calls.what}: {who} may read change requests and not write them: give it the role "
                "sn_change_write (or itil)"
            )
        unsure = "" if roles else "; whether it may write could not be seen"
        return f"{self._settings.address} as {who}: change requests can be read{unsure}"

    def _where(self) -> str:
        if self._settings.api == "table":
            return TABLE
        template = f"/{self._settings.template}" if self._settings.type == "standard" else ""
        return f"{_CHANGES}/{self._settings.type}{template}"

    def _fields(self) -> str:
        return ",".join(dict.fromkeys((*records.FIELDS, *self._settings.fields)))

    async def _search(self, query: str) -> Record | None:
        """The oldest change request that meets an encoded query."""
        params = {
            "sysparm_query": f"{query}^ORDERBYsys_created_on",
            "sysparm_limit": "1",
            "sysparm_fields": self._fields(),
        }
        matches = await self._calls.results(TABLE, {**params, **_ALL})
        return matches[0] if matches else None

    async def _group(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The group's id there; where it has none, a line that says so: better an unassigned ticket than none."""
        group = str(self._settings.value("group", name, name))
        if not group or records.SYS_ID.fullmatch(group):
            return group, ()
        if group not in self._groups:
            safe = group.replace("^", " ")
            params = {"sysparm_query": f"name={safe}", "sysparm_fields": "sys_id", "sysparm_limit": "1"}
            answer = await self._calls.ask("GET", _GROUPS, params=params, allowed=frozenset({403}))
            groups = self._calls.result(answer, list) if answer.is_success else []
            if not groups:
                return "", (f"No assignment group {group!r} is known here, so nobody is assigned yet",)
            self._groups[group] = records.raw_value(groups[0], "sys_id")
        return self._groups[group], ()

    async def _bring(self, record: Record, ticket: Ticket) -> TicketRef:
        """The change request as it should be. What has ended stays as the board left it, but for notes."""
        if records.ref_of(self._settings, record).state in ENDED:
            again = (_COPY_BY_HAND,) if ticket.reopen and not ticket.cancelled else ()
            return await self._write(record, {}, (*ticket.notes, *again))
        changes = records.differences(records.wanted_fields(self._settings, ticket), record)
        if ticket.cancelled:
            return await self._cancelled(record, changes, ticket)
        return await self._write(record, changes, ticket.notes)

    async def _cancelled(self, record: Record, changes: Mapping[str, str], ticket: Ticket) -> TicketRef:
        """Cancelled, where its state lets us; else the board is asked to."""
        why = f"{ticket.why_cancelled}."
        notes = "\n".join(records.untold((*ticket.notes, why), record))
        body = {**changes, "state": records.CANCELLED, **({"work_notes": notes} if notes else {})}
        if cancelled := await self._patch(record, body, allowed=frozenset({400, 403})):
            return cancelled
        return await self._write(record, changes, (*ticket.notes, f"{why} {_CANCEL_BY_HAND}"))

    async def _write(self, record: Record, changes: Mapping[str, str], notes: Sequence[str]) -> TicketRef:
        """One call where one will do: fields and notes together; very many notes in several."""
        ref = records.ref_of(self._settings, record)
        pieces = _pieces(records.untold(notes, record))
        bodies = [{**changes, **({"work_notes": pieces[0]} if pieces else {})}]
        bodies += [{"work_notes": piece} for piece in pieces[1:]]
        for body in bodies:
            if body:
                ref = await self._patch(record, body) or ref
        return ref

    async def _patch(
        self, record: Record, body: Mapping[str, str], allowed: frozenset[int] = frozenset()
    ) -> TicketRef | None:
        path = f"{TABLE}/{records.raw_value(record, 'sys_id')}"
        params = {**_ALL, "sysparm_fields": self._fields()}
        answer = await self._calls.ask("PATCH", path, body=dict(body), params=params, allowed=allowed)
        if not answer.is_success:
            return None
        return records.ref_of(self._settings, self._calls.result(answer, dict))

    async def _with_deciders(self, refs: Mapping[str, TicketRef]) -> list[TicketRef]:
        """Who decided, and when, where we may read that; asked once for each decision."""
        new = [
            sys_id for sys_id, ref in refs.items() if ref.decision and f"{sys_id}{ref.decision}" not in self._decided
        ]
        if new:
            query = f"sysapprovalIN{','.join(new)}^stateINapproved,rejected^ORDERBYsys_updated_on"
            params = {"sysparm_query": query, "sysparm_fields": "sysapproval,state,approver,sys_updated_on", **_ALL}
            answer = await self._calls.ask("GET", _APPROVERS, params=params, allowed=frozenset({400, 403, 404}))
            for approval in self._calls.result(answer, list) if answer.is_success else ():
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


def _pieces(lines: Sequence[str]) -> list[str]:
    """Lines together in as few notes as hold them."""
    pieces: list[str] = []
    for line in lines:
        if pieces and len(pieces[-1]) + 1 + len(line) <= records.NOTE_LIMIT:
            pieces[-1] += f"\n{line}"
        else:
            pieces.append(line)
    return pieces
