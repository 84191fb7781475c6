"""Cards of changes that nobody would think of: they fit, are valid, and their texts come back."""

import json
from datetime import date, timedelta
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.cards.adaptive import MORE, render
from shared.core.cards.card import change_card
from shared.core.changes.reasons import SentenceReason
from shared.core.posts.classification import Interval, Window
from shared.core.terms import Action, Cloud, Default, EventType, Impact, Kind, Phase, Status
from shared.core.words.titles import short_title
from tests.adapters.cards.changes import (
    PUBLIC,
    TODAY,
    a_change,
    a_policy,
    a_state,
    a_ticket_state,
    an_effect,
    classified,
    raw_post,
)
from tests.adapters.cards.checks import SCHEMA, assert_fits, parse_events, schema, texts

# Also halves of surrogate pairs: Graph's JSON may hold them, and Python reads them without a word.
ANY = st.text(st.characters(exclude_categories=[]), max_size=200)
TELLING = st.text(st.sampled_from('ab \n\t"\\*_[](){}#>~`|-1.<&;%$🎉ש\u202e\u0000'), max_size=120)
LONG = st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=20), st.integers(100, 5000))
WORDS = st.one_of(ANY, TELLING, LONG)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
SPANS = st.none() | st.builds(
    lambda first, days: Interval(first, first + timedelta(days=days)), DAYS, st.integers(0, 400)
)
WINDOWS = st.builds(
    Window,
    st.sampled_from(get_args(Phase)),
    st.lists(st.sampled_from(get_args(Cloud)), unique=True).map(tuple),
    SPANS,
    SPANS,
    WORDS,
)
FOUND = st.builds(
    classified,
    windows=st.lists(WINDOWS, max_size=30).map(tuple),
    status=st.sampled_from(get_args(Status)),
    act_by=st.none() | DAYS,
    kind=st.sampled_from(get_args(Kind)),
    admin_impact=st.sampled_from(get_args(Impact)),
    default=st.sampled_from(get_args(Default)),
    action=st.sampled_from(get_args(Action)),
)
EVENTS = st.lists(st.sampled_from(get_args(EventType)), max_size=5, unique=True).map(tuple)
RAW = st.fixed_dictionaries(
    {
        "title": st.none() | WORDS,
        "services": st.none() | st.lists(WORDS, max_size=12),
        "details": st.none()
        | st.lists(st.fixed_dictionaries({"name": st.just("Summary"), "value": WORDS}), max_size=2),
        "body": st.none() | st.fixed_dictionaries({"contentType": st.sampled_from(["html", "text"]), "content": WORDS}),
    }
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def a_card(found, events, raw, why=(), ticketed=False):
    effect = an_effect(events)
    state = a_state(
        type(effect)("card", "workplace", "workplace", effect.edition, tuple(map(SentenceReason, why)), effect.events)
    )
    ticket = a_ticket_state() if ticketed else None
    return render(change_card(a_change(found, events, **raw), state, a_policy(), PUBLIC, ticket, as_of=TODAY))


@MANY
@given(FOUND, EVENTS, RAW, st.lists(WORDS, max_size=10), st.booleans())
def test_the_card_of_any_change_fits_and_is_valid(found, events, raw, why, ticketed):
    card = a_card(found, events, raw, why, ticketed)

    assert_fits(card)
    assert json.loads(json.dumps(card, ensure_ascii=False).encode()) == card
    if SCHEMA.exists():
        assert [error.message for error in schema().iter_errors(card)] == []


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(FOUND, EVENTS, RAW), min_size=30, max_size=30))
def test_the_npm_renderer_has_nothing_to_say_about_the_cards_of_any_changes(changes):
    cards = [a_card(found, events, raw) for found, events, raw in changes]

    assert [events for events in parse_events(cards) if events] == []


@MANY
@given(st.one_of(ANY, TELLING))
def test_the_title_of_any_post_comes_back_or_its_beginning_and_where_to_read_on(title):
    said = texts(a_card(classified(), ("announced",), {"title": title}))[2]
    shown = short_title(title, raw_post()["services"])
    wanted = "\n".join(line.lstrip(" \t") for line in shown.split("\n")) or "MC1234567"

    assert said == wanted or (said.endswith(MORE) and wanted.startswith(said.removesuffix(MORE)))
