"""What a decision makes due; of a first load the most urgent, while the rest waits (pure)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Closing, Effect, EffectState
from shared.core.changes.reasons import NewsReason, TakeoverReason
from shared.core.decisions.first_load import at_once, intents, is_over, next_day, urgency
from shared.core.policy.model import FirstLoad, TicketSystemEntry
from shared.core.posts.classification import Interval, Window
from tests.core.decisions.test_decide import NOW, change, read, window
from tests.usecases.world import policy

WHY = (TakeoverReason("MC1200009"),)
NEWS = (NewsReason(("dates_moved",)),)
TICKET = Effect("ticket", "crb", "messaging", "1", WHY, ("1:announced",))
CARD = Effect("card", "messaging", "messaging", "1", WHY, ("1:announced",))
LATER = {"edition": "2", "events": ("2:dates_moved",)}
ONE = change(read(windows=(window(date(2026, 10, 1)),)))


def made(wanted, states=(), *, of=ONE, first_load=False, now=NOW, **over):
    return intents(of, wanted, tuple(states), policy(**over), now, first_load=first_load)


def test_in_normal_life_everything_is_due():
    assert made([TICKET, CARD]) == [EffectState(TICKET, due="1"), EffectState(CARD, due="1")]


def test_what_is_new_in_a_first_load_is_kept_and_nothing_is_due():
    states = made([TICKET, CARD], first_load=True)

    assert [(state.first_load, state.due) for state in states] == [("kept", ""), ("kept", "")]


def test_a_dry_run_is_shown_whole():
    dry = {"crb": TicketSystemEntry(kind="register", mode="dry_run")}

    assert [state.due for state in made([TICKET, CARD], first_load=True, tickets=dry)] == ["1", ""]


@pytest.mark.parametrize("first_load", [False, True])
def test_a_kept_ticket_stays_kept_in_the_newest_edition_with_all_its_events(first_load):
    kept = EffectState(TICKET, first_load="kept")

    (state,) = made([replace(TICKET, why=NEWS, **LATER)], [kept], first_load=first_load)

    assert (state.first_load, state.due, state.effect.edition) == ("kept", "", "2")
    assert state.effect.events == ("1:announced", "2:dates_moved")
    assert state.effect.why == WHY, "it is no news to anybody"


def test_a_kept_card_moves_to_the_row_of_the_newest_edition_and_still_announces():
    kept = EffectState(CARD, first_load="kept")

    before, after = made([replace(CARD, why=NEWS, **LATER)], [kept])

    assert (before.effect, before.first_load) == (CARD, "over")
    assert (after.effect.edition, after.first_load, after.due) == ("2", "kept", "")
    assert (after.effect.events, after.effect.why) == (("1:announced",), WHY)


def test_a_newer_reason_of_a_route_takes_the_place_of_the_older_one():
    newer = (TakeoverReason("MC1200008"),)

    (state,) = made([replace(TICKET, why=newer, **LATER)], [EffectState(TICKET, first_load="kept")])

    assert state.effect.why == newer


@pytest.mark.parametrize("step", ["urgent", "released"])
def test_what_was_let_through_is_raised_as_always_and_keeps_its_mark(step):
    before = EffectState(TICKET, done="1", first_load=step)

    (state,) = made([replace(TICKET, **LATER)], [before])

    assert (state.due, state.first_load) == ("2", step)


def test_once_the_change_is_over_what_is_kept_leaves_and_nobody_is_told():
    gone = change(read(status="cancelled"))
    kept = [EffectState(TICKET, first_load="kept"), EffectState(CARD, first_load="kept")]

    assert [state.first_load for state in made([], kept, of=gone)] == ["over", "over"]
    states = made([replace(TICKET, **LATER), replace(CARD, **LATER)], kept, of=gone)
    assert [(state.first_load, state.due) for state in states] == [("over", ""), ("over", "")]


def test_what_happens_after_that_is_normal_life():
    (state,) = made([replace(TICKET, **LATER)], [EffectState(TICKET, first_load="over")])

    assert (state.first_load, state.due) == ("", "2")


def test_a_change_is_over_when_it_is_closed_called_off_or_past():
    assert not is_over(ONE, NOW)
    assert is_over(ONE, datetime(2026, 10, 2, tzinfo=UTC))
    assert is_over(replace(ONE, closed=Closing(NOW, "task", "1 task", 1)), NOW)
    assert [is_over(change(read(status=status)), NOW) for status in ("withdrawn", "superseded", "on_hold")] == [
        True, True, False,
    ]  # fmt: skip


def test_the_nearest_day_ahead_comes_first_then_the_impact_then_the_older_post():
    today = NOW.date()

    def day(number):
        return today + timedelta(days=number)

    def of(**over):
        return change(read(**over))

    under_way = Window("ga", ("worldwide",), Interval(day(-9), day(-9)), Interval(day(3), day(3)))
    order = [
        of(act_by=day(1)),
        of(windows=(Window("ga", ("worldwide",), Interval(day(2), day(2)), None),)),
        of(windows=(under_way,)),
        of(act_by=day(4), user_impact="high"),
        of(act_by=day(4)),
        of(act_by=day(-1), admin_impact="high"),
        of(),
    ]
    backwards = order[::-1]
    ranked = sorted(backwards, key=lambda one: urgency(one, policy(), today))

    assert [one.classification for one in ranked] == [one.classification for one in order]
    assert next_day(order[-2], policy(), today) is None


def test_a_system_that_the_policy_has_dropped_gets_nothing_by_itself():
    few = policy(first_load=FirstLoad(tickets=3, cards=2))

    assert [at_once("ticket", "crb", few), at_once("card", "messaging", few)] == [3, 2]
    assert [at_once("ticket", "old", few), at_once("card", "old", few)] == [0, 0]
