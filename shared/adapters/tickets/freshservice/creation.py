"""New changes at Freshservice, also where an account's form or its rules do not take all that we would give one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import REMEMBERED
from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls, errors
from shared.adapters.tickets.freshservice.change import Change
from shared.adapters.tickets.freshservice.dates import ours_line, stand_ins
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.notes import Notes
from shared.adapters.tickets.freshservice.people import People
from shared.adapters.tickets.freshservice.searches import Searches
from shared.adapters.tickets.freshservice.settings import Settings
from shared.adapters.tickets.freshservice.wanted import body_of, new_fields
from shared.core.errors import TransientError
from shared.core.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Made:
    """A new change. `dates`: planned dates of our own in it. `lines`: what its notes say of how it was made.

    `is_whole`: whether it was made as we wanted it in one go; else it is to be looked at as one that was there.
    """

    change: Change
    dates: Mapping[str, str]
    lines: tuple[str, ...]
    is_whole: bool


class Creation:
    """`make` for a ticket that has no change there."""

    def __init__(
        self,
        calls: Calls,
        settings: Settings,
        form: Form,
        people: People,
        searches: Searches,
        notes: Notes,
        clock: Callable[[], datetime],
    ) -> None:
        self._calls, self._settings, self._form, self._people = calls, settings, form, people
        self._searches, self._notes, self._clock = searches, notes, clock
        self._apart: Recent[str, bool] = Recent(REMEMBERED)  # by our key: planning fields are written afterwards

    async def make(self, ticket: Ticket) -> Made:
        """What the form refuses for its own reasons is an error; for a date or an agent it is tried again."""
        group, group_lines = await self._people.group(ticket.group)
        agent, agent_lines = await self._people.assignee(ticket)
        lines = [*group_lines, *agent_lines]
        fields = new_fields(self._settings, ticket, group, agent)
        required = [name for name in changes.PLANNED if name not in fields and name in await self._form.required()]
        dates = self._dates(fields, ticket, required)
        change, answer = await self._post({**fields, **dates}, ticket.key)
        if change is None and agent and _about_agent(errors(self._calls.json(answer))):
            lines.append(f"Freshservice did not take {ticket.assigned_to} as its agent, so nobody is assigned yet")
            fields = {name: what for name, what in fields.items() if name != "agent_id"}
            change, answer = await self._post({**fields, **dates}, ticket.key)
        if (
            change is None and not dates and (required := _missing_dates(errors(self._calls.json(answer))))
        ):  # a form that we may not read
            dates = self._dates(fields, ticket, required)
            change, answer = await self._post({**fields, **dates}, ticket.key)
        if change is None:
            raise self._calls.refused("POST /changes", answer, ())
        self._searches.numbers[ticket.key] = str(change["id"])
        told = (*lines, *(ours_line(name, date) for name, date in dates.items()))
        return Made(change, dates, told, is_whole=answer is not None)

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
        body = body_of(bare if key in self._apart else fields)
        try:
            with about_system():
                answer = await self._calls.ask("POST", "/changes", body=body, allowed=frozenset({400, 500}))
            if answer.status_code == 500:
                self._apart[key] = True
                if change := await self._searches.newest(key):
                    return change, None
                body = body_of(bare)
                with about_system():
                    answer = await self._calls.ask("POST", "/changes", body=body, allowed=frozenset({400}))
        except TransientError:
            self._apart[key] = True  # the next attempt looks it up first
            raise
        if not answer.is_success:
            return None, answer
        change = self._searches.of(answer)
        self._notes.none_yet(change)
        return change, answer


def _missing_dates(faults: Sequence[Mapping[str, Any]]) -> list[str]:
    """The planned dates of which a refusal says that the form requires them."""
    missing = {str(fault["field"]) for fault in faults if fault.get("code") == "missing_field"}
    return [name for name in changes.PLANNED if name in missing]


def _about_agent(faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a refusal is for the agent, whom the group or the workspace may not have."""
    return any(fault["field"] in {"agent_id", "responder_id"} for fault in faults)
