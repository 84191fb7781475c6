"""What a decision makes due; of a first load only the most urgent, while the rest waits for a person (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from shared.core import ids
from shared.core.changes.change import Change, Effect, EffectState
from shared.core.changes.reasons import NewsReason
from shared.core.decisions.decide import plan_is_over
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.terms import IMPACT_RANK, OVER


def intents(
    change: Change,
    wanted: Iterable[Effect],
    states: Sequence[EffectState],
    policy: Policy,
    now: datetime,
    *,
    first_load: bool,
) -> list[EffectState]:
    """The effects that a decision writes, each due or kept; `states` are those that exist.

    `first_load`: new ones are kept. One that is kept stays so when Microsoft edits the post, and says what is true
    then; once the change is over it is kept no longer, and nobody is told.
    """
    known = {state.effect.key: state for state in states}
    kept = {(state.effect.kind, state.effect.target): state for state in states if state.is_kept}
    over = is_over(change, now)
    made: list[EffectState] = []
    for effect in wanted:
        waiting, before = kept.pop((effect.kind, effect.target), None), known.get(effect.key)
        if waiting:
            made += _edited(waiting, effect, over=over)
        elif before:
            made.append(_raised(before, effect))
        elif first_load and _is_limited(effect, policy):
            made.append(EffectState(effect, first_load="kept"))
        else:
            made.append(EffectState(effect, due=effect.edition))
    return [*made, *(replace(state, first_load="over") for state in kept.values() if over)]


def is_over(change: Change, now: datetime) -> bool:
    """Whether nobody needs to hear of the change for the first time any more."""
    classification = change.classification
    return bool(change.closed) or classification.status in OVER or plan_is_over(classification, now)


def at_once(kind: str, target: str, policy: Policy) -> int:
    """How many effects of a first load a ticket system or channel gets by itself; none that the policy has dropped."""
    if kind == "ticket":
        return policy.first_load.tickets if target in policy.tickets else 0
    return policy.first_load.cards if target in policy.channels else 0


def urgency(change: Change, policy: Policy, today: date) -> tuple[date, int, int]:
    """Sorts the most urgent change first: the nearest day ahead, then the higher impact, then the older post."""
    classification = change.classification
    impact = max(IMPACT_RANK[classification.admin_impact], IMPACT_RANK[classification.user_impact])
    return next_day(change, policy, today) or date.max, -impact, ids.number(change.id)


def next_day(change: Change, policy: Policy, today: date) -> date | None:
    """The nearest day that is not over: to act by, or on which the rollout begins or is complete for our tenants."""
    dates = our_dates_of(change.classification, policy)
    days = (change.classification.act_by, dates.start and dates.start.first, dates.end and dates.end.last)
    return min((day for day in days if day and day >= today), default=None)


def _is_limited(effect: Effect, policy: Policy) -> bool:
    """A dry run files nothing, and is there to be looked at whole."""
    return effect.kind == "card" or policy.tickets[effect.target].mode == "live"


def _raised(state: EffectState, effect: Effect) -> EffectState:
    """The effect as it is due now; events that it has not been told yet are told with the new ones."""
    untold = (event for event in state.effect.events if event not in state.ticket.applied)
    effect = replace(effect, events=tuple(dict.fromkeys((*untold, *effect.events))))
    step = "" if state.is_silent else state.first_load
    return replace(state, effect=effect, due=effect.edition, due_because="", parked="", first_load=step)


def _edited(waiting: EffectState, effect: Effect, *, over: bool) -> list[EffectState]:
    """A kept effect after an edit. A card has another row for each edition: the former one is over.

    Its channel has not heard of the change, so that the card announces it as it is now; a ticket gets every event.
    """
    before = waiting.effect
    events = before.events if effect.kind == "card" else tuple(dict.fromkeys((*before.events, *effect.events)))
    why = before.why if all(isinstance(reason, NewsReason) for reason in effect.why) else effect.why
    newest = EffectState(replace(effect, events=events, why=why), first_load="kept")
    if before.key == effect.key:
        return [replace(waiting, effect=newest.effect, first_load="over" if over else "kept")]
    return [replace(waiting, first_load="over"), *(() if over else (newest,))]
