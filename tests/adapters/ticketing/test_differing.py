"""How a ticket differs, as text for people."""

import pytest

from shared.adapters.ticketing.differing import LONGEST, differing, html_words, words
from shared.adapters.ticketing.document import parse
from shared.adapters.ticketing.markup import adf, to_html
from shared.core.tickets.ticket import Difference

TEXT = "## When\n- Early October 2026\n- Late October 2026\n\nSee it."


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        ("a\r\n  b", "a b"),
        ("2026-10-01T00:00:00Z", "2026-10-01"),
        ("2026-10-01T00:00:00.000+0000", "2026-10-01"),
        ("2026-10-31 23:59:59", "2026-10-31 23:59"),
        ("2026-10-01T02:30:00+02:00", "2026-10-01 00:30"),
        ("2026-99-01T00:00:00Z", "2026-99-01T00:00:00Z"),
        (["foresignal", "m365"], "foresignal, m365"),
        ({"id": "7", "name": "High"}, "High"),
        ({"value": "EU", "child": {"value": "DE"}}, "EU DE"),
        ({"displayName": "Ana", "accountId": "5b10"}, "Ana"),
        ([{"id": 1, "value": "a"}, {"id": 2, "value": "b"}], "a, b"),
        ({}, ""),
        (adf(parse(TEXT), 1_000), "When Early October 2026 Late October 2026 See it."),
    ],
)
def test_a_value_is_shown_as_people_see_it(what, shown):
    assert words(what) == shown


def test_html_is_shown_as_its_words_and_where_they_lead():
    assert words(html_words(to_html(parse(TEXT), 1_000))) == "When Early October 2026 Late October 2026 See it."
    link = '<p>See <a target="_blank" href="https://contoso.example/a">the page</a> &amp; go<br>on</p>'
    assert words(html_words(link)) == "See the page (https://contoso.example/a) & go on"
    assert html_words(7) == 7


def test_of_long_texts_the_part_is_shown_where_they_differ():
    common = "word " * 200
    (one,) = differing([("description", f"{common}is old", f"{common}is new {common}")], {"description"})

    assert "is old" in one.there
    assert "is new" in one.wanted
    assert one.there.startswith("… word")
    assert len(one.there) < len(one.wanted) <= LONGEST
    assert one.wanted.endswith("…")


def test_a_field_that_is_not_to_be_written_is_theirs():
    assert differing([("a", "x", "y"), ("b", 1, 2)], {"b"}) == [
        Difference("a", "x", "y", is_theirs=True),
        Difference("b", "1", "2"),
    ]
