"""2,907 real posts in two tenants through the whole product: first load, again, edited, and cosmetically edited."""

import json
from copy import deepcopy

import pytest

from tests.e2e.running import REAL, needs_real_posts, once, real_posts, write

pytestmark = [needs_real_posts, pytest.mark.timeout(3600)]
NOTHING = {"changes": 0, "revisions": 0, "tickets": 0, "cards": 0, "parked": 0}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The first load, kept for the runs after it."""
    state = tmp_path_factory.mktemp("real")
    arguments = ["--tenants", "2", "--now", "2025-09-30T23:59Z", "--state", str(state)]
    return arguments, once("--posts", str(REAL), *arguments)


def test_every_post_of_both_tenants_becomes_one_change_and_some_get_tickets_and_cards(loaded):
    _, first = loaded

    assert first["posts_read"] == 2 * 2907
    assert first["changes"] == 2907
    assert first["revisions"] == 0
    assert first["parked"] == 0
    assert 0 < first["tickets"] < 100, "nobody gets a wall of tickets on day one"
    assert 0 < first["cards"] < 200
    assert first["storage_calls"] > 0
    assert first["graph_calls"] > 0
    assert first["host_calls"] > 0


def test_the_same_again_changes_nothing(loaded):
    arguments, _ = loaded

    again = once("--posts", str(REAL), *arguments)

    assert {name: again[name] for name in NOTHING} == NOTHING


def test_what_is_only_cosmetic_makes_no_revision(loaded, tmp_path):
    arguments, _ = loaded
    posts = real_posts()
    for post in posts[:300]:
        post["lastModifiedDateTime"] = "2025-10-01T08:00:00Z"
    for post in posts[300:600]:
        post["services"] = [f"{service} (renamed)" for service in post["services"]]
    for post in posts:
        for detail in post["details"] or []:
            if detail["name"] == "FeatureStatusJson":
                detail["value"] = _reordered(detail["value"])

    again = once("--posts", write(tmp_path / "cosmetic.jsonl", posts), *arguments)

    assert {name: again[name] for name in NOTHING} == NOTHING


def test_exactly_the_hundred_posts_that_were_edited_become_revisions(loaded, tmp_path):
    arguments, _ = loaded
    posts = real_posts()
    for index, post in enumerate(posts[1000:1100]):
        post["lastModifiedDateTime"] = "2025-10-01T09:00:00Z"
        if index % 3 == 0:
            post["title"] += ", in more places"
        elif index % 3 == 1:
            post["body"] = deepcopy(post["body"]) | {"content": post["body"]["content"] + "<p>One more thing.</p>"}
        else:
            post["actionRequiredByDateTime"] = "2025-12-24T00:00:00Z"

    again = once("--posts", write(tmp_path / "edited.jsonl", posts), *arguments)

    assert again["changes"] == 0
    assert again["revisions"] == 100
    assert again["parked"] == 0


def _reordered(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    shuffled = {key: found[key][::-1] if isinstance(found[key], list) else found[key] for key in reversed(list(found))}
    return json.dumps(shuffled)
