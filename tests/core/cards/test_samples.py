"""Samples are cards like any other, say that they are samples, and mention nobody."""

from datetime import date

import pytest

from shared.adapters.cards.adaptive import LIMIT, quoted_size, render
from shared.core.cards.card import ChangeCard
from shared.core.cards.samples import SAMPLES, sample_card
from tests.adapters.cards.changes import PUBLIC, a_policy
from tests.adapters.cards.checks import schema

DAYS = [date(2026, 1, 31), date(2026, 9, 2), date(2028, 2, 29)]


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("moment", SAMPLES)
def test_a_sample_is_a_card_whatever_the_day(moment, today):
    card = sample_card(moment, a_policy(), PUBLIC, today)
    rendered = render(card)

    schema().validate(rendered)
    assert quoted_size(rendered) <= LIMIT
    assert "ample" in rendered["fallbackText"] + str(rendered["body"])
    if isinstance(card, ChangeCard):
        assert card.mention == ""


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("new", ""),
        ("moved", "Dates moved"),
        ("cancelled", "Cancelled"),
        ("act-by", "7 days left"),
        ("decided", "approved"),
        ("silent", "no word for 15 working days"),
        ("asked", "as somebody asked"),
        ("impact", "how did it go"),
    ],
)
def test_each_sample_is_about_its_moment(moment, words):
    card = sample_card(moment, a_policy(), PUBLIC, date(2026, 9, 2))

    assert words.lower() in card.headline.lower()
    assert bool(card.moved) == (moment == "moved")
