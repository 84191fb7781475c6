"""Fields that follow from a definition rather than from weights: fallen plans, plain titles, what is off by default."""

import pytest

from shared.core.classify.classifier import classify
from shared.core.classify.derived import admin_impact
from shared.core.classify.titles import plain_kind
from tests.core.classify.posts import a_post, when

ROLLOUT = "Worldwide: We will begin rolling out early May 2026 and expect to complete by mid-May 2026."


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        pytest.param("Contoso Notes: Permission enforcement for lists", "security", id="permissions"),
        pytest.param("Hardening of page sign-in", "security", id="hardening"),
        pytest.param("Contoso Pages requires owner approval for guests", "security", id="an approval"),
        pytest.param("We are billing for extra pages monthly", "info", id="billing"),
        pytest.param("Contoso product terms in May", "info", id="terms"),
        pytest.param("Invoices of May look different", "info", id="invoices"),
        pytest.param("Known issue: lists open slowly", "maintenance", id="a known issue"),
        pytest.param("Planned maintenance of Contoso Notes", "maintenance", id="planned maintenance"),
        pytest.param("Known issues of the May update", "maintenance", id="known issues"),
        pytest.param("The May 2026 quality updates are here", "maintenance", id="updates"),
        pytest.param("Guests can no longer add bots to pages", "retirement", id="no longer"),
        pytest.param("Unsigned mail will be refused by relays", "security", id="refused"),
    ],
)
def test_a_plain_title_decides_the_kind_whatever_the_tags_say(title: str, kind: str) -> None:
    said = classify(a_post(when(ROLLOUT), title=title, tags=["New feature"]))

    assert said.kind == kind
    assert said.why["kind"].words.lower() in title.lower()


def test_a_title_about_something_else_decides_nothing() -> None:
    assert plain_kind("Contoso Notes: Pin a page") is None


@pytest.mark.parametrize(
    "banner",
    [
        pytest.param("We have decided not to proceed with this change.", id="cancelled"),
        pytest.param(
            "We are not proceeding with this change now. We will communicate when we are ready to proceed.",
            id="on hold",
        ),
    ],
)
def test_a_fallen_plan_asks_and_changes_nothing(banner: str) -> None:
    body = f"<p>Updated April 2, 2026: {banner}</p>" + when(ROLLOUT)
    said = classify(a_post(body + "<p>[What you need to do to prepare:]</p><p>You must migrate by May 1, 2026.</p>"))

    assert (said.default, said.admin_impact, said.user_impact, said.action) == ("n/a", "low", "low", "none")
    assert (said.act_by, said.crb, said.training) == (None, False, False)


def test_a_fallen_plan_may_ask_for_a_way_back() -> None:
    banner = "We have decided not to proceed with this change. Please remove the workaround."
    said = classify(a_post(f"<p>Updated April 2, 2026: {banner}</p>" + when(ROLLOUT)))

    assert (said.action, said.admin_impact) == ("optional", "medium")


@pytest.mark.parametrize(
    ("words", "default"),
    [
        pytest.param("It is off by default.", "off", id="off"),
        pytest.param("It is disabled by default for everybody.", "off", id="disabled"),
        pytest.param("It is not enabled by default.", "off", id="not enabled"),
    ],
)
def test_what_is_off_by_default_arrives_off(words: str, default: str) -> None:
    assert classify(a_post(f"<p>{words}</p>" + when(ROLLOUT))).default == default


@pytest.mark.parametrize(
    ("action", "user", "admin"),
    [
        ("required", "low", "high"),
        ("optional", "low", "medium"),
        ("none", "low", "low"),
        ("none", "medium", "low"),
        ("none", "high", "medium"),
    ],
)
def test_admin_impact_follows_the_action_and_what_users_feel(action: str, user: str, admin: str) -> None:
    assert admin_impact(action, user) == admin


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("<p><b>Action required</b></p><p>None.</p>", id="a heading"),
        pytest.param("<p>[Action required:]</p><p>Tell your users if you like.</p>", id="a heading in brackets"),
        pytest.param("<p>What you need to do to prepare:</p><p>Action required: none.</p>", id="in a line"),
        pytest.param("<p>What you need to do to prepare:</p><p>Action required: No</p>", id="no"),
        pytest.param("<p>What you need to do to prepare:</p><p>Action required - optional</p>", id="optional"),
    ],
)
def test_the_heading_action_required_requires_nothing(prepare: str) -> None:
    said = classify(a_post(when(ROLLOUT) + prepare))

    assert (said.action, said.crb) == ("none", False)


def test_action_required_with_what_to_do_requires_it() -> None:
    prepare = "<p>What you need to do to prepare:</p><p>Action required: Review your settings before pages arrive.</p>"

    assert classify(a_post(when(ROLLOUT) + prepare)).action == "required"
