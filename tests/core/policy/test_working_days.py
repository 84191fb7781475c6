from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.policy.working_days import WorkingDays, working_days_of
from tests.core.policy.test_freezes import policy

WEEK = frozenset(range(5))
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})  # Friday, Saturday, Friday
GERMANY = WorkingDays("Europe/Berlin", WEEK, CHRISTMAS)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-12-14T08:00", "2026-12-14T17:00", 0),  # the same day
        ("2026-12-14T08:00", "2026-12-15T07:00", 1),  # Monday to Tuesday
        ("2026-12-18T08:00", "2026-12-21T08:00", 1),  # Friday to Monday
        ("2026-12-19T08:00", "2026-12-20T08:00", 0),  # Saturday to Sunday
        ("2026-12-14T08:00", "2026-12-28T08:00", 9),  # two weeks with a holiday on a Friday
        ("2026-12-18T22:30", "2026-12-18T23:30", 0),  # over midnight in Berlin, from Friday to Saturday
        ("2026-12-14T22:30", "2026-12-14T23:30", 1),  # over midnight in Berlin, from Monday to Tuesday
        ("2026-12-15T08:00", "2026-12-14T08:00", 0),  # clocks of two systems
        ("2026-01-05T08:00", "2027-01-04T08:00", 52 * 5 - 2),
    ],
)
def test_working_days_are_counted_behind_the_first_day_up_to_the_last(start, end, days):
    assert GERMANY.between(at(start), at(end)) == days


def test_every_span_counts_as_many_days_as_are_counted_one_by_one():
    for first in range(20):
        for length in range(30):
            start = at("2026-12-10T10:00") + timedelta(days=first)
            end = start + timedelta(days=length)
            one_by_one = [start.date() + timedelta(days=day + 1) for day in range(length)]
            assert GERMANY.between(start, end) == sum(map(GERMANY.is_working, one_by_one))


def test_a_holiday_and_a_weekend_move_a_day_to_the_next_working_day():
    assert GERMANY.on_or_after(date(2026, 12, 24)) == date(2026, 12, 24)
    assert GERMANY.on_or_after(date(2026, 12, 25)) == date(2026, 12, 28)
    assert GERMANY.after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert GERMANY.after(date(2026, 12, 24), 0) == date(2026, 12, 24)


def test_a_calendar_without_a_working_day_holds_nothing_up():
    never = WorkingDays("UTC", frozenset(), frozenset())

    assert never.on_or_after(date(2026, 12, 24)) == date(2026, 12, 24)
    assert never.between(at("2026-12-01T00:00"), at("2026-12-24T00:00")) == 0


def test_a_team_works_by_the_lists_that_it_names():
    given = policy()
    calendar = given.calendar.model_copy(update={"holidays": {"germany": (date(2026, 12, 25),)}})
    named = given.teams["messaging"].model_copy(update={"holidays": ("germany",)})
    given = given.model_copy(update={"calendar": calendar, "teams": {**given.teams, "messaging": named}})

    assert not working_days_of(given, "messaging").is_working(date(2026, 12, 25))
    assert working_days_of(given, "nobody").is_working(date(2026, 12, 25))
