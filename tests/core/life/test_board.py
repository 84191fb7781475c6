"""The board of lines: which tickets stand on it, in which column, and what is said of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.life.board import COLUMNS, columns, has_register, is_ours, other_systems, tickets_of
from shared.core.life.line import Line, part_of
from shared.core.policy.model import TicketSystemEntry
from tests.usecases.world import policy

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
BOTH = policy(tickets={"crb": TicketSystemEntry(kind="register"), "now": TicketSystemEntry(kind="register")})


def line(change_id="MC1200001", system="crb", closed="", change=(), **ticket):
    own = {"title": "T", "team": "workplace", "plan_start": "2026-12-01", "plan_end": "2026-12-20", "decided": "x"}
    values = {"number": "CHG1200001", "state": "new", "team": "messaging", "url": "u", "opened_at": f"{NOW}"} | ticket
    parts = [part_of("change", "1", own | dict(change)), part_of(f"ticket|{system}", "1", values)]
    if closed:
        parts.append(part_of("closing", "2", {"number": 1, "at": closed, "through": "ticket"}))
    return Line(change_id, tuple(sorted(parts, key=lambda part: part.name)))


def stands(*lines):
    return {each.key: [ticket.number for ticket in each.tickets] for each in columns(tickets_of(lines, policy()), NOW)}


@pytest.mark.parametrize(
    ("ticket", "column"),
    [
        ({"state": "new"}, "new"),
        ({"state": ""}, "new"),
        ({"state": "assess"}, "assess"),
        ({"state": "authorize"}, "authorize"),
        ({"state": "scheduled"}, "scheduled"),
        ({"state": "implement"}, "implement"),
        ({"state": "review"}, "review"),
        ({"state": "closed", "ended": True, "moved_at": "2026-11-20T09:00:00+00:00"}, "closed"),
        ({"state": "cancelled", "ended": True, "decided_at": "2026-11-20T09:00:00+00:00"}, "closed"),
        ({"state": "closed", "ended": True, "closed": "2026-11-01T09:00:00+00:00"}, "closed"),
        ({"state": "closed", "ended": True, "closed": "2026-10-30T09:00:00+00:00"}, None),  # more than 30 days ago
        ({"state": "closed", "ended": True}, None),  # nobody knows when
        ({"number": ""}, None),  # not filed yet
        ({"number": "DRY-1"}, None),  # a dry run's
        ({"silent": True}, None),  # kept of a first load
        ({"state": "assess", "ended": True}, None),  # another change deals with it
        ({"state": "of a later version"}, None),
    ],
)
def test_where_a_ticket_stands(ticket, column):
    on_board = stands(line(**ticket))

    assert list(on_board) == list(COLUMNS)
    assert [key for key, numbers in on_board.items() if numbers] == ([column] if column else [])


def test_what_is_due_first_stands_first_and_what_ended_last():
    tickets = [
        line(number="CHG0000001", change={"plan_start": "2026-12-05"}.items()),
        line(number="CHG0000002", change={"act_by": "2026-12-02", "plan_start": "2027-01-01"}.items()),
        line(number="CHG0000003", change={"plan_start": "", "plan_end": ""}.items()),
        line(number="CHG0000004", planned_start="2026-12-01", planned_end="2026-12-02"),
        line(number="CHG0000005", state="closed", closed="2026-11-10T09:00:00+00:00"),
        line(number="CHG0000006", state="closed", closed="2026-11-20T09:00:00+00:00"),
    ]
    on_board = stands(*tickets)

    assert on_board["new"] == ["CHG0000004", "CHG0000002", "CHG0000001", "CHG0000003"]
    assert on_board["closed"] == ["CHG0000006", "CHG0000005"]


def test_days_that_a_person_set_count_and_else_those_of_the_change():
    (theirs,) = tickets_of([line(planned_start="2027-01-11", planned_end="2027-01-12")], policy())
    (ours,) = tickets_of([line()], policy())

    assert (theirs.planned_start, theirs.planned_end, theirs.by_hand) == (date(2027, 1, 11), date(2027, 1, 12), True)
    assert (ours.planned_start, ours.planned_end, ours.by_hand) == (date(2026, 12, 1), date(2026, 12, 20), False)
    assert theirs.seen == "new|2027-01-11|2027-01-12"
    assert ours.seen == "new||"


@pytest.mark.parametrize(
    ("system", "number", "ours", "moved"),
    [
        ("crb", "CHG1200001", True, True),
        ("now", "CHG1200001", False, False),  # ServiceNow numbers alike
        ("gone", "CHG1200001", True, False),  # the register's number, but the policy files there no more: none follows
        ("gone", "ABC-1", False, False),
    ],
)
def test_a_ticket_is_moved_here_only_where_it_is_the_registers_and_the_policy_files_there(system, number, ours, moved):
    with_now = policy(tickets={"crb": TicketSystemEntry(kind="register"), "now": TicketSystemEntry(kind="servicenow")})

    (ticket,) = tickets_of([line(system=system, number=number)], with_now)

    assert is_ours(system, number, with_now) is ours is ticket.ours
    assert bool(ticket.moves) is moved
    assert (has_register(with_now), dict(other_systems(with_now))) == (True, {"now": "servicenow"})


def test_a_post_on_data_privacy_does_not_say_whose_it_is():
    (ticket,) = tickets_of([line(change={"private": True, "team": "root"}.items())], policy())

    assert ticket.team == "root"


def test_a_ticket_just_beyond_thirty_days_leaves_the_board():
    last = (NOW - timedelta(days=30)).isoformat()

    assert stands(line(state="closed", closed=last))["closed"]
    assert not stands(line(state="closed", closed=(NOW - timedelta(days=30, seconds=1)).isoformat()))["closed"]
