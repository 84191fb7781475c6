"""How far dates moved, phase by phase and cloud by cloud."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Event
from shared.core.changes.moves import Total, total
from shared.core.changes.slips import Slip, distance, slips, words_of
from shared.core.posts.classification import Interval, Window

NOW = datetime(2026, 9, 1, tzinfo=UTC)
EVERYWHERE = ("worldwide", "gcc", "dod")


def span(month, first=1, last=10):
    return Interval(date(2026, month, first), date(2026, month, last))


def window(start, end=None, clouds=EVERYWHERE, phase="ga", words=""):
    return Window(phase, clouds, start, end, words)


def told(found):
    return {(slip.clouds, slip.edge, slip.days) for slip in found}


def test_start_and_end_are_compared_for_each_cloud_however_the_clouds_are_grouped():
    old = [window(span(5), span(5, 21, 31), ("worldwide", "gcc")), window(span(6), None, ("dod",))]
    new = [window(span(5), span(6, 1, 10), ("worldwide",)), window(span(6), span(7), ("gcc", "dod"))]

    assert told(slips(old, new)) == {
        (("worldwide",), "end", 10),
        (("gcc",), "start", 31),
        (("gcc",), "end", 40),
    }


def test_a_slip_that_several_clouds_share_is_one():
    assert told(slips([window(span(5))], [window(span(6, 11, 20))])) == {(EVERYWHERE, "start", 41)}


def test_of_several_features_in_one_cloud_each_is_compared_with_itself():
    forms, pages = "Poll forms: we will begin in May", "Answer pages: rollout begins in June"
    old = [window(span(5), words=forms), window(span(6), words=pages)]
    new = [window(span(8), words=pages), window(span(5, 11, 20), words=forms)]

    assert told(slips(old, new)) == {(EVERYWHERE, "start", 61), (EVERYWHERE, "start", 10)}


def test_a_feature_that_did_not_move_is_no_partner_of_one_that_did():
    old = [window(span(5)), window(span(6))]
    new = [window(span(6)), window(span(9))]

    assert told(slips(old, new)) == {(EVERYWHERE, "start", 123)}


def test_a_date_that_only_one_plan_states_has_not_moved():
    assert slips([window(span(5))], [window(None, span(5, 21, 31))]) == ()
    assert slips([window(span(5), phase="preview")], [window(span(6))]) == ()


@pytest.mark.parametrize(
    ("old", "new", "edge", "days"),
    [
        (span(6), span(5), "start", -31),
        (span(5, 1, 31), span(5, 21, 31), "start", 0),
        (span(5, 21, 31), span(5, 1, 31), "end", 0),
        (span(5), span(5, 11, 20), "end", 10),
    ],
)
def test_a_start_is_measured_by_its_first_day_an_end_by_its_last_and_a_refinement_is_none(old, new, edge, days):
    assert distance(old, new, edge) == days


def test_days_are_told_in_words():
    assert [words_of(days) for days in (41, 1, -1, -30)] == [
        "41 days later", "1 day later", "1 day earlier", "30 days earlier",
    ]  # fmt: skip


def moved(day, *days, clouds=("worldwide",)):
    found = tuple(Slip("ga", clouds, "start", span(5), span(6), each) for each in days)
    return Event("dates_moved", f"e{day}", NOW + timedelta(days=day), "a", "b", slips=found)


def test_the_total_adds_up_what_moved_one_rollout_the_furthest():
    events = [moved(1, 20), moved(2, 31, 5), moved(3, -5), moved(4, 40, clouds=("dod",))]

    assert total(events) == Total(4, 46, "General availability, worldwide, its start")
    assert total(events).words == "moved 4 times, 46 days later in all"


def test_the_total_is_honest_where_nothing_can_be_counted():
    assert total([]) is None
    assert total([replace(moved(1), slips=())]).words == "moved once"
    assert total([moved(1, 10), moved(2, -10)]).words == "moved 2 times, back to where it was in all"
