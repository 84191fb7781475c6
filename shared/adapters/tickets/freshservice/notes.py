"""A change's notes at Freshservice: each line is written once, however often and however badly we are cut short."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from shared.adapters.recent import Recent
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.change import Change
from shared.core.errors import TransientError

_REMEMBERED = 1_000
_KNOWN = timedelta(minutes=5)  # so long we trust what we know of a change's notes
_HELD = timedelta(days=1)  # so long after an attempt that was cut short: we come back ourselves


class Notes:
    """`left`: changes, by id, of which it is open whether a note was written."""

    def __init__(self, calls: Calls, clock: Callable[[], datetime]) -> None:
        self._calls, self._clock = calls, clock
        # By id: until when we trust it, and the lines of the notes.
        self._told: Recent[str, tuple[datetime, set[str]]] = Recent(_REMEMBERED)
        self.left: Recent[str, Change] = Recent(_REMEMBERED)

    def none_yet(self, change: Change) -> None:
        """We have just made it."""
        self._told[str(change["id"])] = (self._clock() + _KNOWN, set())

    def hold(self, change_id: str) -> None:
        """What comes after the notes failed: the next attempt need not read them again."""
        if change_id in self._told:
            self._told[change_id] = (self._clock() + _HELD, self._told[change_id][1])

    async def hold_line(self, change: Change, line: str) -> bool:
        """Whether the change's notes hold the line."""
        return changes.line_of(line) in await self._lines(str(change["id"]))

    async def _lines(self, change_id: str) -> set[str]:
        until, there = self._told.get(change_id, (None, set()))
        if until is None or self._clock() > until:
            notes_there = await self._calls.all(f"/changes/{change_id}/notes", "notes")
            there = {line for note in notes_there for line in changes.lines(note.get("body"))}
            self._told[change_id] = (self._clock() + _KNOWN, there)
        return there

    async def tell(self, change: Change, notes: Sequence[str]) -> None:
        """One note with those of the lines that its notes do not hold yet."""
        wanted_lines = [line for note in dict.fromkeys(notes) if (line := changes.line_of(note))]
        if not wanted_lines:
            return
        change_id = str(change["id"])
        there = await self._lines(change_id)
        new = [line for line in wanted_lines if line not in there]
        if not new:
            return
        try:
            await self._calls.ask("POST", f"/changes/{change_id}/notes", body={"body": changes.note_of(new)})
        except TransientError:
            del self._told[change_id]  # it may be there: looked at again next time
            self.left[change_id] = change
            raise
        there.update(new)
