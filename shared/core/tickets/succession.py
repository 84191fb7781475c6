"""Of two changes that are one announcement one keeps the ticket: what becomes of a change's own (pure; state.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.core.changes.change import EffectState
from shared.core.terms import ENDED

Step = Literal["keep", "wait", "follow", "cancel", "adopt"]


@dataclass(frozen=True, slots=True)
class Kin:
    """A change that is one announcement with ours, the `words` that say so, and its ticket in the same system."""

    id: str
    words: str
    edition: str
    state: EffectState


@dataclass(frozen=True, slots=True)
class Family:
    """The change's heirs, who take its place, and its elders, whose place it takes; only those with a ticket row."""

    heirs: tuple[Kin, ...] = ()
    elders: tuple[Kin, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about the ticket. `kin`: waited for, followed, or adopted from."""

    step: Step
    kin: Kin | None = None


def must_wait(family: Family, now: datetime) -> Kin | None:
    """Whom to wait for before anything is done.

    An elder that has something due or is being worked on, since its ticket may be about to exist; an heir that is
    being worked on without a ticket yet, for the same reason. Elders never wait for what is merely due at an heir.
    """
    for elder in family.elders:
        if not _settled(elder.state) and ((elder.state.due and not elder.state.parked) or _claimed(elder.state, now)):
            return elder
    return next((heir for heir in family.heirs if not heir.state.number and _claimed(heir.state, now)), None)


def plan(change_id: str, number: str, family: Family) -> Plan:
    """What becomes of the ticket `number` of a change, empty where it has none yet.

    Its own where there is nobody to share it with; one that an elder still holds is adopted; one of an heir is enough.
    """
    for heir in family.heirs:
        if not number and _has_ticket(heir.state):
            return Plan("follow", heir)
        if number and heir.state.number == number:
            return Plan("follow", heir)
        if number and heir.state.number and heir.state.state != "cancelled":
            return Plan("cancel", heir)
    if not number:
        for elder in family.elders:
            mine = elder.state.followed_by in {"", change_id}
            if mine and elder.state.number and elder.state.state not in ENDED:
                return Plan("adopt", elder)
    return Plan("keep")


def left_open(number: str, family: Family) -> tuple[Kin, ...]:
    """Elders with another open ticket that nobody is about to look at: each must be told, so that it is cancelled."""
    return tuple(
        elder
        for elder in family.elders
        if elder.state.number not in {"", number} and not _settled(elder.state) and not elder.state.due
    )


def notes(family: Family) -> dict[str, str]:
    """A line for the ticket's history for each relation, by the id under which it counts as told."""
    lines = {f"{kin.id}:heir": f"Goes on as {kin.id}: {kin.words}" for kin in family.heirs}
    return lines | {f"{kin.id}:elder": f"Takes the place of {kin.id}: {kin.words}" for kin in family.elders}


def raised(edition: str, by: str) -> str:
    """What is due at an edition because of another change; differs from the edition that may be worked on just now."""
    return f"{edition}+{by}"


def _settled(state: EffectState) -> bool:
    return bool(state.followed_by) or state.state in ENDED


def _claimed(state: EffectState, now: datetime) -> bool:
    return state.claim_until is not None and state.claim_until > now


def _has_ticket(state: EffectState) -> bool:
    return bool(state.number or (state.due and not state.parked))
