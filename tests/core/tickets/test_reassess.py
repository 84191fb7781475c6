"""Dates that moved after the board approved: how far, and what is asked."""

from dataclasses import replace
from datetime import date

import pytest

from shared.core.changes.change import TicketState
from shared.core.policy.model import Tenant, TicketSystemEntry
from shared.core.posts.classification import Interval, Window
from shared.core.tickets.content import wanted_ticket
from shared.core.tickets.reassess import is_approved, moved_after_approval
from tests.core.decisions.test_decide import change, read
from tests.fakes import effect_state
from tests.usecases.world import policy

ENTRY = TicketSystemEntry(kind="register")
APPROVED = TicketState(state="scheduled", number="CHG1200001")


def moves(days, cloud="worldwide", act_by=None):
    """A change whose rollout moved by so many days, and the events of that edition."""

    def window(day):
        return Window("ga", (cloud,), Interval(day, day), Interval(day, day))

    first, second = date(2026, 10, 1), date.fromordinal(date(2026, 10, 1).toordinal() + days)
    one = change(
        read(windows=(window(first),), act_by=act_by and first),
        read(windows=(window(second),), act_by=act_by),
    )
    return one, tuple(event for event in one.events if event.type != "announced")


@pytest.mark.parametrize(
    ("state", "decision", "approved"),
    [
        ("scheduled", "", True),
        ("authorize", "approved", True),
        ("authorize", "", False),
        ("authorize", "rejected", False),
        ("assess", "approved", False),
        ("new", "approved", False),
        ("implement", "approved", False),
        ("review", "approved", False),
        ("closed", "approved", False),
        ("cancelled", "approved", False),
    ],
)
def test_only_what_is_approved_and_not_begun_goes_back(state, decision, approved):
    assert is_approved(state, decision) is approved
    told = moved_after_approval(TicketState(state=state, decision=decision), ENTRY, moves(21)[1], policy())
    assert bool(told[1]) is approved


@pytest.mark.parametrize(("days", "words"), [(7, ""), (8, "8 days later"), (-8, "8 days earlier"), (0, "")])
def test_a_move_of_more_days_than_the_policy_says_is_told_with_its_day(days, words):
    day, sentence = moved_after_approval(APPROVED, ENTRY, moves(days)[1], policy())

    assert sentence == (f"The dates moved ({words}) after the board approved" if words else "")
    assert day == ("2026-09-02" if words else "")


def test_the_farthest_move_counts_and_the_day_to_act_by_is_one():
    _, events = moves(9, act_by=date(2026, 11, 1))

    assert "31 days later" in moved_after_approval(APPROVED, ENTRY, events, policy())[1]


def test_dates_of_other_clouds_are_not_ours():
    _, events = moves(40, cloud="gcc")

    assert not moved_after_approval(APPROVED, ENTRY, events, policy())[1]
    ours = policy(tenants={"contoso": Tenant(cloud="gcc")})
    assert moved_after_approval(APPROVED, ENTRY, events, ours)[1]


@pytest.mark.parametrize("on_move", ["note", "reassess"])
def test_the_ticket_asks_either_way_and_is_sent_back_where_the_policy_wants_it(on_move):
    one, events = moves(21)
    entry = TicketSystemEntry(kind="register", on_move=on_move)
    rules = policy(tickets={"crb": entry})
    from shared.core.decisions.decide import decide
    from tests.core.decisions.test_decide import NOW

    effect = replace(decide(one, (), rules, NOW).effects[0], events=tuple(event.id for event in events))
    state = replace(effect_state(effect), ticket=APPROVED)
    ticket = wanted_ticket(one, state, rules, "test", "https://x.example", as_of=NOW.date())

    asked = "The dates moved (21 days later) after the board approved"
    assert ticket.notes[-1] == f"2026-09-02: {asked}: please assess it again"
    assert ticket.reassess == (asked if on_move == "reassess" else "")
    told = replace(state, ticket=replace(APPROVED, applied=effect.events))
    assert not wanted_ticket(one, told, rules, "test", "", as_of=NOW.date()).reassess, "once is enough"
    new = replace(state, ticket=TicketState())
    assert not wanted_ticket(one, new, rules, "test", "", as_of=NOW.date()).reassess
