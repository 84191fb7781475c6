"""What a change board does with a ticket, in words."""

from collections.abc import Mapping

MOVES: Mapping[str, str] = {
    "assess": "Assess",
    "authorize": "Ask for approval",
    "approve": "Approve",
    "reject": "Reject",
    "schedule": "Set the planned days",
    "implement": "Begin",
    "review": "To review",
    "close": "Close",
    "cancel": "Cancel",
}
"""Each move as it stands on a button, and as an act is called."""
OUTCOMES: Mapping[str, str] = {
    "successful": "successful",
    "with_issues": "successful, with issues",
    "unsuccessful": "unsuccessful",
}
"""How the work of a ticket that is closed went."""
STATES: Mapping[str, str] = {
    "new": "New",
    "assess": "Assess",
    "authorize": "Authorize",
    "scheduled": "Scheduled",
    "implement": "Implement",
    "review": "Review",
    "closed": "Closed",
    "cancelled": "Cancelled",
}
NO_REASON = "Say why: a ticket is rejected with a reason."
NO_WHY = "Say why: a ticket is cancelled with a reason."
NO_OUTCOME = "Say how it went: successful, with issues, or unsuccessful."
NO_WORDS = "Say what went wrong, in a few words."
NO_DAYS = "Give the first day of the work, and the last one where it takes longer."
NO_DAY = "This is no day: write days as 2026-12-31."
ENDS_BEFORE = "The last planned day is before the first one."
FAR_DAYS = "The planned days must lie between the years 2000 and 2100."


def not_from(move: str, state: str) -> str:
    """That a ticket in this state cannot be moved so."""
    return f"A ticket in the column {STATES.get(state, state)} has no move “{MOVES.get(move, move)}”."
