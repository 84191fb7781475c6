"""What is left to say of cards that waited: the newest of a change, and nothing of one that ended meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.core.cards.card import change_card
from shared.core.cards.waited import JOINED, TOLD, left_to_say, waited_card
from shared.core.changes.change import Claim, Place
from tests.adapters.cards.changes import PUBLIC, TODAY, a_change, a_policy, a_state, classified


def change_with(status):
    change = a_change()
    facts = replace(change.current.facts, classification=classified(status=status))
    return replace(change, editions=(*change.editions[:-1], replace(change.current, facts=facts)))


def card_of(change, edition):
    state = a_state()
    return replace(state, effect=replace(state.effect, edition=edition), due=edition)


CHANGE = a_change()
NOW, EARLIER, BEFORE = CHANGE.current.id, "20200101000000-abcdef012345", "20190101000000-abcdef012345"
AT = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)


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
    waiting = [card_of(change, edition) for edition in editions]
    before = [replace(card_of(change, BEFORE), due="", done=BEFORE)] if heard else []

    said = left_to_say(change, waiting, before, AT)

    assert [state.effect.edition for state in said.cards] == ([left] if left else [])
    assert said.stopped.keys() == {state.effect.key for state in waiting} - {state.effect.key for state in said.cards}


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        pytest.param({"done": NOW}, TOLD, id="sent"),
        pytest.param({"claim": Claim("worker", AT + timedelta(minutes=1))}, TOLD, id="being sent"),
        pytest.param({"claim": Claim("worker", AT)}, "", id="a claim that has run out says nothing"),
        pytest.param({"due": NOW}, JOINED, id="due"),
        pytest.param({"place": Place("mail", "2026-09-01T0800")}, JOINED, id="kept"),
        pytest.param({"due": NOW, "parked": "refused"}, "", id="parked: it will not come by itself"),
        pytest.param({"stopped": "answered"}, "", id="stopped"),
        pytest.param({"first_load": "kept"}, "", id="waits for a person"),
    ],
)
def test_an_older_card_is_stopped_where_a_newer_one_was_sent_or_follows(other, reason):
    older, newer = card_of(CHANGE, EARLIER), replace(card_of(CHANGE, NOW), **{"due": "", **other})

    said = left_to_say(CHANGE, [older], [newer], AT)

    assert dict(said.stopped) == ({older.effect.key: reason} if reason else {})


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("at_once", [True, False], ids=["both wait", "the older one was joined before"])
def test_to_a_channel_that_never_heard_of_it_the_newest_card_announces_the_change(heard, at_once):
    first, newest = card_of(CHANGE, EARLIER), card_of(CHANGE, NOW)
    first = replace(first, effect=replace(first.effect, events=("announced",)), due="", stopped=JOINED)
    known = [replace(card_of(CHANGE, BEFORE), due="", done=BEFORE)] if heard else []
    if at_once:
        first = replace(first, due=EARLIER, stopped="")
        said = left_to_say(CHANGE, [first, newest], known, AT)
    else:
        said = left_to_say(CHANGE, [newest], [first, *known], AT)

    (card,) = said.cards
    assert card.effect.key == newest.effect.key
    assert card.effect.events == (newest.effect.events if heard else ("announced",))


def test_cards_that_no_edition_causes_stand_for_themselves():
    state = a_state()
    reminder = replace(state, effect=replace(state.effect, occasion="act-2@2026-10-01"))

    said = left_to_say(CHANGE, [reminder, card_of(CHANGE, EARLIER), card_of(CHANGE, NOW)], [], AT)

    assert [each.effect.occasion for each in said.cards] == ["", "act-2@2026-10-01"]


def test_the_card_has_an_entry_for_each_and_says_since_when():
    card = change_card(CHANGE, a_state(), a_policy(), PUBLIC, as_of=TODAY)

    made = waited_card([card, card], datetime(2026, 9, 1, 9, 30, tzinfo=UTC), PUBLIC)

    assert made.title == "2 changes that waited for this channel"
    assert "2026-09-01 09:30 UTC" in made.text
    assert made.entries[0].page_url == f"{PUBLIC}/api/changes/{CHANGE.id}"
    assert made.home_url == f"{PUBLIC}/api/home"
