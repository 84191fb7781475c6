"""Markup that nests without end costs a page little, and its text is shown all the same."""

import time

import pytest

from shared.adapters.pages.safe_html import safe_html
from shared.adapters.tickets.azure_devops import item as azure_item
from shared.adapters.tickets.freshservice import change as freshservice_change
from shared.core.posts.post import read_post
from shared.core.sources.roadmap import roadmap_ids

UNITS = {
    "nested lists": "<ul><li>",
    "nested divisions": "<div>",
    "quotes with text": "<blockquote>x",
    "bold in italics in paragraphs": "<b><i><p>",
    "tables in cells": "<table><tr><td>",
    "links in links": "<a href=https://x.example>",
    "ends of nothing": "</p>",
    "angle brackets alone": "< ",
    "ampersands": "&",
}
SWALLOWED = {
    "comments that do not end": "<!--" * 40_000,
    "tags that do not end": "<a b='" * 30_000,
    "many different fonts": "".join(f"<font color={n}>" for n in range(10_000)) + "<p>x" * 1_000,
}
DEEP = {name: unit * (90_000 // len(unit)) + "the text" + unit * 20_000 for name, unit in UNITS.items()}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_a_page_is_made_in_a_moment_and_shows_the_text(body):
    began = time.process_time()

    shown = safe_html(body)

    # Under 0.3 seconds on a machine with nothing else to do; without the bound the first took 123, the second 11.
    assert time.process_time() - began < 2
    assert "the text" in shown
    assert len(shown) < 1_500_000


@pytest.mark.parametrize("body", SWALLOWED.values(), ids=SWALLOWED)
def test_what_swallows_its_text_costs_no_more(body):
    began = time.process_time()

    assert len(safe_html(body)) < 1_500_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "body",
    [
        "<p>One<p>Two" * 200,
        "<ul>" + "<li>item <b>bold</b>" * 300 + "</ul>",
        "<table>" + "<tr><td>a<td>b" * 200 + "</table>",
        "<div><p>Text <b>bold <i>both</b> italic</i></p></div>" * 100,
        "<p>" + "line<br>" * 300 + "</p>",
    ],
)
def test_what_is_long_and_not_deep_stays_as_it_is(body):
    import shared.adapters.pages.safe_html as module

    assert module._shallow(body) == body


@pytest.mark.parametrize("kind", ["text", "html"])
def test_brackets_without_an_end_cost_no_reader_of_roadmap_ids_its_time(kind):
    body = {"contentType": kind, "content": "<!--" * 50_000 + " Roadmap ID 12345"}
    began = time.process_time()

    assert roadmap_ids(read_post({"id": "MC1200001", "body": body})) == ("12345",)
    assert time.process_time() - began < 2  # 20 seconds before


@pytest.mark.parametrize("module", [azure_item, freshservice_change])
def test_what_a_ticket_system_answers_costs_no_more(module):
    began = time.process_time()

    list(module.lines("<p" * 100_000))

    assert time.process_time() - began < 2
