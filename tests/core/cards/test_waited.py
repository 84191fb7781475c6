"""What is left to say of cards that waited: the newest of a change, and nothing of one that ended meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.core.cards.card import change_card
from shared.core.cards.waited import left_to_say, waited_card
from tests.adapters.cards.changes import PUBLIC, TODAY, a_change, a_policy, a_state, classified


def change_with(status):
    change = a_change()
    facts = replace(change.current.facts, classification=classified(status=status))
    return replace(change, editions=(*change.editions[:-1], replace(change.current, facts=facts)))


def card_of(change, edition):
    state = a_state()
    return replace(state, effect=replace(state.effect, edition=edition), due=edition)


CHANGE = a_change()
NOW, EARLIER = CHANGE.current.id, "20200101000000-abcdef012345"


@pytest.mark.parametrize(
    ("status", "editions", "heard", "left"),
    [
        pytest.param("scheduled", [NOW], False, NOW, id="one card"),
        pytest.param("scheduled", [NOW, EARLIER], False, NOW, id="the newest of two"),
        pytest.param("scheduled", [EARLIER], False, EARLIER, id="an edition without a card came after it"),
        pytest.param("cancelled", [EARLIER], False, None, id="cancelled meanwhile"),
        pytest.param("superseded", [EARLIER], False, None, id="replaced meanwhile"),
        pytest.param("withdrawn", [EARLIER, NOW], False, None, id="announced and withdrawn while it was down"),
        pytest.param("cancelled", [NOW], True, NOW, id="the channel knows it, and hears that it is cancelled"),
        pytest.param("cancelled", [EARLIER, NOW], True, NOW, id="the same, with an edit between"),
        pytest.param("cancelled", [NOW], False, NOW, id="a route asks for the cancellation alone"),
        pytest.param("on_hold", [EARLIER], False, EARLIER, id="on hold is not over"),
    ],
)
def test_what_a_channel_still_needs_to_hear(status, editions, heard, left):
    change = change_with(status)

    state = left_to_say(change, [card_of(change, edition) for edition in editions], heard_before=heard)

    assert (state.effect.edition if state else None) == left


def test_the_card_has_an_entry_for_each_and_says_since_when():
    card = change_card(CHANGE, a_state(), a_policy(), PUBLIC, as_of=TODAY)

    made = waited_card([card, card], datetime(2026, 9, 1, 9, 30, tzinfo=UTC), PUBLIC)

    assert made.title == "2 changes that waited for this channel"
    assert "2026-09-01 09:30 UTC" in made.text
    assert made.entries[0].page_url == f"{PUBLIC}/api/changes/{CHANGE.id}"
    assert made.home_url == f"{PUBLIC}/api/home"
