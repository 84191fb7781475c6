"""The lines in a ticket's history about its move: that it was made, or that people are asked to make it."""

from shared.core.tickets.ticket import Ticket

_AGAIN = "To be looked at again for what happened since"


def moved(ticket: Ticket) -> str:
    """The line about a ticket that was cancelled or opened again."""
    return f"{ticket.why_cancelled if ticket.cancelled else _AGAIN}."


def move_by_hand(ticket: Ticket, why: str, noun: str = "ticket", cancel: str = "cancel") -> str:
    """The line that asks people to do what we cannot. `noun`, `cancel`: the system's own words."""
    if ticket.cancelled:
        return f"{ticket.why_cancelled}: please {cancel} this {noun} by hand; {why}."
    return f"{_AGAIN}: please open this {noun} again by hand; {why}."
