"""The port `TicketSystem` over ServiceNow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import LookUps, may_take, pass_over
from shared.adapters.ticketing.outcome import because, fields_by_hand
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow import wanted
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.conflicts import Conflicts
from shared.adapters.tickets.servicenow.moves import Moves
from shared.adapters.tickets.servicenow.people import People
from shared.adapters.tickets.servicenow.pinging import ping
from shared.adapters.tickets.servicenow.searches import AT_ONCE, Searches
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.tasks import Tasks, task_fields
from shared.adapters.tickets.servicenow.writes import ALL, CHANGES, REFUSED, TABLE_API, Record, Writes, Written
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

_NONE = TicketRef("", "", "new")
_SET_ONCE = frozenset({"requested_by", "assigned_to", "cmdb_ci"})


class ServiceNow:
    """One instance; look-ups see a new change request at once.

    Each step leaves what the next attempt need not do again, so that a bad connection only makes it slow.
    """

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = Calls(settings, deps)
        self._searches = Searches(self._calls, settings)
        self._writes = Writes(self._calls, settings)
        self._moves = Moves(self._calls, settings, self._writes)
        self._people = People(self._calls, settings, deps.clock)
        self._tasks = Tasks(self._calls, self._people)
        self._conflicts = Conflicts(self._calls, self._writes)
        self._look_ups: LookUps[Record] = LookUps(deps.clock)

    async def find(self, key: str) -> TicketRef | None:
        record = await self._searches.by_key(key)
        if record is None:
            self._look_ups.keep_miss(key)
            return None
        ref = records.ref_of(self._settings, record)
        self._look_ups.keep(ref.number, record)
        return ref

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            if not self._look_ups.take_miss(ticket.key):
                existing = await self._searches.by_key(ticket.key)
                if existing is None:
                    self._look_ups.keep_miss(ticket.key)
                elif may_take(ref := records.ref_of(self._settings, existing), ticket):
                    return await self._bring(existing, ticket, _NONE)
                else:
                    author = records.raw_value(existing, "sys_created_by")
                    line_before = pass_over(self._calls.what, ref, author, ticket)
                    ticket = replace(ticket, notes=(*ticket.notes, line_before))
            return await self._create(ticket)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        record = self._look_ups.take(ref.number)
        if record is None:
            record = await self._searches.by_number(ref.number)
        return await (self._bring(record, ticket, ref) if record else self.open(ticket))

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        ours = [number for number in dict.fromkeys(numbers) if records.NUMBER.fullmatch(number)]
        by_number: dict[str, TicketRef] = {}
        for at in range(0, len(ours), AT_ONCE):
            some = ours[at : at + AT_ONCE]
            rows = await self._searches.by_numbers(some)
            refs = {records.raw_value(row, "sys_id"): records.ref_of(self._settings, row) for row in rows}
            for ref in await self._people.with_deciders(refs):
                if ref.number in some:
                    by_number[ref.number] = ref
        return by_number

    def preview(self, ticket: Ticket) -> Preview:
        """People, group and item are shown by their names: they are looked up when the ticket is filed."""
        item = "" if self._settings.type == "standard" else next(iter(ticket.configuration_items), "")
        names = {"assignment_group": ticket.group, "requested_by": ticket.requested_by,
                 "assigned_to": ticket.assigned_to, "cmdb_ci": item}  # fmt: skip
        shown = {name: text for name, text in names.items() if text or name == "assignment_group"}
        body = wanted.created(self._settings, ticket, shown)
        has_tasks = ticket.has_tasks and not ticket.cancelled
        tasks = [task_fields(ticket, step, step.owner, ticket.group) for step in ticket.steps if has_tasks]
        return Preview(self._settings.address + self._where(), {**body, **({"change_task": tasks} if tasks else {})})

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        record = await self._searches.by_number(ref.number)
        if record is None:
            return None
        if records.ref_of(self._settings, record).state in ENDED:
            return []
        return wanted.listed(*self._due(record, ticket, ref), record, ticket)

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._settings)

    def _where(self) -> str:
        if self._settings.api == "table":
            return TABLE_API
        template = f"/{self._settings.template}" if self._settings.type == "standard" else ""
        return f"{CHANGES}/{self._settings.type}{template}"

    async def _create(self, ticket: Ticket) -> TicketRef:
        """Where ServiceNow refuses the call, it may be for who is to do it, or for when: better a ticket without."""
        references, lines = await self._people.references(ticket)
        ticket = replace(ticket, notes=(*ticket.notes, *lines))
        body = wanted.created(self._settings, ticket, references)
        without: frozenset[str] = frozenset()
        by_hand: tuple[str, ...] = ()
        for some in filter(None, (_SET_ONCE & references.keys(), wanted.PLANNED & body.keys())):
            answer = await self._post(body, allowed=REFUSED)
            if answer.is_success:
                break
            without |= some
            line = fields_by_hand("ServiceNow", without)
            by_hand = (because(line, self._calls.complaint_of(answer)),)
            body = wanted.created(self._settings, replace(ticket, notes=(*ticket.notes, line)), references, without)
        else:
            answer = await self._post(body)
        self._look_ups.take_miss(ticket.key)
        if by_hand:
            ticket = replace(ticket, notes=(*ticket.notes, fields_by_hand("ServiceNow", without)))
        ref = await self._complete(self._calls.one(answer), body, ticket)
        return replace(ref, not_taken=(*by_hand, *ref.not_taken))

    async def _post(self, body: Mapping[str, str], allowed: frozenset[int] = frozenset()) -> httpx.Response:
        with about_system():
            return await self._calls.ask("POST", self._where(), body=dict(body), params=ALL, allowed=allowed)

    async def _complete(self, record: Record, sent: Mapping[str, str], ticket: Ticket) -> TicketRef:
        """A new change request, `sent` as it is in the answer `record`: what did not take is written once more.

        The Change Management API leaves out fields that the Table API takes, and may read times in our user's zone.
        """
        should = wanted.wanted_fields(self._settings, ticket)
        ours = {"correlation_id", "assignment_group", *_SET_ONCE, *should}
        shown = {*record, *records.ignored_fields(record)}  # of what is not shown we know nothing
        known = {name: text for name, text in sent.items() if name in ours and name in shown}
        changes = records.differences(known, record)
        notes = (*wanted.texts(self._settings, ticket), *ticket.notes)
        first, *more = records.pieces([records.line_of(note) for note in notes]) or [""]
        rest = [line for piece in more for line in piece.split("\n")]
        record = {**record, "work_notes": {"display_value": first}}
        if ticket.cancelled:
            after = await self._moves.cancel(record, changes, replace(ticket, notes=tuple(rest)))
        else:
            after = await self._writes.write(record, changes, rest)
        return await self._finished(after, ticket, should, _NONE, is_planned_anew=True)

    async def _bring(self, record: Record, ticket: Ticket, before: TicketRef) -> TicketRef:
        """The change request as it should be. What has ended stays as the board left it, but for notes.

        `before`: what we know of it, with the fingerprints of what we wrote.
        """
        state = records.ref_of(self._settings, record).state
        if state in ENDED:
            if ticket.reopen and not ticket.cancelled:
                after = await self._moves.ask_for_another(record, ticket)
            else:
                after = await self._writes.write(record, {}, ticket.notes)
            return await self._finished(after, ticket, {}, before)
        should, changes = self._due(record, ticket, before)
        told = replace(ticket, notes=(*wanted.texts(self._settings, ticket), *ticket.notes))
        if ticket.cancelled:
            after = await self._moves.cancel(record, changes, told)
        elif ticket.reassess and self._moves.is_approved(record):
            after = await self._moves.reassess(record, changes, told)
        else:
            after = await self._writes.write(record, changes, told.notes)
        return await self._finished(
            after, ticket, should, before, is_planned_anew=bool(wanted.PLANNED & changes.keys())
        )

    def _due(self, record: Record, ticket: Ticket, before: TicketRef) -> tuple[dict[str, str], dict[str, str]]:
        """What a change request should hold, and what of that must be written."""
        should = wanted.wanted_fields(self._settings, ticket)
        sys_id, values = records.raw_value(record, "sys_id"), wanted.held(should, record)
        written = self._writes.attempts.known(sys_id, before.written, values)
        state = records.ref_of(self._settings, record).state
        return should, wanted.to_write(self._settings, should, record, written, state)

    async def _finished(
        self,
        after: Written,
        ticket: Ticket,
        should: Mapping[str, str],
        before: TicketRef,
        *,
        is_planned_anew: bool = False,
    ) -> TicketRef:
        """What we know of the change request at the end: conflicts of its dates are told, its tasks are made."""
        record, not_taken, made = after.record, after.not_taken, before.tasks
        is_going_on = records.ref_of(self._settings, record).state not in ENDED and not ticket.cancelled
        if is_going_on and is_planned_anew and self._settings.api == "change_management":
            record = await self._conflicts.tell(record)
        if is_going_on and ticket.has_tasks:
            made, lines = await self._tasks.make(records.raw_value(record, "sys_id"), ticket, made)
            not_taken = (*not_taken, *lines)
        ref = records.ref_of(self._settings, record)
        written = wanted.fingerprints(should, record, before.written)
        return replace(ref, not_taken=not_taken, written=written, tasks=made)
