"""What is proposed to a change board, from what was read of a post."""

from datetime import UTC, date, datetime

import pytest

from shared.core.policy.our_dates import OurDates
from shared.core.posts.classification import Classification, Interval, Why, Window
from shared.core.posts.post import Post
from shared.core.tickets.proposal import propose, way_out

NOW = datetime(2026, 9, 1, tzinfo=UTC)
OCTOBER = Interval(date(2026, 10, 1), date(2026, 10, 31))
GA = Window("ga", ("worldwide", "gcc"), OCTOBER, OCTOBER)
DATED, UNDATED = OurDates(OCTOBER, OCTOBER, (GA,)), OurDates(None, None, ())


def post(body="<p>Something changes.</p>", *services):
    return Post("MC1000001", "A change", NOW, services=services or ("Microsoft Teams",), body=body)


def proposed(dates=DATED, body="<p>Something changes.</p>", **fields):
    return propose(post(body), Classification("MC1000001", **fields), dates)


SENTENCES = [
    # what was read, the field, words that must stand there
    ({"user_impact": "high", "admin_impact": "medium"}, "audience",
     "Users and administrators of Microsoft Teams (worldwide and GCC)."),
    ({}, "audience", "Hardly anybody"),
    ({"user_impact": "high"}, "risk_why", "The impact on users is high."),
    ({"user_impact": "high", "admin_impact": "high"}, "risk_why", "The impact on users and admins is high."),
    ({"crb": True}, "risk_why", "Low impact, but it is for the board."),
    ({"kind": "retirement"}, "if_nobody_acts", "It is taken away from 1 October 2026"),
    ({"default": "on"}, "if_nobody_acts", "It arrives by itself from 1 October 2026, with Microsoft's settings."),
    ({"default": "off"}, "if_nobody_acts", "Nothing changes until an admin turns it on."),
    ({"action": "required", "act_by": date(2026, 9, 20)}, "if_nobody_acts",
     "the change comes all the same from 1 October 2026. Microsoft asks for action by 20 September 2026."),
    ({"status": "cancelled"}, "if_nobody_acts", "Nothing: Microsoft does not go on with this plan."),
    ({"status": "on_hold"}, "if_nobody_acts", "Nothing for now"),
    ({"kind": "retirement"}, "test_plan", "Find who still uses it"),
    ({"kind": "security"}, "test_plan", "depends on today's behaviour"),
    ({"default": "off"}, "test_plan", "Turn it on for a pilot group only"),
    ({"windows": (Window("targeted", ("worldwide",), OCTOBER, None), GA)}, "test_plan",
     "A targeted release comes first (October 2026): put a pilot group into it."),
    ({"training": True}, "communication_plan", "Tell the users concerned by 17 September 2026"),
    ({"user_impact": "medium"}, "communication_plan", "Brief the help desk by 24 September 2026"),
    ({}, "communication_plan", "No message to users is needed."),
    ({"status": "withdrawn"}, "communication_plan", "it will not come"),
    ({}, "backout", "The vendor's change cannot be backed out, and the post names no opt-out."),
    ({"default": "off"}, "backout", "leaving it off, or turning it off again, is the way back"),
    ({"status": "cancelled"}, "backout", "Not needed"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "field", "words"), SENTENCES, ids=[f"{case[1]} {case[0]}" for case in SENTENCES])
def test_what_is_proposed(read, field, words):
    assert words in getattr(proposed(**read), field)


def test_where_no_date_is_known_none_is_invented():
    found = proposed(UNDATED, training=True, kind="retirement")

    assert "The date is not known yet." in found.communication_plan
    assert found.if_nobody_acts == "It is taken away, and whoever still uses it then loses it."
    assert "before" not in found.test_plan


def test_the_words_that_decided_an_impact_are_quoted():
    why = {"user_impact": Why("can no longer open", 0.9), "admin_impact": Why("no action", 0.9)}

    assert proposed(user_impact="high", why=why).impact_why == "Users: “can no longer open”."
    assert proposed(why=why).impact_why == "The post says nothing that users or admins would notice."


WAYS = [
    ("Admins can turn this off in the Teams admin center.", True),
    ("If you want to opt out, use the policy.", True),
    ("You can disable the feature with PowerShell.", True),
    ("This can be disabled by a policy.", True),
    ("Opting out is possible until March.", True),
    ("This feature is on by default unless you turn it off.", True),
    ("There is no option to revert to the old view.", False),
    ("Admins cannot disable this.", False),
    ("Does the change allow a user to enable and disable the feature?", False),
    ("The old viewer will be disabled in October.", False),
    ("A new control to turn off the camera comes to meetings.", False),
]


@pytest.mark.parametrize(("sentence", "found"), WAYS)
def test_a_way_out_is_only_what_the_post_offers(sentence, found):
    assert way_out(post(f"<p>Something changes. {sentence}</p>")) == (sentence if found else "")


def test_a_way_out_that_the_post_offers_is_the_back_out():
    found = proposed(body="<p>Admins can turn this off with a policy.</p>", act_by=date(2026, 9, 20))

    assert found.backout == (
        "The vendor's change itself cannot be backed out. The post's own way out: “Admins can turn this off with a "
        "policy.” Until 20 September 2026, as far as the post says."
    )
