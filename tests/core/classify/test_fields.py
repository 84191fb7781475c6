import json
import re
from pathlib import Path

import pytest

from shared.core.classify.classifier import classify
from shared.core.classify.marks import mark_words
from shared.core.classify.weights import shipped_weights
from shared.core.posts.classification import Classification
from shared.core.posts.post import read_post
from tests.core.classify.posts import a_post, when

SAMPLES = Path(__file__).parents[3] / "sandbox" / "samples" / "history.jsonl"
NAMED = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b[a-z_]+:[a-z]")  # `act_by`, `kind:retirement`

ROLLOUT = "Worldwide: We will begin rolling out early May 2026 and expect to complete by mid-May 2026."
FORMULA = (
    "This rollout will happen automatically by the specified date with no admin action required before the rollout."
)


def a_change(
    title: str, *, intro: str = "", prepare: str = FORMULA, tags: tuple[str, ...] = (), **fields: str
) -> Classification:
    body = f"<p>{intro}</p>{when(ROLLOUT)}<p>[What you need to do to prepare:]</p><p>{prepare}</p>"
    return classify(a_post(body, title=title, tags=list(tags), **fields))


@pytest.mark.parametrize(
    ("title", "tags", "kind"),
    [
        pytest.param("Contoso Notes: Users can pin a page", ("New feature",), "new_feature", id="a new feature"),
        pytest.param("Contoso Notes: Updated look of pages", ("Feature update",), "feature_change", id="a change"),
        pytest.param("Contoso Notes: Old pages will retire", ("Retirement",), "retirement", id="a retirement"),
        pytest.param("Retirement of old pages", (), "retirement", id="a retirement without its tag"),
        pytest.param("Update firewall rules for new network endpoints", (), "maintenance", id="endpoints"),
        pytest.param("Contoso Office Hours: May 2026", (), "info", id="an event"),
        pytest.param("Hardening of page sign-in for CVE-2026-0001", (), "security", id="a hardening"),
    ],
)
def test_kind(title: str, tags: tuple[str, ...], kind: str) -> None:
    assert a_change(title, tags=tags).kind == kind


def test_a_quiet_new_feature_asks_nothing() -> None:
    said = a_change("Contoso Notes: Users can pin a page", tags=("New feature", "User impact"))

    assert (said.default, said.admin_impact, said.user_impact, said.action, said.crb, said.training) == (
        "on",
        "low",
        "low",
        "none",
        False,
        False,
    )


def test_what_must_be_migrated_is_for_the_board() -> None:
    said = a_change(
        "Contoso Notes: Old pages will retire",
        intro="Old pages will stop working.",
        prepare="You must migrate them to avoid disruption.",
        tags=("Retirement", "Admin impact"),
        category="planForChange",
    )

    assert (said.default, said.admin_impact, said.action, said.crb) == ("removed", "high", "required", True)


def test_who_is_affected_is_read() -> None:
    def noticed(audience: str) -> tuple[bool, float]:
        affected = f"<p><b>Who is affected:</b></p><ul><li>{audience}</li></ul>"
        then = "<p><b>What will happen:</b></p><ul><li>A list of pages will appear. Admins and users see it.</li></ul>"
        body = when(ROLLOUT) + "<p><b>How this affects your organization:</b></p>" + affected + then
        tags = ["Feature update", "User impact", "Admin impact"]
        said = classify(a_post(body, title="Contoso Notes: A list of pages", tags=tags))
        low = said.user_impact == "low"
        confidence = said.why["user_impact"].confidence
        return not low, -confidence if low else confidence

    assert noticed("All users of Contoso Notes") > noticed("Admins managing Contoso Notes")
    assert not noticed("Admins managing Contoso Notes")[0]


@pytest.mark.parametrize(
    ("title", "platforms", "intro", "impact"),
    [
        pytest.param("Contoso Notes: A list for presenters", "Web", "", "low", id="on the web, for few"),
        pytest.param(
            "Contoso Notes: A list", "Desktop", "It is off by default; admins can enable it.", "low", id="off"
        ),
        pytest.param("Microsoft Purview | Audit: A list", "Desktop", "", "low", id="in an administrators' product"),
    ],
)
def test_users_do_not_notice_what_few_of_them_meet(title: str, platforms: str, intro: str, impact: str) -> None:
    said = classify(
        a_post(
            f"<p>{intro}</p>{when(ROLLOUT)}",
            title=title,
            tags=["Feature update", "User impact", "Admin impact"],
            services=["Microsoft 365 suite"],
            details=[{"name": "Platforms", "value": platforms}],
        )
    )

    assert said.user_impact == impact


def test_off_by_default_is_off() -> None:
    assert a_change("Contoso Notes: Users can pin a page", intro="It is off by default.").default == "off"


def test_the_boards_reason_is_short() -> None:
    for title, tags in [
        ("Old pages will retire", ("Retirement",)),
        ("Users can pin a page", ("New feature",)),
        ("Survey", ()),
    ]:
        assert 1 <= len(a_change(title, tags=tags).crb_why.split()) <= 15


def test_every_field_tells_what_decided_it() -> None:
    said = a_change("Contoso Notes: Users can pin a page", intro="It is off by default.", tags=("New feature",))

    fields = {
        "status",
        "rollouts",
        "act_by",
        "kind",
        "admin_impact",
        "user_impact",
        "default",
        "action",
        "crb",
        "training",
    }
    assert set(said.why) == fields
    assert said.why["default"].words == "It is off by default."
    assert said.why["kind"].words == "Contoso Notes: Users can pin a page"
    assert all(0 <= why.confidence <= 1 for why in said.why.values())


def test_a_classification_survives_storage() -> None:
    said = a_change("Contoso Notes: Old pages will retire", tags=("Retirement",))

    assert Classification.from_json(said.to_json()) == said


def test_the_marks_of_the_weights_have_plain_words() -> None:
    marks = [name for name in shipped_weights().by_finding if re.fullmatch(r"[a-z_]+:[^ ].*", name)]

    assert len(marks) > 20
    assert not [mark for mark in marks if re.search(r"[:_]", mark_words(mark))]


def test_no_reason_of_a_sample_post_names_a_mark() -> None:
    posts = [item["post"] for item in map(json.loads, SAMPLES.read_text("utf-8").splitlines()) if "post" in item]
    reasons = {why.words for post in posts for why in classify(read_post(post)).why.values()}

    assert len(reasons) > 100
    assert not [words for words in reasons if NAMED.search(words)]
