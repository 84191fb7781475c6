"""What became of cards, and what that proposes, in tables of cases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.changes.change import Decision
from shared.core.changes.settled import Assessment, TeamWord
from shared.core.life.effectiveness import (
    CardFigures,
    CardKey,
    FiguresKey,
    SentCard,
    figures_of,
    proposals,
    sent_cards,
    together,
)
from tests.adapters.cards.changes import SECOND, a_change, a_state, an_effect, at

SENT = at(5, 4, 20)
KEY = FiguresKey("collab", "New", "teams")


def card(number=1, hours=None, channel="collab", moment="New"):
    answered = SENT + timedelta(hours=hours) if hours is not None else None
    return SentCard(CardKey(channel, f"MC120000{number}", "e1"), moment, "teams", SENT, answered)


def test_cards_are_counted_by_channel_moment_and_workload():
    cards = [card(1, 2), card(2), card(3, 6), card(4, moment="Dates moved")]
    opened = {cards[0].key: 3, cards[1].key: 1}

    figures = figures_of(cards, opened)

    assert figures[KEY] == CardFigures(3, 2, (2.0, 6.0))
    assert figures[KEY].median_hours == 4.0
    assert figures[FiguresKey("collab", "Dates moved", "teams")] == CardFigures(1, 0, ())
    assert figures[FiguresKey("collab", "Dates moved", "teams")].median_hours is None


def test_months_are_put_together():
    assert together([{KEY: CardFigures(1, 1, (2.0,), 1)}, {KEY: CardFigures(2, 0, (4.0,), 2)}]) == {
        KEY: CardFigures(3, 1, (2.0, 4.0), 3)
    }


def test_an_answer_counts_for_the_last_card_before_it_and_for_no_other():
    first = a_state(an_effect(("announced",)), done=SECOND.id, done_at=SENT)
    near = replace(an_effect(()), occasion="act-7@2026-12-14")
    second = a_state(near, done=SECOND.id, done_at=SENT + timedelta(days=2))
    waiting = a_state(replace(near, occasion="act-2@2026-12-14"))
    word = TeamWord(owner="ana", owned_at=SENT + timedelta(days=3))
    change = replace(
        a_change(events=("announced",)),
        assessment=Assessment(1, teams={"workplace": word}),
        decision=Decision(SECOND.id, SENT, ("workplace",), ("teams",)),
    )

    cards = list(sent_cards(change, [second, waiting, first]))

    assert [(each.moment, each.workload, each.answered) for each in cards] == [
        ("New", "teams", None),
        ("7 days left", "teams", SENT + timedelta(days=3)),
    ]


def test_an_answer_that_was_there_before_any_card_counts_for_none():
    state = a_state(an_effect(("announced",)), done=SECOND.id, done_at=SENT)
    early = Assessment(1, teams={"workplace": TeamWord(owner="ana", owned_at=SENT - timedelta(hours=1))})

    assert [each.answered for each in sent_cards(replace(a_change(), assessment=early), [state])] == [None]


def test_a_card_that_was_stopped_was_not_sent():
    state = a_state(an_effect(), done=SECOND.id, done_at=SENT, stopped="the team moved")

    assert list(sent_cards(a_change(), [state])) == []


NEVER = {KEY: CardFigures(6), FiguresKey("mail", "New", "exchange"): CardFigures(9, 4)}


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({}, []),
        (NEVER, ["collab opened none of 6 cards about teams in 3 months: a digest, or drop them?"]),
        ({KEY: CardFigures(6)}, []),
        ({KEY: CardFigures(6, 0, (1.0,)), FiguresKey("mail", "New", "exchange"): CardFigures(9, 4)}, []),
        ({KEY: CardFigures(4), FiguresKey("mail", "New", "exchange"): CardFigures(9, 4)}, []),
        ({KEY: CardFigures(300, 100)}, ["collab gets 23 cards a week: a digest, or fewer routes?"]),
    ],
)
def test_a_proposal_needs_figures_and_people_who_sign_in(figures, words):
    assert list(proposals(figures)) == words
