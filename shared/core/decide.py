"""Deciding: from a classified change and the policy to effects, each with its why (rule 11 included)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.core.change import MATERIAL, Change, Decision, Effect, EffectState, Event
from shared.core.classification import Classification
from shared.core.policy import Policy
from shared.core.routing import Routed, Subject, route


def decide(change: Change, effects: Iterable[EffectState], policy: Policy, now: datetime) -> Decision:
    """What follows from the events that have not been decided yet; the decision as it stands where there are none.

    `effects`: those that exist already.
    """
    known = tuple(effects)
    events = _undecided(change)
    if change.decision and not events:
        return change.decision
    material = tuple(event for event in events if event.type in MATERIAL)
    silent = ""
    if change.decision is None and (reason := first_load_reason(change, policy)):
        material = tuple(event for event in material if event.type != "announced")
        silent = "" if material else reason
    elif not material:
        silent = "nothing that asks people to look again: " + (", ".join(e.type for e in events))
    routed = route(policy, Subject(change.read(), change.classification, material))
    decided = Decision(change.current.id, now, routed.teams, routed.workloads, (), silent)
    return decided if silent else replace(decided, effects=_effects(change, routed, known, material))


def _undecided(change: Change) -> tuple[Event, ...]:
    done = change.decision
    decided = next((e.key for e in change.editions if done and e.id == done.edition), None)
    keys = {edition.id: edition.key for edition in change.editions}
    return tuple(
        event
        for event in change.events
        if not event.late and event.edition in keys and (decided is None or keys[event.edition] > decided)
    )


def _effects(
    change: Change, routed: Routed, known: tuple[EffectState, ...], events: tuple[Event, ...]
) -> tuple[Effect, ...]:
    """What the routes want, and what those already told must hear: a ticket or card once sent is kept true."""
    edition, ids = change.current.id, tuple(event.id for event in events)
    wanted = {(effect.kind, effect.target): replace(effect, edition=edition, events=ids) for effect in routed.effects}
    happened = ", ".join(event.type.replace("_", " ") for event in events)
    for state in known:
        told = state.effect
        if (told.kind, told.target) not in wanted:
            why = (f"{happened}; you were told of this change before",)
            wanted[told.kind, told.target] = Effect(told.kind, told.target, told.team, edition, why, ids)
    return tuple(wanted.values())


def first_load_reason(change: Change, policy: Policy) -> str:
    """Why a change that is seen for the first time concerns nobody (rule 11); empty where it does.

    Judged at the moment when the post was first observed, so that it does not depend on when the message is handled.
    """
    first = change.editions[0]
    seen = change.first_seen
    if first.facts and plan_is_over(first.facts.classification, seen):
        return f"its plan was over when it was first seen on {seen:%Y-%m-%d}"
    start = change.read().start
    if start and start < seen - timedelta(days=policy.first_load.days):
        return f"published {start:%Y-%m-%d}, over {policy.first_load.days} days before it was first seen"
    return ""


def plan_is_over(read: Classification, at: datetime) -> bool:
    """Whether every window that is said, and the day to act by, lie before that moment. No date: not over."""
    days = [interval.last for w in read.windows if (interval := w.end or w.start)]
    if read.act_by:
        days.append(read.act_by)
    return bool(days) and max(days) < at.date()
