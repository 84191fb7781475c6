"""What happened that a card tells, and whether it still holds when the card goes out."""

from shared.core.cards.act_by import why_no_act_by
from shared.core.cards.decided import why_not_decided
from shared.core.cards.impact import why_no_question
from shared.core.cards.occasions import SILENT, occasion_of
from shared.core.cards.silent import why_not_asked, why_not_silent
from shared.core.changes.change import Change, EffectState, Event
from shared.core.changes.halts import standing_plan
from shared.core.changes.timeline import is_partial
from shared.core.policy.model import Policy
from shared.core.terms import EventType, Status

_STANDS: tuple[Status, ...] = ("scheduled", "no_schedule")
HOLDS_WITH: dict[EventType, tuple[Status, ...]] = {
    "cancelled": ("cancelled", "withdrawn"),
    "superseded": ("superseded",),
    "paused": ("on_hold",),
    "resumed": _STANDS,
    "dates_moved": _STANDS,
    "act_by_moved": _STANDS,
    "rollout_started": _STANDS,
}
"""Events that are told only while the change is in one of these states: it may have moved on since."""


def newest_events(change: Change, state: EffectState) -> tuple[Event, ...]:
    """The effect's events of the newest edition that has any; late ones never count."""
    timely = [event for event in change.events if not event.late]
    wanted = set(state.effect.events)
    chosen = [event for event in timely if event.id in wanted]
    chosen = chosen or [event for event in timely if event.edition == state.effect.edition]
    newest = max((event.edition for event in chosen), default="")
    return tuple(event for event in chosen if event.edition == newest)


def holds(event: Event, status: Status) -> bool:
    """Whether what happened still fits the change as it is now."""
    states = _STANDS if is_partial(event) else HOLDS_WITH.get(event.type)
    return states is None or status in states


def why_not_sent(change: Change, state: EffectState, ticket: EffectState | None, policy: Policy, *, known: bool) -> str:
    """Why the card of this effect has nothing to say any more; empty where it has. The arguments are `change_card`'s.

    Asked at the last moment: the change, its deadline and its ticket may have moved on since the effect was raised.
    """
    classification = standing_plan(change)
    occasion = occasion_of(state.effect.occasion)
    if occasion:
        if occasion.kind == "ticket":
            return why_not_decided(ticket.ticket if ticket else None, occasion)
        if occasion.kind == "asked":
            return why_not_asked(change)
        if occasion.kind == "impact":
            return why_no_question(change, occasion, policy)
        if occasion.kind in SILENT:
            return why_not_silent(change, occasion)
        return why_no_act_by(classification, occasion)
    told = newest_events(change, state)
    if known and told and not any(holds(event, classification.status) for event in told):
        return "what happened no longer holds, and the channel knows the change"
    return ""
