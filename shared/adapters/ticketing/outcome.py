"""What a system left as it was although it said yes: each write is compared with its answer, and people are told.

The line goes into the ticket's history, where it is written once, and with `TicketRef.not_taken` to the change.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.adapters.ticketing.calls import SHOWN
from shared.core.text.safe import cut
from shared.core.tickets.ticket import Ticket


def not_taken(sent: Mapping[str, Any], is_there: Callable[[str, Any], bool]) -> tuple[str, ...]:
    """The names of the fields that are not as they were sent. `is_there(name, what)`: whether the answer holds it."""
    return tuple(name for name, what in sent.items() if not is_there(name, what))


def alike(sent: Any, there: Any) -> bool:
    """Whether two values differ at most in how a system writes them: white space, case, a number as text."""
    if isinstance(sent, list | tuple) and isinstance(there, list | tuple):
        return sorted(map(_written, sent)) == sorted(map(_written, there))
    return _written(sent) == _written(there)


def _written(what: Any) -> str:
    text = " ".join(("" if what is None else str(what)).split()).casefold()
    try:
        return str(float(text))
    except ValueError:
        return text


def fields_by_hand(system: str, names: Iterable[str]) -> str:
    """The line about fields that did not take: the same however often they do not."""
    return (
        f"{system} did not take {', '.join(sorted(names))}: please set that by hand, or let us (a rule there keeps it)."
    )


def move_for_people(ticket: Ticket, why: str = "", otherwise: str = "please open it again") -> str:
    """The line for the change about a move that we may not make. `otherwise`: what is asked where it has ended."""
    if ticket.cancelled:
        return because(f"{ticket.why_cancelled}. We may not cancel the ticket: please do", why)
    return because(f"The ticket has ended, and we may not open it again: {otherwise}", why)


def reassess_for_people(ticket: Ticket, why: str = "") -> str:
    """The line, for the change and for the ticket, about an approved ticket that we may not send back."""
    return because(f"{ticket.reassess}. We may not send the ticket back to assessment: please do", why)


def nobody_assigned(address: str, why: str = "") -> str:
    """The line about a ticket that nobody answers for yet. `why`: what a system says that does not take this person."""
    fault = f"{address} could not be assigned here" if why else f"Nobody with the address {address} is known here"
    return because(f"{fault}, so nobody is assigned yet", why)


def nobody_requests(address: str, why: str = "") -> str:
    """The line about a ticket that stands as requested by our own account."""
    return because(f"{address} could not be set as who requests this, so our account stands there", why)


def because(line: str, why: str) -> str:
    """The line with what the system says about it, as far as it says something."""
    return f"{line} ({cut(why, SHOWN)})" if why else line
