"""What a change board does with a ticket, in words."""

from collections.abc import Mapping
from datetime import date

from shared.core.terms import ENDED
from shared.core.words import dates

MOVES: Mapping[str, str] = {
    "approve": "Approve",
    "reject": "Reject",
    "implement": "Begin",
    "review": "To review",
    "close": "Close",
    "schedule": "Set planned days",
    "assess": "Assess",
    "authorize": "Ask for approval",
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
SYSTEMS: Mapping[str, str] = {
    "azure_devops": "Azure DevOps",
    "freshservice": "Freshservice",
    "jira": "Jira",
    "redmine": "Redmine",
    "servicenow": "ServiceNow",
    "webhook": "your ticket system",
}
"""Ticket systems by the kind that the policy names."""
_BACK = "Send back to assess"
_AGAIN = "Open again"
_HELD = frozenset({"authorize", "scheduled", "implement", "review"})
NOT_FOLLOWED = (
    "The policy files nothing in this register any more, so its change would not follow: close it on its page."
)
NO_REASON = "Say why: a ticket is rejected with a reason."
NO_WHY = "Say why: a ticket is cancelled with a reason."
NO_OUTCOME = "Say how it went: successful, with issues, or unsuccessful."
NO_WORDS = "Say what went wrong, in a few words."
NO_DAYS = "Give the first day of the work, and the last one where it takes longer."
NO_DAY = "This is no day: write days as 2026-12-31."
ENDS_BEFORE = "The last planned day is before the first one."
FAR_DAYS = "The planned days must lie between the years 2000 and 2100."


def days_words(start: date | None, end: date | None) -> str:
    """Planned days that a person set, exactly: "28 December 2026 to 2 January 2027"; empty where there are none."""
    if start and end and start < end:
        return f"{dates.day(start)} to {dates.day(end)}"
    one = start or end
    return dates.day(one) if one else ""


def not_from(move: str, state: str) -> str:
    """That a ticket in this state cannot be moved so."""
    return f"A ticket in the column {STATES.get(state, state)} has no move “{MOVES.get(move, move)}”."


def move_words(move: str, state: str) -> str:
    """A move as it stands on the button of a ticket in this state."""
    if move == "assess" and state in ENDED:
        return _AGAIN
    return _BACK if move == "assess" and state in _HELD else MOVES[move]
