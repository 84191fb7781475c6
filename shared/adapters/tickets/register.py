"""The built-in register: change tickets in Table storage, for organisations without a ticket system of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.differing import differing
from shared.adapters.ticketing.markup import plain
from shared.adapters.ticketing.settings import TicketSettings
from shared.core.ports.outside import TicketSystem
from shared.core.terms import State
from shared.core.tickets.register import Entry, amended, new_entry, number_of_key, ref_of
from shared.core.tickets.ticket import TITLE_LIMIT, Difference, Preview, Ticket, TicketRef
from shared.record.register import change_entry, entry_of, insert_entry, said_of, touch

_DESCRIPTION_LIMIT = 20_000  # characters: compressed, it stays under a table property's 64 KiB
_WRITTEN = ("change_id", "title", "description", "risk", "group", "planned_start", "planned_end", "act_by", "steps")

REASSESSES = True


class Settings(TicketSettings):
    """The register lives in the deployment's own storage: only its texts can be set."""


class Register:
    """The port `TicketSystem` over Table storage; look-ups see a ticket at once."""

    searches_late = 0.0
    answers_at_once = 1_000_000

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._deps = deps

    async def find(self, key: str) -> TicketRef | None:
        entry = await entry_of(self._deps.tables, number_of_key(key))
        return self._ref(entry) if entry and entry.key == key else None

    async def open(self, ticket: Ticket) -> TicketRef:
        now = self._deps.clock()
        history = tuple((now, line) for line in ("Opened by Foresignal", *ticket.notes))
        state: State = "cancelled" if ticket.cancelled else "new"
        entry = new_entry(self._titled(ticket), self._description(ticket), state, now, history)
        if ticket.cancelled:
            entry = replace(entry, closed=now)
        if not await insert_entry(self._deps.tables, entry):
            return await self.amend(self._ref(entry), ticket)
        return self._ref(entry)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        now, titled, description = self._deps.clock(), self._titled(ticket), self._description(ticket)
        entry = await change_entry(
            self._deps.tables, ref.number, lambda before: amended(before, titled, description, now)
        )
        if entry is None:
            return await self.open(ticket)  # deleted by hand: the policy still wants it
        return self._ref(entry)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        said = await said_of(self._deps.tables, numbers)
        return {number: ref_of(each, self._deps.public_url) for number, each in said.items()}

    def preview(self, ticket: Ticket) -> Preview:
        entry = new_entry(self._titled(ticket), self._description(ticket), "new", self._deps.clock(), ())
        names = ("number", "title", "description", "risk", "group", "planned_start", "planned_end", "act_by")
        fields = {name: getattr(entry, name) for name in names}
        more = {name: getattr(entry, name) for name in ("requested_by", "assigned_to", "configuration_items")}
        steps = {"steps": [step.text for step in entry.steps]}
        return Preview("the built-in register", fields | {name: what for name, what in (more | steps).items() if what})

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        entry = await entry_of(self._deps.tables, ref.number)
        if entry is None:
            return None
        untold = replace(self._titled(ticket), notes=(), cancelled=False, reopen=False, reassess="")
        after = amended(entry, untold, self._description(ticket), self._deps.clock())
        pairs = [(name, _shown(entry, name), _shown(after, name)) for name in _WRITTEN]
        due: Sequence[str] = _WRITTEN
        if entry.is_planned_by_hand:
            ours = {"planned_start": ticket.planned_start, "planned_end": ticket.planned_end}
            pairs = [(name, there, ours.get(name, wanted)) for name, there, wanted in pairs]
            due = tuple(name for name in _WRITTEN if name not in ours)
        return differing([pair for pair in pairs if pair[1] != pair[2]], due)

    async def ping(self) -> str:
        await touch(self._deps.tables)
        return "the built-in register, in the deployment's own storage"

    def _titled(self, ticket: Ticket) -> Ticket:
        return replace(ticket, title=self._settings.title(ticket, TITLE_LIMIT))

    def _description(self, ticket: Ticket) -> str:
        return plain(self._settings.description(ticket, "register"), _DESCRIPTION_LIMIT)

    def _ref(self, entry: Entry) -> TicketRef:
        return ref_of(entry.said, self._deps.public_url)


def _shown(entry: Entry, name: str) -> Any:
    return [step.text for step in entry.steps] if name == "steps" else getattr(entry, name)


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return Register(settings, deps)
