"""The card of a ticket that the board decided."""

from datetime import UTC

from shared.core.cards.occasions import Occasion
from shared.core.changes.change import TicketState
from shared.core.text.safe import clean
from shared.core.words.dates import day
from shared.core.words.language import say

_VERDICTS = {"approved": "Approved", "rejected": "Rejected"}


def decided_headline(ticket: TicketState) -> str:
    """The board's word on the ticket: "Approved by the board: CHG0030001"."""
    return say("{} by the board: {}", say(_VERDICTS.get(ticket.decision, "Decided")), clean(ticket.number))


def decided_line(ticket: TicketState) -> str:
    """Who decided, and when, as far as the ticket system says: "Approved by Ana Sommer, 3 October 2026"."""
    if not ticket.decision:
        return ""
    verdict = say(_VERDICTS.get(ticket.decision, clean(ticket.decision)))
    who = say("{} by {}", verdict, clean(ticket.decided_by)) if ticket.decided_by else verdict
    return f"{who}, {day(ticket.decided_at.date())}" if ticket.decided_at else who


def why_not_decided(ticket: TicketState | None, occasion: Occasion) -> str:
    """Why the decision of this occasion is not told any more; empty where it is the newest."""
    decided = decision_of(ticket) if ticket else None
    if decided is None:
        return "the ticket has no decision any more"
    return "" if decided == occasion else "the board has decided again since"


def decision_of(ticket: TicketState) -> Occasion | None:
    """The occasion of the ticket's decision; None while there is none."""
    if ticket.decision not in _VERDICTS:
        return None
    at = ticket.decided_at
    return Occasion("ticket", f"{at.astimezone(UTC):%Y%m%dT%H%M%S}" if at else ticket.decision)
