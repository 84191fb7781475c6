"""Whether a card is urgent: what the policy's `urgent` matches (pure)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from shared.core.changes.change import Change, EffectState, Event, Facts
from shared.core.decisions.conditions import Subject, met_conditions
from shared.core.decisions.decide import subject_of
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.terms import EventType

_TAKEN_BACK: frozenset[EventType] = frozenset({"cancelled", "paused", "superseded", "dates_moved", "act_by_moved"})
"""Events after which the former dates, which people have prepared for, still say how soon it would have been."""


def is_urgent(change: Change, state: EffectState, policy: Policy, now: datetime) -> bool:
    """Whether any match of `urgent` holds for what this card is about, for any workload that the change concerns."""
    decision = change.decision
    workloads = (decision.workloads if decision else ()) or (None,)
    subjects = list(_subjects(change, state, policy, now))
    return any(
        met_conditions(match, subject, workload) is not None
        for match in policy.urgent
        for subject in subjects
        for workload in workloads
    )


def _subjects(change: Change, state: EffectState, policy: Policy, now: datetime) -> Iterator[Subject]:
    """The change as it is; and where it was cancelled or moved, with the dates that it had before."""
    wanted = set(state.effect.events)
    events = tuple(event for event in change.events if event.id in wanted and not event.late)
    tenants = change.decision.tenants if change.decision else ()
    subject = subject_of(change, policy, events, now, tenants)
    yield subject
    for event in events:
        before = _facts_before(change, event) if event.type in _TAKEN_BACK else None
        if before:
            former = replace(
                subject.classification, act_by=before.classification.act_by, windows=before.classification.windows
            )
            yield replace(subject, classification=former, dates=our_dates_of(former, policy))


def _facts_before(change: Change, event: Event) -> Facts | None:
    at = next((index for index, edition in enumerate(change.editions) if edition.id == event.edition), 0)
    return next((edition.facts for edition in reversed(change.editions[:at]) if edition.facts), None)
