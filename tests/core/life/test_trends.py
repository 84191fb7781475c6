"""How measures went month by month, as tables of cases; what is summed up is what the measures say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Days
from shared.core.life.lives import Life
from shared.core.life.measures import Share, measures
from shared.core.life.metrics import Spread
from shared.core.life.periods import months_until
from shared.core.life.targets import STEPS
from shared.core.life.trends import NoticeTrend, closings_by_week, trends
from tests.adapters.pages import measured

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
THREE = months_until(NOW.date(), 3)  # July, August, September


def at(month, day, year=2026):
    return datetime(year, month, day, 9, tzinfo=UTC)


def life(id_="MC1", *, opened=None, **over):
    first = opened or at(7, 6)
    fields = {
        "title": "A title", "team": "messaging", "workloads": ("exchange",), "services": ("Exchange Online",),
        "kind": "retirement", "impact": "high", "private": False, "first_seen": first, "opened": first, "asked": True,
        "target": Days(2, 10, 30),
    }  # fmt: skip
    return Life(id_, **(fields | over))


@pytest.mark.parametrize(
    ("changed", "still_open"),
    [
        ({"is_open": True}, [1, 1, 1]),
        ({"is_open": True, "opened": at(8, 31)}, [0, 1, 1]),
        ({"is_open": True, "opened": at(1, 2, 2024)}, [1, 1, 1]),
        ({"closed": at(7, 9)}, [0, 0, 0]),  # opened and closed within the month
        ({"closed": at(8, 1)}, [1, 0, 0]),
        ({"closed": at(9, 1)}, [1, 1, 0]),
        ({"closed": at(9, 1), "opened": at(2, 3)}, [1, 1, 0]),
        ({"closed": at(6, 30), "opened": at(2, 3)}, [0, 0, 0]),
        ({"rollout_end": date(2026, 8, 20)}, [1, 0, 0]),  # nobody filed it, and its plan is over
        ({"rollout_end": date(2026, 9, 12)}, [1, 1, 0]),
        ({"rollout_end": date(2027, 3, 1)}, [1, 1, 0]),  # its plan does not go on, so it is not open
        ({"rollout_end": date(2026, 5, 1)}, [0, 0, 0]),
        ({}, [0, 0, 0]),  # it was never planned
    ],
)
def test_a_change_is_open_at_the_end_of_each_month_until_it_ends(changed, still_open):
    assert [trend.open for trend in trends([life(**changed)], THREE)] == still_open


def test_each_step_counts_in_the_month_in_which_it_was_done():
    known = [
        life("MC1", triaged=at(7, 8), decided=at(8, 5), closed=at(9, 4), through="ticket"),
        life("MC2", triaged=at(7, 10), closed=at(9, 6), through="ticket", stood=timedelta(days=2)),
        life("MC3", triaged=at(6, 1)),
        life("MC4", closed=at(8, 3), through="lapsed"),
    ]
    july, august, september = trends(known, THREE)

    assert [month.steps["triage"] for month in (july, august)] == [Spread(2, 3.0, 4.0), Spread(0, None, None)]
    assert august.steps["decide"] == Spread(1, 30.0, 30.0)
    assert september.steps["close"] == Spread(2, 60.0, 60.0)
    assert [(month.opened, month.closed, month.lapsed, month.ended) for month in (july, august, september)] == [
        (4, 0, 0, 0), (0, 0, 1, 1), (0, 2, 0, 2),
    ]  # fmt: skip
    assert [month.first for month in (july, august, september)] == [date(2026, month, 1) for month in (7, 8, 9)]


@pytest.mark.parametrize(
    ("days", "median", "least", "short"),
    [
        ([], None, None, Share(0, 0)),
        ([29], 29.0, 29.0, Share(1, 1)),
        ([30], 30.0, 30.0, Share(0, 1)),
        ([-3, 40], 18.5, -3.0, Share(1, 2)),
        (list(range(10, 110, 10)), 55.0, 20.0, Share(2, 10)),  # nine of ten had 20 days at least
    ],
)
def test_notice_is_told_of_the_month_in_which_the_rollout_begins(days, median, least, short):
    known = [
        life(f"MC{n}", rollout_start=date(2026, 8, 15), published=at(8, 15) - timedelta(days=each))
        for n, each in enumerate(days)
    ]
    known += [
        life("MC90", rollout_start=date(2026, 8, 15)),
        life("MC91", private=True, rollout_start=date(2026, 8, 1)),
    ]
    july, august, _ = trends(known, THREE)

    assert july.notice.changes == 0
    assert august.notice == NoticeTrend(len(days) + 1, median, least, short)


@pytest.mark.parametrize("months", [1, 3, 12, 24])
def test_the_months_add_up_to_what_the_measures_say(months):
    period, known = months_until(NOW.date(), months), measured.year()
    whole, each = measures(known, period, NOW), trends(known, period)

    assert len(each) == months
    assert sum(trend.opened for trend in each) == whole.opened
    assert sum(trend.closed for trend in each) == whole.closed
    assert sum(trend.lapsed for trend in each) == whole.lapsed
    assert each[-1].open == whole.open
    for step in STEPS:
        assert sum(trend.steps[step].count for trend in each) == getattr(whole, step).days.count
    assert trends([], period)[0].open == 0


@pytest.mark.parametrize(
    ("today", "months", "first", "weeks"),
    [
        (date(2026, 9, 16), 3, "2026-06-29", 12),  # July begins on a Wednesday
        (date(2026, 6, 1), 1, "2026-06-01", 1),  # a Monday
        (date(2026, 9, 30), 6, "2026-03-30", 27),
    ],
)
def test_weeks_reach_from_the_first_day_of_the_period_to_today(today, months, first, weeks):
    period = months_until(today, months)
    known = [
        life("MC1", closed=period.start, through="ticket"),
        life("MC2", closed=period.start - timedelta(hours=1), through="ticket"),  # the month before
        life("MC3", closed=period.start, through="lapsed"),
        life("MC4", is_open=True),
    ]
    counts = closings_by_week(known, period, today)

    assert (counts[0].label, counts[0].count, len(counts)) == (first, 1, weeks)
    assert sum(count.count for count in counts) == 1
