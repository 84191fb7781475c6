"""Of two changes that are one announcement one keeps the ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.core.changes.change import Claim, Effect
from shared.core.tickets.succession import RelatedTicket, Succession, left_open, must_wait, notes, plan
from tests.fakes import effect_state

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
EFFECT = Effect("ticket", "crb", "messaging", "e1", ())
LIVING, DEAD = Claim("worker", NOW + timedelta(seconds=5)), Claim("worker", NOW - timedelta(seconds=5))
OURS = "MC1200001"


def ticket(name="MC1100001", **state):
    return RelatedTicket(name, "in these words", "e1", effect_state(EFFECT, **state))


@pytest.mark.parametrize(
    ("predecessor", "waits"),
    [
        ({"due": "e1"}, True),
        ({"number": "T1", "claim": LIVING}, True),
        ({"number": "T1", "claim": DEAD}, False),
        ({"number": "T1"}, False),
        ({"due": "e1", "parked": "no"}, False),
        ({"due": "e1", "followed_by": OURS}, False),
        ({"due": "e1", "number": "T1", "state": "closed"}, False),
    ],
)
def test_a_successor_waits_for_a_predecessor_whose_ticket_may_be_about_to_exist(predecessor, waits):
    assert (must_wait(Succession(predecessors=(ticket(**predecessor),)), NOW) is not None) is waits


@pytest.mark.parametrize(
    ("successor", "waits"),
    [
        ({"due": "e1"}, False),
        ({"due": "e1", "claim": LIVING}, True),
        ({"due": "e1", "claim": DEAD}, False),
        ({"number": "T2", "claim": LIVING}, False),
    ],
)
def test_a_predecessor_waits_only_for_a_successor_that_is_being_worked_on_without_a_ticket(successor, waits):
    assert (must_wait(Succession(successors=(ticket(**successor),)), NOW) is not None) is waits


@pytest.mark.parametrize(
    ("number", "successor", "step"),
    [
        ("", {}, "keep"),
        ("", {"due": "e1"}, "follow"),
        ("", {"due": "e1", "parked": "no"}, "keep"),
        ("", {"number": "T2"}, "follow"),
        ("T1", {"due": "e1"}, "keep"),
        ("T1", {"number": "T1"}, "follow"),
        ("T1", {"number": "T2"}, "cancel"),
        ("T1", {"number": "T2", "state": "closed"}, "cancel"),
        ("T1", {"number": "T2", "state": "cancelled"}, "keep"),
    ],
)
def test_what_becomes_of_the_ticket_of_a_change_with_a_successor(number, successor, step):
    assert plan(OURS, number, Succession(successors=(ticket(**successor),))).step == step


@pytest.mark.parametrize(
    ("number", "predecessor", "step"),
    [
        ("", {"number": "T1"}, "adopt"),
        ("", {"number": "T1", "followed_by": OURS}, "adopt"),
        ("", {"number": "T1", "followed_by": "MC1300001"}, "keep"),
        ("", {"number": "T1", "state": "closed"}, "keep"),
        ("", {}, "keep"),
        ("T2", {"number": "T1"}, "keep"),
    ],
)
def test_what_becomes_of_the_ticket_of_a_change_with_a_predecessor(number, predecessor, step):
    assert plan(OURS, number, Succession(predecessors=(ticket(**predecessor),))).step == step


def test_a_predecessor_with_another_open_ticket_must_be_told_unless_it_is_about_to_look():
    told = [ticket("MC1100001", number="T1"), ticket("MC1100002", number="T3", claim=DEAD)]
    quiet = [
        ticket("MC1100003"),
        ticket("MC1100004", number="T2"),
        ticket("MC1100005", number="T4", due="e1"),
        ticket("MC1100006", number="T5", followed_by=OURS),
        ticket("MC1100007", number="T6", state="cancelled"),
    ]

    assert left_open("T2", Succession(predecessors=(*told, *quiet))) == tuple(told)


def test_each_relation_is_one_line_of_history():
    lines = notes(Succession((ticket("MC1300001"),), (ticket(),)))

    assert list(lines.values()) == [
        "Goes on as MC1300001: in these words",
        "Takes the place of MC1100001: in these words",
    ]
    assert len(lines) == 2
