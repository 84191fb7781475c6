"""What a change occasions: each step of silence once, on a working day at eight, and nothing for the time before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.core.life.line import Line, part_of
from shared.core.life.reminders import (
    PAUSE,
    asked_moment,
    deadline_due,
    due_now,
    silent_since,
    step_key,
    step_moment,
    thresholds,
)
from shared.core.policy.model import Calendar, Reminders, ReminderStep, Team
from shared.core.policy.working_days import working_days_of
from tests.fakes import a_policy

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = Reminders(owner=5, deputy=10, process_owner=15, executive_sponsor=20)


def policy(reminders=ALL, zone="UTC", holidays=(), week=None):
    calendar = {"time_zone": zone, "holidays": {"ours": tuple(map(date.fromisoformat, holidays))}}
    return a_policy(
        reminders=reminders,
        calendar=Calendar(**calendar, **({"week": week} if week else {})),
        teams={"workplace": Team(owner="ana@contoso.example", holidays=("ours",)), "voice": Team(owner="cy@x.example")},
    )


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def line(*parts, decided="2026-09-01T09:00:00+00:00", **values):
    change = {"team": "workplace", "decided": decided, "planned": True, "status": "scheduled", "action": "optional"}
    own = part_of("change", "1", change | values)
    return Line("MC1", tuple(sorted((own, *parts), key=lambda each: each.name)))


def kinds(lines, until, now, rules=None, since=None):
    rules = rules or policy()
    held = {step_key(step): LONG_AGO for step in rules.reminders.steps} if since is None else since
    return [(due.occasion.key, due.stopped) for due in due_now(lines, rules, until, now, held)]


def fired(a_line, start, end, rules=None):
    """Every occasion, hour by hour: when, and which."""
    moments, now = [], start
    while now < end:
        moments += [(now + HOUR, key) for key, _ in kinds([a_line], now, now + HOUR, rules)]
        now += HOUR
    return moments


# Moments.


@pytest.mark.parametrize(
    ("since", "days", "zone", "holidays", "moment"),
    [
        ("2026-09-01T09:00", 5, "UTC", (), "2026-09-08T08:00"),
        ("2026-09-01T23:30", 1, "UTC", (), "2026-09-02T08:00"),
        ("2026-09-04T18:00", 1, "UTC", (), "2026-09-07T08:00"),
        ("2026-09-05T10:00", 1, "UTC", (), "2026-09-07T08:00"),
        ("2026-09-01T09:00", 5, "UTC", ("2026-09-08",), "2026-09-09T08:00"),
        ("2026-09-01T09:00", 5, "UTC", ("2026-09-03", "2026-09-08", "2026-09-09"), "2026-09-11T08:00"),
        ("2026-09-01T09:00", 5, "UTC", ("2026-09-05",), "2026-09-08T08:00"),
        ("2026-09-01T23:30", 1, "Europe/Berlin", (), "2026-09-03T06:00"),
        ("2026-10-22T09:00", 1, "Europe/Berlin", (), "2026-10-23T06:00"),
        ("2026-10-23T09:00", 1, "Europe/Berlin", (), "2026-10-26T07:00"),
        ("2026-03-27T09:00", 1, "Europe/Berlin", (), "2026-03-30T06:00"),
        ("2026-09-01T09:00", 1, "Pacific/Auckland", (), "2026-09-01T20:00"),
        ("2026-12-21T09:00", 5, "UTC", ("2026-12-25", "2026-12-28", "2027-01-01"), "2026-12-30T08:00"),
    ],
    ids=[
        "a week on", "late in the evening", "Friday evening", "on a Saturday", "a holiday on the day", "more of them",
        "a holiday on a Saturday", "tomorrow already there", "before the clocks go back", "after they went back",
        "after they went forward", "on the other side of the world", "over the turn of the year",
    ],
)  # fmt: skip
def test_a_step_is_due_at_eight_on_a_working_day_of_the_team(since, days, zone, holidays, moment):
    calendar = working_days_of(policy(zone=zone, holidays=holidays), "workplace")

    due = step_moment(at(since), ReminderStep(1, "owner", days), calendar)

    assert due == at(moment)
    assert due.astimezone(ZoneInfo(zone)).hour == 8


@pytest.mark.parametrize(
    ("day", "holidays", "moment"),
    [
        ("2026-09-08", (), "2026-09-08T08:00"),
        ("2026-09-05", (), "2026-09-07T08:00"),
        ("2026-09-04", ("2026-09-04", "2026-09-07"), "2026-09-08T08:00"),
    ],
)
def test_a_day_that_somebody_asked_for_is_moved_to_the_next_working_day(day, holidays, moment):
    calendar = working_days_of(policy(holidays=holidays), "workplace")

    assert asked_moment(date.fromisoformat(day), calendar) == at(moment)


def test_each_step_fires_once_in_the_hour_of_its_moment():
    assert fired(line(), at("2026-09-01T09:05"), at("2026-11-01T00:00")) == [
        (at("2026-09-08T08:05"), "silent-1@0"),
        (at("2026-09-15T08:05"), "silent-2@0"),
        (at("2026-09-22T08:05"), "silent-3@0"),
        (at("2026-09-29T08:05"), "silent-4@0"),
    ]


def test_a_week_of_other_days_and_the_holidays_of_another_team_count_for_nobody_else():
    sunday_to_thursday = ("sunday", "monday", "tuesday", "wednesday", "thursday")
    rules = policy(Reminders(owner=1), week=sunday_to_thursday, holidays=("2026-09-06",))
    moved = part_of("people", "00000001", {"moved": (("workplace", "voice"),), "at": "2026-09-03T09:00:00+00:00"})
    thursday = line(decided="2026-09-03T09:00:00+00:00")

    assert fired(thursday, at("2026-09-03T09:05"), at("2026-09-10T00:00"), rules)[0][0] == at("2026-09-07T08:05")
    assert fired(line(moved), at("2026-09-03T09:05"), at("2026-09-10T00:00"), rules)[0][0] == at("2026-09-06T08:05")


# Since when.


SPOKE = part_of("people", "00000003", {"at": "2026-09-04T12:00:00+00:00"})
TICKET = {"opened_at": "2026-08-20T09:00:00+00:00", "number": "CHG1"}


@pytest.mark.parametrize(
    ("parts", "since"),
    [
        ((), "2026-09-01T09:00"),
        ((part_of("ticket|crb", "1", TICKET),), "2026-08-20T09:00"),
        ((part_of("ticket|crb", "1", TICKET | {"silent": True}),), "2026-09-01T09:00"),
        ((part_of("ticket|crb", "2", TICKET | {"moved_at": "2026-08-25T09:00:00+00:00"}),), "2026-08-25T09:00"),
        ((part_of("ticket|crb", "2", TICKET | {"decided_at": "2026-09-03T09:00:00+00:00"}),), "2026-09-03T09:00"),
        ((part_of("card", "1", {"first": "2026-09-02T08:00:00+00:00"}),), "2026-09-02T08:00"),
        ((part_of("task|a|1", "1", {"opened": "2026-08-31T08:00:00+00:00"}),), "2026-08-31T08:00"),
        ((part_of("task|a|1", "1", {"assigned": "2026-09-02T08:00:00+00:00"}),), "2026-09-02T08:00"),
        ((part_of("task|a|1", "1", {"moved": "2026-09-03T08:00:00+00:00"}),), "2026-09-03T08:00"),
        ((part_of("task|a|1", "1", {"completed": "2026-09-04T08:00:00+00:00"}),), "2026-09-04T08:00"),
        ((SPOKE, part_of("ticket|crb", "1", TICKET)), "2026-09-04T12:00"),
    ],
    ids=[
        "decided", "filed", "a ticket that nobody wants yet", "a moved ticket", "the board", "the first card", "a task",
        "assigned", "moved", "completed", "an answer",
    ],
)  # fmt: skip
def test_silence_begins_when_somebody_was_asked_and_anew_with_each_act_of_a_person(parts, since):
    assert silent_since(line(*parts)) == at(since)


def test_an_act_begins_a_new_spell_with_keys_of_its_own():
    assert fired(line(SPOKE), at("2026-09-01T09:05"), at("2026-09-20T00:00")) == [
        (at("2026-09-11T08:05"), "silent-1@3"),
        (at("2026-09-18T08:05"), "silent-2@3"),
    ]


@pytest.mark.parametrize(
    "silent",
    [
        line(part_of("closing", "00000002", {"number": 1, "at": "2026-09-02T09:00:00+00:00"})),
        line(private=True),
        line(status="cancelled"),
        line(status="on_hold", planned=False),
        line(decided=""),
        line(last_day="2026-09-04"),
        line(planned=False),
    ],
    ids=["closed", "private", "cancelled", "on hold", "not decided", "over", "without a plan"],
)
def test_what_is_closed_over_or_private_reminds_nobody(silent):
    assert fired(silent, at("2026-09-01T09:05"), at("2026-10-01T00:00")) == []


def test_without_steps_in_the_policy_nobody_is_reminded():
    assert fired(line(), at("2026-09-01T09:05"), at("2026-10-01T00:00"), policy(Reminders())) == []


# Pauses, pushes, upgrades.


def test_after_a_pause_the_most_urgent_is_sent_and_the_others_are_stopped():
    paused = at("2026-09-02T00:00"), at("2026-09-23T09:00")

    assert kinds([line()], *paused) == [("silent-3@0", False), ("silent-1@0", True), ("silent-2@0", True)]
    near = line(act_by="2026-09-24", action="required")
    assert kinds([near], *paused)[0] == ("act-2@2026-09-24", False)
    week = line(act_by="2026-09-30", action="required")
    assert kinds([week], *paused)[0] == ("silent-3@0", False)
    assert len(kinds([near, line()], *paused)) == 7, "each change for itself"


def test_in_one_hour_the_team_gets_one_reminder_and_an_escalation_is_not_lost():
    rules, moment = policy(zone="Europe/Berlin"), at("2026-12-08T07:00")
    assert PAUSE > HOUR

    first = line(decided="2026-12-01T09:00:00+00:00", act_by="2026-12-10", action="required")
    assert kinds([first], moment - HOUR, moment, rules) == [("act-2@2026-12-10", False), ("silent-1@0", True)]
    third = line(decided="2026-11-17T09:00:00+00:00", act_by="2026-12-10", action="required")
    assert kinds([third], moment - HOUR, moment, rules) == [("act-2@2026-12-10", False), ("silent-3@0", False)]


def test_a_new_threshold_counts_from_the_run_that_first_sees_it():
    now = at("2026-09-08T09:00")
    pushed = thresholds(policy(), {}, now)
    assert set(pushed.values()) == {now}

    assert kinds([line()], now - timedelta(days=30), now, since=pushed) == []
    assert kinds([line()], now, at("2026-09-15T09:00"), since=pushed) == [("silent-2@0", False)]


def test_other_days_are_another_threshold_and_the_others_go_on():
    first, now = at("2026-09-01T09:00"), at("2026-09-08T09:00")
    known = thresholds(policy(Reminders(owner=5, deputy=10)), {}, first)

    assert thresholds(policy(Reminders(owner=5, deputy=9)), known, now) == {"owner=5": first, "deputy=9": now}


# What people asked for.


def asking(*rows):
    return part_of("people", "00000002", {"at": "2026-09-01T10:00:00+00:00", "asked": rows})


def test_what_people_asked_for_comes_on_its_day_whatever_else_is_due():
    asked = line(asking(("2026-09-08", "workplace")), act_by="2026-09-10", action="required")

    due = fired(asked, at("2026-09-01T09:05"), at("2026-09-09T00:00"))

    assert [key for _, key in due if "asked" in key] == ["asked@2026-09-08"]
    assert (at("2026-09-08T08:05"), "asked@2026-09-08") in due


def test_of_several_days_that_passed_at_once_each_channel_hears_of_the_last_one():
    rows = (("2026-09-05", "workplace"), ("2026-09-07", "workplace"), ("2026-09-05", "voice"), ("2026-12-01", "voice"))
    due = due_now([line(asking(*rows))], policy(Reminders()), at("2026-09-04T09:00"), at("2026-09-07T08:05"), {})

    assert [(each.occasion.about, [asked.channel for asked in each.asked]) for each in due] == [
        ("2026-09-05", ["voice"]),
        ("2026-09-07", ["workplace"]),
    ]


def test_what_is_closed_reminds_nobody_who_asked():
    closed = part_of("closing", "00000002", {"number": 1, "at": "2026-09-02T09:00:00+00:00"})
    asked = line(closed, asking(("2026-09-08", "workplace")))

    assert fired(asked, at("2026-09-01T09:05"), at("2026-09-20T00:00"), policy(Reminders())) == []


def test_of_what_people_asked_the_columns_of_a_later_version_are_passed_over():
    odd = line(asking(("2026-09-08",), ("2026-09-08", "workplace", "more")))

    assert [(each.day, each.channel) for each in odd.asked] == [(date(2026, 9, 8), "workplace")]


def test_a_day_to_act_by_that_is_not_sure_or_not_asked_for_reminds_nobody():
    window = at("2026-09-01T00:00"), at("2026-09-10T00:00")
    sure = {"act_by": "2026-09-10", "action": "required"}

    assert deadline_due(line(**sure), *window).key == "act-2@2026-09-10"
    assert deadline_due(line(**sure, unsure=("act_by",)), *window) is None
    assert deadline_due(line(**sure | {"action": "optional"}), *window) is None
    assert deadline_due(line(**sure | {"status": "cancelled"}), *window) is None
