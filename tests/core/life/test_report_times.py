"""When reports come, as tables of cases: once for each period, on working days, and never for the time before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.life.report_times import due_reports
from shared.core.policy.model import Calendar, Channel, Policy, Role, Roles, Route, Team, Tenant
from shared.core.policy.reports import MonthlyReport, OwnerReports, Reports, WeeklyReport


def policy(**reports):
    return Policy(
        tenants={"home": Tenant()},
        teams={
            "messaging": Team(owner="ben@contoso.example", channel="messaging", holidays="national"),
            "devices": Team(owner="dia@contoso.example"),
        },
        roles=Roles(process_owner=Role(who="ana@contoso.example", channel="board"),
                    service_owner=Role(who="eva@contoso.example")),
        channels={"messaging": Channel(kind="email"), "board": Channel(kind="email")},
        calendar=Calendar(time_zone="Europe/Berlin", holidays={"national": (date(2026, 5, 25), date(2026, 6, 1))}),
        routes=Route(team="messaging"),
        reports=Reports(**reports),
    )  # fmt: skip


WEEKLY = {"weekly": WeeklyReport(channels=("board",))}
MONTHLY = {"monthly": MonthlyReport(channels=("process_owner", "board"))}
OWNERS = {"owners": OwnerReports(day="friday", at="17:30")}


def due(reports, since, until):
    return [
        (each.kind, each.period.name, each.team, f"{each.at:%d.%m %H:%M}")
        for each in due_reports(policy(**reports), since, until)
    ]


def at(text):
    return datetime.fromisoformat(f"2026-{text}:00+00:00")


@pytest.mark.parametrize(
    ("reports", "since", "now", "expected"),
    [
        ({}, "05-04T05:10", "05-04T07:10", []),
        (WEEKLY, "05-04T05:10", "05-04T06:10", [("weekly", "2026-W19", "", "04.05 06:00")]),  # eight o'clock in Berlin
        (WEEKLY, "05-04T04:10", "05-04T05:10", []),
        (WEEKLY, "05-04T06:00", "05-04T06:10", []),
        (WEEKLY, "05-25T05:10", "05-25T09:10", []),  # a holiday
        (WEEKLY, "05-25T05:10", "05-26T06:10", [("weekly", "2026-W22", "", "26.05 06:00")]),
        (
            WEEKLY,
            "04-01T00:10",
            "05-06T09:10",
            [("weekly", "2026-W19", "", "04.05 06:00")],
        ),  # the newest
        (WEEKLY, "04-01T00:10", "05-08T09:10", []),  # the newest is four days old
        (MONTHLY, "06-01T05:10", "06-01T09:10", []),  # a holiday
        (MONTHLY, "06-02T05:10", "06-02T06:10", [("monthly", "2026-05", "", "02.06 06:00")]),
        (MONTHLY, "08-01T00:10", "08-03T06:10", [("monthly", "2026-07", "", "03.08 06:00")]),  # the first is a Saturday
        (OWNERS, "05-08T15:10", "05-08T16:10", [("owner", "2026-W19", "messaging", "08.05 15:30")]),
    ],
)
def test_a_report_comes_when_its_moment_lies_between_two_runs(reports, since, now, expected):
    assert due(reports, at(since), at(now)) == expected


def test_the_first_run_after_an_upgrade_sends_nothing():
    assert due_reports(policy(**WEEKLY, **MONTHLY, **OWNERS), None, at("05-04T06:10")) == []


@pytest.mark.parametrize("pace", [timedelta(hours=1), timedelta(minutes=20), timedelta(hours=11)])
def test_over_a_year_each_period_is_due_once_whatever_clocks_and_holidays_do(pace):
    until, seen = datetime(2026, 1, 1, 0, 10, tzinfo=UTC), []
    while (now := until + pace).year == 2026:
        seen += due(WEEKLY | MONTHLY | OWNERS, until, now)
        until = now
    names = [each[:3] for each in seen]

    assert len(names) == len(set(names))
    kinds = [kind for kind, _, _ in names]
    assert (kinds.count("weekly"), kinds.count("monthly"), kinds.count("owner")) == (52, 12, 52)


def test_a_channel_gets_a_report_once_and_a_role_without_one_gets_none():
    (report,) = due_reports(policy(**MONTHLY), at("05-01T05:10"), at("05-01T06:10"))
    assert report.channels == ("board",)

    nobody = {"weekly": WeeklyReport(channels=("service_owner",))}
    assert due_reports(policy(**nobody), at("05-04T05:10"), at("05-04T06:10")) == []
