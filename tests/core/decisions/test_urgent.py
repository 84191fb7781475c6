"""Which cards are urgent by the policy's `urgent`, as it ships and as somebody writes it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.core.changes.change import Decision, Effect, EffectState
from shared.core.changes.reasons import TakeoverReason
from shared.core.decisions.urgent import is_urgent
from shared.core.policy.model import Match
from tests.core.decisions.test_decide import NOW, change, read, window
from tests.usecases.world import policy

TODAY = NOW.date()
WHY = (TakeoverReason("MC1200009"),)


def in_days(days):
    return TODAY + timedelta(days=days)


def urgent(classification, events=("1:announced",), **over):
    of = change(classification)
    effect = Effect("card", "messaging", "messaging", "1", WHY, events)
    return is_urgent(of, EffectState(effect, due="1"), policy(**over), NOW)


def rollout(days, **more):
    return read(windows=(window(in_days(days + 10), in_days(days)),), status="scheduled", **more)


@pytest.mark.parametrize(
    ("classification", "expected"),
    [
        pytest.param(read(act_by=in_days(7)), True, id="to be acted on in a week"),
        pytest.param(read(act_by=in_days(8)), False, id="in more than a week"),
        pytest.param(read(act_by=in_days(-1)), False, id="the day is over"),
        pytest.param(rollout(7, user_impact="high"), True, id="begins in a week with high impact"),
        pytest.param(rollout(7, user_impact="medium"), False, id="with less impact"),
        pytest.param(rollout(8, user_impact="high"), False, id="in more than a week"),
        pytest.param(read(), False, id="no date at all"),
    ],
)
def test_what_is_near_is_urgent(classification, expected):
    assert urgent(classification) == expected


def moved(before, after, type_):
    """Whether the card about the second edition is urgent, which made this event."""
    of = change(before, after)
    (event,) = (event for event in of.events if event.type == type_)
    effect = Effect("card", "messaging", "messaging", of.current.id, WHY, (event.id,))
    return is_urgent(of, EffectState(effect, due=of.current.id), policy(), NOW)


@pytest.mark.parametrize(
    ("before", "after", "type_", "expected"),
    [
        pytest.param(rollout(3), rollout(60), "dates_moved", True, id="would have begun in days"),
        pytest.param(rollout(60), rollout(3), "dates_moved", True, id="begins in days now"),
        pytest.param(rollout(60), rollout(90), "dates_moved", False, id="both far away"),
        pytest.param(rollout(10), read(status="cancelled"), "cancelled", True, id="cancelled shortly before"),
        pytest.param(rollout(60), read(status="cancelled"), "cancelled", False, id="cancelled long before"),
        pytest.param(read(act_by=in_days(10)), read(act_by=in_days(90)), "act_by_moved", True, id="more time to act"),
    ],
)
def test_what_is_cancelled_or_moved_shortly_before_its_old_day_is_urgent(before, after, type_, expected):
    assert moved(before, after, type_) == expected


def test_a_policy_can_say_that_nothing_is_urgent_or_something_else():
    near = read(act_by=in_days(1))

    assert not urgent(near, urgent=())
    assert urgent(read(crb=True), urgent=(Match(crb=True),))
    assert not urgent(near, urgent=(Match(crb=False, act_by_within=7),))


def test_a_workload_is_any_of_those_that_the_change_concerns():
    of = change(read(act_by=in_days(1)))
    match = (Match(workload="exchange", act_by_within=7),)
    effect = EffectState(Effect("card", "messaging", "messaging", "1", WHY))
    decided = replace(of, decision=replace_workloads(of, ("teams", "exchange")))

    assert is_urgent(decided, effect, policy(urgent=match), NOW)
    assert not is_urgent(replace(of, decision=replace_workloads(of, ("teams",))), effect, policy(urgent=match), NOW)


def replace_workloads(of, workloads):
    return Decision(of.current.id, datetime(2026, 9, 1, tzinfo=NOW.tzinfo), ("messaging",), workloads)
