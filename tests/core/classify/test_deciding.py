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


def test_a_sentence_is_a_better_reason_than_a_tag() -> None:
    found = findings(tags="Retirement", title="The mailbox goes")

    assert decided(LINES, found) == ("yes", "The mailbox goes")


def test_a_tag_is_told_as_microsofts_where_no_sentence_counts() -> None:
    assert decided(LINES, findings(tags="Updated | Retirement | Other")) == ("yes", "Microsoft tags it “Retirement”")


def test_a_tag_that_drowns_the_sentence_is_the_reason() -> None:
    lines = LINES | {"tags: retirement ...": "crb yes 1300"}

    assert decided(lines, findings(tags="Retirement", title="The mailbox goes"))[1] == "Microsoft tags it “Retirement”"


def test_the_reason_is_the_whole_sentence_that_counts_most_in_sum() -> None:
    lines = {"title= pens": "crb yes 90", "intro= lists": "crb yes 60", "intro= end": "crb yes 60"}
    found = findings(title="Pens", intro="Some pages stay. Lists end in May, for all. Pages stay.")

    assert decided(lines, found) == ("yes", "Lists end in May, for all.")


def test_what_speaks_against_the_value_counts_against_its_sentence() -> None:
    lines = {"intro= lists": "crb yes 90", "intro= pages": "crb no 60", "intro= pens": "crb yes 50"}

    assert decided(lines, findings(intro="Lists and pages go. Pens go.")) == ("yes", "Pens go.")


def test_another_fields_decision_is_no_reason() -> None:
    found = findings(title="Lists")
    found.mark("kind:retirement")

    assert decided(LINES, found) == ("yes", "nothing speaks against it")


def test_what_graph_says_is_told_in_words() -> None:
    found = findings(title="Lists")
    found.mark("major:yes", "graph_act_by:no")

    assert decided({"major:yes": "crb yes 90", "graph_act_by:no": "crb yes 95"}, found) == (
        "yes",
        "Microsoft calls it a major change",
    )


def test_a_line_that_leads_to_a_list_is_no_reason() -> None:
    lines = {"intro= lists": "crb yes 90", "intro= pens": "crb yes 50"}

    assert decided(lines, findings(intro="Lists that go:\nPens go."))[1] == "Pens go."


def test_a_title_is_no_reason_for_what_says_nothing_in_particular() -> None:
    assert decided({"title= lists": "crb no 90"}, findings(title="Lists")) == ("no", "nothing speaks against it")


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
    ("text", "words"),
    [
        pytest.param("the sky is very blue", ["sky is very blue"], id="within a sentence"),
        pytest.param("the sky. all is blue", [], id="not over two sentences"),
    ],
)
def test_a_gap_stands_for_some_words_of_one_sentence(text: str, words: list[str]) -> None:
    found = Rows([signal("title", "sky ... blue")]).find(text)

    assert [text[start:end] for _, start, end in found.values()] == words


def test_weights_survive_writing() -> None:
    weights: Weights = read_weights(LINES)

    assert dict(write_weights(weights.by_finding)) == dict(sorted(LINES.items()))


def test_every_signal_has_a_name_of_its_own_that_the_weights_know() -> None:
    names = [row.name for row in SIGNALS]
    told = {name.removeprefix("not ").removeprefix("if ") for name in shipped_weights().by_finding}

    assert len(set(names)) == len(names)
    assert not [name for name in told if name.endswith(" ...") and name not in names]
