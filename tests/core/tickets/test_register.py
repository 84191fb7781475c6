"""A ticket of the built-in register, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.tickets.register import amended, change_of, moved, moved_by_board, new_entry, number_of
from shared.record.register import entry_row, read_entry
from tests.contracts.rig import ticket
from tests.properties import unhurried

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
TICKET = replace(ticket(), notes=("a",))
ENTRY = new_entry(TICKET, "D", "new", NOW, ((NOW, "Opened by Foresignal"), (NOW, "a")))


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("CHG1200001", "MC1200001"),
        ("CHG0000012", "MC12"),
        ("CHG9999999999", "MC9999999999"),
        ("CHG", None),
        ("CHG12", None),
        ("chg1200001", None),
        ("CHG1200001 ", None),
        ("CHG١٢٠٠٠٠١", None),
        ("CHG²²²²²²²", None),
        ("INC1200001", None),
        ("CHG" + "1" * 5000, None),
    ],
)
def test_the_change_of_a_number(number, change):
    assert change_of(number) == change
    assert change is None or number_of(change) == number


def test_what_is_written_is_read_back():
    full = moved_by_board(replace(ENTRY, act_by=date(2026, 10, 3), planned_start=None), "closed", "done", LATER, "Ana")

    assert (full.decision, full.decided_by, full.decided_at) == ("approved", "Ana", LATER)
    assert read_entry(entry_row(full)) == full


@unhurried
@given(st.text(), st.text(max_size=255))
def test_any_text_is_kept(text, title):
    entry = replace(ENTRY, title=title, description=text, history=((NOW, text),))

    assert read_entry(entry_row(entry)) == entry


def test_a_note_is_added_once_and_nothing_else_is_news():
    told = amended(ENTRY, replace(TICKET, notes=("a", "b")), "D", LATER)

    assert [text for _, text in told.history] == ["Opened by Foresignal", "a", "b"]
    assert (told.created, told.updated) == (NOW, LATER)
    assert amended(told, replace(TICKET, notes=("a", "b")), "D", LATER + timedelta(1)) is told


def test_the_steps_are_the_plans_and_people_and_items_those_of_the_day_on_which_it_was_opened():
    assert ENTRY.steps == TICKET.steps
    later = replace(
        TICKET,
        steps=TICKET.steps[1:],
        assigned_to="bob@contoso.example",
        requested_by="",
        configuration_items=("Teams",),
    )
    after = amended(ENTRY, later, "D", LATER)

    assert after.steps == TICKET.steps[1:]
    assert (after.assigned_to, after.requested_by) == ("ana@contoso.example", "sam@contoso.example")
    assert after.configuration_items == ("Exchange Online",)


def test_a_ticket_of_the_version_before_has_no_steps_and_nobody_in_it():
    row = entry_row(ENTRY, "etag")
    values = {name: what for name, what in row.values.items() if not name.startswith("more")}

    read = read_entry(replace(row, values=values))

    assert read == replace(ENTRY, steps=(), assigned_to="", requested_by="", configuration_items=())


def test_the_state_is_the_boards():
    assessed = moved(ENTRY, "assess", "", NOW)

    assert amended(assessed, replace(TICKET, title="another"), "D", LATER).state == "assess"


@pytest.mark.parametrize(("before", "after"), [("new", "cancelled"), ("implement", "cancelled"), ("closed", "closed")])
def test_what_microsoft_cancels_is_cancelled_unless_it_has_ended(before, after):
    entry = amended(moved(ENTRY, before, "", NOW), replace(TICKET, cancelled=True), "D", LATER)

    assert (entry.state, entry.closed) == (after, NOW if before == "closed" else LATER)


def test_ending_is_dated_once_and_opening_again_takes_the_date_away():
    closed = moved(ENTRY, "closed", "", NOW)

    assert moved(closed, "cancelled", "", LATER).closed == NOW
    assert moved(closed, "review", "", LATER).closed is None
    assert moved(ENTRY, "assess", "why", LATER).history[-1] == (LATER, "new to assess: why")
    assert moved(ENTRY, "assess", "", LATER, "Ana Torres").history[-1] == (LATER, "new to assess by Ana Torres")


def test_a_long_history_is_cut_and_says_so():
    long = replace(ENTRY, history=tuple((NOW, f"line {n}") for n in range(500)))

    kept = read_entry(entry_row(long)).history

    assert len(kept) == 200
    assert kept[0][1] == "earlier lines are not kept"
    assert [text for _, text in kept[1:]] == [f"line {n}" for n in range(301, 500)]


@pytest.mark.parametrize(
    ("states", "decision", "at"),
    [
        (["assess", "authorize"], "", None),
        (["scheduled"], "approved", 1),
        (["assess", "scheduled", "implement", "closed"], "approved", 2),
        (["closed"], "approved", 1),
        (["cancelled"], "rejected", 1),
        (["scheduled", "cancelled"], "approved", 1),
        (["scheduled", "assess"], "", None),
        (["scheduled", "assess", "cancelled"], "rejected", 3),
    ],
)
def test_the_board_decides_where_it_moves_a_ticket_past_the_assessment(states, decision, at):
    entry = ENTRY
    for number, state in enumerate(states, 1):
        entry = moved_by_board(entry, state, "", NOW + timedelta(days=number), "Ana")

    assert (entry.decision, entry.decided_at) == (decision, at and NOW + timedelta(days=at))
    assert entry.decided_by == ("Ana" if decision else "")


def test_what_microsoft_cancels_nobody_has_decided_and_what_is_sent_back_is_decided_anew():
    approved = moved_by_board(ENTRY, "scheduled", "", LATER, "Ana")

    assert amended(ENTRY, replace(TICKET, cancelled=True), "D", LATER).decision == ""
    assert amended(approved, replace(TICKET, cancelled=True), "D", LATER).decision == "approved"
    assert amended(approved, replace(TICKET, reassess="its dates moved"), "D", LATER).decision == ""
    assert amended(approved, TICKET, "D", LATER).decision == "approved"
