from datetime import date

import pytest

from shared.core.classify.classifier import classify
from tests.core.classify.posts import a_post

RETIRES = "<p>[When this will happen:]</p><p>The old page will be retired on May 4, 2026.</p>"


@pytest.mark.parametrize(
    ("prepare", "act_by"),
    [
        pytest.param("Please add the address by April 20, 2026.", "2026-04-20", id="by a day"),
        pytest.param("You must migrate your pages before April 20, 2026.", "2026-04-20", id="before a day is that day"),
        pytest.param("Please move them no later than May 2026.", "2026-05-01", id="a month's first day"),
        pytest.param("No action is required. Please note the change by May 4, 2026.", None, id="no action is required"),
        pytest.param("You may want to tell your users.", None, id="nothing is demanded"),
        pytest.param(
            "Pages must be migrated, or their data will be deleted.", "2026-05-04", id="what ends must be left"
        ),
    ],
)
def test_a_deadline_that_the_text_gives(prepare: str, act_by: str | None) -> None:
    body = f"{RETIRES}<p>[What you need to do to prepare:]</p><p>{prepare}</p>"
    said = classify(
        a_post(body, title="Contoso Notes: Old pages retire", tags=["Retirement"], category="planForChange")
    )

    assert (said.act_by.isoformat() if said.act_by else None) == act_by


def test_graphs_field_comes_first() -> None:
    said = classify(a_post(RETIRES, actionRequiredByDateTime="2026-04-30T07:00:00Z"))

    assert (f"{said.act_by}", said.why["act_by"].words) == ("2026-04-30", "Act by: 2026-04-30")


@pytest.mark.parametrize(
    ("banner", "act_by"),
    [
        pytest.param("", "2026-05-04", id="ahead of the post"),
        pytest.param("<p>Updated April 2, 2026: We have updated the content.</p>", "2026-05-04", id="ahead of an edit"),
        pytest.param("<p>Updated June 9, 2026: We have updated the content.</p>", "2026-05-04", id="begun at an edit"),
    ],
)
def test_an_end_stays_a_deadline_when_it_has_come(banner: str, act_by: str) -> None:
    body = f"{banner}{RETIRES}<p>[What you need to do to prepare:]</p><p>Pages must be migrated or are lost.</p>"
    said = classify(
        a_post(
            body,
            title="Action required: Contoso Notes: Old pages retire",
            tags=["Retirement"],
            category="planForChange",
            isMajorChange=True,
        )
    )

    assert f"{said.act_by}" == act_by


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<p>Old keys will be refused. You must renew yours.</p>", id="no day in the text"),
        pytest.param("<p>Please confirm the contact for invoices.</p>", id="no plan in the text"),
        pytest.param("", id="no text"),
    ],
)
def test_graphs_day_holds_whatever_the_text_lacks(body: str) -> None:
    said = classify(a_post(body, actionRequiredByDateTime="2026-11-30T08:00:00Z"))

    assert (said.status, said.act_by) == ("no_schedule", date(2026, 11, 30))


def test_graphs_day_falls_with_the_plan() -> None:
    banner = "<p>Updated April 2, 2026: We have decided not to proceed with this change.</p>"

    assert classify(a_post(banner, actionRequiredByDateTime="2026-11-30T08:00:00Z")).act_by is None
