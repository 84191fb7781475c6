from datetime import date

import pytest

from shared.core.classify.document import read_document
from tests.core.classify.posts import a_post


def roles(html: str) -> list[tuple[str, str]]:
    return [(line.role, line.text) for line in read_document(a_post(html)).lines if line.kind != "heading"]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        pytest.param("<p>[When this will happen:]</p>", "when", id="Graph's brackets"),
        pytest.param("<p><b>When this will happen:</b></p>", "when", id="bold"),
        pytest.param("<h2>When this will happen</h2>", "when", id="h2"),
        pytest.param("<p>When this will happen:</p>", "when", id="a bare paragraph"),
        pytest.param("<p><b>When will this happen:</b></p>", "when", id="the Windows wording"),
        pytest.param("<p>[Rollout schedule]</p>", "when", id="the wording of 2026"),
        pytest.param("<p>[How this affects your organization]</p>", "impact", id="how this affects"),
        pytest.param("<p><b>Impact on your organization</b></p>", "impact", id="impact on"),
        pytest.param("<p><b>How does this affect me?</b></p>", "impact", id="the Dynamics wording"),
        pytest.param("<p>[What you need to do to prepare:]</p>", "prepare", id="need to do to prepare"),
        pytest.param("<p><b>What action do I need to take?</b></p>", "prepare", id="what action"),
        pytest.param("<p><b>Action required / Recommendations</b></p>", "prepare", id="a heading, not a demand"),
        pytest.param("<p><b>Compliance considerations</b></p>", "compliance", id="compliance"),
        pytest.param("<p><b>Learn more</b></p>", "more", id="learn more"),
        pytest.param("<p><b>Screenshots of pages</b></p>", "intro", id="any other heading begins no part"),
    ],
)
def test_headings_of_every_generation_begin_their_part(heading: str, role: str) -> None:
    assert roles(f"<p>First.</p>{heading}<p>Then.</p>") == [("intro", "First."), (role, "Then.")]


def test_a_heading_may_stand_before_its_text() -> None:
    assert roles("<p><b>When this will happen:</b> In May 2026.</p>") == [("when", "In May 2026.")]


@pytest.mark.parametrize(
    ("first", "updated"),
    [
        pytest.param("Updated April 2, 2026: We have updated the timeline.", date(2026, 4, 2), id="a dated banner"),
        pytest.param("(Updated) April 2, 2026: We have updated it.", date(2026, 4, 2), id="in brackets"),
        pytest.param("April 2, 2026, Update: We have updated it.", date(2026, 4, 2), id="the date first"),
        pytest.param("Update: We have updated it.", date(2026, 4, 9), id="without a date, the last edit's"),
        pytest.param("Updates are good for you.", None, id="a word that only begins so"),
    ],
)
def test_banners_are_known_by_their_lead(first: str, updated: date | None) -> None:
    post = a_post(f"<p>{first}</p><p>We will add a page.</p>", lastModifiedDateTime="2026-04-09T00:00:00Z")
    document = read_document(post)

    assert document.updated == updated
    assert [line.role for line in document.lines] == ["banner" if updated else "intro", "intro"]


def test_the_newest_of_several_banners_counts() -> None:
    body = "<p>Updated April 2, 2026: Moved.</p><p>Updated May 2, 2026: Moved again.</p><p>Text.</p>"

    assert read_document(a_post(body)).updated == date(2026, 5, 2)


def test_a_small_heading_is_the_label_of_the_lines_below_it() -> None:
    body = "<p>[When this will happen:]</p><p><b>Public Preview</b></p><p>Early May 2026</p>"

    assert read_document(a_post(body)).of("when")[-1].label == "Public Preview"
