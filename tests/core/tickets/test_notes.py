"""What a ticket's history is told of each event."""

import pytest

from shared.core.changes.change import Event
from shared.core.posts.classification import POSTPONED
from shared.core.tickets.notes import note
from tests.core.decisions.test_decide import MOVED, NOW, change

ONE = change(*MOVED)
LINES = [
    # type, old, new, the line without its day
    ("announced", "", "Old viewer goes", "Announced: Old viewer goes"),
    ("act_by_moved", "2026-10-01", "2026-11-11",
     "Microsoft moved the deadline from 1 October 2026 to 11 November 2026"),
    ("act_by_moved", "", "2026-11-11", "Microsoft set the deadline to 11 November 2026"),
    ("act_by_moved", "2026-10-01", "", "Microsoft took the deadline out of the plan (it was 1 October 2026)"),
    ("cancelled", "scheduled", "cancelled", "Microsoft cancelled this change"),
    ("cancelled", "scheduled", "withdrawn", "Microsoft withdrew this post"),
    ("paused", "scheduled", "on_hold", "Microsoft put this change on hold; there is no date now"),
    ("resumed", "on_hold", "scheduled", "Microsoft goes on with this change"),
    ("superseded", "scheduled", "MC1200009", "Microsoft replaced this post by MC1200009"),
    ("scope_changed", "planForChange", "", "What it covers changed: from planForChange to nothing more is said"),
    ("rollout_started", "", "It is now available.", "The rollout has started: It is now available."),
    ("gone", "", "", "The post is gone from Message Center"),
    ("returned", "", "", "The post is back in Message Center"),
    ("tenant_joined", "", "fabrikam", "The post reached further tenants: fabrikam"),
    ("text_changed", "old\nlines", "new", "Microsoft's text changed: it no longer says “old; lines”, it says “new”"),
    ("text_changed", "", "new", "Microsoft's text changed: it now says “new”"),
    ("text_changed", "", "", "Microsoft's text changed: in small ways"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "old", "new", "line"), LINES, ids=[f"{case[0]} {case[2]}" for case in LINES])
def test_what_is_told_of_an_event(kind, old, new, line):
    assert note(ONE, Event(kind, "e", NOW, old, new)) == f"{NOW:%Y-%m-%d}: {line}"


@pytest.mark.parametrize(
    ("kind", "part", "postponed", "line"),
    [
        ("cancelled", "only GCC", False, "Microsoft cancelled a part: only GCC"),
        ("paused", "only GCC", False, "Microsoft put a part on hold: only GCC"),
        ("paused", "", True, "Microsoft postponed it to other dates"),
        ("paused", "only GCC", True, f"Microsoft put a part on hold: only GCC; {POSTPONED}"),
    ],
)
def test_what_is_told_where_the_rest_of_the_plan_stands(kind, part, postponed, line):
    new = "; ".join(filter(None, (part, POSTPONED if postponed else "")))

    assert note(ONE, Event(kind, "e", NOW, "", new, part=part, postponed=postponed)) == f"{NOW:%Y-%m-%d}: {line}"


def test_dates_that_moved_are_told_with_what_moved_from_where_to_where_and_how_far():
    (moved,) = [event for event in ONE.events if event.type == "dates_moved"]

    assert note(ONE, moved).partition(": ")[2] == (
        "Microsoft moved the rollout (General availability, worldwide): it was 1 August to 1 October 2026 and is now "
        "1 August to 1 November 2026 (31 days later)"
    )


def test_the_same_move_on_another_day_is_another_line():
    (moved,) = [event for event in ONE.events if event.type == "dates_moved"]
    again = Event(moved.type, moved.edition, moved.at.replace(day=2), moved.old, moved.new)

    assert note(ONE, moved) != note(ONE, again)


def test_a_note_is_one_line_of_bearable_length():
    for kind in ("dates_moved", "text_changed", "scope_changed"):
        line = note(ONE, Event(kind, "e", NOW, "x\n" * 9000, "y" * 9000))
        assert "\n" not in line
        assert len(line) <= 1000
