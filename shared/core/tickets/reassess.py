"""A change whose dates moved after the board approved it: how far they moved, and what is said of it (pure)."""

from collections.abc import Iterable

from shared.core.changes.change import Event, TicketState
from shared.core.changes.slips import words_of
from shared.core.policy.model import Policy, TicketSystemEntry
from shared.core.terms import State, Verdict

_MOVES = frozenset({"dates_moved", "act_by_moved"})


def is_approved(state: State | str, decision: Verdict | str) -> bool:
    """Whether the board has approved and nobody has begun: only then is a ticket sent back to assessment."""
    return state == "scheduled" or (state == "authorize" and decision == "approved")


def moved_after_approval(
    ticket: TicketState, entry: TicketSystemEntry, untold: Iterable[Event], policy: Policy
) -> tuple[str, str]:
    """The day and the sentence, where our dates moved by more than the policy's days; empty where they did not.

    Of several moves that the ticket has not been told, the farthest counts.
    """
    if not is_approved(ticket.state, ticket.decision):
        return "", ""
    clouds = {tenant.cloud for tenant in policy.tenants.values()}
    moves = [
        (abs(slip.days), slip.days, f"{event.at:%Y-%m-%d}")
        for event in untold
        if event.type in _MOVES
        for slip in event.slips
        if slip.phase == "act_by" or clouds.intersection(slip.clouds)
    ]
    farthest, days, day = max(moves, default=(0, 0, ""))
    if farthest <= entry.on_move_days:
        return "", ""
    return day, f"The dates moved ({words_of(days)}) after the board approved"
