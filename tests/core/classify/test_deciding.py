"""How a value is chosen by weights, and which words are told as the reason."""

import pytest

from shared.core.classify.deciding import Decider
from shared.core.classify.findings import Findings, find_all
from shared.core.classify.signals import Places, Rows, signal
from shared.core.classify.tables import SIGNALS
from shared.core.classify.weights import Weights, read_weights, shipped_weights, write_weights

LINES = {
    "(base)": "crb no 50",
    "tags: retirement ...": "crb yes 200",
    "title= mailbox": "crb yes 300",
    "kind:retirement": "crb yes 150; kind retirement 10",
    "not text: on by default ...": "crb no 400",
}


def findings(**places: str) -> Findings:
    return find_all(Places(places), None)


def decided(weights: dict[str, str], found: Findings) -> tuple[str, str]:
    decision = Decider(found, read_weights(weights)).decide("crb")
    return decision.value, decision.why.words


def test_a_signal_is_a_better_reason_than_a_word() -> None:
    assert decided(LINES, findings(tags="Retirement", title="The mailbox")) == ("yes", "Retirement")


def test_a_word_is_told_with_the_clause_around_it() -> None:
    assert decided(LINES, findings(title="The old mailbox moves")) == ("yes", "The old mailbox moves")


def test_a_mark_is_told_in_words() -> None:
    found = findings(title="Lists")
    found.mark("kind:retirement")

    assert decided(LINES, found) == ("yes", "it is a retirement")


def test_nothing_found_says_so() -> None:
    assert decided(LINES, findings(title="Lists")) == ("no", "nothing speaks against it")


def test_a_denied_phrase_counts_for_itself() -> None:
    assert "not text: on by default ..." in findings(text="It is not on by default.").signals
    assert "text: on by default ..." in findings(text="It is on by default.").signals


def test_a_denied_word_is_another_word() -> None:
    terms = findings(title="Lists are not shared").terms

    assert "title= ~shared" in terms
    assert "title= shared" not in terms


def test_a_small_lead_gives_little_confidence() -> None:
    sure = Decider(findings(tags="Retirement", title="mailbox"), read_weights(LINES)).decide("crb").why
    unsure = Decider(findings(title="Lists"), read_weights(LINES)).decide("crb").why

    assert unsure.confidence < 0.7 < sure.confidence


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("The sky is very blue", ["sky is very blue"], id="within a sentence"),
        pytest.param("The sky. All is blue", [], id="not over two sentences"),
    ],
)
def test_a_gap_stands_for_some_words_of_one_sentence(title: str, words: list[str]) -> None:
    places = Places({"title": title})
    found = Rows([signal("title", "sky ... blue")]).find(places.lower["title"])

    assert [places.phrase("title", start, end) for _, start, end in found.values()] == words


def test_weights_survive_writing() -> None:
    weights: Weights = read_weights(LINES)

    assert dict(write_weights(weights.by_finding)) == dict(sorted(LINES.items()))


def test_every_signal_has_a_name_of_its_own_that_the_weights_know() -> None:
    names = [row.name for row in SIGNALS]
    told = {name.removeprefix("not ").removeprefix("if ") for name in shipped_weights().by_finding}

    assert len(set(names)) == len(names)
    assert not [name for name in told if name.endswith(" ...") and name not in names]
