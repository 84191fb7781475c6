"""The built-in register: change tickets in Table storage, for organisations without a ticket system of their own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast, get_args

from shared.adapters.registry import Deps
from shared.adapters.ticketing.document import plain
from shared.adapters.ticketing.settings import TicketSettings
from shared.core import ids
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.ports import Row, Tables, Write
from shared.core.terms import State
from shared.core.tickets.content import TITLE_LIMIT
from shared.core.tickets.register import Entry, amended, change_of, from_row, moved, number_of_key, to_row, wanted
from shared.core.tickets.ticket import Preview, Ticket, TicketRef
from shared.record import changes

TABLE = "register"
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
        row = await _row(self._deps.tables, number_of_key(key))
        entry = from_row(row) if row else None
        return self._ref(entry) if entry and entry.key == key else None

    async def open(self, ticket: Ticket) -> TicketRef:
        now = self._deps.clock()
        history = tuple((now, line) for line in ("Opened by Foresignal", *ticket.notes))
        state: State = "cancelled" if ticket.cancelled else "new"
        entry = wanted(self._titled(ticket), self._description(ticket), state, now, history)
        if ticket.cancelled:
            entry = replace(entry, closed=now)
        try:
            await self._deps.tables.commit(TABLE, [Write("insert", to_row(entry))])
        except ConflictError:
            return await self.amend(self._ref(entry), ticket)
        return self._ref(entry)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        for _ in range(_TRIES):
            row = await _row(self._deps.tables, ref.number)
            if row is None:
                return await self.open(ticket)  # deleted by hand: the policy still wants it
            before = from_row(row)
            entry = amended(before, self._titled(ticket), self._description(ticket), self._deps.clock())
            if entry is before:
                return self._ref(entry)
            try:
                await self._deps.tables.commit(TABLE, [Write("replace", to_row(entry, row.etag))])
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
            for row in await self._deps.tables.range(TABLE, partition, min(some), max(some) + changes.END):
                if row.key in some:
                    found[row.key] = self._ref(from_row(row))
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


async def listing(tables: Tables) -> list[Entry]:
    """Every ticket, the newest change first."""
    return sorted([from_row(row) async for row in tables.scan(TABLE)], key=lambda entry: entry.number, reverse=True)


async def get(tables: Tables, number: str) -> Entry | None:
    row = await _row(tables, number)
    return from_row(row) if row else None


async def move(tables: Tables, number: str, state: str, note: str, now: datetime) -> Entry:
    """The board's own hand: another state, with a line of history. PermanentError for what does not exist."""
    if state not in get_args(State):
        raise PermanentError(f"no state {state!r}; the states are {', '.join(get_args(State))}")
    for _ in range(_TRIES):
        row = await _row(tables, number)
        if row is None:
            raise PermanentError(f"no ticket {number} in the register; `foresignal register list` shows them")
        entry = moved(from_row(row), cast("State", state), note, now)
        try:
            await tables.commit(TABLE, [Write("replace", to_row(entry, row.etag))])
        except ConflictError:
            continue
        return entry
    raise TransientError(f"ticket {number} was written by others {_TRIES} times in a row", 5)


async def _row(tables: Tables, number: str) -> Row | None:
    change_id = change_of(number)
    return await tables.get(TABLE, ids.partition(change_id), number) if change_id else None
