"""Time to close and what is open, as tables of cases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.life.metrics import NO_WORKLOAD, Spread, ages, measure, overdue, per_week, spread

NOW = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()


def waiting(id_="MC1", *, opened=NOW, act_by=None, plan_end=None, workloads=("teams",)):
    return OpenChange(id_, "A title", "workplace", workloads, opened, act_by, plan_end, "ticket", "CHG1")


def done(id_="MC2", *, took=1.0, closed=NOW, assigned_after=None, workloads=("teams",), number=1):
    opened = closed - timedelta(days=took)
    assigned = None if assigned_after is None else opened + timedelta(days=assigned_after)
    return ClosedChange(
        id_, number, "A title", "workplace", workloads, opened, opened, assigned, closed, "ticket", "CHG1"
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], Spread(0, None, None)),
        ([3.0], Spread(1, 3.0, 3.0)),
        ([1.0, 2.0], Spread(2, 1.5, 2.0)),
        ([5.0, 1.0, 3.0], Spread(3, 3.0, 5.0)),
        ([float(n) for n in range(1, 11)], Spread(10, 5.5, 9.0)),
        ([float(n) for n in range(1, 12)], Spread(11, 6.0, 10.0)),
        ([0.0] * 9 + [100.0], Spread(10, 0.0, 0.0)),
    ],
)
def test_nine_of_ten_took_no_longer_than_the_90th_percentile(days, expected):
    assert spread(days) == expected


@pytest.mark.parametrize(
    ("act_by", "plan_end", "expected"),
    [
        (None, None, []),
        (TODAY, None, []),
        (TODAY - timedelta(days=1), None, [("act by", 1)]),
        (None, TODAY - timedelta(days=9), [("planned end", 9)]),
        (TODAY - timedelta(days=2), TODAY - timedelta(days=9), [("act by", 2)]),
        (TODAY + timedelta(days=2), TODAY - timedelta(days=9), [("planned end", 9)]),
        (TODAY + timedelta(days=2), TODAY + timedelta(days=9), []),
    ],
)
def test_a_change_is_overdue_the_day_after_its_day(act_by, plan_end, expected):
    late = overdue([waiting(act_by=act_by, plan_end=plan_end)], TODAY)

    assert [(each.because, each.days) for each in late] == expected


def test_what_is_overdue_longest_stands_first():
    late = overdue([waiting("MC1", act_by=date(2026, 9, 1)), waiting("MC2", act_by=date(2026, 8, 1))], TODAY)

    assert [each.change.id for each in late] == ["MC2", "MC1"]


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (7, 0), (7.99, 0), (8, 1), (30, 1), (31, 2), (90, 2), (91, 3), (4000, 3), (-1, 0)]
)
def test_an_age_falls_into_one_bucket(days, bucket):
    counts = [each.count for each in ages([waiting(opened=NOW - timedelta(days=days))], NOW)]

    assert counts == [int(i == bucket) for i in range(4)]


def test_weeks_run_from_monday_and_empty_ones_are_there():
    monday = datetime(2026, 9, 14, tzinfo=UTC)
    moments = [monday, monday - timedelta(seconds=1), NOW, NOW - timedelta(weeks=3), NOW - timedelta(weeks=40)]

    weeks = per_week(moments, TODAY, 4)

    assert [(each.label, each.count) for each in weeks] == [
        ("2026-08-24", 1),
        ("2026-08-31", 0),
        ("2026-09-07", 1),
        ("2026-09-14", 2),
    ]


def test_a_change_of_two_workloads_counts_in_both_and_one_of_none_has_its_own_row():
    found = measure(
        [waiting(workloads=("teams", "exchange"), act_by=date(2026, 1, 1)), waiting("MC3", workloads=())],
        [done(took=4, workloads=("exchange",)), done("MC5", took=2, workloads=("exchange", "teams"))],
        NOW,
    )

    rows = {row.workload: (row.open, row.overdue, row.to_close.median) for row in found.workloads}
    assert rows == {"exchange": (1, 1, 3.0), "teams": (1, 1, 2.0), NO_WORKLOAD: (1, 0, None)}
    assert (found.open, found.closed) == (2, 2)


def test_time_to_assign_counts_only_what_was_assigned():
    found = measure([], [done(took=5, assigned_after=2), done("MC3", took=5)], NOW)

    assert found.to_assign == Spread(1, 2.0, 2.0)


def test_a_closing_before_its_opening_took_no_time():
    assert measure([], [done(took=-3)], NOW).to_close == Spread(1, 0.0, 0.0)


def test_two_closings_of_one_change_count_twice():
    assert measure([], [done(number=1), done(number=2)], NOW).to_close.count == 2


def test_nothing_at_all_is_measured_as_nothing():
    found = measure([], [], NOW)

    assert found.to_close == Spread(0, None, None)
    assert found.workloads == found.overdue == ()
    assert len(found.weeks) == 12
