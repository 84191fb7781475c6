"""Text that is not ours stays text in every ticket system: no markup, no mention, no link that we did not make.

Three hundred hostile texts each, always the same ones, are shown by the real renderer where there is one (Redmine's own
three, CommonMark for Azure Boards and GitHub), else by a small one after the vendor's description.
"""

import random
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from shared.adapters.ticketing import markup
from shared.adapters.ticketing.document import link, parse, value

CASES = 300
PIECES = (
    "@admin", "@<8a1b2c3d-0000-4000-8000-1234567890ab>", "user:admin", "#1", "##1", "#note-1", "r1", "!1", "AB#1",
    "GH-1", "a/b#1", "commit:abc", "source:x.rb", "document:One", "version#1", "message#1", "attachment:x.png",
    "export:x", "{{toc}}", "{{include(Wiki)}}", "{{{x", "[[Wiki]]", "[[Wiki|text]]", "!http://evil.example/x.png!",
    "![x](http://e.example)", "[x](http://evil.example)", '"x":http://evil.example', "<http://evil.example>",
    "http://evil.example/a(b)", "www.evil.example", "mailto:a@evil.example", "a@evil.example",
    "[code]<b>x</b>[/code]", "[CODE]", "[ code ]", "[co[code]de]", "[/code]",
    "@[46d44a23a9fe19810012d100cca80666:Beth]", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<a href='#'>x</a>", "<notextile>", "<pre>", "</p>", "<!--", "-->", "&lt;b&gt;", "&#64;admin", "&#35;1", "&amp;",
    "*b*", "_i_", "**b**", "__b__", "~~s~~", "-del-", "+ins+", "^sup^", "~sub~", "%{color:red}x%", "??cite??",
    "@code@", "`code`", "```", "~~~", "    x", "\t", "h1. x", "bq. x", "bc. x", "fn1. x", "p(c). x", "p. x",
    "table. x", "|a|b|", "|-|-|", "* x", "** x", "# x", "## x", "- x", "+ x", "1. x", "1) x", "> x", "---", "===",
    "***", ": x", "[1]: http://evil.example", "[^1]", "(c)", "(tm)", "...", "--", "x", " ", " ", "\n", "\n", "\\",
    "\\@admin", "\\#1", "$x$", "$$", "'", '"', "(", ")", "[", "]", "{", "}", "<", ">", "&", "é", "𝔘", "\u200b",
    "\u2060", ",", ";", "!", "=", "ACR(onym)", "javascript:x", "term:: def", ":x:", ":smile:", "[ ] x", "[x] x",
    "1^st^", "2x3",
)  # fmt: skip


def hostile(seed):
    chosen = random.Random(f"{seed}")
    for _ in range(CASES):
        yield "".join(chosen.choice(PIECES) for _ in range(chosen.randint(1, 9)))


def written(text):
    """A document with the text in each place in which a template may put one."""
    ours = link(text.replace("\n", " ")[:40] or "x", "https://ours.example/p?a=1&b=(2)")
    return parse(f"{value(text)}\n\n## {value(text)}\n\n- {value(text)}\n- {ours}\n\nSee {value(text)} {ours}\n")


class _Seen(HTMLParser):
    """What a reader of HTML is shown: its elements, its addresses, its text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.addresses, self.attributes, self.text = set(), set(), set(), ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {content for name, content in attrs if name in {"href", "src"}}
        self.text += " " if tag in {"p", "li", "h3", "br", "ul"} else ""

    def handle_data(self, data):
        self.text += data


def folded(text):
    return re.sub(r"\s+", "", markup.without_joiners(text))


OURS = {"https://ours.example/p?a=1&b=(2)", "https://ours.example/p?a=1&b=%282%29"}
TAGS = {"p", "h3", "ul", "li", "a", "br"}


def is_text(html, document, attributes=frozenset({"href"})):
    seen = _Seen(html)
    assert seen.tags <= TAGS
    assert seen.addresses <= OURS
    assert seen.attributes <= attributes
    assert folded(seen.text) == folded("".join(block.text for block in document))


@pytest.mark.parametrize("form", [markup.to_html, markup.board_html])
def test_html_shows_the_text_and_has_no_element_of_its_making(form):
    for text in hostile("html"):
        document = written(text)
        is_text(form(document, 100_000), document)


def test_a_line_of_html_shows_the_text():
    for text in hostile("lines"):
        for shown in (markup.html_text(text), markup.board_text(text)):
            seen = _Seen(shown)
            assert seen.tags <= {"br"}
            assert folded(seen.text) == folded(text)


_OF_BOARDS = re.compile(r"@<|(?<!\w)@\w|#\d|!\d")
"""What Azure Boards looks for in text: people, work items, pull requests (learn.microsoft.com/azure/devops, "Link work
items to objects", "Use @mentions")."""


def test_azure_boards_finds_nobody_and_no_work_item_in_html():
    for text in hostile("boards"):
        assert not _OF_BOARDS.search(_Seen(markup.board_html(written(text), 100_000)).text)
        assert not _OF_BOARDS.search(_Seen(markup.board_text(text)).text)


@pytest.mark.parametrize("form", [markup.markdown, markup.board_markdown])
@pytest.mark.parametrize("flavour", ["commonmark", "gfm-like"])
def test_markdown_shows_the_text_and_makes_no_link_of_it(form, flavour):
    reader = MarkdownIt(flavour, {"html": True, "linkify": False})
    for text in hostile("markdown"):
        document = written(text)
        html = reader.render(form(document, 100_000))
        is_text(html, document)
        assert not _OF_BOARDS.search(_Seen(html).text)


def test_markdown_for_azure_boards_holds_nothing_that_its_cleaning_would_take_for_html():
    for text in hostile("cleaned"):
        cleaned = markup.board_markdown(written(text), 100_000)
        assert not re.search(r"<[a-zA-Z/!?]", cleaned)


def journal_of_servicenow(text):
    """As a journal shows it: HTML between the tags, text elsewhere, people by their ids.

    docs.servicenow.com, "Journal fields" and KB0549876; `glide.ui.security.allow_codetag` is true on a new instance.
    """
    between = re.split(r"\[code\](.*?)(?:\[/code\]|$)", text, flags=re.IGNORECASE | re.DOTALL)
    shown = [part if at % 2 else markup.html_text(part) for at, part in enumerate(between)]
    return re.sub(r"@\[(\w+):([^\]]*)\]", r"<mention>\2</mention>", "".join(shown))


def test_a_journal_of_servicenow_shows_the_text_and_no_html():
    for text in hostile("journal"):
        seen = _Seen(journal_of_servicenow(markup.journal(text)))
        assert seen.tags <= {"br"}
        assert folded(seen.text) == folded(text)
    assert _Seen(journal_of_servicenow("[code]<b>x</b>[/code]")).tags == {"b"}  # the reader would see it


def test_jiras_documents_hold_the_text_in_text_nodes_and_link_only_what_we_link():
    def nodes(node):
        yield node
        for inside in node.get("content") or ():
            yield from nodes(inside)

    for text in hostile("adf"):
        document = written(text)
        every = list(nodes(markup.adf(document, 100_000)))
        assert {node["type"] for node in every} <= {
            "doc", "paragraph", "heading", "bulletList", "listItem", "text", "hardBreak",
        }  # fmt: skip
        marks = [mark for node in every for mark in node.get("marks") or ()]
        assert {mark["type"] for mark in marks} <= {"link"}
        assert {mark["attrs"]["href"] for mark in marks} <= OURS
        shown = "".join(node.get("text", "") for node in every)
        assert folded(shown) == folded("".join(block.text for block in document))


_ANCHORS = re.compile(r'<a name="[^"]*"></a>|<a href="#[^"]*" class="wiki-anchor">&para;</a>')  # Redmine's, at headings


def test_redmine_itself_shows_the_text_in_each_of_its_formats(redmine):
    texts = list(hostile("redmine"))
    documents = [written(text) for text in texts]
    wanted = {
        "textile": [markup.textile(document, 100_000) for document in documents],
        "markdown": [markup.markdown(document, 100_000) for document in documents],
    }
    shown = redmine.shows({**wanted, "common_mark": wanted["markdown"]})

    faults = []
    for format_, pages in shown.items():
        for text, html, document in zip(texts, pages, documents, strict=True):
            try:
                is_text(_ANCHORS.sub("", html), document, frozenset({"href", "class"}))
            except AssertionError:
                faults.append(f"{format_}: {text!r} is shown as {html}")
    assert not faults, f"{len(faults)}: " + "\n\n".join(faults[:6])
