"""Planned dates of our own, where an account's form requires some and Microsoft announces none."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from shared.adapters.tickets.freshservice.change import PLANNED, moment
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
