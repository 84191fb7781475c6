"""What differs between the texts of two editions, sentence by sentence."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from shared.core.changes.sentences import LONGEST, difference, sentences_of, shown, without_dates
from shared.core.posts.fingerprints import _BANNER, _INVISIBLE, _NUMBERED, _UPDATED, comparable, plain_title
from shared.core.posts.post import read_post


def sentences(content, title="Poll answers: a page"):
    body = {"contentType": "html", "content": content}
    return sentences_of(read_post({"id": "MC1200001", "title": title, "body": body}))


def test_what_went_and_what_came_is_told_sentence_by_sentence():
    old = sentences("<p>Answers get a page. Owners see it.</p><p>Nothing is lost.</p>")
    new = sentences("<p>Answers get a page. Owners and members see it.</p><p>Nothing is lost.</p>")

    assert difference(old, new) == (("Owners see it.",), ("Owners and members see it.",))


def test_stamps_prefixes_spaces_brackets_and_thanks_are_no_difference():
    old = sentences("<p>[How this affects you:]</p><p>Owners see  it.</p>")
    new = sentences(
        "<p>Updated March 4, 2026: We have updated the timeline below. Thank you for your patience.</p>"
        "<p><b>How this affects you:</b></p><p>Owners <i>see</i> it.</p>",
        "(Updated) Poll answers: a page",
    )

    assert difference(old, new) == ((), ())


def test_a_title_keeps_what_stands_before_its_colon():
    assert sentences("", "(Updated) Poll answers: a page") == ("Poll answers: a page",)


def test_a_link_that_leads_elsewhere_is_a_difference_and_its_tracking_is_none():
    old, new = (sentences(f'<p>Read <a href="https://example.com/{end}">more</a>.</p>') for end in ("a?ocid=1", "b"))
    same = sentences('<p>Read <a href="https://example.com/a?ocid=2">more</a>.</p>')

    assert difference(old, same) == ((), ())
    assert [len(part) for part in difference(old, new)] == [1, 1]


def test_sentences_that_differ_only_in_their_dates_are_left_to_the_dates_own_event():
    gone = ("We will begin rolling out in early May 2026.", "Owners see it.")
    came = ("We will begin rolling out in mid-June 2026 (previously early May).", "Members see it.")

    assert without_dates(gone, came) == (("Owners see it.",), ("Members see it.",))


def test_a_long_sentence_is_cut_and_of_many_a_few_are_shown():
    (_, long) = sentences(f"<p>{'word ' * 400}</p>")

    assert len(long) <= LONGEST
    assert long.endswith("…")
    assert shown([f"Sentence {number}." for number in range(9)]).splitlines()[-1] == "(and 5 more)"


TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "Updated",
                "(Updated)",
                "UPDATED:",
                "updated",
                " ",
                "\u00a0",
                "\n",
                "[",
                "]",
                "&amp;",
                "&#10;",
                "&#99999999;",
            ),
            *(
                "March 4, 2026",
                ":",
                "We have updated",
                "We've updated the timeline",
                "Thank you for your patience.",
                "Pages",
            ),
            *(
                "We apologize for any inconvenience.",
                "\u200b",
                "\u00ad",
                "for clarity",
                " below",
                "Update on",
                "5/4/2026",
            ),
        ]
    ),
    max_size=16,
).map("".join)


@given(text=TEXTS)
def test_texts_are_compared_as_if_each_pattern_were_tried_on_each(text):
    squashed = "".join(html.unescape(_NUMBERED.sub("", _UPDATED.sub("", text))).split())
    visible = _INVISIBLE.sub("", re.sub(r"[\[\]]", "", squashed))

    assert comparable(text) == _BANNER.sub("", visible)
    assert plain_title(text) == _UPDATED.sub("", text)
