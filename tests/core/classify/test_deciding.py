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


def because(weights: dict[str, str], field: str, found: Findings) -> tuple[str, str]:
    decision = Decider(found, read_weights(weights)).decide(field)
    return decision.value, decision.why.words


def test_the_reason_is_the_whole_sentence_that_counts_most_in_sum() -> None:
    lines = {
        "title= pens": "kind retirement 90",
        "intro= lists": "kind retirement 60",
        "intro= end": "kind retirement 60",
    }
    found = findings(title="Pens", intro="Some pages stay. Lists end in May, for all. Pages stay.")

    assert because(lines, "kind", found) == ("retirement", "Lists end in May, for all.")


def test_what_speaks_against_the_value_counts_against_its_sentence() -> None:
    lines = {"intro= lists": "kind info 90", "intro= pages": "kind info -60", "intro= pens": "kind info 50"}

    assert because(lines, "kind", findings(intro="Lists and pages go. Pens go.")) == ("info", "Pens go.")


def test_a_sentence_is_a_better_reason_than_a_tag_that_counts_a_little_more() -> None:
    lines = {"tags: retirement ...": "kind retirement 200", "title= mailbox": "kind retirement 90"}
    found = findings(tags="Retirement", title="The mailbox goes")

    assert because(lines, "kind", found) == ("retirement", "The mailbox goes")


def test_a_tag_that_drowns_the_sentence_is_the_reason_and_told_as_microsofts() -> None:
    lines = {"tags: retirement ...": "kind retirement 400", "title= mailbox": "kind retirement 90"}
    found = findings(tags="Updated | Retirement | Other", title="The mailbox goes")

    assert because(lines, "kind", found) == ("retirement", "Microsoft tags it “Retirement”")


def test_a_kind_that_no_sentence_tells_is_told_by_the_title() -> None:
    found = findings(title="Lists", prepare="Ensure that lists work.")

    assert because({"advice: ensure ...": "kind security 90"}, "kind", found)[1] == "Lists"


@pytest.mark.parametrize(
    ("field", "value", "sentence", "expected"),
    [
        pytest.param("default", "off", "Lists are off by default.", None, id="off: it speaks of the default"),
        pytest.param("default", "off", "Lists have colours.", "no one sentence says so", id="off: of colours"),
        pytest.param("default", "on", "Lists have colours.", "nothing speaks against it", id="on: of colours"),
        pytest.param("default", "removed", "Lists are removed in May.", None, id="removed: it speaks of the end"),
        pytest.param("need", "optional", "Review lists.", None, id="optional: it leaves a choice"),
        pytest.param(
            "need", "optional", "Admins cannot change lists.", "no one sentence says so", id="optional: cannot"
        ),
        pytest.param("need", "required", "Admins must move lists.", None, id="required: it demands"),
        pytest.param("need", "none", "No action is required for lists.", None, id="none: it asks nothing"),
        pytest.param("need", "none", "Lists have colours.", "nothing speaks against it", id="none: of colours"),
        pytest.param("user", "medium", "Users see lists.", None, id="medium: it speaks of users"),
        pytest.param(
            "user", "medium", "No action by users for lists.", "no one sentence says so", id="medium: no action"
        ),
        pytest.param("user", "low", "Only admins see lists.", None, id="low: it speaks of admins"),
        pytest.param(
            "user", "medium", "For users of lists:", "no one sentence says so", id="a line that leads to a list"
        ),
    ],
)
def test_a_reason_speaks_of_what_the_field_is_about(
    field: str, value: str, sentence: str, expected: str | None
) -> None:
    lines = {"(base)": f"{field} {value} 100", "intro= lists": f"{field} {value} 90"}

    assert because(lines, field, findings(intro=f"Pages stay. {sentence}")) == (value, expected or sentence)


def test_a_title_is_no_reason_for_what_it_does_not_say() -> None:
    assert because({"title= settings": "need optional 90"}, "need", findings(title="New settings"))[1] == (
        "no one sentence says so"
    )


def test_a_sentence_that_names_the_default_goes_before_a_stronger_one() -> None:
    lines = {"intro= lists": "default on 90", "intro= pages": "default on 30"}
    found = findings(intro="Lists appear automatically. Pages are on by default.")

    assert because(lines, "default", found) == ("on", "Pages are on by default.")


def test_another_fields_decision_is_no_reason() -> None:
    found = findings(intro="Lists")
    found.mark("kind:retirement")

    assert because({"kind:retirement": "need required 150"}, "need", found) == ("required", "no one sentence says so")


def test_what_graph_says_is_told_in_words() -> None:
    found = findings(intro="Lists")
    found.mark("graph_act_by:yes")

    assert because({"graph_act_by:yes": "need required 150"}, "need", found) == (
        "required",
        "Microsoft names a day to act by",
    )


def test_nothing_found_says_so() -> None:
    assert because({"(base)": "need none 50"}, "need", findings(title="Lists")) == ("none", "nothing speaks against it")


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


def test_what_spares_users_is_the_reason_that_few_feel_it() -> None:
    lines = {"(base)": "user low 100", "intro= lists": "user low 90"}
    found = findings(intro="Only admins see lists.", text="Only admins see lists. There is no change for your users.")

    assert because(lines, "user", found) == ("low", "There is no change for your users.")


def test_what_goes_on_is_no_reason_that_users_feel_something() -> None:
    lines = {"(base)": "user medium 100", "intro= lists": "user medium 90"}

    assert because(lines, "user", findings(intro="Users continue to see lists."))[1] == "no one sentence says so"


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        pytest.param("Admins who run lists", "nothing speaks against it", id="beside users"),
        pytest.param("Hidden lists are for admins", "Hidden lists are for admins", id="another line"),
    ],
)
def test_a_line_of_who_is_affected_says_that_few_feel_it_only_where_no_users_are_named(
    sentence: str, reason: str
) -> None:
    lines = {"(base)": "user low 100", "impact= lists": "user low 90", "intro= lists": "user low 90"}
    found = findings(intro=sentence, audience="Admins who run lists\nUsers of lists")

    assert because(lines, "user", found) == ("low", reason)
