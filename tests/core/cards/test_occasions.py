"""What a card is sent for, as the key of its effect holds it."""

import pytest

from shared.core.cards.occasions import Occasion, is_occasion, occasion_of
from shared.core.changes.change import Effect


@pytest.mark.parametrize(
    ("occasion", "key"),
    [
        (Occasion("act-7", "2026-10-01"), "act-7@2026-10-01"),
        (Occasion("act-0", "2026-10-01"), "act-0@2026-10-01"),
        (Occasion("overdue", "2026-10-01"), "overdue@2026-10-01"),
        (Occasion("ticket", "20261001T093005"), "ticket@20261001T093005"),
        (Occasion("silent-3", "12"), "silent-3@12"),
        (Occasion("asked", "2026-10-01"), "asked@2026-10-01"),
        (Occasion("impact", "2026-10-01"), "impact@2026-10-01"),
    ],
)
def test_an_occasion_is_read_as_it_was_written(occasion, key):
    assert occasion.key == key
    assert occasion_of(key) == occasion


@pytest.mark.parametrize(
    "text",
    [
        "20260830100000-abcdefabcdef",
        "gathered@4",
        "act-3@2026-10-01",
        "act-7@2026-13-01",
        "ticket@20261301",
        "",
        "silent-5@1",
        "silent-1@2026-10-01",
        "silent-1@",
        "asked@12",
        "impact@2026-13-01",
    ],
)
def test_an_edition_and_what_only_a_later_version_knows_is_no_occasion(text):
    assert not is_occasion(text)


def test_a_card_of_an_occasion_has_a_row_of_its_own():
    edition = Effect("card", "messaging", "messaging", "20260830100000-abcdefabcdef", ())
    near = Effect("card", "messaging", "messaging", edition.edition, (), occasion="act-7@2026-10-01")

    assert edition.key == "card|messaging|20260830100000-abcdefabcdef"
    assert near.key == "card|messaging|act-7@2026-10-01"
