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
