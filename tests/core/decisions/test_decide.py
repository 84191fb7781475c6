"""From a classified change and the policy to effects (rules 6 and 11)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Decision, EffectState, Facts
from shared.core.changes.events import derive
from shared.core.changes.merge import Arrival, merge
from shared.core.decisions.decide import decide, first_load_reason, plan_is_over
from shared.core.decisions.what_if import what_if
from shared.core.policy.model import FirstLoad, Match, Route
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.posts.particulars import Audience, Particulars
from tests.usecases.world import policy

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
SEEN = datetime(2026, 9, 1, 8, tzinfo=UTC)


def window(last, start=date(2026, 8, 1)):
    return Window("ga", ("worldwide",), Interval(start, start), Interval(last, last))


def read(**over):
    return Facts(Classification("MC1200001", **{"crb": True, **over}), "planForChange", False, (), "T")


def change(*facts, start="2026-08-25T00:00:00Z", observed=SEEN):
    made = None
    for stamp, _ in enumerate(facts):
        raw = {
            "id": "MC1200001",
            "title": f"edition {stamp}",
            "startDateTime": start,
            "lastModifiedDateTime": (SEEN + timedelta(days=stamp)).isoformat(),
            "services": ["Exchange Online"],
        }
        made = merge(made, None, Arrival.of("contoso", observed + timedelta(days=stamp), raw)).change
    editions = tuple(replace(edition, facts=one) for edition, one in zip(made.editions, facts, strict=True))
    made = replace(made, editions=editions)
    return replace(made, events=derive(made))


def decided(one, index=0):
    one = replace(one, decision=Decision(one.editions[index].id, NOW, ("messaging",), ("exchange",)))
    return replace(one, events=derive(replace(one, events=())))


def targets(decision):
    return [(effect.kind, effect.target) for effect in decision.effects]


ALL = [("ticket", "crb"), ("card", "messaging"), ("card", "workplace")]
MOVED = (read(windows=(window(date(2026, 10, 1)),)), read(windows=(window(date(2026, 11, 1)),)))


def test_a_new_change_gets_what_its_route_says():
    decision = decide(change(read()), (), policy(), NOW)

    assert targets(decision) == ALL
    assert not decision.silent
    assert all(effect.events[0].endswith(":announced") for effect in decision.effects)


def test_a_route_may_ask_whom_the_newest_edition_concerns():
    makers = Particulars(audience=(Audience("role", "Makers", "This is for makers."),))
    one = change(replace(read(), particulars=makers))
    asking = policy(
        routes=Route(team="workplace", routes=(Route(match=Match(audience=("makers",)), cards=("owner",)),))
    )

    assert targets(decide(one, (), asking, NOW)) == targets(what_if(asking, one, NOW).routed) == [("card", "messaging")]
    assert "Makers (“This is for makers.”)" in decide(one, (), asking, NOW).effects[0].why[0].words
    assert not decide(change(read()), (), asking, NOW).effects


def test_a_change_that_is_observed_long_after_it_was_published_is_known_silently():
    old = change(read(), start="2026-06-01T00:00:00Z")

    decision = decide(old, (), policy(), NOW)

    assert not decision.effects
    assert decision.silent == "published 2026-06-01, over 30 days before it was first seen"
    assert decision.teams == ("messaging",)


def test_a_change_whose_plan_was_over_is_known_silently():
    decision = decide(change(read(windows=(window(date(2026, 8, 20)),))), (), policy(), NOW)

    assert decision.silent == "its plan was over when it was first seen on 2026-09-01"


def test_the_first_load_is_judged_at_the_moment_of_observation_not_of_handling():
    one = change(read(windows=(window(date(2026, 9, 3)),)))

    assert decide(one, (), policy(), NOW + timedelta(days=60)).effects


def test_what_happens_later_to_a_change_of_the_first_load_is_decided_normally():
    later = decided(change(*MOVED, start="2026-06-01T00:00:00Z"))

    assert targets(decide(later, (), policy(), NOW)) == ALL


def test_two_editions_of_a_first_load_before_any_decision_leave_only_the_announcement_out():
    decision = decide(change(*MOVED, start="2026-06-01T00:00:00Z"), (), policy(), NOW)

    assert targets(decision) == ALL
    assert [event.rsplit(":")[-1] for event in decision.effects[0].events] == ["dates_moved"]


def test_an_edition_without_anything_that_asks_people_to_look_again_is_silent():
    decision = decide(decided(change(read(), read())), (), policy(), NOW)

    assert decision.silent == "nothing that asks people to look again: text_changed"


def test_nothing_new_leaves_the_decision_as_it_was():
    one = decided(change(*MOVED), index=1)

    assert decide(one, (), policy(), NOW + timedelta(days=1)) is one.decision


def test_who_was_told_before_hears_of_it_although_no_route_leads_there_any_more():
    first = decide(change(MOVED[0]), (), policy(), NOW)
    known = [EffectState(effect) for effect in first.effects]
    off = replace(MOVED[1], classification=replace(MOVED[1].classification, crb=False))

    later = decide(decided(change(MOVED[0], off)), known, policy(), NOW)

    assert sorted(targets(later)) == sorted(ALL)
    assert [reason.words for reason in later.effects[0].why] == ["dates moved; you were told of this change before"]
    assert {effect.edition for effect in later.effects} == {later.edition}


def test_two_cards_of_one_channel_are_followed_by_one():
    card = decide(change(MOVED[0]), (), policy(), NOW).effects[1]
    known = [EffectState(card), EffectState(replace(card, edition="another"))]

    later = decide(decided(change(*MOVED)), known, policy(), NOW)

    assert targets(later).count(("card", "messaging")) == 1


def test_events_that_came_late_have_no_effects():
    one = decided(change(*MOVED))
    late = replace(one, events=tuple(replace(event, late=True) for event in one.events))

    assert decide(late, (), policy(), NOW) is one.decision


@pytest.mark.parametrize(
    ("windows", "act_by", "over"),
    [
        ((), None, False),
        ((window(date(2026, 8, 31)),), None, True),
        ((window(date(2026, 9, 1)),), None, False),
        ((window(date(2026, 8, 1)), window(date(2026, 12, 1))), None, False),
        ((window(date(2026, 8, 1)),), date(2026, 9, 2), False),
        ((), date(2026, 8, 31), True),
        ((Window("ga", ("worldwide",), Interval(date(2026, 8, 1), date(2026, 8, 31)), None),), None, True),
        ((Window("ga", ("worldwide",), None, None),), None, False),
    ],
)
def test_a_plan_is_over_when_every_day_it_names_is(windows, act_by, over):
    assert plan_is_over(Classification("MC1200001", windows=windows, act_by=act_by), NOW) is over


def test_a_change_without_a_start_concerns_people():
    assert not first_load_reason(change(read(), start=None), policy())


def test_what_is_withheld_is_on_the_decision_also_beside_what_follows():
    from shared.core.policy.model import Role, Roles

    one = change(*MOVED)
    one = replace(one, post={**one.post, "tags": ["Data privacy"]})
    in_force = policy(roles=Roles(privacy_readers=Role(who=("pia",), channel="messaging")))

    decided_ = decide(one, (), in_force, NOW)

    assert [effect.target for effect in decided_.effects] == ["messaging"]
    assert decided_.withheld == ("a data privacy post, and ticket system crb is not marked `privacy: true`",)
    assert decided_.silent == ""


def test_a_number_of_days_beyond_the_calendar_holds_everything():
    endless = policy().model_copy(update={"first_load": FirstLoad(days=10**30)})

    assert not first_load_reason(change(read(), start="1990-01-01T00:00:00Z"), endless)
