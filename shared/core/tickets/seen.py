"""What a ticket system says of a ticket, beside what we know of it (pure)."""

from dataclasses import replace

from shared.core.changes.change import TicketState
from shared.core.terms import ENDED, UNKNOWN
from shared.core.text.safe import cut
from shared.core.tickets.ticket import TicketRef

GONE = "no longer there"
"""As the system's own word for the state of a ticket that was deleted by hand."""
_LONGEST = 100
_LINES, _LINE = 10, 500


def with_remote_state(ticket: TicketState, ref: TicketRef) -> TicketState:
    """The ticket with what the system says now.

    A state that nobody mapped leaves ours as it was, and is shown in the system's own word. A decision, once read, is
    only replaced by another one: systems forget their approvals when a ticket moves on. Once it has ended, nobody need
    do any more what we could not.
    """
    is_mapped = ref.state != UNKNOWN
    now = replace(
        ticket,
        number=ref.number,
        url=ref.url,
        state=ref.state if is_mapped else ticket.state or "new",
        remote_state=ref.remote_state[:_LONGEST],
        risk=ref.risk,
        planned_start=ref.planned_start,
        planned_end=ref.planned_end,
    )
    if now.state in ENDED and ticket.state not in ENDED:
        now = replace(now, not_taken=())
    if not ref.decision:
        return now
    at = ref.decided_at or (ticket.decided_at if ref.decision == ticket.decision else None)
    return replace(now, decision=ref.decision, decided_by=ref.decided_by[:_LONGEST], decided_at=at)


def after_write(ticket: TicketState, ref: TicketRef) -> TicketState:
    """The ticket with what the system says at the end of a filing, what it did not take of it, and what we wrote."""
    left = tuple(cut(line, _LINE) for line in ref.not_taken[:_LINES])
    return replace(with_remote_state(ticket, ref), not_taken=left, written=ref.written, tasks=ref.tasks)


def without_remote(ticket: TicketState) -> TicketState:
    """The ticket that the system no longer has; the next thing that happens to the change makes another."""
    return replace(ticket, remote_state=GONE)
