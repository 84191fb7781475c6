"""The port `TicketSystem` over Freshservice."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps, may_take, pass_over
from shared.adapters.ticketing.moves import move_by_hand, moved
from shared.adapters.ticketing.outcome import because, fields_by_hand, move_for_people, reassess_for_people
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import API, Calls, errors
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.dates import day_of, kept_line, ours_line, stand_ins
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.notes import Notes
from shared.adapters.tickets.freshservice.people import People
from shared.adapters.tickets.freshservice.pinging import ping
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.errors import PermanentError, TransientError
from shared.core.terms import ENDED
from shared.core.tickets.reassess import is_approved
from shared.core.tickets.ticket import Preview, Ticket, TicketRef

_STATS = {"include": "stats"}
_BACK = timedelta(days=400)  # what nobody has touched for so long is looked up no more
_PAGES = 90  # of a hundred; Freshservice lists no more
_A_PAGE, _FILTERED = 30, 50  # what the filter answers with at once, and so many times
_FORBIDDEN = frozenset({409})  # by the state that a change is in
_REFUSED = frozenset({400, 422}) | _FORBIDDEN
_NO_STATUS, _LIFE_CYCLE = "it has no status for that", "its life cycle does not let us"


class Freshservice:
    """One account. A look-up by a custom field asks the search index, which lags.

    Notes are written before the fields, and an attempt that is cut short leaves what the next need not do again: so
    that a bad connection only makes it slow.
    """

    searches_late = 10.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._clock = settings, deps.clock
        self._calls = Calls(settings, deps)
        self._form = Form(self._calls, settings)
        self._people = People(self._calls, settings)
        self._notes = Notes(self._calls, deps.clock)
        self._numbers: Recent[str, str] = Recent(REMEMBERED)  # id by our key
        self._apart: Recent[str, bool] = Recent(REMEMBERED)  # by our key: planning fields are written afterwards
        self._look_ups: LookUps[Change] = LookUps(deps.clock)

    async def find(self, key: str) -> TicketRef | None:
        change = await self._look_up(key)
        if change is None:
            self._look_ups.keep_miss(key)
            return None
        self._look_ups.keep(str(change["id"]), change)
        return await self._ref(change)

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            change = None if self._look_ups.take_miss(ticket.key) else await self._look_up(ticket.key)
            if change and may_take(ref := await self._ref(change), ticket):
                return await self._bring(change, ticket)
            if change:
                line = pass_over(self._calls.what, ref, f"requester {change.get('requester_id')}", ticket)
                ticket = replace(ticket, notes=(*ticket.notes, line))
            return await self._create(ticket)

    async def _create(self, ticket: Ticket) -> TicketRef:
        group, line = await self._people.group(ticket.group)
        fields = changes.new_fields(self._settings, ticket, group)
        required = [name for name in changes.PLANNED if name not in fields and name in await self._form.required()]
        dates = self._dates(fields, ticket, required)
        change, answer = await self._post({**fields, **dates}, ticket.key)
        if (
            change is None and not dates and (required := _missing_dates(errors(self._calls.json(answer))))
        ):  # a form that we may not read
            dates = self._dates(fields, ticket, required)
            change, answer = await self._post({**fields, **dates}, ticket.key)
        if change is None:
            raise self._calls.refused("POST /changes", answer, ())
        self._numbers[ticket.key] = str(change["id"])
        ticket = replace(ticket, notes=(*ticket.notes, *line, *(ours_line(name, date) for name, date in dates.items())))
        if answer is None or ticket.cancelled:
            return await self._bring(change, ticket)
        await self._notes.tell(change, ticket.notes)
        wanted = {**changes.wanted_fields(self._settings, ticket), **dates}
        change = await self._whole(change, wanted)
        missing = changes.differences(wanted, change)
        return await self._told(await self._set(change, missing) if missing else _Written(change))

    def _dates(self, fields: Mapping[str, Any], ticket: Ticket, required: Sequence[str]) -> dict[str, str]:
        """Dates of our own for those that a form requires, and we have none."""
        if not required:
            return {}
        dates = stand_ins(fields, ticket, self._clock().date(), self._settings.undated_days)
        return {name: dates[name] for name in required if name in dates}

    async def _post(self, fields: Mapping[str, Any], key: str) -> tuple[Change | None, Any]:
        """The new change and the answer that made it; no change where it is refused, no answer where it was there.

        Some accounts answer 500 to a new change with planning fields: those are written afterwards then.
        """
        bare = {name: what for name, what in fields.items() if not name.startswith("planning_fields.")}
        body = changes.body_of(bare if key in self._apart else fields)
        try:
            with about_system():
                answer = await self._calls.ask("POST", "/changes", body=body, allowed=frozenset({400, 500}))
            if answer.status_code == 500:
                self._apart[key] = True
                if change := await self._newest(key):
                    return change, None
                body = changes.body_of(bare)
                with about_system():
                    answer = await self._calls.ask("POST", "/changes", body=body, allowed=frozenset({400}))
        except TransientError:
            self._apart[key] = True  # the next attempt looks it up first
            raise
        if not answer.is_success:
            return None, answer
        change = self._change(answer)
        self._notes.none_yet(change)
        return change, answer

    async def _newest(self, key: str) -> Change | None:
        """A change that was perhaps just made: the list has it, the search index not yet."""
        for each in await self._page(1, {}):
            if changes.may_be_ours(self._settings, each) and changes.holds(self._settings, each, key):
                change = await self._read(str(each["id"]))
                return None if change is None or (await self._ref(change)).state in ENDED else change
        return None

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        number = changes.id_of(ref.number)
        change = self._look_ups.take(number) or await self._current(number)
        return await (self._bring(change, ticket) if change else self.open(ticket))

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """Many are read by the page first, newest first; what is not found there one by one."""
        ids = {number: change_id for number in dict.fromkeys(numbers) if (change_id := changes.id_of(number))}
        by_id: dict[str, Change] = {}
        for page in range(1, 1 + len(ids) // 10):
            some = await self._page(page, _STATS)
            by_id |= {str(each["id"]): each for each in some}
            if len(some) < 100:
                break
        refs: dict[str, TicketRef] = {}
        for number, change_id in ids.items():
            change = by_id.get(change_id) or await self._read(change_id)
            if change and not change.get("deleted"):
                refs[number] = await self._people.with_decider(change, await self._ref(change))
        return refs

    def preview(self, ticket: Ticket) -> Preview:
        body = changes.body_of(changes.new_fields(self._settings, ticket, ticket.group or None))
        return Preview(f"{self._settings.address}{API}/changes", body)

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._form, self._settings)

    async def _look_up(self, key: str) -> Change | None:
        """The change with the key that is requested as ours are: the API does not say who made one.

        The oldest of those that have not ended, else the oldest.
        """
        ended: Change | None = None
        if key in self._numbers:
            change = await self._current(self._numbers[key])
            if change and changes.holds(self._settings, change, key):
                if (await self._ref(change)).state not in ENDED:
                    return change
                ended = change
            else:
                del self._numbers[key]
        for candidate in await self._candidates(key):
            change = await self._read(str(candidate["id"]))  # lists leave out half of a change
            if change and changes.is_ours(self._settings, change) and changes.holds(self._settings, change, key):
                if (await self._ref(change)).state not in ENDED:
                    self._numbers[key] = str(change["id"])
                    return change
                ended = ended or change
        return ended

    async def _candidates(self, key: str) -> list[Change]:
        """Those that may carry the key, oldest first: by its field, else from the list."""
        if self._settings.key_field:
            filtered = await self._filtered(f"\"{self._settings.key_field}:'{key.replace(chr(39), '')}'\"")
            if filtered is not None:
                return _in_order(filtered)
        candidates: list[Change] = []
        for number in range(1, _PAGES + 1):
            page = await self._page(number, {})
            ours = (change for change in page if changes.may_be_ours(self._settings, change))
            candidates += [change for change in ours if changes.holds(self._settings, change, key)]
            if len(page) < 100:
                return _in_order(candidates)
        raise PermanentError(
            f"{self._calls.what}: there are too many changes to look a ticket up: add a custom field for our key, and "
            "name it in `key_field`"
        )

    async def _filtered(self, query: str) -> list[Change] | None:
        """Those of ours that the filter lets through; None where it cannot be used."""
        ours: list[Change] = []
        for number in range(1, _FILTERED + 1):
            page = {"page": str(number)} if number > 1 else {}
            params = {"query": query, **page, **self._calls.where}
            with about_system():
                answer = await self._calls.ask("GET", "/changes", params=params, allowed=frozenset({400}))
            if not answer.is_success:
                return ours or None
            entries = self._calls.read_part(answer, "changes")
            ours += [entry for entry in entries if _whole(entry) and changes.may_be_ours(self._settings, entry)]
            if len(entries) < _A_PAGE:
                break
        return ours

    async def _page(self, number: int, params: Mapping[str, str]) -> list[Change]:
        """A page of what was touched lately; without a time Freshservice lists thirty days only."""
        since = {"updated_since": f"{self._clock() - _BACK:%Y-%m-%dT%H:%M:%SZ}"}
        with about_system():
            entries = await self._calls.page("/changes", "changes", number, {**since, **params, **self._calls.where})
        return [entry for entry in entries if _whole(entry)]

    async def _current(self, change_id: str) -> Change | None:
        """The change, or what we had read of it when we were cut short: then its notes come first."""
        return self._notes.left.get(change_id) or await self._read(change_id)

    async def _read(self, change_id: str) -> Change | None:
        """The change of that id; None where there is none, or it lies in the bin."""
        if not change_id:
            return None
        answer = await self._calls.ask("GET", f"/changes/{change_id}", params=_STATS, allowed=frozenset({404}))
        if not answer.is_success:
            return None
        change = self._change(answer)
        return None if change.get("deleted") else change

    def _change(self, answer: Any) -> Change:
        change: Change = self._calls.read_part(answer, "change")
        if not _whole(change):
            raise TransientError(f"{self._calls.what}: a change came without id or status: is it Freshservice?", 60)
        return change

    async def _ref(self, change: Change) -> TicketRef:
        return changes.ref_of(self._settings, change, await self._form.labels(change.get("status")))

    async def _bring(self, change: Change, ticket: Ticket) -> TicketRef:
        """The change as it should be. What has ended stays as the board left it, but for notes."""
        change_id = str(change["id"])
        if self._notes.left.pop(change_id, None):
            with suppress(PermanentError):  # it may be gone: that is looked at next
                await self._notes.tell(change, ticket.notes)
            now = await self._read(change_id)
            if now is None:
                return await self._create(ticket)
            change = now
        before = await self._ref(change)
        ended, approved = before.state in ENDED, is_approved(before.state, before.decision)
        target, lines, by_hand = await self._target(ticket, ended=ended, approved=approved)
        notes = [*ticket.notes, *lines]
        fields: dict[str, Any] = {}
        if not ended or target:
            fields = changes.differences(changes.wanted_fields(self._settings, ticket), change)
            notes += await self._required_dates(fields, ticket, change)
        await self._notes.tell(change, notes)
        written = _Written(change)
        if target:
            written = await self._set(change, {**fields, "status": target})
            if written.change.get("status") != target:
                line, for_people = _asked(ticket, _LIFE_CYCLE, written.complaint)
                await self._notes.tell(change, [line])
                by_hand.append(for_people)
            if written.is_refused:
                written = _Written(change)
            if ended or written.change is not change:
                fields = {}
        if fields:
            written = await self._set(change, fields)
        return await self._told(written, by_hand)

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

    async def _told(self, written: "_Written", by_hand: Sequence[str] = ()) -> TicketRef:
        """The change as it is after a write; what it did not take is told, on it and to ours."""
        lines = list(by_hand)
        if written.left:
            line = fields_by_hand("Freshservice", written.left)
            await self._notes.tell(written.change, [line])
            lines.append(because(line, written.complaint))
        return replace(await self._ref(written.change), not_taken=tuple(lines))

    async def _set(self, change: Change, fields: Mapping[str, Any]) -> "_Written":
        """Write fields, and compare them with what is there afterwards. A status may be refused, a field by a 409."""
        allowed = _REFUSED if "status" in fields else _FORBIDDEN
        answer = await self._put(str(change["id"]), fields, allowed=allowed)
        sent = {name: what for name, what in fields.items() if name != "status"}
        if not answer.is_success:
            names = tuple(name.rpartition(".")[2] for name in sent)
            return _Written(change, names, self._calls.complaint_of(answer), is_refused=True)
        now = await self._whole(self._change(answer), sent)
        return _Written(now, changes.left_alone(sent, change, now))

    async def _whole(self, change: Change, fields: Mapping[str, Any]) -> Change:
        """The change with all that is to be compared: an answer that leaves out a part is read anew."""
        if all(name.partition(".")[0] in change for name in fields):
            return change
        return await self._read(str(change["id"])) or change

    async def _put(self, change_id: str, fields: Mapping[str, Any], allowed: frozenset[int] = frozenset()) -> Any:
        try:
            return await self._calls.ask("PUT", f"/changes/{change_id}", body=changes.body_of(fields), allowed=allowed)
        except TransientError:
            self._notes.hold(change_id)
            raise

    async def _required_dates(self, fields: dict[str, Any], ticket: Ticket, change: Change) -> list[str]:
        """Dates that are known no more, where the account's form wants one: `fields` is mended, and lines say how.

        A date of ours follows the day by which to act; one of Microsoft's stays.
        """
        gone = [name for name in changes.PLANNED if name in fields and fields[name] is None]
        kept = [name for name in gone if name in await self._form.required()]
        if not kept:
            return []
        wanted = changes.wanted_fields(self._settings, ticket)
        filed = day_of(change.get("created_at")) or self._clock().date()
        ours, lines = stand_ins(wanted, ticket, filed, self._settings.undated_days), []
        for name in kept:
            there = changes.value_at(change, name)
            is_there = day_of(there) == day_of(ours[name])
            if not is_there and not await self._notes.hold_line(change, ours_line(name, there)):
                del fields[name]
                lines.append(kept_line(name))
                continue
            if is_there:
                del fields[name]
            else:
                fields[name] = ours[name]
            lines.append(ours_line(name, ours[name]))
        return lines


@dataclass(frozen=True, slots=True)
class _Written:
    """A change after a write. `left`: the fields that it did not take, with what Freshservice complains about."""

    change: Change
    left: tuple[str, ...] = ()
    complaint: str = ""
    is_refused: bool = False


def _missing_dates(faults: Sequence[Mapping[str, Any]]) -> list[str]:
    """The planned dates of which a refusal says that the form requires them."""
    missing = {str(fault["field"]) for fault in faults if fault.get("code") == "missing_field"}
    return [name for name in changes.PLANNED if name in missing]


def _in_order(entries: Sequence[Any]) -> list[Change]:
    return sorted((entry for entry in entries if _whole(entry)), key=lambda entry: entry["id"])


def _whole(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), int) and isinstance(entry.get("status"), int)


def _asked(ticket: Ticket, why: str, complaint: str = "") -> tuple[str, str]:
    """What people are asked to do instead of a move: the line for the change there, and the one for ours.

    Freshservice's complaint is for ours only: there the line must be the same each time.
    """
    if ticket.cancelled or ticket.reopen:
        return move_by_hand(ticket, why, "change", "close"), move_for_people(ticket, complaint or why)
    return reassess_for_people(ticket), reassess_for_people(ticket, complaint or why)
