"""Whoever `doer` names is named by a word that is looked for before; so no sentence without one is read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.classify.particulars.doers import DOER_SIGNS, DOERS, doer
from shared.core.text.html import plain_text
from shared.core.text.wording import folded, has_any, sentences

SAMPLES = Path(__file__).parents[4] / "sandbox/samples/history.jsonl"
PIECES = st.lists(
    st.sampled_from(
        [
            *sorted(DOERS),
            *("As an admin", "As a", "you", "can", "now have", "will", "Enables", "allows", "lets", "to", "the", "an"),
            *("Users with the Reader role", "permission", "pin", "pages", "and", "or", ",", ":", "by", "so", "."),
            *("MAKERS", "ma\u212aers", "owner\u017f", "pro-developers", "co-owners", "can be pinned", "easier for"),
        ]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


def is_told(sentence: str) -> bool:
    return has_any(folded(sentence), (*DOERS, *DOER_SIGNS))


@given(sentence=PIECES)
def test_no_generated_sentence_names_somebody_without_a_sign(sentence):
    assert is_told(sentence) or not doer(sentence)


def test_no_sentence_of_the_samples_names_somebody_without_a_sign():
    items = map(json.loads, SAMPLES.read_text("utf-8").splitlines())
    texts = [plain_text(item["post"]["body"]["content"]) for item in items if "post" in item]
    told = {each for text in texts for line in text.split("\n") for each in sentences(line)}

    named = [sentence for sentence in told if doer(sentence)]
    assert named
    assert all(map(is_told, named))


#: Of anybody; alone they name nobody.
ANYBODY = {"admins", "administrators", "members", "attendees", "participants", "professionals"}


@pytest.mark.parametrize("noun", sorted(DOERS - ANYBODY))
def test_each_of_these_words_is_somebody(noun):
    assert doer(f"Contoso {noun} can pin pages.") == f"Contoso {noun}"
