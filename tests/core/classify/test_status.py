import pytest

from shared.core.classify.classifier import classify
from tests.core.classify.posts import a_post, when

PLAN = when("Worldwide: We will begin rolling out early May 2026.", "GCC: We will begin rolling out early June 2026.")
PROMISE = when("General Availability: We will communicate via Message center when we are ready to proceed.")


@pytest.mark.parametrize(
    ("banner", "body", "status"),
    [
        pytest.param("We have updated the timeline below.", PLAN, "scheduled", id="a new timeline"),
        pytest.param(
            "After review, we have decided not to proceed with this change.", PLAN, "cancelled", id="not to proceed"
        ),
        pytest.param("We are not releasing this feature at this time.", PLAN, "cancelled", id="not releasing"),
        pytest.param("We have canceled this change.", PLAN, "cancelled", id="canceled"),
        pytest.param(
            "We are keeping this page and have no plans to remove it.", PLAN, "cancelled", id="kept after all"
        ),
        pytest.param(
            "We have decided not to proceed at this time.", PROMISE, "on_hold", id="not now, with a promise below"
        ),
        pytest.param(
            "We will not be rolling this out now. We will communicate when we are ready.",
            PLAN,
            "on_hold",
            id="a promise",
        ),
        pytest.param("We have paused rollout of this feature.", PLAN, "on_hold", id="paused"),
        pytest.param("We are rolling back this feature until further notice.", PLAN, "on_hold", id="rolled back"),
        pytest.param("This has been delayed to a later date.", PLAN, "on_hold", id="delayed without a date"),
        pytest.param(
            "We have postponed this. The timeline has been updated below.", PLAN, "scheduled", id="delayed with dates"
        ),
        pytest.param("This item is a duplicate of MC9000002.", PLAN, "superseded", id="a duplicate"),
        pytest.param("Please refer to MC9000002 moving forward.", PLAN, "superseded", id="another post in its place"),
        pytest.param("This is related to MC9000002.", PLAN, "scheduled", id="a reference supersedes nothing"),
        pytest.param("This message was published by mistake.", PLAN, "withdrawn", id="by mistake"),
        pytest.param("It was not published to the appropriate audience.", PLAN, "withdrawn", id="the wrong audience"),
        pytest.param("You can safely disregard this message.", PLAN, "withdrawn", id="disregard it"),
        pytest.param(
            "Organizations in GCC can safely disregard this message.", PLAN, "scheduled", id="some may disregard it"
        ),
    ],
)
def test_a_banner_decides(banner: str, body: str, status: str) -> None:
    assert classify(a_post(f"<p>Updated April 2, 2026: {banner}</p>{body}")).status == status


@pytest.mark.parametrize(
    ("banner", "status"),
    [
        pytest.param("We won't be going ahead with this at this time.", "cancelled", id="will not, in short"),
        pytest.param("We aren't proceeding with pages.", "cancelled", id="are not, in short"),
        pytest.param("We will not be introducing pages.", "cancelled", id="not introducing"),
        pytest.param("We are not implementing this.", "cancelled", id="not implementing"),
        pytest.param(
            "We won't be releasing it now. We will share news when we are ready.",
            "on_hold",
            id="in short, with a promise",
        ),
        pytest.param("The release has been pushed back. We will announce a new date.", "on_hold", id="pushed back"),
        pytest.param(
            "Pages will not start in May as announced. We will send a notice.", "on_hold", id="not as announced"
        ),
        pytest.param("We have paused the rollout and will resume soon.", "on_hold", id="resumed on no day"),
        pytest.param("We paused the rollout; it resumes on April 20, 2026.", "scheduled", id="resumed on a day"),
        pytest.param(
            "We have paused the web. Android will continue as planned.", "scheduled", id="paused only for some"
        ),
        pytest.param("This post was meant for a different audience.", "withdrawn", id="a different audience"),
    ],
)
def test_other_words_of_banners(banner: str, status: str) -> None:
    assert classify(a_post(f"<p>Updated April 2, 2026: {banner}</p>{PLAN}")).status == status


def test_the_id_of_the_post_in_its_place_is_read() -> None:
    said = classify(a_post(f"<p>Updated April 2, 2026: This is a duplicate of MC 9000002.</p>{PLAN}"))

    assert said.superseded_by == "MC9000002"


def test_where_one_cloud_falls_the_others_stand() -> None:
    banner = "<p>Updated April 2, 2026: We will not be rolling out to GCC at this time.</p>"
    said = classify(a_post(banner + PLAN))

    assert (said.status, [window.clouds for window in said.windows]) == ("scheduled", [("worldwide",)])


@pytest.mark.parametrize("status", ["cancelled", "on_hold", "superseded", "withdrawn"])
def test_a_fallen_plan_has_no_windows_no_deadline_and_is_not_for_the_board(status: str) -> None:
    words = {
        "cancelled": "We have decided not to proceed with this change.",
        "on_hold": "We have paused this change.",
        "superseded": "Please refer to MC9000002 moving forward.",
        "withdrawn": "This message was published in error.",
    }[status]
    body = f"<p>Updated April 2, 2026: {words}</p>" + when("The old page will be retired on May 4, 2026.")
    said = classify(a_post(body, tags=["Retirement"], actionRequiredByDateTime="2026-05-01T00:00:00Z"))

    assert (said.status, said.windows, said.act_by, said.crb, said.training) == (status, (), None, False, False)


@pytest.mark.parametrize(
    ("title", "body", "status"),
    [
        pytest.param("Contoso Office Hours: May 2026", "<p>Join us on May 4, 2026.</p>", "no_schedule", id="an event"),
        pytest.param(
            "The May 2026 security update is now available", "<p>Install it.</p>", "no_schedule", id="a monthly notice"
        ),
        pytest.param(
            "Contoso Notes: Pin a page", "<p>Pages can be pinned.</p>", "no_schedule", id="no schedule at all"
        ),
        pytest.param(
            "Contoso Notes: Pin a page",
            when("The change has been put on hold (previously early May 2026)."),
            "on_hold",
            id="on hold in the when-section",
        ),
        pytest.param(
            "Contoso Notes: Pin a page",
            "<p>Release of this feature has been postponed; we will announce a new date.</p>",
            "on_hold",
            id="postponed in the first line",
        ),
        pytest.param("Contoso Notes: Pin a page", PROMISE, "no_schedule", id="nothing but a promise"),
        pytest.param(
            "Contoso Notes: Pin a page",
            "<p>Updated April 2, 2026: We have changed the timeline.</p>" + PROMISE,
            "on_hold",
            id="a promise where a plan was",
        ),
        pytest.param(
            "The May 2026 package of Notes is delayed",
            "<p>For admins.</p><p>The package is delayed; we will publish a new date.</p>",
            "on_hold",
            id="delayed in the second line",
        ),
        pytest.param(
            "Updates available for Contoso Notes",
            when("We roll it out from March 4, 2026."),
            "no_schedule",
            id="a periodic update with a day",
        ),
        pytest.param(
            "The March 2026 package is now available",
            "<p>The package was released on March 2, 2026.</p>",
            "no_schedule",
            id="a thing that comes every month",
        ),
        pytest.param(
            "Take action: out-of-band update for Notes",
            "<p>An update was released today, March 3, 2026.</p>",
            "scheduled",
            id="an update out of band, on a day",
        ),
        pytest.param(
            "Out-of-band update for Notes", "<p>It mends a fault.</p>", "no_schedule", id="out of band, without a day"
        ),
        pytest.param(
            "Known issue: pages do not open", "<p>It was found on March 2, 2026.</p>", "no_schedule", id="a known issue"
        ),
        pytest.param(
            "Contoso Notes: Pin a page",
            when("Updates pause on March 20, 2026 and resume after April 6, 2026."),
            "scheduled",
            id="a pause between two days",
        ),
    ],
)
def test_posts_without_a_plan(title: str, body: str, status: str) -> None:
    assert classify(a_post(body, title=title, tags=[])).status == status


def test_the_plan_is_told_by_a_line_with_a_day() -> None:
    said = classify(a_post(when("Public preview: available now.", "It will roll out in May 2026.")))

    assert said.why["status"].words == "It will roll out in May 2026."
