"""The port `TicketSystem` over Freshservice."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps
from shared.adapters.ticketing.moves import move_by_hand, moved
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import API, Calls
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.notes import Notes
from shared.adapters.tickets.freshservice.people import People
from shared.adapters.tickets.freshservice.pinging import ping
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.errors import PermanentError, TransientError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Preview, Ticket, TicketRef

_STATS = {"include": "stats"}
_BACK = timedelta(days=400)  # what nobody has touched for so long is looked up no more
_PAGES = 90  # of a hundred; Freshservice lists no more
_REFUSED = frozenset({400, 422})


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
            return await (self._bring(change, ticket) if change else self._create(ticket))

    async def _create(self, ticket: Ticket) -> TicketRef:
        group, line = await self._people.group(ticket.group)
        answer = await self._calls.ask("POST", "/changes", body=changes.created(self._settings, ticket, group))
        change = self._change(answer)
        self._numbers[ticket.key] = str(change["id"])
        self._notes.none_yet(change)
        if ticket.cancelled:
            return await self._bring(change, ticket)
        await self._notes.tell(change, (*ticket.notes, *line))
        return await self._ref(change)

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
        body = changes.created(self._settings, ticket, ticket.group or None)
        return Preview(f"{self._settings.address}{API}/changes", body)

    async def ping(self) -> str:
        return await ping(self._calls, self._form, self._settings)

    async def _look_up(self, key: str) -> Change | None:
        """The oldest change with the key."""
        if key in self._numbers:
            change = await self._current(self._numbers[key])
            if change and changes.holds(self._settings, change, key):
                return change
            del self._numbers[key]
        for candidate in await self._candidates(key):
            change = await self._read(str(candidate["id"]))  # lists leave out half of a change
            if change and changes.holds(self._settings, change, key):
                self._numbers[key] = str(change["id"])
                return change
        return None

    async def _candidates(self, key: str) -> list[Change]:
        """Those that may carry the key, oldest first: by its field, else from the list."""
        if self._settings.key_field:
            params = {"query": f"\"{self._settings.key_field}:'{key.replace(chr(39), '')}'\"", **self._where()}
            answer = await self._calls.ask("GET", "/changes", params=params, allowed=frozenset({400}))
            if answer.is_success:
                return _in_order(self._calls.read_part(answer, "changes"))
        candidates: list[Change] = []
        for number in range(1, _PAGES + 1):
            page = await self._page(number, {})
            candidates += [change for change in page if changes.holds(self._settings, change, key)]
            if len(page) < 100:
                return _in_order(candidates)
        raise PermanentError(
            f"{self._calls.what}: there are too many changes to look a ticket up: add a custom field for our key, and "
            "name it in `key_field`"
        )

    async def _page(self, number: int, params: Mapping[str, str]) -> list[Change]:
        """A page of what was touched lately; without a time Freshservice lists thirty days only."""
        since = {"updated_since": f"{self._clock() - _BACK:%Y-%m-%dT%H:%M:%SZ}"}
        entries = await self._calls.page("/changes", "changes", number, {**since, **params, **self._where()})
        return [entry for entry in entries if _whole(entry)]

    def _where(self) -> dict[str, str]:
        return {"workspace_id": str(self._settings.workspace_id)} if self._settings.workspace_id else {}

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
        ref = await self._ref(change)
        ended, target, notes = ref.state in ENDED, 0, list(ticket.notes)
        if ticket.cancelled and not ended:
            target = await self._form.cancelled()
            notes.append(moved(ticket) if target else _by_hand(ticket, "it has no status for that"))
        elif ticket.reopen and ended:
            target = changes.OPEN
            notes.append(moved(ticket))
        fields: dict[str, Any] = {}
        if not ended or target:
            fields = changes.differences(changes.wanted_fields(self._settings, ticket), change)
            notes += await self._keep_required(fields)
        await self._notes.tell(change, notes)
        if target:
            answer = await self._put(change_id, {**fields, "status": target}, allowed=_REFUSED)
            if answer.is_success:
                return await self._ref(self._change(answer))
            await self._notes.tell(change, [_by_hand(ticket, "its life cycle does not let us")])
            fields = {} if ended else fields
        return await self._ref(self._change(await self._put(change_id, fields))) if fields else ref

    async def _put(self, change_id: str, fields: Mapping[str, Any], allowed: frozenset[int] = frozenset()) -> Any:
        try:
            return await self._calls.ask("PUT", f"/changes/{change_id}", body=changes.body_of(fields), allowed=allowed)
        except TransientError:
            self._notes.hold(change_id)
            raise

    async def _keep_required(self, fields: dict[str, Any]) -> list[str]:
        """Dates that are known no more stay where the account's form wants one, and a line says so."""
        gone = [name for name in changes.PLANNED if name in fields and fields[name] is None]
        kept = [name for name in gone if name in await self._form.required()]
        for name in kept:
            del fields[name]
        labels = {"planned_start_date": "planned start", "planned_end_date": "planned end"}
        return [f"The {labels[name]} is not known any more; the last one is kept, as Freshservice wants one"
                for name in kept]  # fmt: skip


def _in_order(entries: Sequence[Any]) -> list[Change]:
    return sorted((entry for entry in entries if _whole(entry)), key=lambda entry: entry["id"])


def _whole(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), int) and isinstance(entry.get("status"), int)


def _by_hand(ticket: Ticket, why: str) -> str:
    return move_by_hand(ticket, why, noun="change", cancel="close")
