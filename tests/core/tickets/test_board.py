"""The change board's moves over a ticket of the built-in register."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from shared.core.terms import State
from shared.core.tickets.board import (
    MOVES,
    Order,
    last_mover,
    line_with_names,
    obey,
    people_in,
    possible,
    seen_of,
    with_names,
)
from shared.core.tickets.register import amended, moved, moved_by_board, new_entry
from shared.core.words import board as words
from shared.record.register import entry_row, read_entry
from tests.contracts.rig import ticket

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
ANA, BEN = "0f3e0000-0000-4000-8000-00000000000a", "0f3e0000-0000-4000-8000-00000000000b"
TICKET = replace(ticket(), planned_start=date(2026, 10, 5), planned_end=date(2026, 10, 30), notes=())
ENTRY = new_entry(TICKET, "D", "new", NOW, ((NOW, "Opened by Foresignal"),))
DAYS = (date(2026, 12, 1), date(2026, 12, 4))


def given(state: State):
    return moved(ENTRY, state, "", NOW) if state != "new" else ENTRY


def order(move, **over):
    fits = {"reject": {"words": "why"}, "cancel": {"words": "why"}, "close": {"outcome": "successful"}}
    fits["schedule"] = {"start": DAYS[0], "end": DAYS[1]}
    return Order(move, **(fits.get(move, {}) | over))


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        ("new", "approve reject schedule assess authorize cancel"),
        ("assess", "approve reject schedule authorize cancel"),
        ("authorize", "approve reject schedule assess cancel"),
        ("scheduled", "implement review close schedule assess cancel"),
        ("implement", "review close schedule assess cancel"),
        ("review", "close schedule assess cancel"),
        ("closed", "assess"),
        ("cancelled", "assess"),
        ("whatever", ""),
    ],
)
def test_the_moves_that_a_state_offers(state, moves):
    assert possible(state) == tuple(moves.split())


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("move", MOVES)
def test_what_is_offered_is_done_and_nothing_else_is(state, move):
    entry = given(state)

    done = obey(entry, order(move), ANA, LATER)

    if move in possible(state):
        assert done.kind == "counts"
        assert last_mover(done.entry)[:2] == (ANA, LATER)
    else:
        assert done.kind in {"refused", "again"}
        assert done.entry is entry


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("move", MOVES)
def test_the_same_move_again_changes_nothing(state, move):
    wanted = order(move, seen=seen_of(given(state)))
    first = obey(given(state), wanted, ANA, LATER)
    if first.kind != "counts":
        return

    again = obey(first.entry, wanted, BEN, LATER + timedelta(hours=1))

    assert (again.kind, again.before.who) == ("again", ANA)
    assert again.entry is first.entry


@pytest.mark.parametrize(
    ("move", "state", "decision"),
    [
        ("approve", "scheduled", "approved"),
        ("reject", "cancelled", "rejected"),
        ("cancel", "cancelled", ""),
        ("assess", "assess", ""),
        ("authorize", "authorize", ""),
        ("schedule", "new", ""),
    ],
)
def test_the_board_decides_by_approving_and_rejecting_alone(move, state, decision):
    after = obey(ENTRY, order(move), ANA, LATER).entry

    assert (after.state, after.decision, after.decided_by) == (state, decision, ANA if decision else "")
    assert bool(after.closed) == (state == "cancelled")


def test_an_approved_ticket_that_is_sent_back_is_decided_anew():
    approved = obey(ENTRY, order("approve"), ANA, LATER).entry

    back = obey(approved, order("assess", words="its licence is open"), BEN, LATER).entry

    assert (back.state, back.decision) == ("assess", "")
    assert back.history[-1][1] == f"scheduled to assess by {BEN}: its licence is open"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (order("reject", words="  "), words.NO_REASON),
        (order("cancel", words=""), words.NO_WHY),
        (order("schedule", start=None, end=None), words.NO_DAYS),
        (order("schedule", start=None), words.NO_DAYS),
        (order("approve", end=DAYS[1]), words.NO_DAYS),
        (order("schedule", end=date(2026, 11, 1)), words.ENDS_BEFORE),
        (order("approve", start=DAYS[1], end=DAYS[0]), words.ENDS_BEFORE),
        (order("schedule", end=date(9999, 12, 31)), words.FAR_DAYS),
        (order("schedule", start=date(1, 1, 1)), words.FAR_DAYS),
        (order("close"), words.not_from("close", "new")),
    ],
)
def test_what_is_missing_is_said(wanted, why):
    done = obey(ENTRY, wanted, ANA, LATER)

    assert (done.kind, done.why) == ("refused", why)
    assert done.entry is ENTRY


@pytest.mark.parametrize(
    ("over", "line"),
    [
        ({"outcome": "successful"}, "successful"),
        ({"outcome": "successful", "words": "nobody\n called"}, "successful: nobody called"),
        ({"outcome": "with_issues", "words": "two mailboxes"}, "successful, with issues: two mailboxes"),
        ({"outcome": "unsuccessful", "words": "rolled back"}, "unsuccessful: rolled back"),
        ({"outcome": "unsuccessful"}, None),
        ({"outcome": ""}, None),
    ],
)
def test_a_ticket_is_closed_with_how_it_went(over, line):
    done = obey(given("implement"), order("close", **over), ANA, LATER)

    if line is None:
        assert done.kind == "refused"
    else:
        assert done.entry.history[-1] == (LATER, f"implement to closed by {ANA}: {line}")
        assert done.entry.closed == LATER


@pytest.mark.parametrize("newer", ["assess", "schedule"])
def test_a_move_over_somebody_elses_newer_one_says_who_was_faster(newer):
    theirs = obey(ENTRY, order(newer), BEN, NOW + timedelta(hours=1)).entry

    mine = obey(theirs, order("approve", seen=seen_of(ENTRY)), ANA, LATER)

    assert (mine.kind, mine.before.who, mine.before.at) == ("other", BEN, NOW + timedelta(hours=1))
    assert mine.entry is theirs


def test_two_who_approve_at_once_agree():
    first = obey(ENTRY, order("approve", seen=seen_of(ENTRY)), ANA, LATER).entry

    second = obey(first, order("approve", seen=seen_of(ENTRY)), BEN, LATER)

    assert (second.kind, second.before.who) == ("again", ANA)


# The planned days.


def test_days_that_a_person_set_stay_when_the_post_moves():
    planned = obey(ENTRY, order("schedule"), ANA, NOW).entry
    edited = replace(TICKET, planned_start=date(2027, 1, 4), planned_end=date(2027, 1, 29), title="Another title")

    after = amended(planned, edited, "D", LATER)

    assert (after.planned_start, after.planned_end) == DAYS
    assert after.title == "Another title"
    assert (after.proposed_start, after.proposed_end) == (date(2027, 1, 4), date(2027, 1, 29))
    assert amended(after, edited, "D", LATER + timedelta(1)) is after
    assert read_entry(entry_row(after)) == after


def test_days_that_nobody_set_follow_the_post():
    approved = obey(ENTRY, order("approve"), ANA, NOW).entry

    after = amended(approved, replace(TICKET, planned_start=date(2027, 1, 4)), "D", LATER)

    assert after.planned_start == date(2027, 1, 4)
    assert not after.is_planned_by_hand


def test_days_that_are_given_back_follow_the_post_again():
    planned = obey(ENTRY, order("schedule"), ANA, NOW).entry
    edited = amended(planned, replace(TICKET, planned_start=date(2027, 1, 4)), "D", LATER)

    back = obey(edited, order("schedule", start=None, end=None, words="ours no more"), BEN, LATER).entry

    assert (back.planned_start, back.planned_end) == (date(2027, 1, 4), date(2026, 10, 30))
    assert back.history[-1][1] == f"planned days as Microsoft's by {BEN}: ours no more"
    assert not back.is_planned_by_hand


def test_an_approval_may_set_the_days():
    after = obey(ENTRY, order("approve", start=DAYS[0], end=DAYS[1], words="after the freeze"), ANA, NOW).entry

    assert (after.state, after.planned_by_hand) == ("scheduled", DAYS)
    assert [line for _, line in after.history[1:]] == [
        f"planned 2026-12-01 to 2026-12-04 by {ANA}",
        f"new to scheduled by {ANA}: after the freeze",
    ]


def test_one_day_is_its_own_end():
    after = obey(ENTRY, order("schedule", end=None), ANA, NOW).entry

    assert after.planned_by_hand == (DAYS[0], DAYS[0])
    assert after.history[-1][1] == f"planned 2026-12-01 by {ANA}"


def test_a_ticket_of_the_version_before_has_the_days_that_we_wrote():
    row = entry_row(ENTRY, "etag")
    entry = read_entry(row)
    older = replace(entry, proposed_start=None, proposed_end=None)
    values = dict(row.values)
    from shared.record.packing import pack, unpack

    more = {name: what for name, what in unpack("more", values).items() if not name.startswith("proposed")}
    read = read_entry(replace(row, values={**values, **pack("more", more)}))

    assert read == entry
    assert older.is_planned_by_hand  # what it would be, were it not so


# Names.


def test_people_stand_in_the_history_by_their_ids_and_are_shown_by_name():
    entry = obey(ENTRY, order("approve", start=DAYS[0]), ANA, NOW).entry
    entry = obey(entry, order("implement", words=f"said by {BEN}"), BEN, LATER).entry

    shown = with_names(entry, {ANA: "Ana Sommer", BEN: "Ben Torres"})

    assert people_in(entry) == {ANA, BEN}
    assert shown.decided_by == "Ana Sommer"
    assert [line for _, line in shown.history] == [
        "Opened by Foresignal",
        "planned 2026-12-01 by Ana Sommer",
        "new to scheduled by Ana Sommer",
        f"scheduled to implement by Ben Torres: said by {BEN}",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Opened by Foresignal",
        "new to assess",
        "new to assess: by here",
        "Microsoft moved the rollout by here",
        "new to assess by Ana Sommer: note",  # a name from the command line
    ],
)
def test_lines_without_an_id_are_shown_as_they_are(line):
    assert line_with_names(line, {"here": "you", "Ana": "somebody", "Foresignal": "x"}) == line


def test_nobody_has_moved_a_ticket_that_only_microsoft_cancelled():
    assert last_mover(amended(ENTRY, replace(TICKET, cancelled=True), "D", LATER)) is None
    by_hand = moved_by_board(ENTRY, "assess", "", LATER, BEN)
    assert last_mover(by_hand) == (BEN, LATER, f"new to assess by {BEN}")


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (Order("close", outcome="successful"), "again"),
        (Order("close", words="mail was down", outcome="unsuccessful"), "other"),
        (Order("close"), "again"),
    ],
)
def test_another_outcome_of_a_ticket_that_is_closed_is_not_taken_for_the_same(order, kind):
    closed = obey(given("review"), Order("close", outcome="successful"), ANA, LATER).entry

    assert obey(closed, order, BEN, LATER).kind == kind
    assert obey(closed, order, BEN, LATER).entry is closed
