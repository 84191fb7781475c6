"""The deciding words are found again in the post, whatever stands between them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.classify.classifier import classify
from shared.core.classify.explain import parts, readable
from shared.core.posts.classification import Classification, Why, Window
from shared.core.posts.post import Post
from tests.effort import ratio

POST = Post(
    id="MC1950218",
    title="Mailed traces will be retired",
    modified=datetime(2026, 9, 1, tzinfo=UTC),
    tags=("Retirement",),
    body="<p>[When this will happen:]</p>"
    "<p>Delivery stops (previously halts) in late March 2027 (previously May (or June)).</p>",
)


def marked(post: Post, words: str) -> list[str]:
    found = Classification(post.id, why={"kind": Why(words, 1.0)})
    return [part.text for part in parts(post, found) if part.fields]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Mailed traces", ["Mailed traces"]),
        ("mailed   TRACES", ["Mailed traces"]),
        (
            "Delivery stops in late March 2027.",
            ["Delivery stops (previously halts) in late March 2027"],
        ),
        ("words that are not there", []),
        ("", []),
        (".*", []),
    ],
)
def test_words_are_marked_where_they_stand(words, expected):
    assert marked(POST, words) == expected


def test_every_rollout_is_marked_by_its_own_sentence():
    read = Classification(POST.id, windows=(Window("ga", ("worldwide",), None, None, "in late March"),))

    assert [part.fields for part in parts(POST, read) if part.fields] == [("rollouts",)]


def test_words_that_decided_two_fields_name_both():
    read = Classification(POST.id, why={"kind": Why("will be retired", 1.0), "crb": Why("retired", 1.0)})

    assert [(part.text, part.fields) for part in parts(POST, read) if part.fields] == [
        ("will be ", ("kind",)),
        ("retired", ("crb", "kind")),
    ]


@given(st.text(max_size=300), st.text(max_size=60))
def test_the_parts_of_any_post_are_its_text(body, words):
    post = replace(POST, body=body, body_type="text")
    read = replace(classify(post), why={"kind": Why(words, 0.5)})

    assert "".join(part.text for part in parts(post, read)) == readable(post)


def test_hard_text_is_searched_quickly():
    def searched(text):
        post = replace(POST, body=text, body_type="text")
        read = Classification(post.id, why={"kind": Why("Delivery " * 40 + "end", 1.0)})
        return lambda: parts(post, read)

    hard, plain = "Delivery (previously " * 5_000, "We deliver the mail. " * 5_000
    assert ratio(searched(hard), searched(plain)) < 20
