"""Two changes that are one announcement keep one ticket (docs/decisions/0005-relations.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.core.changes.change import EffectState
from shared.core.terms import ENDED

Step = Literal["keep", "wait", "follow", "cancel", "adopt"]


@dataclass(frozen=True, slots=True)
class RelatedTicket:
    """The ticket of a change that is one announcement with ours, in the same system, and the `words` that say so."""

    id: str
    words: str
    edition: str
    state: EffectState


@dataclass(frozen=True, slots=True)
class Succession:
    """The tickets of the changes that take the change's place, and of those whose place it takes."""

    successors: tuple[RelatedTicket, ...] = ()
    predecessors: tuple[RelatedTicket, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about the ticket. `other`: waited for, followed, or adopted from."""

    step: Step
    other: RelatedTicket | None = None


def must_wait(succession: Succession, now: datetime) -> RelatedTicket | None:
    """Whom to wait for before anything is done.

    A predecessor that has something due or is being worked on, since its ticket may be about to exist; a successor
    that is being worked on without a ticket yet, for the same reason. Predecessors never wait for what is merely due at
    a successor.
    """
    for before in succession.predecessors:
        state = before.state
        if not _settled(state) and ((state.due and not state.parked) or _claimed(state, now)):
            return before
    return next(
        (after for after in succession.successors if not after.state.ticket.number and _claimed(after.state, now)), None
    )


def plan(change_id: str, number: str, succession: Succession) -> Plan:
    """What becomes of the ticket `number` of a change, empty where it has none yet.

    Its own where there is nobody to share it with; one that a predecessor still has is adopted; one of a successor is
    enough.
    """
    for after in succession.successors:
        if not number and _has_ticket(after.state):
            return Plan("follow", after)
        if number and after.state.ticket.number == number:
            return Plan("follow", after)
        if number and after.state.ticket.number and after.state.ticket.state != "cancelled":
            return Plan("cancel", after)
    if not number:
        for before in succession.predecessors:
            mine = before.state.ticket.followed_by in {"", change_id}
            if mine and before.state.ticket.number and before.state.ticket.state not in ENDED:
                return Plan("adopt", before)
    return Plan("keep")


def left_open(number: str, succession: Succession) -> tuple[RelatedTicket, ...]:
    """Predecessors with another open ticket that nobody is about to look at: each is made due, to be cancelled."""
    return tuple(
        before
        for before in succession.predecessors
        if before.state.ticket.number not in {"", number} and not _settled(before.state) and not before.state.due
    )


def notes(succession: Succession) -> dict[str, str]:
    """A line for the ticket's history for each relation, by the id under which it counts as told (stored as it is)."""
    lines = {f"{other.id}:heir": f"Goes on as {other.id}: {other.words}" for other in succession.successors}
    return lines | {
        f"{other.id}:elder": f"Takes the place of {other.id}: {other.words}" for other in succession.predecessors
    }


def _settled(state: EffectState) -> bool:
    return bool(state.ticket.followed_by) or state.ticket.state in ENDED


def _claimed(state: EffectState, now: datetime) -> bool:
    return state.claim is not None and state.claim.until > now


def _has_ticket(state: EffectState) -> bool:
    return bool(state.ticket.number or (state.due and not state.parked))
