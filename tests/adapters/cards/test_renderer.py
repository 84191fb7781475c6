"""Cards as they are sent: what they say, that data cannot break them, that they always fit."""

import json
from dataclasses import replace

import pytest
from jinja2 import UndefinedError
from jinja2.runtime import StrictUndefined

from shared.adapters.cards.adaptive import LIMIT, MORE, Verbatim, as_json, quoted_size, render, shorten, teams_message
from shared.core.cards.card import change_card
from shared.core.cards.listing import ListCard, ListEntry
from shared.core.posts.classification import Window
from tests.adapters.cards.changes import (
    PUBLIC,
    TODAY,
    a_change,
    a_policy,
    a_state,
    a_ticket_state,
    an_effect,
    classified,
    span,
)  # fmt: skip
from tests.adapters.cards.checks import assert_fits, elements, parse_events, schema, texts
from tests.fakes import effect_state

HOSTILE = (
    '"}], "x": {{7*7}} ${x} {% for %} {# # **b** _i_ [l](https://e.example) `c` ~~s~~ > q | p | 1. \\ &lt; <b>h</b>'
    " 🎉👩‍👩‍👧 שלום مرحبا {{DATE(2017-02-14T06:08:39Z, SHORT)}}"
)


def a_view():
    return change_card(a_change(), a_state(), a_policy(), PUBLIC, as_of=TODAY)


def card_of(found=None, events=("dates_moved", "act_by_moved"), ticket=None, **raw):
    return render(
        change_card(a_change(found, events, **raw), a_state(an_effect(events)), a_policy(), PUBLIC, ticket, as_of=TODAY)
    )


def variants():
    return {
        "moved": card_of(ticket=a_ticket_state()),
        "new": card_of(events=("announced",)),
        "optional": card_of(classified(action="optional", act_by=None), ("announced",)),
        "cancelled": card_of(classified(status="cancelled", windows=(), action="none", act_by=None), ("cancelled",)),
        "bare": card_of(classified(windows=()), (), title=None, services=None, details=None, body=None),
        "hostile": card_of(
            title=HOSTILE, services=[HOSTILE], details=[{"name": "Summary", "value": HOSTILE.replace("<b>h</b>", "")}]
        ),
        "pathological": card_of(
            classified(
                windows=tuple(Window("ga", ("worldwide",), span(f"2026-01-{n % 28 + 1:02d}"), None) for n in range(200))
            ),
            title="😀" * 100_000,
            services=["Ω" * 400] * 500,
            details=[{"name": "Summary", "value": "*" * 100_000}],
        ),
    }


@pytest.fixture(scope="module")
def cards():
    return variants()


def test_the_npm_renderer_parses_every_card_without_an_event(cards):
    assert dict(zip(cards, parse_events(list(cards.values())), strict=True)) == {name: [] for name in cards}


def test_the_check_with_the_npm_renderer_notices_a_broken_card(cards):
    broken = json.loads(json.dumps(cards["new"]))
    broken["body"][0]["style"] = "loud"
    broken["body"].append({"type": "TextBlok"})

    assert parse_events([broken])[0]


@pytest.mark.parametrize("name", variants())
def test_every_card_is_valid_by_the_published_schema(cards, name):
    assert [error.message for error in schema().iter_errors(cards[name])] == []


@pytest.mark.parametrize("name", variants())
def test_every_card_fits_and_leads_to_the_change_page(cards, name):
    assert_fits(cards[name])


def test_a_card_says_what_when_for_whom_what_to_do_and_why(cards):
    said = texts(cards["new"])

    assert said[0] == "New"
    assert "MC1234567 · revision 2" in said
    assert "Poll answers move to the meeting recap" in said
    assert "Action required by 14 December 2026" in said
    assert "Rollout, worldwide: early to mid-October 2026" in said
    assert "Retirement, worldwide, GCC and GCC High: 15 December 2026" in said
    assert "Microsoft Teams, Microsoft Forms" in said
    assert "Admins medium, users high" in said
    assert any(text.startswith("Why you got this: the change names Microsoft Teams") for text in said)
    assert said[said.index("For whom") + 1 :][:4] == [
        "Users and admins", "Role: Meeting organizers", "Licence: Teams Premium", "Platforms: Windows, Mac"
    ]  # fmt: skip
    assert said[said.index("How to prepare") + 1 :][:2] == [
        "• Save the answers that are still needed (by 14 December 2026)",
        "• Tell meeting organizers where answers stand from now on",
    ]


def test_a_cancelled_card_asks_and_promises_nothing(cards):
    said = texts(cards["cancelled"])

    assert said[said.index("What was planned, in the post's words") + 1].startswith("Poll answers will be found")
    assert "Cancelled: will not be rolled out" in said
    assert not {"To do", "How to prepare", "For whom", "Impact"} & set(said)


def test_empty_rows_are_left_out(cards):
    labels = {"To do", "When", "Part", "Freeze", "For whom", "Impact", "Kind", "Services", "Tenants", "Ticket"}

    assert labels & set(texts(cards["bare"])) == {"To do", "When", "For whom", "Impact", "Kind"}


def test_what_is_left_of_the_steps_is_counted():
    view = replace(a_view(), steps=("Do this",), more_steps=3)

    assert texts(render(view))[-3:-1] == ["Do this", "and 3 more on the change page"]


def test_dates_that_moved_are_told_from_old_to_new_and_once(cards):
    said = texts(cards["moved"])

    assert "early to mid-September 2026 → early to mid-October 2026" in said
    assert "30 November 2026 → 14 December 2026" in said
    assert not [text for text in said if text.endswith("worldwide: early to mid-October 2026")]


def test_the_buttons_lead_to_the_change_the_post_and_the_ticket(cards):
    assert [(action["type"], action["url"]) for action in cards["moved"]["actions"]] == [
        ("Action.OpenUrl", f"{PUBLIC}/api/changes/MC1234567"),
        ("Action.OpenUrl", "https://admin.microsoft.com/#/MessageCenter/:/messages/MC1234567"),
        ("Action.OpenUrl", f"{PUBLIC}/api/register/CHG1234567"),
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://t.example/" + "x" * 3000, "/api/register/CHG1"])
def test_a_ticket_without_a_usable_address_gets_no_button(url):
    ticket = a_ticket_state()
    card = card_of(ticket=effect_state(ticket.effect, number="CHG1", url=url))

    assert len(card["actions"]) == 2
    assert "CHG1" in texts(card)


def test_hostile_text_arrives_unchanged(cards):
    said = texts(cards["hostile"])

    assert HOSTILE in said


def test_a_cut_text_says_where_it_goes_on(cards):
    said = texts(cards["pathological"])

    assert any(text.startswith("😀") and text.endswith(MORE) for text in said)
    assert any("more on the change page" in text and text.startswith("Ω") for text in said)
    assert LIMIT // 4 < quoted_size(cards["pathological"]) <= LIMIT


def test_a_short_text_is_not_cut_and_a_long_one_at_a_word():
    assert shorten("some words", 10) == "some words"
    assert shorten("some words that go on", 12) == "some words" + MORE
    assert shorten("x" * 50, 10) == "x" * 10 + MORE


def test_a_template_cannot_print_what_is_missing():
    with pytest.raises(UndefinedError, match="'nothing' is undefined"):
        as_json(StrictUndefined(name="nothing"))


def test_values_are_json_and_texts_are_escaped_unless_they_are_verbatim():
    assert as_json(3) == "3"
    assert as_json('a "*b*"\n') == '"a \\"\\\\*b\\\\*\\"\\n"'
    assert as_json(Verbatim("https://e.example/a_b*c")) == '"https://e.example/a_b*c"'


def test_halves_of_surrogate_pairs_and_control_characters_do_not_break_a_card():
    card = card_of(title="a\ud83d b\x00c\x1b[31m d")

    json.dumps(card, ensure_ascii=False).encode()
    assert "a\ufffd bc[31m d" in texts(card)


def test_no_card_has_an_action_that_webhooks_do_not_take(cards):
    types = {element.get("type") for card in cards.values() for element in elements(card)} - {None}

    assert types == {"AdaptiveCard", "Container", "ColumnSet", "Column", "TextBlock", "Action.OpenUrl"}


def listed(number, title="Retirement of the old viewer"):
    entry = ListEntry(
        "New", title, "MC1234567", "Action required by 14 December 2026", f"{PUBLIC}/api/changes/MC1234567"
    )
    return ListCard(f"{number} changes that waited", "Oldest first.", (entry,) * number, f"{PUBLIC}/api/home")


def test_a_list_has_title_what_to_do_and_link_of_each_change():
    card = render(listed(6))

    said = texts(card)
    assert said.count(f"[Retirement of the old viewer]({PUBLIC}/api/changes/MC1234567)") == 6
    assert said.count("New · Action required by 14 December 2026 · MC1234567") == 6
    assert parse_events([card]) == [[]]
    assert [error.message for error in schema().iter_errors(card)] == []


def test_a_change_in_a_list_that_asks_nothing_has_no_gap():
    card = listed(1)
    silent = replace(card, entries=tuple(replace(entry, to_do="") for entry in card.entries))

    assert "New · MC1234567" in texts(render(silent))


@pytest.mark.parametrize("number", [1, 40, 300])
@pytest.mark.parametrize(
    "title", ["Retirement", HOSTILE, '"' * 400, "é🎉" * 200], ids=["short", "hostile", "quotes", "wide"]
)
def test_a_list_always_fits_and_counts_what_does_not(number, title):
    card = render(listed(number, title))

    assert quoted_size(card) <= LIMIT
    links = [text for text in texts(card) if "/api/changes/MC1234567)" in text]
    left = [text for text in texts(card) if text.startswith("… and ")]
    assert links
    assert left == ([f"… and {number - len(links)} more on our pages"] if len(links) < number else [])


def test_a_title_cannot_end_the_link_that_it_stands_in():
    title = render(listed(1, "x](https://evil.example) [y"))["body"][2]["text"]

    assert title == rf"[x\](https://evil.example) \[y]({PUBLIC}/api/changes/MC1234567)"


@pytest.mark.parametrize("name", ["hostile", "pathological"])
def test_the_toast_is_one_line_of_plain_text(cards, name):
    summary = teams_message(cards[name])["summary"]

    assert 0 < len(summary) <= 200
    assert summary.splitlines() == [summary]
    assert cards[name]["fallbackText"].split()[0] in summary
