"""Planned dates of our own, where an account's form requires some and Microsoft announces none."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from shared.adapters.tickets.freshservice.change import PLANNED, Change, moment, value_at
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.notes import Notes
from shared.core.tickets.ticket import Ticket

LABELS = {"planned_start_date": "planned start", "planned_end_date": "planned end"}


def stand_ins(wanted: Mapping[str, Any], ticket: Ticket, filed: date, days: int) -> dict[str, str]:
    """The dates that `wanted` lacks: the day by which to act, else so many `days` after it was `filed`.

    Never before it was filed, and never so that a change would end before it starts.
    """
    start, end = (day_of(wanted.get(name)) for name in PLANNED)
    ours = max(ticket.act_by or filed + timedelta(days=days), filed)
    dates = {}
    if start is None:
        start = min(ours, end) if end else ours
        dates[PLANNED[0]] = f"{start}T00:00:00Z"
    if end is None:
        dates[PLANNED[1]] = f"{max(ours, start)}T23:59:59Z"
    return dates


def day_of(text: Any) -> date | None:
    at = moment(text)
    return at.date() if at else None


def ours_line(name: str, text: Any) -> str:
    """The line about a date of ours, by which it is known again as ours."""
    return f"The {LABELS[name]} {day_of(text)} is ours: Microsoft announces none, and Freshservice wants one"


def kept_line(name: str) -> str:
    return f"The {LABELS[name]} is not known any more; the last one is kept, as Freshservice wants one"


def _is_out_of_order(dates: Mapping[str, Any]) -> bool:
    start, end = (moment(dates[name]) for name in PLANNED)
    return start is not None and end is not None and end < start


class Dates:
    """Dates that are known no more, where the account's form wants one."""

    def __init__(self, form: Form, notes: Notes, clock: Callable[[], datetime], days: int) -> None:
        self._form, self._notes, self._clock, self._days = form, notes, clock, days

    async def mend(self, fields: dict[str, Any], should: dict[str, Any], ticket: Ticket, change: Change) -> list[str]:
        """`fields`, which are to be written, and `should`, what the change should hold, are mended; lines say how.

        A date of ours follows the day by which to act; one of Microsoft's stays, as far as the other one lets it.
        """
        gone = [name for name in PLANNED if name in fields and fields[name] is None]
        kept = [name for name in gone if name in await self._form.required()]
        if not kept:
            return []
        filed = day_of(change.get("created_at")) or self._clock().date()
        ours, lines = stand_ins(should, ticket, filed, self._days), []
        for name in kept:
            there = value_at(change, name)
            is_there = day_of(there) == day_of(ours[name])
            is_ours = (
                is_there
                or _is_out_of_order({**{each: value_at(change, each) for each in PLANNED}, **should, name: there})
                or await self._notes.hold_line(change, ours_line(name, there))
            )
            lines.append(ours_line(name, ours[name]) if is_ours else kept_line(name))
            if is_ours and not is_there:
                fields[name] = should[name] = ours[name]
            else:
                del fields[name]
                should[name] = there
        return lines
