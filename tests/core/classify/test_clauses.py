import pytest

from shared.core.classify.clauses import reason, whole_words
from shared.core.classify.signals import Rows, signal


@pytest.mark.parametrize(
    ("text", "phrase", "how"),
    [
        pytest.param("pages are enabled by default.", "enabled by default", "said", id="plain"),
        pytest.param("pages are not enabled by default.", "enabled by default", "denied", id="not"),
        pytest.param("pages won't be enabled by default.", "enabled by default", "denied", id="won't"),
        pytest.param("the list is never enabled by default.", "enabled by default", "denied", id="never"),
        pytest.param("it is not new, but it is enabled by default.", "enabled by default", "said", id="but ends it"),
        pytest.param("it is not new. it is enabled by default.", "enabled by default", "said", id="a sentence ends it"),
        pytest.param("not only users: flows fail.", "flows fail", "said", id="not only"),
        pytest.param("if you do not use lists, no action is required.", "no action is", "supposed", id="if unused"),
        pytest.param("if no action is taken, flows stop.", "no action", "supposed", id="if nothing is done"),
        pytest.param("review your lists, if applicable.", "review", "supposed", id="if applicable"),
        pytest.param("no action is required.\nif you like, wait.", "no action is", "said", id="the next line's if"),
        pytest.param("this does not affect your forms.", "affect", "denied", id="does not affect"),
    ],
)
def test_a_phrase_counts_as_its_clause_says_it(text: str, phrase: str, how: str) -> None:
    found = Rows([signal("text", phrase)]).find(f" {text} ")

    assert [standing for standing, _, _ in found.values()] == [how]


def test_a_reason_is_a_sentence_and_at_most_a_hundred_characters() -> None:
    text = "Old lists go. Pages stay where they are. " + "Lists are read by many people in the house " * 5

    assert reason(text, 20, 24) == "Pages stay where they are"
    assert len(reason(text, 120, 126)) <= 100


def test_a_phrase_is_shown_in_whole_words() -> None:
    assert whole_words("It streamlines lists", 3, 9) == "streamlines"
