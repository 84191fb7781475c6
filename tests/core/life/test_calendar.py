"""The calendar of lines: what stands on which day, what lasts all month, and what lies in a freeze."""

from datetime import date

import pytest

from shared.core.life.calendar import calendar_of, marks_of, month_of, next_month
from shared.core.life.line import Line, part_of
from shared.core.policy.model import Calendar, Freeze
from tests.usecases.world import policy

DECEMBER = date(2026, 12, 1)
FREEZE = Freeze.model_validate({"name": "Year end", "from": "2026-12-18", "until": "2027-01-06"})
RULES = policy(calendar=Calendar(freezes=(FREEZE,), holidays={"germany": (date(2026, 12, 25),)}))


def line(change_id="MC1200001", ticket=None, **values):
    own = {
        "title": change_id, "team": "workplace", "status": "scheduled", "decided": "2026-09-01T09:00:00+00:00",
    } | values  # fmt: skip
    parts = [part_of("change", "1", own)]
    if ticket:
        parts.append(part_of("ticket|crb", "1", {"number": "CHG1200001", "state": "scheduled"} | ticket))
    return Line(change_id, tuple(parts))


def marks(*lines, rules=RULES, first=DECEMBER):
    month = calendar_of(lines, rules, first)
    return [(f"{mark.day:%m-%d}", mark.kind, mark.freezes) for day in month.days for mark in day.marks]


YEAR_END = ("Year end",)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"plan_start": "2026-12-02", "plan_end": "2026-12-16"}, [("12-02", "begins", ()), ("12-16", "ends", ())]),
        ({"plan_start": "2026-12-02", "plan_end": "2026-12-02"}, [("12-02", "on", ())]),
        ({"plan_start": "2026-12-02"}, [("12-02", "on", ())]),
        ({"plan_end": "2026-12-02"}, [("12-02", "on", ())]),
        ({"plan_start": "2026-12-20", "plan_end": "2027-02-01"}, [("12-20", "begins", YEAR_END)]),
        ({"plan_start": "2026-09-01", "plan_end": "2026-12-24"}, [("12-24", "ends", YEAR_END)]),
        ({"plan_start": "2026-09-01", "plan_end": "2027-03-01"}, []),  # all month
        ({"act_by": "2026-12-18"}, [("12-18", "act_by", YEAR_END)]),
        ({"act_by": "2026-12-17"}, [("12-17", "act_by", ())]),
        ({"plan_start": "2026-12-02", "status": "cancelled", "act_by": "2026-12-03"}, []),
        ({"plan_start": "2026-12-02", "status": "on_hold"}, []),
        ({"plan_start": "2026-12-02", "decided": ""}, []),  # not decided yet
        ({"ticket": {"planned_start": "2026-12-07", "planned_end": "2026-12-08"}},
         [("12-07", "work_begins", ()), ("12-08", "work_ends", ())]),
        ({"ticket": {"planned_start": "2026-12-19"}}, [("12-19", "work_on", YEAR_END)]),
        ({"ticket": {"planned_start": "2026-12-19", "state": "closed", "ended": True}}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_what_stands_on_which_day(values, expected):
    assert marks(line(**values)) == expected


def test_what_lasts_all_month_is_listed_apart_and_its_freezes_are_marked():
    long = {"plan_start": "2026-09-01", "plan_end": "2027-03-01"}

    december = calendar_of([line(**long)], RULES, DECEMBER)
    november = calendar_of([line(**long)], RULES, date(2026, 11, 1))
    exact = calendar_of([line(plan_start="2026-12-01", plan_end="2026-12-31")], RULES, DECEMBER)

    assert [each.freezes for each in december.lasting] == [YEAR_END]
    assert [each.freezes for each in november.lasting] == [()]
    assert exact.lasting == ()


@pytest.mark.parametrize(
    ("freeze", "change", "in_it"),
    [((), (), True), ((), ("exchange",), True), (("exchange",), ("exchange", "teams"), True),
     (("exchange",), ("teams",), False), (("exchange",), (), True)],
)  # fmt: skip
def test_a_freeze_holds_for_its_workloads(freeze, change, in_it):
    rules = policy(calendar=Calendar(freezes=(FREEZE.model_copy(update={"workloads": freeze}),)))

    ((_, _, names),) = marks(line(act_by="2026-12-20", workloads=change), rules=rules)

    assert bool(names) is in_it


def test_the_grid_is_of_whole_weeks_with_holidays_and_freezes():
    month = calendar_of([], RULES, DECEMBER)

    assert (month.days[0].day, month.days[-1].day, len(month.days)) == (date(2026, 11, 30), date(2027, 1, 3), 35)
    by_day = {day.day: day for day in month.days}
    assert [by_day[date(2026, 12, day)].is_working for day in (4, 5, 6, 7)] == [True, False, False, True]
    assert by_day[date(2026, 12, 25)].holidays == ("germany",)
    assert [by_day[date(2026, 12, day)].freezes for day in (17, 18)] == [(), YEAR_END]
    assert (month.before, month.after) == (date(2026, 11, 1), date(2027, 1, 1))


def test_collisions_and_deadlines_stand_first_and_what_is_closed_last():
    closed = line("MC1", act_by="2026-12-20")
    closed = Line("MC1", (*closed.parts, part_of("closing", "2", {"number": 1, "at": "2026-11-01T00:00:00+00:00"})))
    lines = [closed, line("MC2", plan_start="2026-12-20"), line("MC3", act_by="2026-12-20")]

    day = next(day for day in calendar_of(lines, RULES, DECEMBER).days if day.day == date(2026, 12, 20))

    assert [mark.change_id for mark in day.marks] == ["MC3", "MC2", "MC1"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2026-12", DECEMBER), ("2000-01", date(2000, 1, 1)), ("2100-12", date(2100, 12, 1)),
        ("1999-12", None), ("2101-01", None), ("2026-13", None), ("2026-00", None), ("2026-1", None), ("", None),
        ("2026", None), ("²⁰²⁶-12", None), ("٢٠٢٦-12", None), ("2026-12-01", None), ("-202-12", None), ("9" * 99, None),
    ],
)  # fmt: skip
def test_a_month_in_an_address(text, first):
    assert month_of(text) == first


def test_the_calendar_has_two_ends():
    assert calendar_of([], RULES, date(2000, 1, 1)).before is None
    assert calendar_of([], RULES, date(2100, 12, 1)).after is None
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


def test_every_mark_of_a_change_is_known_without_a_month():
    days = {"plan_start": "2026-12-02", "plan_end": "2026-12-16", "act_by": "2026-12-01"}
    full = line(**days, ticket={"planned_start": "2026-12-07"})

    assert [mark.kind for mark in marks_of(full, RULES)] == ["begins", "ends", "act_by", "work_on"]
