"""The deciding words are marked in a post's HTML, and nothing comes through that the cleaning kept out."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from selectolax.lexbor import LexborHTMLParser

from shared.adapters.pages.marked import ROOM, marked_post
from shared.adapters.pages.safe_html import TAGS, safe_html
from shared.core.classify.classifier import classify
from shared.core.errors import PermanentError
from shared.core.posts.classification import Classification, Why, Window
from shared.core.posts.post import Post, read_post
from tests.effort import ratio
from tests.security.hostile_posts import Posts
from tests.usecases.world import post as a_post

POST = Post("MC1200001", "A title", datetime(2026, 9, 1, tzinfo=UTC))


def shown(body, words, kind="html", **over):
    """The body with these words marked as those that decided the kind."""
    read = Classification(POST.id, why={"kind": Why(words, 1.0)})
    return marked_post(replace(POST, body=body, body_type=kind), read, **over)


def marks(html):
    return [node.text() for node in LexborHTMLParser(html).css("mark")]


@pytest.mark.parametrize(
    ("body", "words", "expected"),
    [
        ("<p>We will retire it soon.</p>", "will retire it", ["will retire it"]),
        ("<p>We <b>will</b> retire <i>it</i> soon.</p>", "will retire it", ["will", " retire ", "it"]),
        ("<p>We will\nretire&nbsp;it &amp; more</p>", "will retire it & more", ["will\nretire\xa0it & more"]),
        ("<p>Users’ “old” view – gone</p>", 'Users\' "old" view – gone', ["Users’ “old” view – gone"]),
        ("<p>We wi\u200bll re\u00adtire it</p>", "will retire it", ["wi\u200bll re\u00adtire it"]),
        ("<p>It comes <s>in May</s> in June.</p>", "It comes in June.", ["It comes ", " in June"]),
        ("<p>It comes in June (previously May).</p>", "It comes in June.", ["It comes in June"]),
        ("<table><tr><td>Who</td><td>Admins</td></tr></table>", "Who | Admins", ["Who", "Admins"]),
        ("a < b, and will retire", "b, and will", ["b, and will"]),
        ("<p>foo</p><p>bar</p>", "foobar", []),
        ("<p>We will retire it.</p>", "words that are not there", []),
        ("<p>nothing speaks against it</p>", "nothing speaks against it", []),
        ("", "will", []),
    ],
)
def test_words_are_marked_whatever_tags_stand_between_them(body, words, expected):
    found = shown(body, words, "text" if body.startswith("a <") else "html")

    assert marks(found.html) == expected
    assert found.fields == ({"kind"} if expected else set())


def test_a_mark_names_its_field_once_behind_its_words_and_leads_to_it():
    html = shown("<p>We <b>will</b> retire.</p>", "We will retire").html

    assert html == (
        '<p><mark title="Kind">We </mark><b><mark title="Kind">will</mark></b><mark title="Kind"> retire</mark>'
        '<sup class="why"><a id="why-kind" href="#field-kind" aria-label="Kind: how we read it">Kind</a></sup>.</p>'
    )


def test_in_a_link_of_the_post_the_name_comes_behind_the_link():
    html = shown('<p><a href="https://e.example">We will retire</a> it</p>', "will retire").html

    assert "</mark></a><sup" in html


def test_two_fields_of_the_same_words_are_both_named_and_a_second_rollout_has_no_second_anchor():
    windows = tuple(Window("ga", ("worldwide",), None, None, words) for words in ("in May", "in June"))
    read = Classification(POST.id, windows=windows, why={"kind": Why("in May", 1.0), "crb": Why("it in", 1.0)})
    found = marked_post(replace(POST, body="<p>We do it in May and in June</p>"), read)
    tree = LexborHTMLParser(found.html)

    assert [(node.text(), node.attributes["title"]) for node in tree.css("mark")] == [
        ("it ", "Change Review Board"),
        ("in", "Change Review Board, Kind, Rollout"),
        (" May", "Kind, Rollout"),
        ("in June", "Rollout"),
    ]
    assert [node.attributes["id"] for node in tree.css("[id]")] == ["why-crb", "why-kind", "why-rollouts"]
    assert [node.text() for node in tree.css(".why")] == ["Change Review Board", "Kind", "Rollout", "Rollout"]


def test_what_a_person_settled_has_no_words_of_the_post():
    read = Classification(POST.id, why={"kind": Why("settled by Ana", 1.0, settled=True)})

    assert marks(marked_post(replace(POST, body="<p>settled by Ana</p>"), read).html) == []


BLOCK = "<p>We will retire it. " + "Words that say more. " * 20 + "</p>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (BLOCK * 30_000, "html"),
        ("<p>" + "word " * 2_000_000 + "</p>", "html"),
        ("w" * 10_000_000, "html"),
        ("&" * 10_000_000, "text"),
        ("<b>" + "👩 " * 400_000, "html"),
        ("<p><a href='https://e.example/" + "a" * 90_000 + "'>x</a></p>" + BLOCK * 900, "html"),
        ("<ul><li>a<ul><li>" * 30_000, "html"),
        ("<table><tr><td>" + "cell</td><td>" * 300_000, "html"),
    ],
)
def test_a_post_of_ten_megabytes_is_cut_between_blocks_and_says_so(body, kind):
    found = shown(body, "will retire it", kind)

    assert found.cut
    assert len(found.html.encode()) < ROOM * 1.1
    opened = re.findall(r"<([a-z]+\d?)", found.html)
    closed = re.findall(r"</([a-z]+\d?)>", found.html)
    assert sorted(name for name in opened if name not in {"br", "hr", "img"}) == sorted(closed)
    if body.startswith("<p>We"):
        assert found.html.endswith("</p>")
        assert found.fields == {"kind"}


def test_a_real_long_post_is_not_cut():
    assert not shown(BLOCK * 30, "will retire it").cut


def test_hostile_posts_get_marks_and_nothing_else_beside_what_the_cleaning_left():
    posts = Posts(Random(19))
    seen = 0
    for number in range(1500):
        try:
            post = read_post(posts.post(number))
        except PermanentError:
            continue
        found = classify(post)
        words = Random(number).sample(post.body.split() or ["x"], 1)[0]
        odd = replace(found, why={**found.why, "kind": Why(words, 1.0), "crb": Why(post.body[:300], 1.0)})
        marked = marked_post(post, odd)
        clean = safe_html(post.body, post.body_type)
        tree = LexborHTMLParser(f"<main>{marked.html}</main>")
        seen += len(marked.fields)
        assert {node.tag for node in tree.css("main *")} <= {*TAGS, "mark"}
        assert all(set(node.attributes) <= {"title"} for node in tree.css("mark"))
        assert all(node.attributes["id"].startswith("why-") for node in tree.css("[id]"))
        assert len(tree.css("[id]")) == len({node.attributes["id"] for node in tree.css("[id]")}) == len(marked.fields)
        if not marked.cut:
            ours = re.compile(r'</?mark(?: title="[^"]*")?>|<sup class="why">.*?</sup>')
            assert text(ours.sub("", marked.html)) == text(clean)
    assert seen > 500


def text(html):
    return LexborHTMLParser(f"<main>{html}</main>").css_first("main").text()


def test_the_words_that_the_reader_finds_are_found_in_the_html_again():
    post = read_post(a_post())

    assert {"rollouts", "action", "act_by"} <= marked_post(post, classify(post)).fields


def test_a_hard_body_takes_no_longer_than_a_plain_one():
    hard, plain = "<b>a</b>\u200b" * 6_000, "<p>a word</p>" * 6_000

    assert ratio(lambda: shown(hard, "a a a b"), lambda: shown(plain, "a a a b")) < 20
