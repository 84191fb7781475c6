from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.core.classify.classifier import classify
from shared.core.classify.document import read_document
from shared.core.classify.particulars.bold import bold_names
from shared.core.classify.particulars.controls import read_controls
from shared.core.classify.particulars.read import read_particulars
from shared.core.classify.particulars.steps import read_steps
from shared.core.classify.particulars.way_out import read_way_out
from shared.core.posts.classification import Classification
from shared.core.posts.post import read_post
from shared.core.text.html import plain_text
from tests.core.classify.posts import a_post, when
from tests.effort import ratio

PIECES = st.sampled_from(
    [
        *(
            "early",
            "mid-",
            "May",
            "2026",
            "(previously",
            ")",
            "[",
            "]",
            "–",
            "by",
            "to",
            "Q4",
            "9999",
            "5/5/26",
            "week of",
        ),
        *(
            "<p>",
            "</p>",
            "<b>",
            "<table>",
            "<li>",
            "<td>",
            "<",
            ">",
            "&nbsp;",
            "&#0;",
            "\x00",
            "\n",
            '"',
            "'",
            ".",
            "/",
            "0",
        ),
        *("Updated May 4, 2026:", "When this will happen:", "General Availability:", "GCC", "MC123456", "retire"),
        *("not to proceed", "\u0130", "ß", "不"),
    ]
)
BODIES = st.one_of(
    st.text(max_size=400), st.lists(PIECES, max_size=80).map(" ".join), st.lists(PIECES, max_size=80).map("".join)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES, title=st.text(max_size=60), kind=st.sampled_from(["html", "text", "other"]))
def test_any_text_is_classified(body: str, title: str, kind: str) -> None:
    said = classify(a_post(title=title, body={"contentType": kind, "content": body}))

    assert Classification.from_json(said.to_json()) == said
    assert not any(why.words.startswith("could not be read") for why in said.why.values())


@settings(max_examples=150, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(["title", "tags", "services", "category", "details", "body", "startDateTime", "isMajorChange"]),
        JSON,
    )
)
def test_any_fields_are_classified(fields: dict[str, Any]) -> None:
    said = classify(read_post({"id": "MC9000001"} | fields))

    assert not any(why.words.startswith("could not be read") for why in said.why.values())


HUNDRED_KB = 100_000
HARD = {
    "previously, never closed": "(previously " * (HUNDRED_KB // 12),
    "previously, twice at a time": "(previously (previously " * (HUNDRED_KB // 24),
    "previously, with dates": "late May (previously mid-May (previously " * (HUNDRED_KB // 42),
    "early": "early " * (HUNDRED_KB // 6),
    "early to mid": "early to mid " * (HUNDRED_KB // 13),
    "dates": "May 4, 2026 " * (HUNDRED_KB // 12),
    "dates without years": "by late May and " * (HUNDRED_KB // 16),
    "Updated": "Updated " * (HUNDRED_KB // 8),
    "unclosed tags": "<p " * (HUNDRED_KB // 3),
    "unclosed bold": "<b>" * (HUNDRED_KB // 3),
    "bold and paragraphs": "".join(f'<b id="{number}"><p>' for number in range(8_000)),
    "fonts": "".join(f"<font size={number}><p>x" for number in range(5_000)),
    "deep nesting": "<div>" * (HUNDRED_KB // 5),
    "deep lists": "<ul><li>" * (HUNDRED_KB // 8),
    "deep tables": "<table><tr><td>" * (HUNDRED_KB // 15),
    "many rows": "<table>" + "<tr><td>May 2026" * (HUNDRED_KB // 16),
    "quotes": "<a " + "\"'" * (HUNDRED_KB // 2),
    "angle brackets": "<" * HUNDRED_KB,
    "square brackets": "[" * HUNDRED_KB,
    "ampersands": "&" * HUNDRED_KB,
    "comments": "<!--" * (HUNDRED_KB // 4),
    "one line of a megabyte": "x" * 1_000_000,
    "one line of words": "will be available on May 4 and " * 33_000,
    "spaces": " " * 1_000_000,
    "newlines": "\n" * HUNDRED_KB,
    "digits": "1" * HUNDRED_KB,
    "one sentence after another": "We will begin. " * (HUNDRED_KB // 15),
    "short paragraphs": "<p>By May 4, 2026, you must act.</p>" * 3_000,
    "hyphens": "mid-" * (HUNDRED_KB // 4),
    "headings": "<p>[When this will happen:]</p>" * 3_000,
    "what you need to": "what do you need to do to " * 4_000,
    "ids": "MC1234567 " * (HUNDRED_KB // 10),
    "delayed": "delayed updated timeline " * 4_000,
    "links": "<a href='https://contoso.com'>" * 4_000,
    "links without an end": '<a href="' * (HUNDRED_KB // 9),
    "a link of many attributes": "<a " + "href = " * (HUNDRED_KB // 7) + ">",
    "rows of questions": "<table>" + "<tr><td>Does the change<td>No, but" * 3_000,
    "licences": "users with a Contoso Notes Premium license " * 2_300,
    "names of licences": "requires Contoso Notes " * 4_000,
    "who is affected": "Who is affected: admins who manage " * 3_000,
    "platforms": "Windows, Mac, iOS and Android " * 3_300,
    "you receive this": "You are receiving this because your organization uses " * 2_000,
    "versions": "version 2402 or later, " * 4_500,
}
PLAIN = a_post("The quick brown fox jumps over the lazy dog. " * (HUNDRED_KB // 45))
LIMIT = 20  # times as long as plain sentences of that length; the worst takes ten times as long


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("place", ["body", "when-section", "banner", "plain text", "title and summary"])
def test_no_input_takes_long(name: str, place: str) -> None:
    text = HARD[name]
    post = {
        "body": lambda: a_post(text),
        "when-section": lambda: a_post(when(text)),
        "banner": lambda: a_post(f"<p>Updated April 2, 2026: {text}"),
        "plain text": lambda: a_post(body={"contentType": "text", "content": text}),
        "title and summary": lambda: a_post(title=text, details=[{"name": "Summary", "value": text}]),
    }[place]()

    assert ratio(lambda: classify(post), lambda: classify(PLAIN)) < LIMIT


HARD_PARTICULARS = {
    "arrows": "Teams admin center > a b c > " * (HUNDRED_KB // 28),
    "words before an arrow": ("Go to Aa Bb Cc Dd " * 200 + "> X ") * 30,
    "names of policies": "the Allow people to do a lot of policy " * (HUNDRED_KB // 40),
    "capitals": "the Xx Yy " * (HUNDRED_KB // 11) + " policy",
    "quoted names": 'turn on "Allow this ' * (HUNDRED_KB // 20),
    "cmdlets": "Set-CsPolicy -Allow $true " * (HUNDRED_KB // 26),
    "demands": "You must review it, if you use it, " * (HUNDRED_KB // 35),
    "labels": "Optional: 1. " * (HUNDRED_KB // 13),
    "ways out": "you can opt out of this or turn it off " * (HUNDRED_KB // 39),
    "ways to keep": "to keep the current " * (HUNDRED_KB // 20),
    "defaults": "by default, the setting " * (HUNDRED_KB // 24) + "is off",
    "registry": "HKLM" + "\\a b" * (HUNDRED_KB // 4),
    "names in bold": "Use the <b>Pin all pages</b> setting " * (HUNDRED_KB // 38),
    "bold without end": "<b>Pin all pages setting " * (HUNDRED_KB // 24),
    "settings of portals": "review your page settings in the Microsoft Teams " * (HUNDRED_KB // 48),
    "a toggle far behind": "turn on the Allow pages of all " * (HUNDRED_KB // 31) + " toggle",
    "defaults of clouds": "off by default for EU, UK and GCC, except in EU, UK, " * (HUNDRED_KB // 53),
    "many controls": "".join(f"<p>Use the Xx{number} policy.</p>" for number in range(4000)),
    "a step without end": "<p>Tell these teams about:</p>" + "<li>X</li>" * 3_000,
}
PREPARE = "<p>[What you need to do to prepare:]</p>"


@pytest.mark.parametrize("name", HARD | HARD_PARTICULARS)
@pytest.mark.parametrize("place", ["body", "prepare", "who", "compliance", "long lines", "plain text"])
def test_no_particulars_take_long(name: str, place: str) -> None:
    text = (HARD | HARD_PARTICULARS)[name]
    lines = "".join(f"<p>{text[at : at + 3900]}</p>" for at in range(0, 31_000, 3900))
    post = {
        "body": lambda: a_post(text),
        "prepare": lambda: a_post(PREPARE + text),
        "who": lambda: a_post(f"<p>[Who is affected]</p><ul><li>{text}"),
        "compliance": lambda: a_post(f"<p>[Compliance considerations]</p><p>{text}"),
        "long lines": lambda: a_post(PREPARE + lines),
        "plain text": lambda: a_post(body={"contentType": "text", "content": text}),
    }[place]()
    classification = classify(post)

    assert ratio(lambda: read_particulars(post, classification), lambda: classify(PLAIN)) < LIMIT


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES)
def test_particulars_are_read_of_any_text(body: str) -> None:
    post = a_post(PREPARE + body)
    document, classification = read_document(post), classify(post)
    particulars = read_particulars(post, classification)

    assert particulars.steps == read_steps(document, classification)
    assert particulars.controls == read_controls(document, bold_names(post))
    assert particulars.way_out == read_way_out(document)


def test_a_monster_is_read_up_to_the_limit() -> None:
    assert len(plain_text("<p>word</p>" * 500_000)) < 100_000


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"body": None}, id="no body"),
        pytest.param({"body": {"contentType": "html", "content": ""}}, id="an empty body"),
        pytest.param({"category": "somethingNew", "tags": ["Something new"]}, id="an unknown category"),
        pytest.param({"startDateTime": None, "lastModifiedDateTime": None}, id="no dates"),
        pytest.param(
            {"title": "Contoso Notes: Eine Seite anheften", "body": {"content": "Ab Mai 2026 verfügbar."}}, id="German"
        ),
    ],
)
def test_what_is_missing_leaves_neutral_values(fields: dict[str, Any]) -> None:
    said = classify(a_post(**fields))

    assert (said.superseded_by, said.act_by, said.crb) == (None, None, False)


def test_a_fault_of_our_own_gives_neutral_values_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("shared.core.classify.classifier.read_document", broken)
    said = classify(a_post())

    assert said == Classification(id="MC9000001", why=said.why)
    assert [why.confidence for why in said.why.values()] == [0.0]
