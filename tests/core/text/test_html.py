from time import process_time

import pytest

from shared.core.text.html import READ_LIMIT, blocks, plain_text


def texts(html: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>One</p><p>Two</p>", [("paragraph", "One"), ("paragraph", "Two")], id="paragraphs are blocks"),
        pytest.param("One<br>Two", [("paragraph", "One"), ("paragraph", "Two")], id="a line break ends a block"),
        pytest.param("<ul><li>One<li>Two</ul>", [("item", "One"), ("item", "Two")], id="items need no closing tag"),
        pytest.param("<p>• One</p>", [("item", "One")], id="a typed bullet is an item"),
        pytest.param("<p><b>Heading:</b></p>", [("heading", "Heading:")], id="a bold paragraph is a heading"),
        pytest.param("<p>[Heading:]</p>", [("heading", "Heading:")], id="a bracketed paragraph is a heading"),
        pytest.param("<p><b>[Heading]</b></p>", [("heading", "Heading")], id="bold and brackets together"),
        pytest.param("<h2>Heading</h2>text", [("heading", "Heading"), ("paragraph", "text")], id="an h2 is a heading"),
        pytest.param("<p><b>Label:</b> text</p>", [("paragraph", "Label: text")], id="a bold label is no heading"),
        pytest.param(
            "<table><tr><th>A<th>B<tr><td><p>1</p><p>2</p><td>3</table>after",
            [("row", "A | B"), ("row", "1 2 | 3"), ("paragraph", "after")],
            id="a row is one block, paragraphs in cells too",
        ),
        pytest.param('<p>a <img alt="x > y"> b</p>', [("paragraph", "a b")], id="a quoted > ends no tag"),
        pytest.param("<p>a <script>var b</script>c</p>", [("paragraph", "a c")], id="scripts are not read"),
        pytest.param(
            "<p>mid\u2011May\u00a02026 \u2014 June</p>",
            [("paragraph", "mid-May 2026 \u2013 June")],
            id="odd hyphens and spaces",
        ),
        pytest.param(
            "<p>late <s>May</s> June</p>", [("paragraph", "late (previously May) June")], id="struck out is old"
        ),
        pytest.param("<p>5 < 6 &amp; 7</p>", [("paragraph", "5 < 6 & 7")], id="a lone < is text"),
        pytest.param(
            "<p>One.\n[Heading:]\n</p><p>Two\n<b>words</b> in it.</p>",
            [("paragraph", "One."), ("heading", "Heading:"), ("paragraph", "Two words in it.")],
            id="a heading on a source line of its own",
        ),
        pytest.param("", [], id="no body, no blocks"),
    ],
)
def test_a_body_becomes_blocks(html: str, expected: list[tuple[str, str]]) -> None:
    assert texts(html) == expected


def test_plain_text_is_read_line_by_line() -> None:
    assert plain_text("One\nTwo <b>", kind="text") == "One\nTwo <b>"


def test_the_texts_of_links_are_kept() -> None:
    assert (
        plain_text('<p>See <a href="https://example.com">the page</a>.</p><ul><li>One</li></ul>')
        == "See the page.\n- One"
    )


def test_what_stands_behind_the_limit_is_not_read() -> None:
    assert plain_text("x" * (READ_LIMIT * 2)).count("x") <= READ_LIMIT


STYLE = 'style="margin-left:0cm;font-family:Segoe UI,sans-serif;mso-line-height-rule:exactly" class="x"'


@pytest.mark.parametrize(
    "markup",
    [
        f"<p {STYLE}>&nbsp;</p>" * 400,
        "<!-- " + "from an editor " * 5_000 + "-->",
        "<!--[if gte mso 9]><xml></xml><![endif]-->" * 1_000,
        "<style>" + "p.MsoNormal {margin: 0}" * 5_000 + "</style>",
        "<SCRIPT>" + "if (1 < 2) { run() }" * 5_000 + "</script >",
        f'<img alt="a picture" src="data:image/png;base64,{"iVBORw0KGgo" * 20_000}">',
        "<p>" + "    \t" * 20_000 + "</p>",
        f'<a href="https://example.com/?{"a=b&amp;" * 8_000}">here</a>',
    ],
    ids=["attributes", "comment", "comments", "style", "script", "picture", "blanks", "link"],
)
def test_markup_does_not_count_against_the_limit(markup: str) -> None:
    assert len(markup) > READ_LIMIT

    assert "retire it on May 4" in plain_text(f"<p>First.</p>{markup}<p>We will retire it on May 4, 2027.</p>")


@pytest.mark.parametrize(
    "monster",
    ["<b>" * 400_000, "<!---->" * 200_000, "<!--" * 300_000, "<" * 1_000_000, "<p '" * 300_000, '<p a="' * 200_000,
     "<script>" * 200_000, "&amp;" * 300_000, "<![" * 400_000, "<p>a</p>" * 200_000],
)  # fmt: skip
def test_a_monstrous_body_costs_no_more_than_a_long_one(monster: str) -> None:
    began = process_time()
    blocks(monster)

    assert process_time() - began < 0.5


def test_a_block_knows_in_how_many_lists_it_stands() -> None:
    html = (
        "<p>Lead</p><ul><li>One<ol><li>Inner</li></ol></li><ul><li>Stray</li></ul><li>Two</li></ul></ul><p>Last</p>"
        "<ul type='disc'><li>Again</li></ul><table><tr><td><ul><li>Cell</li></ul></td></tr></table>"
    )

    assert [(block.text, block.depth) for block in blocks(html)] == [
        ("Lead", 0), ("One", 1), ("Inner", 2), ("Stray", 2), ("Two", 1), ("Last", 0), ("Again", 1), ("Cell", 1),
    ]  # fmt: skip
