"""Changes looked up at Freshservice: by our key, by their id, by the page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import REMEMBERED
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.notes import Notes
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.errors import PermanentError, TransientError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import TicketRef

STATS = {"include": "stats"}
_BACK = timedelta(days=400)  # what nobody has touched for so long is looked up no more
_PAGES = 90  # of a hundred; Freshservice lists no more
_A_PAGE, _FILTERED = 30, 50  # what the filter answers with at once, and so many times


class Searches:
    """A look-up by a custom field asks the search index, which lags.

    `numbers`: the ids of what we made or met, by our key.
    """

    def __init__(
        self, calls: Calls, settings: Settings, form: Form, notes: Notes, clock: Callable[[], datetime]
    ) -> None:
        self._calls, self._settings, self._form, self._notes, self._clock = calls, settings, form, notes, clock
        self.numbers: Recent[str, str] = Recent(REMEMBERED)

    async def by_key(self, key: str) -> Change | None:
        """The change with the key that is requested as ours are: the API does not say who made one.

        The oldest of those that have not ended, else the oldest.
        """
        ended: Change | None = None
        if key in self.numbers:
            change = await self.current(self.numbers[key])
            if change and changes.holds(self._settings, change, key):
                if (await self.ref(change)).state not in ENDED:
                    return change
                ended = change
            else:
                del self.numbers[key]
        for candidate in await self._candidates(key):
            change = await self.read(str(candidate["id"]))  # lists leave out half of a change
            if change and changes.is_ours(self._settings, change) and changes.holds(self._settings, change, key):
                if (await self.ref(change)).state not in ENDED:
                    self.numbers[key] = str(change["id"])
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
            page = await self.page(number, {})
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

    async def page(self, number: int, params: Mapping[str, str]) -> list[Change]:
        """A page of what was touched lately; without a time Freshservice lists thirty days only."""
        since = {"updated_since": f"{self._clock() - _BACK:%Y-%m-%dT%H:%M:%SZ}"}
        with about_system():
            entries = await self._calls.page("/changes", "changes", number, {**since, **params, **self._calls.where})
        return [entry for entry in entries if _whole(entry)]

    async def current(self, change_id: str) -> Change | None:
        """The change, or what we had read of it when we were cut short: then its notes come first."""
        return self._notes.left.get(change_id) or await self.read(change_id)

    async def read(self, change_id: str) -> Change | None:
        """The change of that id; None where there is none, or it lies in the bin."""
        if not change_id:
            return None
        answer = await self._calls.ask("GET", f"/changes/{change_id}", params=STATS, allowed=frozenset({404}))
        if not answer.is_success:
            return None
        change = self.of(answer)
        return None if change.get("deleted") else change

    def of(self, answer: Any) -> Change:
        change: Change = self._calls.read_part(answer, "change")
        if not _whole(change):
            raise TransientError(f"{self._calls.what}: a change came without id or status: is it Freshservice?", 60)
        return change

    async def newest(self, key: str) -> Change | None:
        """A change that was perhaps just made: the list has it, the search index not yet."""
        for each in await self.page(1, {}):
            if changes.may_be_ours(self._settings, each) and changes.holds(self._settings, each, key):
                change = await self.read(str(each["id"]))
                return None if change is None or (await self.ref(change)).state in ENDED else change
        return None

    async def ref(self, change: Change) -> TicketRef:
        return changes.ref_of(self._settings, change, await self._form.labels(change.get("status")))


def _in_order(entries: Sequence[Any]) -> list[Change]:
    return sorted((entry for entry in entries if _whole(entry)), key=lambda entry: entry["id"])


def _whole(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), int) and isinstance(entry.get("status"), int)
