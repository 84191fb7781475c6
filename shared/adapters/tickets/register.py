"""The built-in register: change tickets in Table storage, for organisations without a ticket system of their own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.adapters.registry import Deps
from shared.adapters.ticketing.markup import plain
from shared.adapters.ticketing.settings import TicketSettings
from shared.core import ids
from shared.core.errors import ConflictError, TransientError
from shared.core.ports.storage import Write
from shared.core.terms import State
from shared.core.tickets.content import TITLE_LIMIT
from shared.core.tickets.register import Entry, amended, change_of, number_of_key, wanted
from shared.core.tickets.ticket import Preview, Ticket, TicketRef
from shared.record.packing import END
from shared.record.register import TABLE, entry_row, find_row, read_entry

_TRIES = 5
_DESCRIPTION_LIMIT = 20_000  # characters: compressed, it stays under a table property's 64 KiB


class Settings(TicketSettings):
    """The register lives in the deployment's own storage: only its texts can be set."""


class Register:
    """The port `TicketSystem` over Table storage; look-ups see a ticket at once."""

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: Deps) -> None:
        self._settings = settings
        self._deps = deps

    async def find(self, key: str) -> TicketRef | None:
        row = await find_row(self._deps.tables, number_of_key(key))
        entry = read_entry(row) if row else None
        return self._ref(entry) if entry and entry.key == key else None

    async def open(self, ticket: Ticket) -> TicketRef:
        now = self._deps.clock()
        history = tuple((now, line) for line in ("Opened by Foresignal", *ticket.notes))
        state: State = "cancelled" if ticket.cancelled else "new"
        entry = wanted(self._titled(ticket), self._description(ticket), state, now, history)
        if ticket.cancelled:
            entry = replace(entry, closed=now)
        try:
            await self._deps.tables.commit(TABLE, [Write("insert", entry_row(entry))])
        except ConflictError:
            return await self.amend(self._ref(entry), ticket)
        return self._ref(entry)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        for _ in range(_TRIES):
            row = await find_row(self._deps.tables, ref.number)
            if row is None:
                return await self.open(ticket)  # deleted by hand: the policy still wants it
            before = read_entry(row)
            entry = amended(before, self._titled(ticket), self._description(ticket), self._deps.clock())
            if entry is before:
                return self._ref(entry)
            try:
                await self._deps.tables.commit(TABLE, [Write("replace", entry_row(entry, row.etag))])
            except ConflictError:
                continue
            return self._ref(entry)
        raise TransientError(f"ticket {ref.number} was written by others {_TRIES} times in a row", 5)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        asked: dict[str, list[str]] = defaultdict(list)
        for number in numbers:
            change_id = change_of(number)
            if change_id:
                asked[ids.partition(change_id)].append(number)
        found = {}
        for partition, some in asked.items():
            for row in await self._deps.tables.range(TABLE, partition, min(some), max(some) + END):
                if row.key in some:
                    found[row.key] = self._ref(read_entry(row))
        return found

    def preview(self, ticket: Ticket) -> Preview:
        entry = wanted(self._titled(ticket), self._description(ticket), "new", self._deps.clock(), ())
        shown = ("number", "title", "description", "risk", "group", "planned_start", "planned_end", "act_by")
        return Preview("the built-in register", {name: getattr(entry, name) for name in shown})

    async def ping(self) -> str:
        await self._deps.tables.get(TABLE, "-", "-")  # storage answers, and we may read there
        return "the built-in register, in the deployment's own storage"

    def _titled(self, ticket: Ticket) -> Ticket:
        return replace(ticket, title=self._settings.title(ticket, TITLE_LIMIT))

    def _description(self, ticket: Ticket) -> str:
        return plain(self._settings.description(ticket, "register"), _DESCRIPTION_LIMIT)

    def _ref(self, entry: Entry) -> TicketRef:
        return TicketRef(
            entry.number, f"{self._deps.public_url}/api/register/{entry.number}", entry.state, entry.closed
        )


def build(settings: Settings, deps: Deps) -> Register:
    return Register(settings, deps)
