"""The course of a change, as its page tells it: what happened to it, when, and how long that took (pure)."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from shared.core.changes.change import Change, Closing, Days
from shared.core.life.closing import CLOSED_BEFORE, REOPENED
from shared.core.life.moments import Moments


class Step(NamedTuple):
    """One thing that happened: what, when, and a note of how (empty: nothing to say)."""

    what: str
    at: datetime
    note: str = ""


def course(change: Change, moments: Moments) -> list[Step]:
    """What happened, oldest first; of what happened in the same moment in the order in which it follows."""
    return sorted(_steps(change, moments), key=lambda step: step.at)


def _steps(change: Change, moments: Moments) -> Iterator[Step]:
    named = (
        ("Published", moments.published),
        ("First seen", moments.first_seen),
        ("First card", moments.communicated),
        ("Ticket filed", moments.ticketed),
        ("Assigned", moments.assigned),
        ("First looked at", moments.triaged),
        ("Board decided", moments.decided),
        ("Closed before", change.moments.get(CLOSED_BEFORE)),
        ("Opened again", change.moments.get(REOPENED)),
    )
    for what, at in named:
        if at:
            yield Step(what, at)
    if change.closed:
        yield Step(
            "Closed", change.closed.at, "; ".join(filter(None, (how(change.closed), took(change.closed.worked))))
        )


def how(closed: Closing) -> str:
    """Through what it was closed, in words."""
    if closed.through == "page":
        return f"by {closed.by} on this page" if closed.by else "on this page"
    if closed.through == "lapsed":
        return f"its time was over, and {closed.reference}"
    if closed.through == "answer":
        return f"by the answers of {closed.reference}"
    return f"with ticket {closed.reference}" if closed.through == "ticket" else f"with {closed.reference}"


def took(worked: Days) -> str:
    """How many working days it was open; empty for a closing of an earlier version."""
    if worked.close is None:
        return ""
    return "open for 1 working day" if worked.close == 1 else f"open for {worked.close} working days"
