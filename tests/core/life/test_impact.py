"""The owner is asked once how a rollout went, some working days after it began; what was said is told again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.lessons import Lesson
from shared.core.changes.settled import RolloutOutcome
from shared.core.life.line import Line, part_of
from shared.core.life.outcomes import OutcomeRow, lessons_of, outcomes_of
from shared.core.life.reminders import due_now, impact_key, thresholds
from shared.core.policy.model import Calendar, ImpactQuestion, Reminders, Team
from tests.fakes import a_policy

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def policy(after=10, zone="UTC", holidays=(), reminders=None):
    return a_policy(
        impact=ImpactQuestion(ask_after=after),
        reminders=reminders or Reminders(),
        calendar=Calendar(time_zone=zone, holidays={"ours": tuple(map(date.fromisoformat, holidays))}),
        teams={"workplace": Team(owner="ana@contoso.example", holidays=("ours",))},
    )


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def line(*parts, change_id="MC1", **values):
    change = {"team": "workplace", "title": "Old viewer", "services": ("Exchange Online",), "planned": True,
              "decided": "2026-08-31T09:00:00+00:00", "status": "scheduled", "plan_start": "2026-10-01"}  # fmt: skip
    own = part_of("change", "1", change | values)
    return Line(change_id, tuple(sorted((own, *parts), key=lambda each: each.name)))


def said(load="some", lesson="Tell them a week ahead", when="2026-09-10T12:00:00+00:00", **values):
    return part_of("people", "00000002", {"at": when, "outcome": (load, lesson, when), **values})


def due(lines, until, now, rules=None, since=None):
    rules = rules or policy()
    held = {impact_key(rules.impact.ask_after): LONG_AGO, "owner=5": LONG_AGO} if since is None else since
    return due_now(lines, rules, until, now, held)


def asked(a_line, rules=None, first="2026-09-28T00:05", last="2026-11-01T00:00"):
    """Every question, hour by hour: when, and of which day."""
    now, questions = at(first), []
    while now < at(last):
        questions += [(now + HOUR, each.occasion.key) for each in due([a_line], now, now + HOUR, rules)]
        now += HOUR
    return questions


CLOSED = part_of("closing", "00000002", {"number": 1, "at": "2026-10-02T09:00:00+00:00", "through": "page"})


@pytest.mark.parametrize(
    ("a_line", "rules", "moment"),
    [
        (line(), policy(), "2026-10-15T08:05"),
        (line(), policy(1), "2026-10-02T08:05"),
        (line(plan_start="2026-10-03"), policy(1), "2026-10-05T08:05"),
        (line(), policy(holidays=("2026-10-15",)), "2026-10-16T08:05"),
        (line(), policy(holidays=("2026-10-03",)), "2026-10-15T08:05"),
        (line(), policy(zone="Europe/Berlin"), "2026-10-15T06:05"),
        (line(), policy(17, zone="Europe/Berlin"), "2026-10-26T07:05"),
        (line(CLOSED), policy(), "2026-10-15T08:05"),
    ],
    ids=["two weeks on", "the next day", "begun on a Saturday", "a holiday", "a holiday on a Saturday", "in Berlin",
         "after the clocks went back", "closed"],
)  # fmt: skip
def test_it_is_asked_once_at_eight_on_the_working_day_and_of_a_closed_change_too(a_line, rules, moment):
    assert asked(a_line, rules) == [(at(moment), f"impact@{a_line.plan_start}")]


@pytest.mark.parametrize(
    "a_line",
    [
        line(private=True),
        line(plan_start=""),
        line(unsure=("rollouts",)),
        line(unsure=("status",)),
        *(line(status=status) for status in ("cancelled", "on_hold", "superseded", "withdrawn", "no_schedule", "")),
    ],
)
def test_of_what_is_private_unsure_or_not_scheduled_nobody_is_asked(a_line):
    assert asked(a_line) == []


def test_without_the_number_nobody_is_asked():
    rules = policy(None)

    assert thresholds(rules, {}, at("2026-10-15T08:05")) == {}
    assert due([line()], at("2026-10-15T07:05"), at("2026-10-15T08:05"), rules, {}) == []


def test_what_lay_before_the_policy_asked_for_it_is_never_asked():
    until, now = at("2026-10-15T07:05"), at("2026-10-15T08:05")
    new = thresholds(policy(), {}, now)

    assert new == {"impact=10": now}
    assert due([line()], until, now, since=new) == []
    assert due([line()], until, now, since={}) == [], "of a number that the timer has not seen"
    assert thresholds(policy(), {"impact=10": until, "impact=5": until}, now) == {"impact=10": until}


def test_a_reminder_of_the_same_hour_takes_nothing_away_but_after_a_pause_the_more_urgent_is_sent():
    rules = policy(1, reminders=Reminders(owner=5))
    both = line(decided="2026-09-25T09:00:00+00:00")
    now = at("2026-10-02T08:05")

    def keys(until):
        return sorted((each.occasion.key, each.stopped, each.days) for each in due([both], until, now, rules, held))

    held = {"impact=1": LONG_AGO, "owner=5": LONG_AGO}
    assert keys(now - HOUR) == [("impact@2026-10-01", False, 1), ("silent-1@0", False, 0)]
    assert keys(now - timedelta(days=3)) == [("impact@2026-10-01", True, 1), ("silent-1@0", False, 0)]


def test_the_question_brings_the_lessons_of_the_same_service():
    other = line(said(), change_id="MC2")

    (question,) = due([line(), other], at("2026-10-15T07:05"), at("2026-10-15T08:05"))[:1]

    assert (question.line.id, question.days) == ("MC1", 10)
    assert question.lessons == (Lesson("MC2", "some", "Tell them a week ahead", date(2026, 9, 10)),)


# Lessons, and the rows of a report.


def test_lessons_are_the_newest_three_of_other_changes_of_one_of_the_services():
    both = ("Teams", "Exchange Online")
    lines = [
        line(said(lesson="One", when="2026-09-01T12:00:00+00:00"), change_id="MC11"),
        line(said(lesson="Two", when="2026-09-02T12:00:00+00:00"), change_id="MC12"),
        line(said(lesson="Three", when="2026-09-03T12:00:00+00:00"), change_id="MC13", services=("exchange  online",)),
        line(said(lesson="Four", when="2026-09-04T12:00:00+00:00"), change_id="MC14", services=both),
        line(said(lesson="", when="2026-09-05T12:00:00+00:00"), change_id="MC15"),
        line(said(lesson="Elsewhere"), change_id="MC16", services=("Teams",)),
        line(said(lesson="Secret"), change_id="MC17", private=True),
        line(said(lesson="My own"), change_id="MC1"),
        line(said(load="a later word"), change_id="MC18"),
    ]  # fmt: skip

    assert [lesson.words for lesson in lessons_of(lines, ["Exchange Online"], "MC1")] == ["Four", "Three", "Two"]
    assert lessons_of(lines, [], "MC1") == ()


@pytest.mark.parametrize(
    ("part", "outcome"),
    [
        (said(), RolloutOutcome("some", "Tell them a week ahead", at("2026-09-10T12:00"))),
        (said(lesson=""), RolloutOutcome("some", "", at("2026-09-10T12:00"))),
        (part_of("people", "1", {"outcome": ("much", "x", "2026-09-10T12:00:00+00:00", "later")}),
         RolloutOutcome("much", "x", at("2026-09-10T12:00"))),
        (part_of("people", "1", {"at": "2026-09-10T12:00:00+00:00"}), None),
        (part_of("people", "1", {"outcome": ("huge", "x", "2026-09-10T12:00:00+00:00")}), None),
        (part_of("people", "1", {"outcome": ("much",)}), None),
    ],
    ids=["whole", "no lesson", "of a later version", "none", "a load of a later version", "too short"],
)  # fmt: skip
def test_a_line_says_how_it_went_as_far_as_this_version_knows(part, outcome):
    assert line(part).outcome == outcome
    assert line(part, private=True).outcome is None


def test_the_rows_of_a_report_are_those_of_its_days_oldest_first_without_what_is_private():
    first, last = at("2026-09-01T00:00"), at("2026-10-01T00:00")
    lines = [
        line(said("much", when="2026-09-30T23:59:59+00:00"), change_id="MC2"),
        line(said("none", "", when="2026-09-01T00:00:00+00:00"), change_id="MC3"),
        line(said(when="2026-10-01T00:00:00+00:00"), change_id="MC4"),
        line(said(when="2026-08-31T23:59:59+00:00"), change_id="MC5"),
        line(said(), change_id="MC6", private=True),
        line(change_id="MC7"),
    ]

    assert outcomes_of(lines, first, last) == [
        OutcomeRow("MC3", "Old viewer", "workplace", "none", "", first),
        OutcomeRow("MC2", "Old viewer", "workplace", "much", "Tell them a week ahead", last - timedelta(seconds=1)),
    ]
    assert outcomes_of(lines, last, last) == []
