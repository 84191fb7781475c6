"""A ticket system in a dry run: nothing is filed; what would be filed is kept on our side, and can be looked at."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.adapters.ticketing.differing import differing, html_words
from shared.core.ports.deployment import Clock
from shared.core.ports.outside import TicketSystem
from shared.core.ports.storage import Tables
from shared.core.terms import ENDED, State
from shared.core.tickets.dry_run import DryTicket
from shared.core.tickets.ticket import DRY_RUN, Difference, Preview, Ticket, TicketRef
from shared.record.dry_runs import dry_ticket, keep_dry_ticket

_NOTES_KEPT = 100


class DryRun:
    """The port `TicketSystem` in place of the one that the policy names. Keys are looked up on our side."""

    searches_late = 0.0

    def __init__(self, name: str, inner: TicketSystem, tables: Tables, clock: Clock, public_url: str) -> None:
        self._name = name
        self._inner = inner
        self._tables = tables
        self._clock = clock
        self._public_url = public_url

    async def find(self, key: str) -> TicketRef | None:
        entry = await dry_ticket(self._tables, self._name, _change_of(key))
        return self._ref(entry) if entry else None

    async def open(self, ticket: Ticket) -> TicketRef:
        return await self._keep(ticket, "")

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        """A ticket that is really there, from before the dry run, keeps its number and is left alone."""
        entry = await self._keep(ticket, "" if ref.number.startswith(DRY_RUN) else ref.number)
        return entry if entry.number == ref.number else replace(entry, number=ref.number, url=ref.url)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """Those of the dry run from our side; reading the others does no harm."""
        real = [number for number in numbers if not number.startswith(DRY_RUN)]
        refs = dict(await self._inner.states(real)) if real else {}
        for number in numbers:
            if not number.startswith(DRY_RUN):
                continue
            entry = await dry_ticket(self._tables, self._name, number.removeprefix(DRY_RUN))
            if entry:
                refs[number] = self._ref(entry)
        return refs

    def preview(self, ticket: Ticket) -> Preview:
        return self._inner.preview(ticket)

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        """Between what was kept and what would be kept now; of a ticket that is really there, what its system says."""
        if not ref.number.startswith(DRY_RUN):
            return await self._inner.differences(ref, ticket)
        entry = await dry_ticket(self._tables, self._name, _change_of(ref.number))
        if entry is None:
            return None
        there, wanted = _flat(entry.fields), _flat(_as_kept(self._fields(ticket)))
        names = dict.fromkeys((*there, *wanted))
        pairs = ((name, there.get(name) or "", wanted.get(name) or "") for name in names)
        shown = [(name, html_words(kept), html_words(now)) for name, kept, now in pairs if kept != now]
        return differing(shown, names)

    async def ping(self) -> str:
        return f"{await self._inner.ping()} (dry run: nothing is filed)"

    async def _keep(self, ticket: Ticket, real: str) -> TicketRef:
        change_id = _change_of(ticket.key)
        entry = await keep_dry_ticket(
            self._tables, self._name, change_id, lambda before: self._entry(ticket, change_id, before, real)
        )
        return self._ref(entry)

    def _entry(self, ticket: Ticket, change_id: str, before: DryTicket | None, real: str) -> DryTicket:
        now = self._clock()
        notes = (*(before.notes if before else ()), *ticket.notes)
        state: State = before.state if before and before.state in ENDED and not ticket.reopen else "new"
        return DryTicket(
            system=self._name,
            number=real or (before.number if before else f"{DRY_RUN}{change_id}"),
            opened_for=change_id,
            change_id=ticket.change_id,
            title=ticket.title,
            where=self._inner.preview(ticket).where,
            fields=self._fields(ticket),
            notes=tuple(dict.fromkeys(notes))[-_NOTES_KEPT:],
            state="cancelled" if ticket.cancelled else state,
            created=before.created if before else now,
            updated=now,
        )

    def _fields(self, ticket: Ticket) -> dict[str, Any]:
        """What is kept of a ticket: its notes are kept beside, as each is told once."""
        return self._inner.preview(replace(ticket, notes=())).fields

    def _ref(self, entry: DryTicket) -> TicketRef:
        ended = entry.updated if entry.state in ENDED else None
        return TicketRef(entry.number, f"{self._public_url}/api/dry-run/{entry.change_id}", entry.state, ended)


def _flat(fields: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """The fields by flat names: `planning_fields.backout_plan`. A document is one value."""
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        is_deep = isinstance(value, Mapping) and value.get("type") != "doc"
        flat |= _flat(value, f"{before}{name}.") if is_deep else {f"{before}{name}": value}
    return flat


def _as_kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they come back from the table."""
    kept: dict[str, Any] = json.loads(json.dumps(fields, default=str))
    return kept


def _change_of(key: str) -> str:
    return key.rsplit("-", 1)[-1]
