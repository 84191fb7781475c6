"""Deciding: from a classified change and the policy to effects, each with its why.

A change that is old at the first load makes no effect.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from shared.core.changes.change import Change, Decision, Effect, EffectState, Event
from shared.core.changes.reasons import NewsReason
from shared.core.decisions.conditions import Subject
from shared.core.decisions.routing import Routed, allowed, route
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.posts.classification import Classification
from shared.core.terms import MATERIAL


def decide(
    change: Change,
    effects: Iterable[EffectState],
    policy: Policy,
    now: datetime,
    tenants: Sequence[str] = (),
) -> Decision:
    """What follows from the events that have not been decided yet; the decision as it stands where there are none.

    `effects`: those that exist already. `tenants`: where the post stands, for a policy that asks for it.
    """
    states = tuple(effects)
    events = _undecided(change)
    if change.decision and not events:
        return _joined(change, change.decision, states, policy, now, tenants)
    material = tuple(event for event in events if event.type in MATERIAL)
    silent = ""
    if change.decision is None and (reason := first_load_reason(change, policy)):
        material = tuple(event for event in material if event.type != "announced")
        silent = "" if material else reason
    elif not material:
        silent = "nothing that asks people to look again: " + (", ".join(e.type for e in events))
    routed = route(policy, subject_of(change, policy, material, now, tenants))
    decided = Decision(
        change.current.id, now, routed.teams, routed.workloads, (), silent, routed.unowned, tuple(sorted(tenants))
    )
    if silent:
        return decided
    wanted = _effects(change, routed, states, material, policy)
    return replace(
        decided, effects=wanted, silent="" if wanted else "; ".join(routed.withheld), withheld=routed.withheld
    )


def subject_of(
    change: Change, policy: Policy, events: tuple[Event, ...], now: datetime, tenants: Sequence[str]
) -> Subject:
    """What the routes look at: the change as it is, what happened to it, and the day."""
    classification = change.classification
    return Subject(
        change.read(),
        classification,
        events,
        now.date(),
        our_dates_of(classification, policy),
        tuple(tenants),
        change.particulars,
    )


def _joined(
    change: Change,
    decision: Decision,
    states: tuple[EffectState, ...],
    policy: Policy,
    now: datetime,
    tenants: Sequence[str],
) -> Decision:
    """The decision once further tenants have the post: what is wanted because of them, and nothing twice."""
    new = sorted(set(tenants) - set(decision.tenants))
    if not new or not policy.matches_on_tenants:
        return decision
    event = Event("tenant_joined", change.current.id, now, new=", ".join(new))
    routed = route(policy, subject_of(change, policy, (event,), now, tenants))
    reached = {(state.effect.kind, state.effect.target) for state in states if not state.effect.is_reminder}
    wanted = tuple(
        replace(effect, events=())
        for effect in routed.effects
        if (effect.kind, effect.target) not in reached and not first_load_reason(change, policy)
    )
    return replace(
        decision,
        at=now,
        teams=tuple(dict.fromkeys((*decision.teams, *routed.teams))),
        effects=wanted,
        tenants=tuple(sorted({*decision.tenants, *tenants})),
    )


def _undecided(change: Change) -> tuple[Event, ...]:
    decision = change.decision
    decided = next((e.key for e in change.editions if decision and e.id == decision.edition), None)
    keys = {edition.id: edition.key for edition in change.editions}
    return tuple(
        event
        for event in change.events
        if not event.late and event.edition in keys and (decided is None or keys[event.edition] > decided)
    )


def _effects(
    change: Change, routed: Routed, states: tuple[EffectState, ...], events: tuple[Event, ...], policy: Policy
) -> tuple[Effect, ...]:
    """What the routes want, and what those already told must hear: a ticket or card once sent is kept true."""
    edition, ids = change.current.id, tuple(event.id for event in events)
    wanted = {(effect.kind, effect.target): replace(effect, edition=edition, events=ids) for effect in routed.effects}
    news = NewsReason(tuple(event.type for event in events))
    post = change.read()
    for earlier in states:
        sent = earlier.effect
        told = earlier.first_load != "over" and not earlier.stopped and not sent.is_reminder
        if told and (sent.kind, sent.target) not in wanted and allowed(policy, post, sent.kind, sent.target):
            wanted[sent.kind, sent.target] = replace(sent, edition=edition, why=(news,), events=ids, occasion="")
    return tuple(wanted.values())


def first_load_reason(change: Change, policy: Policy) -> str:
    """Why a change that is seen for the first time concerns nobody; empty where it does.

    Judged at the moment when the post was first observed, so that it does not depend on when the message is handled.
    """
    first = change.editions[0]
    first_seen = change.first_seen
    if first.facts and plan_is_over(first.facts.classification, first_seen):
        return f"its plan was over when it was first seen on {first_seen:%Y-%m-%d}"
    start = change.read().start
    if start and first_seen - start > timedelta(days=min(policy.first_load.days, timedelta.max.days)):
        return f"published {start:%Y-%m-%d}, over {policy.first_load.days} days before it was first seen"
    return ""


def plan_is_over(classification: Classification, at: datetime) -> bool:
    """Whether every window that is said, and the day to act by, lie before that moment. No date: not over."""
    last = last_day(classification)
    return last is not None and last < at.date()


def last_day(classification: Classification) -> date | None:
    """The last day of the plan: of every window that is said, and the day to act by; None where no date is said."""
    days = [interval.last for w in classification.windows if (interval := w.end or w.start)]
    if classification.act_by:
        days.append(classification.act_by)
    return max(days, default=None)
