import pytest

from shared.core.classify.clauses import whole_sentence
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


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        pytest.param("Old lists go. Pages stay here. Pens go.", "stay", "Pages stay here.", id="between two others"),
        pytest.param("Old lists go.\nPages stay here\nPens go.", "stay", "Pages stay here", id="a line of its own"),
        pytest.param("Use 2.5 GB, e.g. for lists.", "lists", "Use 2.5 GB, e.g. for lists.", id="no stop in a number"),
        pytest.param("Pages stay. They do. Pens go.", "stay. They", "Pages stay. They do.", id="over a stop"),
    ],
)
def test_the_sentence_around_words_is_whole(text: str, words: str, sentence: str) -> None:
    start = text.index(words)

    assert whole_sentence(text, start, start + len(words)) == sentence


def test_of_a_line_without_end_only_the_neighbourhood_is_a_sentence() -> None:
    assert len(whole_sentence("list " * 10_000, 20_000, 20_004)) <= 1_204
