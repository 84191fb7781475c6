"""Shortcuts of wordings find what the long way finds."""

import re
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from shared.core.text.wording import Wording, any_of, folded, sentences

#: What a text of these tests is made of; among them the forms of i, k and s outside of ASCII.
PIECES = st.lists(
    st.sampled_from(
        [
            *("keep", "kept", "KEEP", "\u212aeep", "set", "\u017fet", "Sets", "is", "\u0131s", "\u0130S", "no longer"),
            *(
                "may no longer",
                "not",
                "will keep",
                "(set",
                "reset",
                "2 sets",
                ".",
                ". ",
                "! ",
                "?\n",
                " ",
                "\n",
                "'",
                '"',
            ),
            *('"', "A", "The", "(", "\u00a0", "  "),
        ]
    ),
    max_size=24,
).map("".join)

#: Wordings in each form that is led by its first letter, or is not.
WORDINGS = (
    ("keep", "set"),
    (r"(?:keep|set)s?\b",),
    (r"(?:will )?keep\b", "is"),
    (r"(?:will |may )(?:keep|no longer)", r"s?et"),
    (r"(?<!may )no longer\b", "not"),
    (r"(?<!may )(?<!will )(?:no longer|keep)", "kept"),
    (r"(?<=\()set\b", "2 sets"),
    (r"(?:keep|set)(?: \w+)? is",),
    (r"\w+ longer",),
)


@given(text=PIECES, wordings=st.sampled_from(WORDINGS))
def test_wordings_led_by_their_first_letters_are_found_where_any_of_them_is(
    text: str, wordings: tuple[str, ...]
) -> None:
    long = re.compile(rf"(?i:\b(?:{'|'.join(wordings)}))")

    assert [found.span() for found in any_of(*wordings).finditer(text)] == [
        found.span() for found in long.finditer(text)
    ]


@given(text=PIECES)
def test_a_line_is_cut_into_sentences_behind_each_stop_before_a_capital(text: str) -> None:
    assert list(sentences(text)) == re.split(r"(?<=[.!?])\s+(?=[A-Z\"(])", text)


@given(text=PIECES, part=st.sampled_from(["keep", "set", "is", "no longer"]))
def test_a_folded_text_holds_what_a_pattern_finds_in_upper_or_lower_case(text: str, part: str) -> None:
    if re.search(part, text, re.IGNORECASE):
        assert part in folded(text)


def test_letters_have_no_forms_but_those_that_are_known() -> None:
    others = "".join(map(chr, range(128, 0x110000)))
    forms = {letter: set(re.findall(letter, others, re.IGNORECASE)) for letter in "abcdefghijklmnopqrstuvwxyz"}

    assert {letter: found for letter, found in forms.items() if found} == {
        "i": {"\u0130", "\u0131"},
        "k": {"\u212a"},
        "s": {"\u017f"},
    }


def test_a_wording_is_compiled_when_it_is_first_looked_for() -> None:
    wording = Wording(r"(?P<what>pages?)", re.IGNORECASE)
    assert "search" not in vars(wording)

    assert (found := wording.search("All Pages")) is not None
    assert found["what"] == "Pages"
    assert vars(wording)["search"] == re.compile(r"(?P<what>pages?)", re.IGNORECASE).search
    assert (wording.sub("x", "a page"), wording.split("a page b"), dict(wording.groupindex)) == (
        "a x",
        ["a ", "page", " b"],
        {"what": 1},
    )


#: Run by itself: it must come before the modules that have wordings.
_EVERY_WORDING = """
import json, re
from pathlib import Path
from shared.core.text import wording

long, own = [], wording.any_of
def any_of(*wordings, lead=r"\\b", tail=""):
    quick = own(*wordings, lead=lead, tail=tail)
    if quick.pattern[:1] == "[":
        long.append((re.compile(f"(?i:{lead}(?:{'|'.join(wordings)}){tail})"), quick))
    return quick
wording.any_of = any_of

from shared.core.changes.facts import facts_of
from shared.core.text.html import plain_text
items = map(json.loads, Path("sandbox/samples/history.jsonl").read_text("utf-8").splitlines())
posts = [each["post"] for each in items if "post" in each]
facts_of(posts[0])  # it loads the readers
lines = {line for post in posts for line in plain_text(post["body"]["content"]).split("\\n")}
lines |= {line.upper() for line in lines}
def spans(pattern, line):
    return [each.span() for each in pattern.finditer(line)]
for slow, quick in long:
    for line in lines:
        assert spans(quick, line) == spans(slow, line), (slow, line)
print(len(long), len(lines))
"""


def test_every_wording_of_the_reader_finds_in_the_samples_what_its_long_form_finds() -> None:
    done = subprocess.run([sys.executable, "-c", _EVERY_WORDING], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2_000:]
    wordings, lines = map(int, done.stdout.split())
    assert wordings > 150
    assert lines > 300
