"""Parts of a plan that a banner takes out of it."""

import pytest

from shared.core.classify.document import read_document
from shared.core.classify.partial import read_halts
from shared.core.posts.post import read_post


def halts(banner, body="<p>We will not be rolling out to China.</p>"):
    content = f"<p>Updated March 4, 2026: {banner}</p>{body}"
    return [
        (halt.kind, halt.scope, halt.clouds)
        for halt in read_halts(
            read_document(read_post({"id": "MC1200001", "title": "T", "body": {"content": content}}))
        )
    ]


@pytest.mark.parametrize(
    ("banner", "expected"),
    [
        ("We are not releasing this feature to GCC.", [("cancelled", "only GCC", ("gcc",))]),
        (
            "We will not be rolling this out to GCC High. We will communicate when we are ready to proceed.",
            [("paused", "only GCC High", ("gcch",))],
        ),
        ("The release for DoD is on hold.", [("paused", "only DoD", ("dod",))]),
        ("We have decided not to proceed for Outlook for Web.", [("cancelled", "only Outlook for Web", ())]),
        ("We have postponed this release. New dates are below.", [("paused", "postponed to other dates", ())]),
        ("The rollout was postponed to January 2027.", [("paused", "postponed to other dates", ())]),
        ("The rollout for GCC is paused until May 2026.", []),
        ("We have changed the rollout timeline below.", []),
        ("We won't be releasing this for DoD.", [("cancelled", "only DoD", ("dod",))]),
        ("We have paused the release of Mac and web. Android goes on.", [("paused", "only Mac and web", ())]),
        ("We are pausing this. We expect to resume in May 2026.", [("paused", "postponed to other dates", ())]),
        ("While the page is built, edits are paused.", []),
    ],
)  # fmt: skip
def test_a_banner_names_the_part_that_does_not_go_on(banner, expected):
    assert halts(banner) == expected


def test_nothing_is_read_from_the_old_body():
    assert halts("We have changed the content.") == []
