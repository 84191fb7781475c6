"""A ticket system in a dry run: nothing is filed; what would be filed is kept on our side, and can be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.core import ids
from shared.core.errors import ConflictError, TransientError
from shared.core.ports.deployment import Clock
from shared.core.ports.outside import TicketSystem
from shared.core.ports.storage import Row, Tables, Write
from shared.core.terms import ENDED, State
from shared.core.tickets.dry_run import DryTicket
from shared.core.tickets.ticket import DRY_RUN, Preview, Ticket, TicketRef
from shared.record.dry_runs import TABLE, dry_ticket_row, read_dry_ticket
from shared.record.dry_runs import dry_run_key as row_key

_TRIES = 5
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
        held = await self._held(_change_of(key))
        return self._ref(held[0]) if held else None

    async def open(self, ticket: Ticket) -> TicketRef:
        return await self._keep(ticket, "")

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        """A ticket that is really there, from before the dry run, keeps its number and is left alone."""
        kept = await self._keep(ticket, "" if ref.number.startswith(DRY_RUN) else ref.number)
        return kept if kept.number == ref.number else replace(kept, number=ref.number, url=ref.url)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """Those of the dry run from our side; reading the others does no harm."""
        real = [number for number in numbers if not number.startswith(DRY_RUN)]
        found = dict(await self._inner.states(real)) if real else {}
        for number in numbers:
            if number.startswith(DRY_RUN) and (held := await self._held(number.removeprefix(DRY_RUN))):
                found[number] = self._ref(held[0])
        return found

    def preview(self, ticket: Ticket) -> Preview:
        return self._inner.preview(ticket)

    async def ping(self) -> str:
        return f"{await self._inner.ping()} (dry run: nothing is filed)"

    async def _keep(self, ticket: Ticket, real: str) -> TicketRef:
        change_id = _change_of(ticket.key)
        for _ in range(_TRIES):
            held = await self._held(change_id)
            entry = self._entry(ticket, change_id, held[0] if held else None, real)
            row = dry_ticket_row(entry, held[1].etag if held else "")
            try:
                await self._tables.commit(TABLE, [Write("replace" if held else "insert", row)])
            except ConflictError:
                continue
            return self._ref(entry)
        raise TransientError(f"tickets {self._name}: {change_id} was written by others {_TRIES} times in a row", 5)

    def _entry(self, ticket: Ticket, change_id: str, before: DryTicket | None, real: str) -> DryTicket:
        now, shown = self._clock(), self._inner.preview(ticket)
        notes = (*(before.notes if before else ()), *ticket.notes)
        state: State = before.state if before and before.state in ENDED and not ticket.reopen else "new"
        return DryTicket(
            system=self._name,
            number=real or (before.number if before else f"{DRY_RUN}{change_id}"),
            opened_for=change_id,
            change_id=ticket.change_id,
            title=ticket.title,
            where=shown.where,
            fields=shown.fields,
            notes=tuple(dict.fromkeys(notes))[-_NOTES_KEPT:],
            state="cancelled" if ticket.cancelled else state,
            created=before.created if before else now,
            updated=now,
        )

    async def _held(self, change_id: str) -> tuple[DryTicket, Row] | None:
        row = await self._tables.get(TABLE, ids.partition(change_id), row_key(self._name, change_id))
        return (read_dry_ticket(row), row) if row else None

    def _ref(self, entry: DryTicket) -> TicketRef:
        ended = entry.updated if entry.state in ENDED else None
        return TicketRef(entry.number, f"{self._public_url}/api/dry-run/{entry.change_id}", entry.state, ended)


def _change_of(key: str) -> str:
    return key.rsplit("-", 1)[-1]
