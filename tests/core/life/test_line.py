"""Lines are put together of parts that come in any order; every figure is a filter over them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from shared.core.changes.change import Change, Closing, Decision, Edition, Effect, Facts
from shared.core.changes.settled import Assessment, Handover, SettledField, TeamWord
from shared.core.life.behind import HomeFigures, home_figures
from shared.core.life.figures import closed_changes, is_live, open_changes, visible
from shared.core.life.line import Line, merged, overlaid, part_of
from shared.core.life.line_parts import change_part, closing_part, people_part, task_part, ticket_part
from shared.core.life.shown import shown_of
from shared.core.posts.classification import Classification
from shared.core.posts.particulars import Control, Particulars
from shared.core.posts.privacy import PRIVATE_TITLE
from shared.core.tasks.task import TaskState
from tests.fakes import NOW, a_policy, effect_state
from tests.usecases.world import post

TODAY = NOW.date()


def part(name="change", version="1", **values):
    return part_of(name, version, values)


def line(*parts, change_id="MC1"):
    return Line(change_id, tuple(sorted(parts, key=lambda each: each.name)))


OLD, NEW = part(version="000001|", title="old"), part(version="000002|", title="new")
FILED = part("ticket|crb", "00000001", number="CHG1")
MOVED = part("ticket|crb", "00000003", number="CHG1", state="closed")
ELSEWHERE = part("ticket|jira", "00000001", number="J-1")
LATER = part("board", "x", column="doing")


@pytest.mark.parametrize(
    ("parts", "together"),
    [
        ([OLD], [OLD]),
        ([OLD, NEW], [NEW]),
        ([OLD, FILED], [OLD, FILED]),
        ([NEW, FILED, MOVED], [NEW, MOVED]),
        ([OLD, FILED, ELSEWHERE], [OLD, FILED, ELSEWHERE]),
        ([OLD, MOVED, LATER], [LATER, OLD, MOVED]),
        ([FILED], [FILED]),
    ],
    ids=["one", "newer", "another kind", "three", "two systems", "a kind of a later version", "not whole"],
)
def test_of_each_part_the_higher_version_counts_in_whatever_order_they_come(parts, together):
    for order in permutations(parts):
        (result,) = overlaid({}, [line(each) for each in order]).values()

        assert result == line(*together)


def test_of_two_that_are_equal_the_one_that_is_read_later_counts():
    first, second = line(part(version="1", title="one")), line(part(version="1", title="two"))

    assert merged(first, second).title == "two"
    assert merged(second, first).title == "one"


def test_what_says_nothing_new_leaves_the_line_the_same_object():
    known = line(NEW, MOVED)

    assert merged(known, line(OLD)) is known
    assert merged(known, line(NEW, MOVED)) is known
    assert merged(known, line(part("ticket|crb", "00000003", state="closed", number="CHG1"))) is known, "another order"


def test_a_value_that_a_version_does_not_know_or_writes_otherwise_is_nothing():
    odd = line(part(title=["no", "text"], revision="many", act_by=17, crb="yes"))

    assert (odd.title, odd.revision, odd.crb, odd.teams, odd.act_by) == ("", 0, False, (), None)


# What lines are made of.


def a_change(change_id="MC1200001", decided=NOW, **over):
    raw = post(change_id, **over)
    edition = Edition(NOW, NOW, "ab" * 32, "contoso")
    decision = decided and Decision(edition.id, decided, ("messaging",), ("exchange",))
    return Change(change_id, raw, NOW, (edition,), stage="decided" if decided else "classify", decision=decision)


def change_line(change, *more):
    parts = [change_part(change, a_policy(), NOW), closing_part(change), people_part(change), *more]
    return Line(change.id, tuple(sorted((each for each in parts if each), key=lambda each: each.name)))


def ticket(turn=1, **over):
    return ticket_part(effect_state(Effect("ticket", "crb", "board", "e1", ()), **over), turn)


def task(etag="E1", **over):
    return task_part(
        TaskState("contoso", "t1", etag, NOW - timedelta(days=3), **{"assigned": None, "completed": None, **over})
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_change(decided=None), a_change()),
        (a_change(), a_change(decided=NOW + timedelta(seconds=1))),
        (a_change(decided=NOW + timedelta(days=9)), replace(a_change(), editions=a_change().editions * 2)),
        (a_change(), replace(a_change(), assessment=replace(a_change().assessment, seq=1))),
        (replace(a_change(), assessment=replace(a_change().assessment, seq=9)), a_change(decided=NOW + timedelta(1))),
    ],
    ids=["decided", "decided again", "another edition", "settled", "decided after it was settled"],
)
def test_the_version_of_a_change_grows_with_whatever_happens_to_it(before, after):
    assert change_part(before, a_policy(), NOW).version < change_part(after, a_policy(), NOW).version


def test_closed_and_open_again_each_have_a_higher_version():
    def closed(number):
        return replace(a_change(), closed=Closing(NOW, "ticket", "CHG1", number), closings=number)

    def opened(number):
        return replace(a_change(), closings=number)

    versions = [closing_part(each).version for each in (closed(1), opened(1), closed(2), opened(2))]
    assert closing_part(a_change()) is None
    assert versions == sorted(set(versions))


def test_a_private_post_leaves_nothing_of_what_it_says():
    said = "The quetzal incident"
    change = a_change(title=said, tags=["GDPR"], actionRequiredByDateTime="2026-10-20T00:00:00Z")

    own = change_line(change)

    assert (own.title, own.private, own.act_by, own.workloads, own.team) == (PRIVATE_TITLE, True, None, (), "workplace")
    assert "quetzal" not in repr(own)
    assert "2026-10-20" not in repr(own)
    assert visible([own], privacy=False) == []
    assert visible([own], privacy=True) == [own]


def test_a_line_says_what_each_team_said_and_when_a_person_last_decided_anything():
    said = Assessment(
        seq=4,
        settled={"kind": SettledField("security", "ana", NOW, "e1", "info")},
        teams={
            "voice": TeamWord("ben", NOW, "no_impact", "ben", NOW + timedelta(hours=2)),
            "messaging": TeamWord("ana"),
        },
        moved={"collaboration": Handover("voice", "cleo", NOW + timedelta(hours=1))},
    )
    own = change_line(replace(a_change(), assessment=said))
    private = change_line(replace(a_change(tags=["GDPR"]), assessment=said))

    at = (NOW + timedelta(hours=2)).isoformat()
    assert own.words == (("messaging", "ana", "", "", ""), ("voice", "ben", "no_impact", "ben", at))
    assert own.concerned == ("messaging",)
    assert (own.moved, own.settled) == ({"collaboration": "voice"}, ("kind",))
    assert own.last_word == private.last_word == NOW + timedelta(hours=2)
    assert (private.words, private.moved, private.settled) == ((), {}, ())
    later = line(part("people", words=(("voice", "ben", "done", "b", "t", "new"), ("odd",), 7), moved="odd"))
    assert (later.words, later.moved) == ((("voice", "ben", "done", "b", "t"),), {})
    before = line(part("people", words=(("voice", "ben", "done"),), moved=(("voice", "devices", "new"),)))
    assert before.words == (("voice", "ben", "done", "", ""),)
    assert before.moved == {"voice": "devices"}


@pytest.mark.parametrize(
    ("teams", "moved", "expected"),
    [
        (("voice",), (), ("voice",)),
        (("voice", "mail"), (("voice", "mail"),), ("mail",)),
        (("voice",), (("voice", "mail"), ("mail", "devices")), ("devices",)),
        (("voice",), (("voice", "mail"), ("mail", "voice")), ("mail",)),
        ((), (), ("root",)),
    ],
)
def test_a_change_concerns_the_teams_that_it_was_handed_over_to(teams, moved, expected):
    assert line(part("change", teams=teams, team="root"), part("people", moved=moved)).concerned == expected


# Figures.

UNTRACKED = change_line(a_change("MC1000001"))
NOT_DECIDED = change_line(a_change("MC1000002", decided=None))
FILED_LINE = change_line(
    a_change("MC1000003"), ticket(number="CHG3", state="new", applied=("e1:announced", "e2:dates_moved"))
)
KEPT = change_line(a_change("MC1000004"), ticket(first_load="kept"))
WITH_TASK = change_line(a_change("MC1000005"), task())
CLOSED = change_line(
    replace(a_change("MC1000006"), closed=Closing(NOW, "ticket", "CHG6", 2), closings=2),
    ticket(number="CHG6", state="cancelled", opened_at=NOW - timedelta(days=5)),
    task(assigned=NOW - timedelta(days=2), completed=NOW),
)


@pytest.mark.parametrize(
    ("own", "is_open", "through", "reference"),
    [
        (NOT_DECIDED, False, "", ""),
        (FILED_LINE, True, "ticket", "CHG3"),
        (WITH_TASK, True, "task", ""),
        (CLOSED, False, "ticket", "CHG6"),
    ],
)
def test_a_line_is_open_while_people_have_to_deal_with_it(own, is_open, through, reference):
    assert (own.is_open(TODAY), own.through, own.reference) == (is_open, through, reference)


def test_what_nobody_tracks_is_open_until_its_plan_is_over():
    plan = {"planned": True, "last_day": "2026-10-31", "decided": NOW.isoformat()}
    own = line(part(**plan))

    assert [own.is_open(date(2026, *day)) for day in ((10, 31), (11, 1))] == [True, False]
    assert not line(part(**{**plan, "planned": False})).is_open(TODAY), "cancelled, or without a plan"
    assert line(part(**{**plan, "last_day": ""})).is_open(date(2030, 1, 1)), "a plan without a date is never over"
    kept = line(part(**plan), part("ticket|crb", silent=True))
    assert [kept.is_open(date(2026, *day)) for day in ((10, 31), (11, 1))] == [True, False], "nobody asked for it yet"


def test_the_figures_of_home_count_lines():
    everything = [UNTRACKED, NOT_DECIDED, FILED_LINE, KEPT, WITH_TASK, CLOSED]

    counted = home_figures(shown_of(everything, TODAY), a_policy(), NOW)

    assert (counted.changes, counted.revisions, counted.open) == (6, 0, sum(each.is_open(TODAY) for each in everything))
    assert (counted.ticketed, counted.cancelled, counted.closed, counted.closings) == (2, 1, 1, 2)
    assert sum(ticket.notes for each in everything for ticket in each.tickets) == 1
    assert home_figures(shown_of([], TODAY), a_policy(), NOW) == HomeFigures()


def test_open_and_closed_changes_are_what_measures_are_made_of():
    (opened,) = open_changes([FILED_LINE, CLOSED], TODAY)
    (closed,) = closed_changes([FILED_LINE, CLOSED], NOW - timedelta(days=1))

    assert (opened.id, opened.team, opened.workloads, opened.opened) == ("MC1000003", "board", ("exchange",), NOW)
    assert (closed.opened, closed.assigned, closed.closed) == (
        NOW - timedelta(days=5), NOW - timedelta(days=2), NOW,
    )  # fmt: skip
    assert (closed.number, closed.through, closed.reference, closed.team) == (2, "ticket", "CHG6", "board")
    assert closed_changes([CLOSED], NOW + timedelta(seconds=1)) == []


def test_a_line_is_live_while_it_is_open_or_something_happened_to_it_within_thirteen_months():
    quiet = {"first_seen": datetime(2024, 1, 1, tzinfo=UTC).isoformat(), "decided": "2024-01-01T00:00:00+00:00"}

    assert not is_live(line(part(**quiet)), NOW)
    assert is_live(line(part(**quiet, modified=(NOW - timedelta(days=399)).isoformat())), NOW)
    assert is_live(line(part(**quiet), part("ticket|crb", number="CHG1")), NOW)
    assert is_live(line(part(**quiet), part("closing", number=1, at=(NOW - timedelta(days=300)).isoformat())), NOW)
    assert not is_live(line(part(**quiet), part("closing", number=1, at="2024-03-01T00:00:00+00:00")), NOW)


def test_a_task_that_we_gave_to_somebody_is_looked_at_when_a_person_moves_it():
    given, moved = NOW - timedelta(days=2), NOW - timedelta(days=1)
    assert change_line(a_change(), task(assigned=given)).triaged == given
    assert change_line(a_change(), task(assigned=given, by_us=True)).triaged is None
    assert change_line(a_change(), task(assigned=given, by_us=True, moved=moved)).triaged == moved


def test_a_deleted_task_is_waited_for_no_more_and_has_a_higher_version():
    there, gone, back = task(), task(gone=NOW, turns=1), task(turns=2)
    assert there.version < gone.version < back.version < task("E2").version
    assert [change_line(a_change(), each).through for each in (there, gone, back)] == ["task", "", "task"]
    assert change_line(a_change(), gone).tasks[0].gone == NOW


def test_a_line_says_the_ids_of_the_roadmap_and_the_controls_that_a_post_names_and_is_bounded_whatever_it_says():
    controls = tuple(Control("setting", f"Setting {number} {'x' * 200}", "") for number in range(90))
    facts = Facts(Classification("MC1200001"), "", False, (), "", particulars=Particulars(controls=controls))
    change = a_change(
        title="A title " + "x" * 10_000_000,
        services=[f"Product {number} {'y' * 200}" for number in range(5000)],
        details=[{"name": "RoadmapIds", "value": ", ".join(str(100_000 + number) for number in range(500))}],
    )
    change = replace(change, editions=(replace(change.current, facts=facts),))

    own = change_line(change)

    assert own.roadmap[:2] == ("100000", "100001")
    assert own.controls[0].startswith("Setting 0 xxx")
    assert (len(own.title), own.title[-1]) == (500, "…"), "cut, and said"
    assert len(repr(own)) < 5_000
    assert "setting 7 x" in own.searched


def test_the_tenants_of_a_post_are_those_that_the_night_counted_and_before_it_those_that_brought_an_edition():
    counted = part("tenants", "2026-09-01", names=("contoso", "fabrikam"))
    nobody = part("tenants", "2026-09-02")

    assert change_line(a_change()).tenants == ("contoso",)
    assert change_line(a_change(), counted).tenants == ("contoso", "fabrikam")
    assert merged(change_line(a_change(), counted), line(nobody)).tenants == (), "gone everywhere"
    assert change_line(a_change(tags=["GDPR"])).tenants == ()
