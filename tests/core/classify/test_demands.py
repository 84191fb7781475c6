"""Sentences that give a deadline, and their like that give none; each kind in three wordings."""

import pytest

from tests.core.classify.plans import ending, stated
from tests.core.classify.posts import a_post

ENDS = (
    "<p>[When this will happen:]</p><p>Old rules stop working on June 1, 2026.</p>"
    "<p>[What you need to do to prepare:]</p>"
)
STARTS = "<p>[When this will happen:]</p><p>Rollout begins on June 1, 2026.</p><p>[What you need to do to prepare:]</p>"


@pytest.mark.parametrize(
    ("prepare", "act_by"),
    [
        # beside an event
        ("We encourage you to move your rules before that date.", "2026-06-01"),
        ("All others must have moved by then.", "2026-06-01"),
        ("Rules have to be migrated prior to the retirement.", "2026-06-01"),
        ("Complete your migration before the shutdown.", "2026-06-01"),
        ("Test your rules before the rollout.", "2026-06-01"),
        ("If you use rules, switch to lists ahead of enforcement.", "2026-06-01"),
        # before what happens in a month
        ("Please check your rules before lists become the default in May 2026.", "2026-05-01"),
        ("You must choose prior to billing in July 2026.", "2026-07-01"),
        ("Export your rules before end of May 2026.", "2026-05-31"),
        # what fails for those who do nothing
        ("Unless you move them, rules will fail from May 20, 2026.", "2026-05-20"),
        ("If no action is taken by May 20, 2026, mail will be rejected.", "2026-05-20"),
        ("If a rule is not moved, it will stop after May 20, 2026.", "2026-05-20"),
        # the last day of the old state
        ("If you do not want lists by default, switch them off before May 20, 2026.", "2026-05-20"),
        ("You can opt out by May 20, 2026.", "2026-05-20"),
        ("If you prefer not to use lists, clear the box before May 20, 2026.", "2026-05-20"),
        # what cancels nothing
        ("Move your rules before May 20, 2026. If you have none, no action is required.", "2026-05-20"),
        ("No action is needed for lists. Rules must be moved by May 20, 2026.", "2026-05-20"),
        ("Without rules, nothing has to be done. You need to move rules by May 20, 2026.", "2026-05-20"),
        # the earlier of two that lies ahead
        ("Rules must be moved by June 10, 2026. Please name an owner by May 20, 2026.", "2026-05-20"),
        ("Owners should have been named by January 20, 2026. You must move rules by May 20, 2026.", "2026-05-20"),
        ("You need to register by May 20, 2026, and to pay by June 20, 2026.", "2026-05-20"),
    ],
)  # fmt: skip
def test_a_deadline(prepare: str, act_by: str) -> None:
    assert stated(a_post(f"{ENDS}<p>{prepare}</p>")) == act_by


@pytest.mark.parametrize(
    "prepare",
    [
        "No action is required before the rollout.",
        "Before this rollout, admins must set every rule by hand.",
        "If you need to keep a rule before the rollout, you can find it under Settings.",
        "The change should be available to everybody by May 20, 2026.",
        "Microsoft will ensure that all rules are moved by May 20, 2026.",
        "You might need to wait until May 20, 2026.",
        "Do you need to move rules before June 2026?",
        "Please note the change by May 20, 2026.",
        "Notes 5 is supported until October 2029.",
        "Tell your users before the rollout.",
    ],
)
def test_no_deadline(prepare: str) -> None:
    assert stated(a_post(f"{STARTS}<p>{prepare}</p>")) == "-"


@pytest.mark.parametrize(
    ("when", "act_by"),
    [
        ("Old rules stop working on June 1, 2026.", "2026-06-01"),
        ("Sign-in without a second factor is blocked from June 1, 2026.", "2026-06-01"),
        ("Rollout begins in early June 2026 and completes by late June 2026.", "2026-06-01"),
        ("The certificate expires on June 1, 2026.", "2026-06-01"),
        ("It begins on June 1, 2026, and in GCC on May 4, 2026.", "2026-05-04"),
        ("The update was released on March 3, 2026.", "-"),
        ("Old rules stopped working on February 20, 2026.", "-"),
        ("Later this year, old rules are removed.", "-"),
    ],
)
def test_who_must_act_has_until_what_works_today_fails(when: str, act_by: str) -> None:
    assert ending(a_post(f"<p>Rules change.</p><p>[When this will happen:]</p><p>{when}</p>")) == act_by


@pytest.mark.parametrize(
    ("when", "act_by"),
    [
        ("Old rules stopped working on February 20, 2026.", "-"),
        ("Old rules were removed by January 2026.", "-"),
        ("Old rules stop working on June 1, 2026.", "2026-05-20"),
        ("Rules move in May 2026.", "2026-05-20"),
        ("There is no day yet, but it is now available.", "2026-05-20"),
    ],
)
def test_graphs_day_holds_but_for_what_is_already_gone(when: str, act_by: str) -> None:
    body = f"<p>Rules change.</p><p>[When this will happen:]</p><p>{when}</p>"

    assert stated(a_post(body, actionRequiredByDateTime="2026-05-20T00:00:00Z"), kind="retirement") == act_by
