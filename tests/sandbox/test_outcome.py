"""What a run says of changes from which nothing followed."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from sandbox.outcome import FOLLOWED, summed_up, why_nothing
from tests.usecases.world import NOVEMBER, World, policy, post

OVER = {
    **post(),
    "title": "Pages can be pinned",
    "tags": [],
    "body": {
        "contentType": "html",
        "content": "<p>When this will happen:</p><p>We begin on October 6, 2025 and complete by October 20, 2025.</p>",
    },
}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(post(), FOLLOWED, id="a ticket"),
        pytest.param(OVER, "had run out when they were first seen", id="over"),
        pytest.param(
            post(when=NOVEMBER, startDateTime="2026-05-01T00:00:00Z"),
            "were older than the policy's first_load when they were first seen",
            id="old",
        ),
        pytest.param(post(tags=["GDPR"]), "are on data privacy, and may not be sent", id="privacy"),
        pytest.param(
            {**post(), "title": "A survey", "tags": [], "body": {"contentType": "html", "content": "<p>Tell us.</p>"}},
            "concern nobody that the policy names",
            id="nobody",
        ),
    ],
)
async def test_each_silence_has_its_reason(raw: Any, why: str) -> None:
    world = World(policy())
    await world.arrive(raw)
    world.clock.forward(hours=1)
    await world.drain(timedelta(days=1))

    assert why_nothing(await world.held()) == why


def test_the_sentence_begins_with_what_followed() -> None:
    counts = Counter({"had run out": 2890, FOLLOWED: 5, "concern nobody": 12})

    assert summed_up(counts) == f"2,907 changes: 5 {FOLLOWED}, 2,890 had run out, 12 concern nobody"
    assert summed_up({}) == "0 changes: there is none"
