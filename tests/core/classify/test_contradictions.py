"""What contradicts itself is doubted, and what the title says is not."""

import pytest

from shared.core.classify.classifier import classify
from shared.core.posts.post import read_post

TITLE = "Mail flow: The old connector will be retired"
PLAN = "<p>[When this will happen]</p><p>{}</p>"


def read(when, body="", title=TITLE, **over):
    raw = {
        "id": "MC1000001", "title": title, "lastModifiedDateTime": "2026-05-01T08:00:00Z",
        "startDateTime": "2026-05-01T08:00:00Z", "services": ["Exchange Online"], "category": "planForChange",
        "body": {"contentType": "html", "content": f"<p>We retire the old connector.</p>{body}{PLAN.format(when)}"},
        **over,
    }  # fmt: skip
    return classify(read_post(raw))


RETIRES = "Retirement (Worldwide): We will retire it on September 1, 2026."


def test_a_deadline_behind_the_retirement_is_doubted():
    late = read(RETIRES, actionRequiredByDateTime="2026-12-31T00:00:00Z")
    before = read(RETIRES, actionRequiredByDateTime="2026-08-31T00:00:00Z")

    assert late.act_by is not None
    assert late.is_unsure("act_by")
    assert not before.is_unsure("act_by")


@pytest.mark.parametrize(
    ("when", "unsure"),
    [
        (RETIRES, False),
        ("Retirement (Worldwide): It was originally scheduled for September 1, 2026.", True),
        ("Retirement (Worldwide): It stops working after September 2026.", True),
        ("Retirement (Worldwide): Reminders are shown from September 1, 2026.", True),
    ],
)
def test_days_that_may_be_others_than_those_of_the_plan_are_doubted(when, unsure):
    assert read(when).is_unsure("rollouts") is unsure


DEMAND = "<p>[What you need to do to prepare]</p><p>You must replace the connector by August 1, 2026. {}</p>"


@pytest.mark.parametrize(
    ("denial", "unsure"),
    [
        ("No admin action is required.", True),
        ("No further action is needed if you have replaced it.", False),
        ("For tenants without it, no action is required.", False),
    ],
)
def test_a_demand_that_the_post_denies_is_doubted_unless_the_denial_is_for_some(denial, unsure):
    found = read(RETIRES, DEMAND.format(denial), "Action required: the old connector will be retired")

    assert found.action == "required"
    assert found.is_unsure("action") is unsure


def test_what_the_title_demands_is_told_surely():
    found = read(RETIRES, DEMAND.format(""), "Action required: the old connector will be retired")

    assert found.why["action"].confidence >= 0.9
