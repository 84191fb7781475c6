"""Small posts written for one fault each (not part of the project): the fields that they say they are about.

Those that are read wrongly today are named; a fit that mends one must take it off the list.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.core.classify.classifier import classify
from shared.core.posts.post import read_post

CASES = Path(__file__).parents[4] / "shared" / "cases" / "reading.jsonl"
VALUES = {
    "kind": {"new_feature", "feature_change", "retirement", "security", "maintenance", "info"},
    "default": {"on", "off", "removed", "n/a"},
    "action": {"required", "optional", "none"},
}


def wanted() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Case, field, value and post, for the fields whose value stands in the words of `want` without doubt."""
    if not CASES.exists():
        return []
    rows = [json.loads(line) for line in CASES.read_text("utf-8").splitlines() if line.strip()]
    found = []
    for row in rows:
        words = row["want"].replace("/", " ").split()
        for field in row["fields"] or ():
            named = [word for word in words if word in VALUES.get(field, set())]
            if len(named) == 1:
                found.append((row["case"], field, named[0], row["post"]))
    return found


WANTED = wanted()
MISREAD = {
    ("K4 sender domain", "kind"),
    ("K7 default flips with New feature tag", "kind"),
    ("M2 admins should deploy", "kind"),
    ("A6 before February when conditional", "action"),
    ("M2 admins should deploy", "action"),
}


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not there: it is not ours to ship")
@pytest.mark.parametrize(
    ("case", "field", "value", "post"), WANTED, ids=[f"{case}, {field}" for case, field, _, _ in WANTED]
)
def test_small_posts_are_read_as_wanted(case: str, field: str, value: str, post: dict[str, Any]) -> None:
    right = str(classify(read_post(post)).to_label()[field]) == value

    assert right == ((case, field) not in MISREAD)
