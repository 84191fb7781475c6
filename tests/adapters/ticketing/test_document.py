"""A ticket's text in each system's markup: values stay text, links stay links, limits hold."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from shared.adapters.ticketing.document import Run, TextBlock, bare, link, parse, value
from shared.adapters.ticketing.markup import adf, markdown, plain, textile, to_html
from tests.properties import unhurried

TEXT = f"## What\n{value('It goes.')}\n\n- one\n- {link('Post', 'https://a.example/?x=1&y=2')}\nlast"
DOCUMENT = parse(TEXT)
HOSTILE = "## no\n- item\n<b>x</b> [a](http://e.example) *b* `c` {{7*7}} \ue001x\ue002http://e.example\ue003 \x00&amp;"


def test_headings_items_paragraphs_and_links_are_told_apart():
    assert (
        TextBlock("heading", (Run("What"),)),
        TextBlock("paragraph", (Run("It goes."),)),
        TextBlock("item", (Run("one"),)),
        TextBlock("item", (Run("Post", "https://a.example/?x=1&y=2"),)),
        TextBlock("paragraph", (Run("last"),)),
    ) == DOCUMENT


SAID = [
    (plain, "WHAT\n\nIt goes.\n\n- one\n- Post: https://a.example/?x=1&y=2\n\nlast"),
    (
        to_html,
        '<h3>What</h3><p>It goes.</p><ul><li>one</li><li><a href="https://a.example/?x=1&amp;y=2">Post</a></li></ul><p>last</p>',
    ),
    (markdown, "### What\n\nIt goes.\n\n- one\n- [Post](https://a.example/?x=1&y=2)\n\nlast"),
]


@pytest.mark.parametrize(("say", "expected"), SAID, ids=[case[0].__name__ for case in SAID])
def test_a_document_in_each_markup(say, expected):
    assert say(DOCUMENT, 10_000) == expected


def test_a_document_as_atlassian_has_it():
    assert adf(DOCUMENT, 1000) == {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": "What"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "It goes."}]},
            {
                "type": "bulletList",
                "content": [
                    {
                        "type": "listItem",
                        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}],
                    },
                    {
                        "type": "listItem",
                        "content": [
                            {
                                "type": "paragraph",
                                "content": [
                                    {
                                        "type": "text",
                                        "text": "Post",
                                        "marks": [{"type": "link", "attrs": {"href": "https://a.example/?x=1&y=2"}}],
                                    }
                                ],
                            }
                        ],
                    },
                ],
            },
            {"type": "paragraph", "content": [{"type": "text", "text": "last"}]},
        ],
    }


def test_whatever_a_value_holds_it_is_text():
    document = parse(f"{value(HOSTILE)}\n\n## Real\n- {value(HOSTILE)}")

    assert [block.kind for block in document] == ["paragraph", "heading", "item", "paragraph"]
    assert not any(run.address for block in document for run in block.runs)
    tree = LexborHTMLParser(to_html(document, 10_000))
    assert tree.css("b, a, script") == []
    assert "<b>x</b>" in tree.text()
    assert "\x00" not in plain(document, 10_000)
    assert not re.search(r"(?<!\\)[*`<\[]", markdown(document, 10_000).replace("### Real", ""))
    assert "*b*" not in textile(document, 10_000)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://a.example", "https://a b", 'https://a"onclick=', "", "//a.example", "https://a|b"],
)
def test_only_addresses_of_the_web_become_links(address):
    (block,) = parse(f"- {link('Post', address)}")

    assert block.runs[0].address == ""


LIMITS = st.integers(min_value=60, max_value=3000)


@unhurried
@given(
    st.lists(st.sampled_from(["## ", "- ", ""]).flatmap(lambda m: st.text(max_size=300).map(lambda t: (m, t)))), LIMITS
)
def test_no_markup_is_longer_than_its_limit(parts, limit):
    document = parse("\n\n".join(mark + value(text) for mark, text in parts))

    for say in (plain, to_html, markdown, textile):
        assert len(say(document, limit)) <= limit
    texts = re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(adf(document, limit), ensure_ascii=False))
    assert sum(len(json.loads(f'"{text}"')) for text in texts) <= limit
    assert json.loads(json.dumps(adf(document, limit)))["type"] == "doc"


def test_what_is_cut_says_so():
    document = parse("\n\n".join(f"paragraph {n} " + "x" * 200 for n in range(100)))

    for say in (plain, to_html, markdown, textile):
        text = say(document, 2000)
        assert 1500 < len(text) <= 2000
        assert "shortened" in text


def test_a_field_without_markup_is_bare():
    assert bare(f"{value('a')} {link('Post', 'https://a.example')} ") == "a Post https://a.example"


def test_what_begins_like_a_list_is_escaped_at_its_mark_which_is_no_digit():
    assert (
        markdown(parse(value("1. Try\n2) Tell\n- then\n+ so")), 1_000) == "1\\. Try  \n2\\) Tell  \n\\- then  \n\\+ so"
    )
