"""What follows from a field that a person settled: who is told only now, and which ticket is filed anew (pure)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from shared.core.changes.change import Change, Decision, Effect, EffectState, Event
from shared.core.decisions.decide import subject_of
from shared.core.decisions.first_load import is_over
from shared.core.decisions.routing import allowed, route
from shared.core.policy.model import Policy
from shared.core.terms import MATERIAL


def with_settled(
    change: Change,
    decision: Decision,
    states: Sequence[EffectState],
    policy: Policy,
    now: datetime,
    tenants: Sequence[str] = (),
) -> Decision:
    """The decision once it has looked at what people settled; the same where it has looked at that before.

    Targets that the routes want now and that were never told of the change get their effect. Nobody is told twice, and
    nothing is taken away: that is a person's to do. Of a change that is over nobody needs to hear for the first time.
    """
    before = change.decision
    if before is None or not _is_news(change):
        return replace(decision, seq=change.assessment.seq) if decision is not before else decision
    wanted = decision.effects if decision is not before else ()
    events = _untold(change)
    routed = route(policy, subject_of(change, policy, events, now, tenants))
    told = (s.effect for s in states if s.first_load != "over" and not s.effect.is_reminder)
    reached = {(effect.kind, effect.target) for effect in told}
    reached |= {(effect.kind, effect.target) for effect in wanted}
    new = () if is_over(change, now) else (e for e in routed.effects if (e.kind, e.target) not in reached)
    wanted = (*wanted, *(_for_the_first_time(effect, change, events) for effect in new))
    return replace(
        decision,
        at=now,
        teams=tuple(dict.fromkeys((*decision.teams, *routed.teams))),
        workloads=tuple(dict.fromkeys((*decision.workloads, *routed.workloads))),
        effects=wanted,
        silent="" if wanted else decision.silent,
        withheld=tuple(dict.fromkeys((*decision.withheld, *routed.withheld))),
        seq=change.assessment.seq,
    )


def tickets_anew(
    change: Change, states: Sequence[EffectState], policy: Policy, raised: Collection[str]
) -> list[EffectState]:
    """The tickets that must be filed anew because of what was settled since the last decision.

    `raised`: keys of the effects that the decision raises anyway. A ticket that was never wanted stays unfiled: of a
    first load it is kept until somebody releases it, and then filed as the change is then.
    """
    if change.decision is None or not _is_news(change):
        return []
    post = change.read()
    return [
        replace(state, due=change.current.id, due_because=f"a{change.assessment.seq}")
        for state in states
        if state.effect.kind == "ticket"
        and state.effect.key not in raised
        and not state.is_silent
        and not state.ticket.followed_by
        and allowed(policy, post, state.effect.kind, state.effect.target)
    ]


def _is_news(change: Change) -> bool:
    return change.decision is not None and change.assessment.settled_seq > change.decision.seq


def _untold(change: Change) -> tuple[Event, ...]:
    """What is news to somebody who was never told: that it was announced, and what happened last."""
    material = [event for event in change.events if event.type in MATERIAL and not event.late]
    last = material[-1].edition if material else ""
    return tuple(event for event in material if event.type == "announced" or event.edition == last)


def _for_the_first_time(effect: Effect, change: Change, events: Sequence[Event]) -> Effect:
    """A card announces the change as it is now; a ticket hears what happened."""
    announced = [event for event in events if event.type == "announced"]
    told = announced if effect.kind == "card" and announced else events
    return replace(effect, edition=change.current.id, events=tuple(event.id for event in told))
