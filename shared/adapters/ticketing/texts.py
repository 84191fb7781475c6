"""What systems with fields for risk and for the planned end write there."""

from collections.abc import Iterator
from datetime import date

from shared.core.tickets.ticket import Ticket


def risk_lines(ticket: Ticket) -> Iterator[str]:
    """Risk, impact, what becomes of it if nobody acts, freezes and doubts; without those that have nothing to say."""
    risk = f"Risk: {ticket.risk_words or ticket.risk}. {ticket.risk_why}"
    impact = f"Impact: {ticket.impact_words}. {ticket.impact_why}" if ticket.impact_words else ""
    undone = labelled("If nobody acts", ticket.if_nobody_acts)
    lines = (line.strip() for line in (risk, impact, undone, *ticket.freezes, ticket.unsure))
    return filter(None, lines)


def labelled(label: str, text: str) -> str:
    """A text behind its label; nothing where it is empty."""
    return f"{label}: {text}" if text.strip() else ""


def planned_end(ticket: Ticket) -> date | None:
    """The planned end; one before the start is none, and systems refuse it."""
    start, end = ticket.planned_start, ticket.planned_end
    return None if start and end and end < start else end
