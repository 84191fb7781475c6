"""Which freezes of the organisation a change falls into: its own rollout, and the day to act by (pure)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.core.policy.model import Freeze, Policy
from shared.core.policy.our_dates import our_dates
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.terms import OVER, Level
from shared.core.words import dates, freezes
from shared.core.words.freezes import Falls

_WEIGHT: dict[Falls, int] = {"begins": 0, "goes_on": 1, "may": 2}


@dataclass(frozen=True, slots=True)
class InFreeze:
    """One thing of a change that lies in one freeze, and the sentence that says so."""

    what: Literal["rollout", "deadline"]
    freeze: Freeze
    words: str


def freezes_of(
    classification: Classification,
    policy: Policy,
    as_of: date,
    tenants: Collection[str] = (),
    workloads: Collection[str] = (),
) -> tuple[InFreeze, ...]:
    """The freezes of `as_of` and later, one sentence for the rollout in each and one for the deadline.

    `tenants`: in which the post stands, by default all; `workloads`: what it touches, by default anything. Nothing is
    told of a plan that does not stand.
    """
    if classification.status in OVER | {"on_hold"}:
        return ()
    return tuple(
        found
        for freeze in policy.calendar.freezes
        if freeze.until >= as_of and (not freeze.workloads or not workloads or set(freeze.workloads) & set(workloads))
        for found in _in_one(classification, policy, freeze, as_of, tenants)
    )


def raises_risk(found: Collection[InFreeze]) -> bool:
    """Whether a rollout falls into one: a deadline can be met before."""
    return any(each.what == "rollout" for each in found)


def raised(level: Level) -> Level:
    """The risk of what would be `level` on other days."""
    return "medium" if level == "low" else "high"


def _in_one(
    classification: Classification, policy: Policy, freeze: Freeze, as_of: date, tenants: Collection[str]
) -> Iterator[InFreeze]:
    concerned = [
        name
        for name in policy.tenants
        if (not tenants or name in tenants) and (not freeze.tenants or name in freeze.tenants)
    ]
    if not concerned:
        return
    named = freezes.freeze_words(freeze.name, freeze.from_, freeze.until, freeze.tenants)
    unsure = classification.is_unsure("rollouts")
    windows = our_dates(classification, [policy.tenants[name] for name in concerned]).windows
    falling = [(how, window) for window in windows if (how := _falls(window, freeze, as_of, unsure=unsure))]
    if falling:
        how, window = min(falling, key=lambda pair: _WEIGHT[pair[0]])
        words = freezes.rollout_falls(window.phase, dates.window(window), how, named)
        yield InFreeze("rollout", freeze, words)
    act_by = classification.act_by
    if act_by and act_by >= as_of and freeze.from_ <= act_by <= freeze.until:
        act_before = classification.action != "none" and not classification.is_unsure("action")
        words = freezes.deadline_falls(
            act_by, named, unsure=classification.is_unsure("act_by"), act_before=act_before and as_of < freeze.from_
        )
        yield InFreeze("deadline", freeze, words)


def _falls(window: Window, freeze: Freeze, as_of: date, *, unsure: bool) -> Falls | None:
    """How a rollout falls into what is left of a freeze; None where it does not, or no date says that it does."""
    start, end = window.start, window.end
    left = Interval(max(freeze.from_, as_of), freeze.until)
    last = end.last if end else start.last if start else date.min
    first = start.first if start else end.first if end else date.max
    if last < left.first or first > left.last:
        return None
    if unsure:
        return "may"
    if start and left.first <= start.first and start.last <= left.last:
        return "begins"
    if start and end and start.last < left.first <= end.first:
        return "goes_on"
    return "may"
