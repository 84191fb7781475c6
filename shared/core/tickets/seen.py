"""What a ticket system says of a ticket, on the row of its effect (pure)."""

from dataclasses import replace

from shared.core.changes.change import EffectState
from shared.core.terms import UNKNOWN
from shared.core.tickets.ticket import TicketRef

GONE = "no longer there"
"""As the system's own word for the state of a ticket that was deleted by hand."""
_LONGEST = 100


def as_seen(state: EffectState, ref: TicketRef) -> EffectState:
    """The effect with what the system says now.

    A state that nobody mapped leaves ours as it was, and is shown in the system's own word. A decision, once read, is
    only replaced by another one: systems forget their approvals when a ticket moves on.
    """
    known = ref.state != UNKNOWN
    state = replace(
        state,
        number=ref.number,
        url=ref.url,
        state=ref.state if known else state.state or "new",
        remote_state=ref.remote_state[:_LONGEST],
    )
    if not ref.decision:
        return state
    at = ref.decided_at or (state.decided_at if ref.decision == state.decision else None)
    return replace(state, decision=ref.decision, decided_by=ref.decided_by[:_LONGEST], decided_at=at)


def gone(state: EffectState) -> EffectState:
    """The effect whose ticket the system no longer has; the next thing that happens to the change makes another."""
    return replace(state, remote_state=GONE)
