"""Who is told again of a change because of something that is no edition: those who were told of it before (pure)."""

from collections.abc import Iterable
from dataclasses import replace

from shared.core.changes.change import Change, Effect, EffectState
from shared.core.decisions.routing import allowed
from shared.core.policy.model import Policy


def cards_of_occasion(
    change: Change, states: Iterable[EffectState], occasion: str, policy: Policy
) -> list[EffectState]:
    """One card for each channel that got a card of the change, with the reason of its first one.

    `occasion`: the key of what they are told (core/cards/occasions.py). A channel that has a card of this occasion
    gets no other one, and none goes to a channel that the policy no longer has, or no longer lets have the post.
    """
    first: dict[str, Effect] = {}
    asked: set[str] = set()
    for state in sorted(states, key=lambda each: each.effect.edition):
        effect = state.effect
        if effect.kind != "card":
            continue
        if effect.occasion == occasion:
            asked.add(effect.target)
        if state.done and not state.stopped:
            first.setdefault(effect.target, effect)
    edition, post = change.current.id, change.read()
    return [
        EffectState(replace(effect, edition=edition, events=(), occasion=occasion), due=edition)
        for target, effect in first.items()
        if target not in asked and target in policy.channels and allowed(policy, post, "card", target)
    ]
