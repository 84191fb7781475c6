"""What a ticket system says of a ticket, beside what we know of it (pure)."""

from dataclasses import replace

from shared.core.changes.change import TicketState
from shared.core.terms import UNKNOWN
from shared.core.tickets.ticket import TicketRef

GONE = "no longer there"
"""As the system's own word for the state of a ticket that was deleted by hand."""
_LONGEST = 100


def with_remote_state(ticket: TicketState, ref: TicketRef) -> TicketState:
    """The ticket with what the system says now.

    A state that nobody mapped leaves ours as it was, and is shown in the system's own word. A decision, once read, is
    only replaced by another one: systems forget their approvals when a ticket moves on.
    """
    is_mapped = ref.state != UNKNOWN
    now = replace(
        ticket,
        number=ref.number,
        url=ref.url,
        state=ref.state if is_mapped else ticket.state or "new",
        remote_state=ref.remote_state[:_LONGEST],
    )
    if not ref.decision:
        return now
    at = ref.decided_at or (ticket.decided_at if ref.decision == ticket.decision else None)
    return replace(now, decision=ref.decision, decided_by=ref.decided_by[:_LONGEST], decided_at=at)


def without_remote(ticket: TicketState) -> TicketState:
    """The ticket that the system no longer has; the next thing that happens to the change makes another."""
    return replace(ticket, remote_state=GONE)
