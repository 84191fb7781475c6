"""Measures, as tables of cases: what counts, in which period, and what does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Days
from shared.core.life import periods
from shared.core.life.entries import ClosedChange
from shared.core.life.line import Line, part_of
from shared.core.life.lives import Life, lives
from shared.core.life.measures import Health, Share, durations, measures
from shared.core.life.metrics import Spread
from shared.core.life.moments import Moments
from shared.core.life.periods import month_of, months_until, period_named, week_of
from shared.core.life.targets import Clock, pace_of
from shared.core.policy.model import Calendar, Policy, Route, Team, Tenant

MAY = month_of(date(2026, 5, 1))
END = MAY.end
POLICY = Policy(
    tenants={"home": Tenant()},
    teams={"messaging": Team(owner="ben@contoso.example", holidays="national")},
    calendar=Calendar(holidays={"national": date(2026, 5, 14)}),
    routes=Route(team="messaging"),
)


def at(day, hour=9, month=5):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def life(id_="MC1", **over):
    fields = {
        "title": "A title", "team": "messaging", "workloads": ("exchange",), "services": ("Exchange Online",),
        "kind": "retirement", "impact": "high", "private": False, "first_seen": at(4), "opened": at(4), "asked": True,
        "target": Days(2, 10, 30),
    }  # fmt: skip
    return Life(id_, **(fields | over))


def closed(id_="MC1", day=20, **over):
    return life(id_, **({"closed": at(day), "through": "ticket", "worked": Days(1, 5, 12)} | over))


def of(*known, at=END):
    return measures(known, MAY, at)


@pytest.mark.parametrize(
    ("name", "start", "end", "before"),
    [
        ("2026-05", "2026-05-01", "2026-06-01", "2026-04"),
        ("2026-01", "2026-01-01", "2026-02-01", "2025-12"),
        ("2026-W01", "2025-12-29", "2026-01-05", "2025-W52"),
        ("2020-W53", "2020-12-28", "2021-01-04", "2020-W52"),
    ],
)
def test_a_period_has_a_name_a_first_and_a_last_day(name, start, end, before):
    period = period_named(name)

    assert (str(period.start.date()), str(period.end.date()), period.name) == (start, end, name)
    assert periods.before(period).name == before


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "2026", "2026-W54", "2025-W53", "0000-01", "9999-12", ""])
def test_what_names_no_month_and_no_week_is_no_period(name):
    assert period_named(name) is None


def test_twelve_months_touch_twelve_partitions_and_a_week_one_or_two():
    assert months_until(date(2026, 3, 31), 12).months == (
        *(f"2025-{month:02d}" for month in range(4, 13)), "2026-01", "2026-02", "2026-03",
    )  # fmt: skip
    assert week_of(date(2026, 5, 31)).months == ("2026-05",)
    assert week_of(date(2026, 4, 29)).months == ("2026-04", "2026-05")


@pytest.mark.parametrize(
    ("step", "changed", "days", "working"),
    [
        ("triage", {"triaged": at(5, 21)}, 1.5, 1),
        ("triage", {"triaged": None}, None, None),
        ("triage", {"triaged": at(3)}, 0.0, 1),  # clocks of two systems
        ("triage", {"triaged": at(1, month=6)}, None, None),  # another month's
        ("decide", {"decided": at(11)}, 7.0, 5),
        ("decide", {"decided": None}, None, None),
        ("close", {}, 16.0, 12),
        ("close", {"opened": at(10)}, 10.0, 12),
        ("close", {"stood": timedelta(days=6)}, 10.0, 12),
        ("close", {"stood": timedelta(days=60)}, 0.0, 12),
        ("close", {"through": "lapsed"}, None, None),
        ("close", {"closed": at(2, month=6)}, None, None),
    ],
)
def test_a_step_counts_in_the_period_in_which_it_was_done(step, changed, days, working):
    taken = durations([replace(closed(), **changed)], MAY, step)

    assert taken.days == (Spread(0, None, None) if days is None else Spread(1, days, days))
    assert taken.working.median == working


@pytest.mark.parametrize(
    ("changed", "due", "missed"),
    [
        ({"is_open": True, "act_by": date(2026, 5, 12)}, 1, 1),
        ({"is_open": True, "act_by": date(2026, 5, 31)}, 1, 1),  # the last day is over
        ({"is_open": True, "act_by": date(2026, 6, 1)}, 0, 0),
        ({"is_open": True, "act_by": date(2026, 4, 30)}, 0, 0),
        ({"is_open": True, "act_by": date(2026, 5, 12), "asked": False}, 0, 0),
        ({"is_open": True, "act_by": None}, 0, 0),
        ({"closed": at(12, 23), "through": "task", "act_by": date(2026, 5, 12)}, 1, 0),  # on its last day
        ({"closed": at(13), "through": "task", "act_by": date(2026, 5, 12)}, 1, 1),
        ({"closed": at(2, month=4), "through": "task", "act_by": date(2026, 5, 12)}, 1, 0),
        ({"act_by": date(2026, 5, 12)}, 1, 0),  # neither open nor closed
    ],
)
def test_a_day_to_act_by_is_missed_where_it_passed_while_the_change_was_open(changed, due, missed):
    assert of(life(**changed)).health.missed == Share(missed, due)


def test_on_the_day_to_act_by_there_is_still_time():
    waiting = life(is_open=True, act_by=date(2026, 5, 12))

    assert of(waiting, at=at(12, 23)).health.missed == Share(0, 0)
    assert of(waiting, at=at(13, 0)).health.missed == Share(1, 1)


@pytest.mark.parametrize(
    ("shares", "score"),
    [
        ((Share(0, 0), Share(0, 0), Share(0, 0)), 100),
        ((Share(0, 9), Share(0, 9), Share(0, 9)), 100),
        ((Share(1, 1), Share(0, 0), Share(0, 0)), 60),
        ((Share(0, 1), Share(1, 1), Share(0, 1)), 70),
        ((Share(0, 0), Share(0, 0), Share(1, 1)), 70),
        ((Share(3, 3), Share(5, 5), Share(2, 2)), 0),
        ((Share(1, 4), Share(1, 3), Share(1, 2)), 65),
    ],
)
def test_health_is_a_hundred_less_three_shares_and_an_empty_share_counts_nothing(shares, score):
    assert Health(*shares).score == score


def test_what_nobody_filed_ends_as_lapsed_and_is_unseen_only_where_nobody_looked():
    result = of(
        closed("MC1"),
        closed("MC2", through="lapsed"),
        closed("MC3", through="lapsed", triaged=at(6)),
        closed("MC4", through="lapsed", measured=False),
    )

    assert (result.closed, result.lapsed) == (1, 3)
    assert result.health.unseen == Share(1, 4)
    assert result.close.days.count == 1


@pytest.mark.parametrize(
    ("known", "triage", "decide", "close"),
    [
        (closed(triaged=at(5), decided=at(11)), Share(1, 1), Share(1, 1), Share(1, 1)),
        (closed(triaged=at(5), worked=Days(3, None, 31)), Share(0, 1), Share(0, 0), Share(0, 1)),
        (closed(), Share(0, 1), Share(0, 0), Share(1, 1)),  # ended, and nobody looked
        (closed(asked=False, through="lapsed"), Share(0, 0), Share(0, 0), Share(0, 0)),
        (closed(measured=False, worked=Days(), target=Days()), Share(0, 0), Share(0, 0), Share(0, 0)),
        (life(is_open=True, triaged=at(5), worked=Days(2)), Share(1, 1), Share(0, 0), Share(0, 0)),
        (life(is_open=True), Share(0, 0), Share(0, 0), Share(0, 0)),
    ],
)
def test_the_share_within_target_is_of_what_was_done_or_ended_unanswered(known, triage, decide, close):
    assert of(known).within == {"triage": triage, "decide": decide, "close": close}


@pytest.mark.parametrize(
    ("used", "allowed", "pace"),
    [(0, 2, ""), (1, 2, ""), (2, 2, "about"), (3, 2, "over"), (7, 10, ""), (8, 10, "about"), (10, 10, "about"),
     (11, 10, "over"), (0, 0, "about"), (1, 0, "over"), (23, 30, ""), (24, 30, "about")],
)  # fmt: skip
def test_the_last_fifth_of_the_days_is_about_to_breach(used, allowed, pace):
    assert Clock("close", used, allowed).pace == pace


def test_of_several_targets_the_worst_counts():
    assert pace_of([]) == ""
    assert pace_of([Clock("triage", 0, 9), Clock("decide", 9, 9)]) == "about"
    assert pace_of([Clock("triage", 9, 9), Clock("decide", 10, 9)]) == "over"


def test_notice_is_told_product_by_product_for_what_came_in_the_period():
    rows = of(
        life("MC1", published=at(1, month=4), rollout_start=date(2026, 5, 11), slips=2, slip_days=44),
        life("MC2", published=at(1), rollout_start=None, act_by=date(2026, 5, 11), slips=1, slip_days=-6),
        life("MC3", published=None, rollout_start=date(2026, 5, 11)),
        life("MC4", published=at(20), rollout_start=date(2026, 5, 18), services=("Teams", "Exchange Online")),
        life("MC5", published=at(1), rollout_start=date(2026, 6, 1)),
        life("MC6", published=at(1), rollout_start=date(2026, 5, 2), private=True),
    ).notice

    exchange, teams = rows
    assert (exchange.product, exchange.changes, exchange.days) == ("Exchange Online", 4, Spread(3, 10.0, 40.0))
    assert (exchange.short, exchange.slipped, exchange.slips, exchange.slip_days) == (Share(2, 3), 2, 3, 19.0)
    assert (teams.product, teams.days.median, teams.slip_days) == ("Teams", -2.0, None)


def test_groups_and_load_count_a_change_under_each_of_its_workloads_and_once_under_its_team():
    result = of(
        life("MC1", is_open=True, workloads=("exchange", "teams"), clocks=(Clock("close", 40, 30),)),
        life("MC2", is_open=True, act_by=date(2026, 5, 3), first_seen=at(1, month=4), opened=at(1, month=4)),
        closed("MC3", team="", kind="", workloads=()),
        closed("MC4", day=3, closed=at(3, month=4)),
    )

    workloads = {row.name: (row.open, row.overdue, row.over, row.closed) for row in result.groups["workload"]}
    assert workloads == {"exchange": (2, 1, 1, 0), "teams": (1, 0, 1, 0), "no workload": (0, 0, 0, 1)}
    assert {row.name for row in result.groups["kind"]} == {"retirement", "not known"}
    load = {row.team: (row.open, row.overdue, row.over, row.opened, row.closed) for row in result.load}
    assert load == {"messaging": (2, 1, 1, 2, 0), "not known": (0, 0, 0, 1, 1)}
    assert (result.open, result.overdue, result.over, result.opened) == (2, 1, 1, 3)


def test_nothing_is_nothing():
    result = of()

    assert (result.open, result.closed, result.health.score, result.notice, result.load) == (0, 0, 100, (), ())
    assert result.groups == {"workload": (), "team": (), "kind": (), "impact": ()}


# What a life is made of: the line, the row of a closing, and how things stood at a moment.


def line(id_="MC1", **parts):
    change = {
        "title": "A title", "team": "messaging", "teams": ("messaging",), "workloads": ("exchange",), "kind": "update",
        "admin_impact": "high", "user_impact": "low", "first_seen": "2026-05-04T09:00:00+00:00",
        "decided": "2026-05-04T09:00:00+00:00", "planned": True,
    }  # fmt: skip
    given = {"change": change | parts.pop("change", {})} | parts
    return Line(id_, tuple(part_of(name.replace("_", "|"), "1", values) for name, values in sorted(given.items())))


def ticket(**over):
    return {"team": "messaging", "number": "CHG1", "opened_at": "2026-05-04T10:00:00+00:00"} | over


def at_end(*lines, closings=(), moment=END):
    return {each.id: each for each in lives(lines, closings, POLICY, moment)}


def closing(id_="MC1", number=1, day=20, **over):
    moments = over.pop("moments", Moments(at(4), at(4), triaged=at(5)))
    row = ClosedChange(
        id_, number, "A title", "messaging", ("exchange",), at(4), at(4), None, at(day), "ticket", "CHG1", moments,
        "update", "high", worked=Days(1, None, 11), target=Days(2, 10, 30),
    )  # fmt: skip
    return replace(row, **over)


@pytest.mark.parametrize(
    ("parts", "clocks"),
    [
        ({}, ()),  # nobody was asked
        ({"card": {"first": "2026-05-04T09:00:00+00:00"}}, (Clock("triage", 19, 2),)),
        ({"ticket_crb": ticket()}, (Clock("triage", 19, 2), Clock("decide", 19, 10), Clock("close", 19, 30))),
        ({"ticket_crb": ticket(silent=True)}, ()),
        (
            {"ticket_crb": ticket(moved_at="2026-05-05T09:00:00+00:00")},
            (Clock("decide", 19, 10), Clock("close", 19, 30)),
        ),
        ({"ticket_crb": ticket(decided_at="2026-05-06T09:00:00+00:00")}, (Clock("close", 19, 30),)),
        ({"task_home|t": {"opened": "2026-05-18T09:00:00+00:00"}}, (Clock("triage", 19, 2), Clock("close", 10, 30))),
        (
            {"task_home|t": {"opened": "2026-05-18T09:00:00+00:00"}, "closing": {"number": 1, "stood_working": 4}},
            (Clock("triage", 19, 2), Clock("close", 6, 30)),
        ),
        ({"ticket_crb": ticket(), "change": {"admin_impact": "", "user_impact": ""}}, ()),
        (  # a task that was deleted asked somebody, and does not wait
            {"task_home|t": {"opened": "2026-05-18T09:00:00Z", "gone": "2026-05-19T09:00:00Z"}},
            (Clock("triage", 19, 2),),
        ),
    ],
)  # 4 May to 1 June are 20 working days less the holiday on the 14th
def test_which_targets_run_for_an_open_change(parts, clocks):
    assert at_end(line(**parts))["MC1"].clocks == clocks


def test_a_change_counts_once_by_its_last_closing_and_not_by_one_that_was_undone():
    known = at_end(closings=[
        closing(number=1, day=6), closing(number=3, day=20), closing(number=2, day=9, reopened=at(10)),
        closing("MC2", reopened=at(21)), closing("MC3", before=True),
    ])  # fmt: skip

    assert {id_: each.closed for id_, each in known.items()} == {"MC1": at(20)}


def test_a_line_says_more_than_the_row_of_a_closing_unless_that_is_newer():
    opened_again = line(closing={"number": 1, "reopened": "2026-05-21T09:00:00+00:00"}, ticket_crb=ticket())

    assert at_end(opened_again, closings=[closing(number=1)])["MC1"].is_open
    assert at_end(opened_again, closings=[closing(number=2)])["MC1"].closed == at(20)


def test_what_was_over_before_anybody_measured_counts_nowhere():
    over = line(closing={"number": 1, "at": "2026-05-20T09:00:00+00:00", "through": "lapsed", "before": True})

    assert at_end(over) == {}


def test_a_closing_of_an_earlier_version_knows_how_long_it_took_and_says_what_it_does_not_know():
    known = at_end(closings=[closing(moments=None, worked=Days(), target=Days(), kind="", impact="")])
    result = measures(known.values(), MAY, END)

    assert result.close.days.count == 1
    assert (result.close.working.count, result.triage.days.count, result.unmeasured.earlier) == (0, 0, 1)
    assert result.health.unseen == Share(0, 1)


def test_a_report_on_a_month_that_is_long_over_shows_how_things_stood_at_its_end():
    shut = line(
        ticket_crb=ticket(moved_at="2026-06-03T09:00:00+00:00"),
        closing={"number": 1, "at": "2026-06-20T09:00:00+00:00", "through": "ticket", "worked": (22, None, 33)},
    )
    later = line("MC2", change={"first_seen": "2026-06-02T09:00:00+00:00"})
    (then,) = at_end(shut, later).values()

    assert (then.is_open, then.closed, then.triaged) == (True, None, None)
    assert at_end(shut, later, moment=at(30, month=6))["MC1"].closed == at(20, month=6)
