"""The port `TicketSystem` over Freshservice."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.kept import Attempts
from shared.adapters.ticketing.lookup import LookUps, may_take, pass_over
from shared.adapters.ticketing.moves import move_by_hand, moved
from shared.adapters.ticketing.outcome import move_for_people, reassess_for_people
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice import wanted
from shared.adapters.tickets.freshservice.calls import API, Calls
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.creation import Creation
from shared.adapters.tickets.freshservice.dates import Dates
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.notes import Notes
from shared.adapters.tickets.freshservice.people import People
from shared.adapters.tickets.freshservice.pinging import ping
from shared.adapters.tickets.freshservice.searches import STATS, Searches
from shared.adapters.tickets.freshservice.settings import Settings
from shared.adapters.tickets.freshservice.tasks import Tasks, task_fields
from shared.adapters.tickets.freshservice.writes import Writes, Written
from shared.core.errors import PermanentError
from shared.core.terms import ENDED, State
from shared.core.tickets.reassess import is_approved
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

_NONE = TicketRef("", "", "new")
_NO_STATUS, _LIFE_CYCLE = "it has no status for that", "its life cycle does not let us"


class Freshservice:
    """One account. A look-up by a custom field asks the search index, which lags.

    Notes are written before the fields, and an attempt that is cut short leaves what the next need not do again: so
    that a bad connection only makes it slow.
    """

    searches_late = 10.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = calls = Calls(settings, deps)
        self._form = Form(calls, settings)
        self._people = People(calls, settings, deps.clock)
        self._notes = Notes(calls, deps.clock)
        self._searches = Searches(calls, settings, self._form, self._notes, deps.clock)
        self._writes = Writes(calls, self._searches, self._notes)
        self._dates = Dates(self._form, self._notes, deps.clock, settings.undated_days)
        self._creation = Creation(calls, settings, self._form, self._people, self._searches, self._notes, deps.clock)
        self._tasks = Tasks(calls, self._people)
        self._attempts = Attempts()  # by id
        self._look_ups: LookUps[Change] = LookUps(deps.clock)

    async def find(self, key: str) -> TicketRef | None:
        change = await self._searches.by_key(key)
        if change is None:
            self._look_ups.keep_miss(key)
            return None
        self._look_ups.keep(str(change["id"]), change)
        return await self._searches.ref(change)

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            change = None if self._look_ups.take_miss(ticket.key) else await self._searches.by_key(ticket.key)
            if change and may_take(ref := await self._searches.ref(change), ticket):
                return await self._bring(change, ticket, _NONE)
            if change:
                line = pass_over(self._calls.what, ref, f"requester {change.get('requester_id')}", ticket)
                ticket = replace(ticket, notes=(*ticket.notes, line))
            return await self._create(ticket)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        number = changes.id_of(ref.number)
        change = self._look_ups.take(number) or await self._searches.current(number)
        return await (self._bring(change, ticket, ref) if change else self.open(ticket))

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """Many are read by the page first, newest first; what is not found there one by one."""
        ids = {number: change_id for number in dict.fromkeys(numbers) if (change_id := changes.id_of(number))}
        by_id: dict[str, Change] = {}
        for page in range(1, 1 + len(ids) // 10):
            some = await self._searches.page(page, STATS)
            by_id |= {str(each["id"]): each for each in some}
            if len(some) < 100:
                break
        refs: dict[str, TicketRef] = {}
        for number, change_id in ids.items():
            change = by_id.get(change_id) or await self._searches.read(change_id)
            if change and not change.get("deleted"):
                refs[number] = await self._people.with_decider(change, await self._searches.ref(change))
        return refs

    def preview(self, ticket: Ticket) -> Preview:
        """Group and agents are shown by their names: they are looked up when the ticket is filed."""
        group = ticket.group or None
        body = wanted.body_of(wanted.new_fields(self._settings, ticket, group, ticket.assigned_to or None))
        has_tasks = ticket.has_tasks and not ticket.cancelled
        tasks = [task_fields(ticket, step, step.owner or None, group) for step in ticket.steps if has_tasks]
        return Preview(f"{self._settings.address}{API}/changes", {**body, **({"tasks": tasks} if tasks else {})})

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        change = await self._searches.read(changes.id_of(ref.number))
        if change is None:
            return None
        state = (await self._searches.ref(change)).state
        if state in ENDED:
            return []
        should, fields, kept, _ = await self._due(change, ticket, ref, state)
        return wanted.listed(should, fields, change, kept, ticket)

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._form, self._settings)

    async def _create(self, ticket: Ticket) -> TicketRef:
        made = await self._creation.make(ticket)
        ticket = replace(ticket, notes=(*ticket.notes, *made.lines))
        if not made.is_whole or ticket.cancelled:
            return await self._bring(made.change, ticket, _NONE)
        await self._notes.tell(made.change, ticket.notes)
        should = {**wanted.wanted_fields(self._settings, ticket), **made.dates}
        change = await self._writes.whole(made.change, should)
        missing = changes.differences(should, change)
        written = await self._writes.set(change, missing) if missing else Written(change)
        cleaned = {name for name in should if changes.is_html(name) and changes.value_at(written.change, name)}
        return await self._finished(replace(written, taken=written.taken | cleaned), ticket, should, _NONE)

    async def _bring(self, change: Change, ticket: Ticket, before: TicketRef) -> TicketRef:
        """The change as it should be. What has ended stays as the board left it, but for notes.

        `before`: what we know of it, with the fingerprints of what we wrote.
        """
        change_id = str(change["id"])
        if self._notes.left.pop(change_id, None):
            with suppress(PermanentError):  # it may be gone: that is looked at next
                await self._notes.tell(change, ticket.notes)
            now = await self._searches.read(change_id)
            if now is None:
                return await self._create(ticket)
            change = now
        ref = await self._searches.ref(change)
        ended, approved = ref.state in ENDED, is_approved(ref.state, ref.decision)
        target, lines, by_hand = await self._target(ticket, ended=ended, approved=approved)
        notes = [*ticket.notes, *lines]
        fields: dict[str, Any] = {}
        should: dict[str, Any] = {}
        if not ended or target:
            should, fields, kept, date_lines = await self._due(change, ticket, before, ref.state)
            notes += date_lines
            # Somebody's own description to which our key is added stays theirs.
            should = {name: what for name, what in should.items() if name not in kept or name not in fields}
            sent = {name: changes.compared(fields[name]) for name in fields.keys() & should.keys()}
            self._attempts.keep(change_id, sent)
        await self._notes.tell(change, notes)
        written = Written(change)
        if target:
            written = await self._writes.set(change, {**fields, "status": target})
            if written.change.get("status") != target:
                line, for_people = _asked(ticket, _LIFE_CYCLE, written.complaint)
                await self._notes.tell(change, [line])
                by_hand.append(for_people)
            if written.is_refused:
                written = Written(change)
            if ended or written.change is not change:
                fields = {}
        if fields:
            written = await self._writes.set(change, fields)
        return await self._finished(written, ticket, should, before, by_hand)

    async def _due(
        self, change: Change, ticket: Ticket, before: TicketRef, state: State | Literal["unknown"]
    ) -> tuple[dict[str, Any], dict[str, Any], frozenset[str], list[str]]:
        """What a change should hold, what of that must be written, what is people's, and lines about its dates."""
        should = wanted.wanted_fields(self._settings, ticket)
        known = self._attempts.known(str(change["id"]), before.written, wanted.held(should, change))
        kept = wanted.theirs(self._settings, should, change, known, state)
        fields = wanted.to_write(self._settings, ticket, should, change, kept)
        lines = await self._dates.mend(fields, should, ticket, change)
        return should, wanted.in_order(fields, change, kept), kept, lines

    async def _finished(
        self,
        written: Written,
        ticket: Ticket,
        should: Mapping[str, Any],
        before: TicketRef,
        by_hand: Sequence[str] = (),
    ) -> TicketRef:
        """What we know of the change at the end; its tasks are made."""
        ref, made = await self._writes.told(written, by_hand), before.tasks
        if ticket.has_tasks and not ticket.cancelled and ref.state not in ENDED:
            made, lines = await self._tasks.make(str(written.change["id"]), ticket, made)
            ref = replace(ref, not_taken=(*ref.not_taken, *lines))
        prints = wanted.fingerprints(should, written.change, before.written, written.taken)
        return replace(ref, written=prints, tasks=made)

    async def _target(self, ticket: Ticket, *, ended: bool, approved: bool) -> tuple[int, list[str], list[str]]:
        """The status to move to, 0 for none; the lines about it, and what people are asked to do instead."""
        if ticket.cancelled and not ended:
            if target := await self._form.status_of("cancelled"):
                return target, [moved(ticket)], []
            line, for_people = _asked(ticket, _NO_STATUS)
            return 0, [line], [for_people]
        if ticket.reopen and ended and not ticket.cancelled:
            return changes.OPEN, [moved(ticket)], []
        if ticket.reassess and approved:
            return await self._form.status_of("assess") or changes.PLANNING, [], []
        return 0, [], []


def _asked(ticket: Ticket, why: str, complaint: str = "") -> tuple[str, str]:
    """What people are asked to do instead of a move: the line for the change there, and the one for ours.

    Freshservice's complaint is for ours only: there the line must be the same each time.
    """
    if ticket.cancelled or ticket.reopen:
        return move_by_hand(ticket, why, "change", "close"), move_for_people(ticket, complaint or why)
    return reassess_for_people(ticket), reassess_for_people(ticket, complaint or why)
