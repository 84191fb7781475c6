"""Moves of a change request from state to state, as far as its change model lets us; else people are asked to."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from shared.adapters.ticketing.outcome import move_for_people, reassess_for_people
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.writes import CHANGES, Record, Writes, Written, both
from shared.core.errors import TransientError
from shared.core.terms import ENDED
from shared.core.tickets.reassess import is_approved
from shared.core.tickets.ticket import Ticket, TicketRef

_CANCEL_BY_HAND = "Cancel this change by hand: its state does not let us"
_AGAIN = "To be looked at again for what happened since. ServiceNow opens no change again"
_COPY_BY_HAND = f"{_AGAIN}: copy it by hand"
_RAISE_BY_HAND = f"{_AGAIN}, and offers no copy of this one: raise a new change by hand"


class Moves:
    """Each writes the changes and the ticket's notes, too."""

    def __init__(self, calls: Calls, settings: Settings, writes: Writes) -> None:
        self._calls, self._settings, self._writes = calls, settings, writes

    async def cancel(self, record: Record, changes: Mapping[str, str], ticket: Ticket) -> Written:
        """Cancelled, where its state lets us; else the board is asked to."""
        why = f"{ticket.why_cancelled}."
        lines = records.untold((*ticket.notes, why), record)
        first, *more = records.pieces(lines) or [""]
        body = {**changes, "state": records.CANCELLED, **({"work_notes": first} if first else {})}
        by_hand = f"{why} {_CANCEL_BY_HAND}"
        answer, complaint = await self._writes.patch(record, body)
        if answer is None:
            after = await self._writes.write(record, changes, (*ticket.notes, by_hand))
        else:
            now = {**answer, "work_notes": both(record, answer, first)}
            ended = self._ref(now).state in ENDED
            rest = [line for piece in more for line in piece.split("\n")]
            after = await self._writes.finish(now, changes, rest if ended else [*rest, by_hand], "")
        if self._ref(after.record).state in ENDED:
            return after
        line = move_for_people(ticket, complaint or await self._offered(after.record))
        return replace(after, not_taken=(line, *after.not_taken))

    async def reassess(self, record: Record, changes: Mapping[str, str], ticket: Ticket) -> Written:
        """Back to assessment before anything else: a rule may lock the fields of what is approved."""
        state, offered = await self._way_back(record)
        answer, complaint = await self._writes.patch(record, {"state": state}) if state else (None, offered)
        now = record if answer is None else {**answer, "work_notes": record.get("work_notes")}
        if not self.is_approved(now):
            return await self._writes.write(now, changes, ticket.notes)
        after = await self._writes.write(record, changes, (*ticket.notes, reassess_for_people(ticket)))
        return replace(after, not_taken=(reassess_for_people(ticket, complaint or offered), *after.not_taken))

    async def ask_for_another(self, record: Record, ticket: Ticket) -> Written:
        """Copies are offered of open and cancelled changes, and never of standard ones."""
        kind = records.raw_value(record, "type") or self._settings.type
        copies = self._ref(record).state == "cancelled" and kind != "standard"
        by_hand = _COPY_BY_HAND if copies else _RAISE_BY_HAND
        after = await self._writes.write(record, {}, (*ticket.notes, by_hand))
        otherwise = "please copy it" if copies else "please raise a new change"
        return replace(after, not_taken=(move_for_people(ticket, otherwise=otherwise), *after.not_taken))

    def is_approved(self, record: Record) -> bool:
        ref = self._ref(record)
        return is_approved(ref.state, ref.decision)

    async def _way_back(self, record: Record) -> tuple[str, str]:
        """The state that means assessment, else the one before it, as the change model offers it, and what it offers.

        Where ServiceNow does not say, its own state for that is tried.
        """
        result = await self._next_states(record)
        if result is None:
            return records.ASSESS, ""
        offered = _offers(result)
        by_meaning = {
            records.state_of(self._settings, {"state": {"value": value, "display_value": label}}): value
            for value, label in offered.items()
        }
        return by_meaning.get("assess") or by_meaning.get("new") or "", _in_words(
            result, self._ref(record).remote_state
        )

    async def _offered(self, record: Record) -> str:
        """What ServiceNow lets us do instead, in words; empty where it does not say."""
        with suppress(TransientError):  # these are words only
            result = await self._next_states(record)
            return _in_words(result, self._ref(record).remote_state) if result is not None else ""
        return ""

    async def _next_states(self, record: Record) -> Mapping[str, Any] | None:
        """What the change model offers now; None where ServiceNow does not say."""
        path = f"{CHANGES}/{records.raw_value(record, 'sys_id')}/nextstates"
        answer = await self._calls.ask("GET", path, allowed=frozenset({400, 403, 404, 405}))
        result: Mapping[str, Any] | None = self._calls.result(answer, dict) if answer.is_success else None
        return result if result is not None and isinstance(result.get("available_states"), list) else None

    def _ref(self, record: Record) -> TicketRef:
        return records.ref_of(self._settings, record)


def _offers(result: Mapping[str, Any]) -> dict[str, str]:
    """The states that are offered, each with its label."""
    labels = result.get("state_label")
    by_value = {
        str(label.get("value")): str(label.get("label"))
        for label in (labels if isinstance(labels, list) else ())
        if isinstance(label, dict)
    }
    return {str(state): by_value.get(str(state), str(state)) for state in result["available_states"]}


def _in_words(result: Mapping[str, Any], now: str) -> str:
    offered = [label for label in _offers(result).values() if label != now]
    return f"from {now} ServiceNow offers: {', '.join(offered) or 'nothing'}"
