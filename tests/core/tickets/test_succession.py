"""Of two changes that are one announcement one keeps the ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.core.changes.change import Effect, EffectState
from shared.core.tickets.succession import Family, Kin, left_open, must_wait, notes, plan, raised

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
EFFECT = Effect("ticket", "crb", "messaging", "e1", ())
LIVING, DEAD = NOW + timedelta(seconds=5), NOW - timedelta(seconds=5)
OURS = "MC1200001"


def kin(name="MC1100001", **state):
    return Kin(name, "in these words", "e1", EffectState(EFFECT, **state))


@pytest.mark.parametrize(
    ("elder", "waits"),
    [
        ({"due": "e1"}, True),
        ({"number": "T1", "claim_until": LIVING}, True),
        ({"number": "T1", "claim_until": DEAD}, False),
        ({"number": "T1"}, False),
        ({"due": "e1", "parked": "no"}, False),
        ({"due": "e1", "followed_by": OURS}, False),
        ({"due": "e1", "number": "T1", "state": "closed"}, False),
    ],
)
def test_an_heir_waits_for_an_elder_whose_ticket_may_be_about_to_exist(elder, waits):
    assert (must_wait(Family(elders=(kin(**elder),)), NOW) is not None) is waits


@pytest.mark.parametrize(
    ("heir", "waits"),
    [
        ({"due": "e1"}, False),
        ({"due": "e1", "claim_until": LIVING}, True),
        ({"due": "e1", "claim_until": DEAD}, False),
        ({"number": "T2", "claim_until": LIVING}, False),
    ],
)
def test_an_elder_waits_only_for_an_heir_that_is_being_worked_on_without_a_ticket(heir, waits):
    assert (must_wait(Family(heirs=(kin(**heir),)), NOW) is not None) is waits


@pytest.mark.parametrize(
    ("number", "heir", "step"),
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
def test_what_becomes_of_the_ticket_of_a_change_with_an_heir(number, heir, step):
    assert plan(OURS, number, Family(heirs=(kin(**heir),))).step == step


@pytest.mark.parametrize(
    ("number", "elder", "step"),
    [
        ("", {"number": "T1"}, "adopt"),
        ("", {"number": "T1", "followed_by": OURS}, "adopt"),
        ("", {"number": "T1", "followed_by": "MC1300001"}, "keep"),
        ("", {"number": "T1", "state": "closed"}, "keep"),
        ("", {}, "keep"),
        ("T2", {"number": "T1"}, "keep"),
    ],
)
def test_what_becomes_of_the_ticket_of_a_change_with_an_elder(number, elder, step):
    assert plan(OURS, number, Family(elders=(kin(**elder),))).step == step


def test_an_elder_with_another_open_ticket_must_be_told_unless_it_is_about_to_look():
    told = [kin("MC1100001", number="T1"), kin("MC1100002", number="T3", claim_until=DEAD)]
    quiet = [
        kin("MC1100003"),
        kin("MC1100004", number="T2"),
        kin("MC1100005", number="T4", due="e1"),
        kin("MC1100006", number="T5", followed_by=OURS),
        kin("MC1100007", number="T6", state="cancelled"),
    ]

    assert left_open("T2", Family(elders=(*told, *quiet))) == tuple(told)


def test_each_relation_is_one_line_of_history():
    lines = notes(Family((kin("MC1300001"),), (kin(),)))

    assert list(lines.values()) == [
        "Goes on as MC1300001: in these words",
        "Takes the place of MC1100001: in these words",
    ]
    assert len(lines) == 2


def test_what_a_relation_makes_due_differs_from_what_is_being_applied():
    assert raised("e1", OURS) != "e1"
    assert raised("e1", OURS).startswith("e1")
