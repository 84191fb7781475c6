"""The classifier against posts that were labelled by hand; they are not part of the project."""

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shared.core.classify import classify
from shared.core.classify.dates.phrases import find
from shared.core.classify.document import read_document
from shared.core.posts.post import read_post

SHARED = Path(__file__).parents[4] / "shared"
LABELLED = SHARED / "data" / "labelled_2026.jsonl"
MESSAGES = SHARED / "data" / "messages.jsonl.gz"
SCORE = SHARED / "eval" / "score.py"

# A bit under what is reached: a change of the rules may move single posts, not the picture.
FLOORS = {
    "status": 0.985,
    "superseded_by": 0.99,
    "act_by": 0.94,
    "kind": 0.79,
    "admin_impact": 0.71,
    "user_impact": 0.77,
    "default": 0.79,
    "action": 0.71,
}
F1_FLOORS = {"rollouts": 0.945, "rollouts without phase": 0.96, "crb": 0.77, "training": 0.57}

needs_labels = pytest.mark.skipif(
    not LABELLED.exists(), reason=f"{LABELLED} is not there: labelled posts are not ours to ship"
)
needs_messages = pytest.mark.skipif(
    not MESSAGES.exists(), reason=f"{MESSAGES} is not there: real posts are not ours to ship"
)


@pytest.fixture(scope="module")
def rows() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Label and prediction of every labelled post."""
    read = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    return [(row["label"], classify(read_post(row["post"])).to_label()) for row in read]


@pytest.fixture(scope="module")
def score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_labels
@pytest.mark.parametrize("field", FLOORS)
def test_fields_agree_with_the_labels(field: str, rows: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    right = sum(label[field] == said[field] for label, said in rows)

    assert right / len(rows) >= FLOORS[field]


@needs_labels
@pytest.mark.parametrize("figure", F1_FLOORS)
def test_sets_agree_with_the_labels(
    figure: str, rows: list[tuple[dict[str, Any], dict[str, Any]]], score: ModuleType
) -> None:
    if figure.startswith("rollouts"):
        with_phase = figure == "rollouts"
        pairs = [(score.windows(label, with_phase), score.windows(said, with_phase)) for label, said in rows]
    else:
        pairs = [
            ({label["id"]} if label[figure] else set(), {said["id"]} if said[figure] else set()) for label, said in rows
        ]

    assert score.f1(pairs)[0] >= F1_FLOORS[figure]


@needs_messages
def test_every_real_post_is_read() -> None:
    with gzip.open(MESSAGES, "rt", encoding="utf-8") as lines:
        posts = [read_post(json.loads(line)) for line in lines]
    dated = with_window = 0
    for post in posts:
        said, document = classify(post), read_document(post)
        assert not any(why.words.startswith("could not be read") for why in said.why.values()), post.id
        windows = [window for window in said.windows if window.start or window.end]
        if said.status == "scheduled" and any(find(line.text) for line in document.of("when")):
            dated += 1
            with_window += bool(windows)
        assert not windows or any(find(line.text) for line in document.lines), f"{post.id}: an invented date"

    assert with_window / dated >= 0.97
