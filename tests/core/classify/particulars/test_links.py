from typing import Any

import pytest

from shared.core.classify.particulars.links import LONGEST_ADDRESS, LONGEST_TEXT, MOST_LINKS, read_links
from tests.core.classify.posts import a_post


def links(body: str, **fields: Any) -> list[tuple[str, str]]:
    return [(link.text, link.address) for link in read_links(a_post(body, **fields))]


@pytest.mark.parametrize(
    ("anchor", "link"),
    [
        ('<a href="https://contoso.com/pins">Pins</a>', ("Pins", "https://contoso.com/pins")),
        ("<A target='_blank' HREF='http://contoso.com'>Pins</A>", ("Pins", "http://contoso.com")),
        ("<a href=https://contoso.com/pins>Pins</a>", ("Pins", "https://contoso.com/pins")),
        (
            '<a href="https://contoso.com/?a=1&amp;b=2"><b>Pins</b> &amp; notes</a>',
            ("Pins & notes", "https://contoso.com/?a=1&b=2"),
        ),
        ('<a\nhref=" https://contoso.com "\n>All\n  pins</a>', ("All pins", "https://contoso.com")),
        ('<a data-href="https://fabrikam.com" href="https://contoso.com">Pins</a>', ("Pins", "https://contoso.com")),
        ('<a title="a > b" href="https://contoso.com">Pins</a>', ("Pins", "https://contoso.com")),
    ],
)
def test_an_anchor_is_read_with_its_text_and_address(anchor: str, link: tuple[str, str]) -> None:
    assert links(f"<p>See {anchor}.</p>") == [link]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="mailto:pins@contoso.com">Write</a>',
        '<a href="javascript:alert(1)">Pins</a>',
        '<a href="java&#115;cript:alert(1)">Pins</a>',
        '<a href="ms-settings:pins">Settings</a>',
        '<a href="#below">Below</a>',
        '<a href="/pins">Pins</a>',
        '<a href="">Pins</a>',
        '<a href="http://">Pins</a>',
        '<a href="http://See https://contoso.com">Pins</a>',
        '<a href="http://[contoso">Pins</a>',
        '<a href="https://contoso.com"></a>',
        '<a href="https://contoso.com">\n </a>',
        '<a name="pins">Pins</a>',
        '<abbr href="https://contoso.com">Pins</abbr>',
        f'<a href="https://contoso.com/{"x" * LONGEST_ADDRESS}">Pins</a>',
    ],
)
def test_what_leads_nowhere_on_the_web_is_no_link(anchor: str) -> None:
    assert links(f"<p>{anchor}</p>") == []


def test_an_address_is_read_once_with_its_first_text() -> None:
    body = '<a href="https://contoso.com">Pins</a> and <a href="https://contoso.com">here</a>'

    assert links(body) == [("Pins", "https://contoso.com")]


def test_an_anchor_that_is_not_closed_ends_where_the_next_begins() -> None:
    body = '<a href="https://contoso.com">Pins <a href="https://fabrikam.com">Notes</a>'

    assert links(body) == [("Pins", "https://contoso.com"), ("Notes", "https://fabrikam.com")]


def test_only_so_many_links_and_so_much_text_are_kept() -> None:
    body = "".join(f'<a href="https://contoso.com/{number}">{"pin " * 90}</a>' for number in range(60))
    read = links(body)

    assert len(read) == MOST_LINKS
    assert max(len(text) for text, _ in read) == LONGEST_TEXT


def test_addresses_in_plain_text_are_links_without_the_stop_behind_them() -> None:
    text = "See https://contoso.com/pins. Write to mailto:pins@contoso.com."
    read = read_links(a_post(body={"contentType": "text", "content": text}))

    assert [(link.text, link.address) for link in read] == [("https://contoso.com/pins", "https://contoso.com/pins")]


def test_graphs_own_links_follow_those_of_the_body() -> None:
    details = [
        {"name": "BlogLink", "value": "https://contoso.com/blog"},
        {"name": "ExternalLink", "value": "https://contoso.com"},
        {"name": "HelpLink", "value": "not an address"},
        {"name": "Summary", "value": "https://contoso.com/summary"},
    ]

    assert links('<a href="https://contoso.com">Pins</a>', details=details) == [
        ("Pins", "https://contoso.com"),
        ("Blog", "https://contoso.com/blog"),
    ]
