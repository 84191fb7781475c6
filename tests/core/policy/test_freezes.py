"""Freezes of the organisation: which rollouts and deadlines lie in them, in a table of cases."""

from datetime import date

import pytest
from pydantic import ValidationError

from shared.core.policy.check import absurd_values, undefined_names
from shared.core.policy.freezes import freezes_of, raised, raises_risk
from shared.core.policy.hints import hints
from shared.core.policy.model import Calendar, Freeze, Policy, Route, Team, Tenant, Workload
from shared.core.policy.warnings import warnings
from shared.core.posts.classification import UNSURE_BELOW, Classification, Interval, Why, Window

TODAY = date(2026, 11, 1)
YEAR_END = {"name": "Year end", "from": "2026-12-10", "until": "2027-01-06"}
NAMED = "our freeze “Year end” (10 December 2026 to 6 January 2027)"


def policy(*freezes):
    return Policy(
        tenants={"contoso": Tenant(), "northwind": Tenant(cloud="gcc"), "early": Tenant(ring="targeted")},
        teams={"messaging": Team(owner="ana@contoso.example")},
        workloads={"exchange": Workload(services=("Exchange Online",), team="messaging")},
        routes=Route(team="messaging"),
        calendar=Calendar(freezes=tuple(Freeze.model_validate(each) for each in freezes)),
    )


def span(first, last=None):
    return Interval(date.fromisoformat(first), date.fromisoformat(last or first))


NOVEMBER, EARLY_DECEMBER = span("2026-11-01", "2026-11-30"), span("2026-12-01", "2026-12-10")
MID_DECEMBER, LATE_DECEMBER = span("2026-12-11", "2026-12-20"), span("2026-12-21", "2026-12-31")
FEBRUARY = span("2027-02-01", "2027-02-28")


def words(*windows, as_of=TODAY, freeze=None, tenants=(), workloads=(), unsure=(), status="scheduled", **over):
    why = {name: Why("", UNSURE_BELOW - 0.01) for name in unsure}
    found = Classification("MC1", windows=windows, status=status, why=why, **over)
    return [each.words for each in freezes_of(found, policy(freeze or YEAR_END), as_of, tenants, workloads)]


def ga(start, end=None, *clouds, phase="ga"):
    return Window(phase, clouds or ("worldwide",), start, end)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (MID_DECEMBER, LATE_DECEMBER, f"The rollout (mid to late December 2026) begins in {NAMED}"),
        (MID_DECEMBER, None, f"The rollout (mid-December 2026) begins in {NAMED}"),
        (LATE_DECEMBER, FEBRUARY, f"The rollout (late December 2026 to February 2027) begins in {NAMED}"),
        (EARLY_DECEMBER, None, f"The rollout (early December 2026) may fall into {NAMED}"),
        (EARLY_DECEMBER, MID_DECEMBER, f"The rollout (early to mid-December 2026) may fall into {NAMED}"),
        (NOVEMBER, MID_DECEMBER, f"The rollout (November to mid-December 2026) goes on in {NAMED}"),
        (NOVEMBER, EARLY_DECEMBER, f"The rollout (November to early December 2026) may fall into {NAMED}"),
        (NOVEMBER, FEBRUARY, f"The rollout (November 2026 to February 2027) goes on in {NAMED}"),
        (None, MID_DECEMBER, f"The rollout (complete by mid-December 2026) may fall into {NAMED}"),
        (span("2026-12-10"), None, f"The rollout (10 December 2026) begins in {NAMED}"),
        (span("2027-01-06"), None, f"The rollout (6 January 2027) begins in {NAMED}"),
        (span("2026-12-09"), None, None),
        (span("2027-01-07"), None, None),
        (NOVEMBER, None, None),
        (FEBRUARY, None, None),
        (None, None, None),
    ],
)
def test_a_rollout_in_a_freeze_is_told_as_surely_as_its_dates_are(start, end, says):
    assert words(ga(start, end)) == ([says] if says else [])


def test_a_retirement_is_called_one():
    assert words(ga(MID_DECEMBER, phase="retirement")) == [f"The retirement (mid-December 2026) begins in {NAMED}"]


def test_of_dates_of_which_we_are_not_sure_it_may():
    assert words(ga(MID_DECEMBER), unsure=["rollouts"]) == [f"The rollout (mid-December 2026) may fall into {NAMED}"]


def test_one_sentence_for_one_freeze_the_surest_of_our_rollouts():
    assert words(ga(EARLY_DECEMBER), ga(LATE_DECEMBER)) == [f"The rollout (late December 2026) begins in {NAMED}"]


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "superseded", "on_hold"])
def test_of_a_plan_that_does_not_stand_nothing_is_told(status):
    assert words(ga(MID_DECEMBER), status=status, act_by=date(2026, 12, 15), action="required") == []


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        (date(2026, 12, 15), f"The rollout (mid-December 2026) may fall into {NAMED}"),
        (date(2026, 12, 25), None),
        (date(2027, 1, 7), None),
    ],
)
def test_what_is_over_is_not_told(as_of, says):
    assert words(ga(MID_DECEMBER), as_of=as_of) == ([says] if says else [])


def test_only_our_own_rollouts_count():
    assert words(ga(MID_DECEMBER, None, "dod")) == []
    assert words(ga(MID_DECEMBER, None, "gcc"), tenants=["contoso"]) == []
    assert words(ga(MID_DECEMBER, None, "gcc"), tenants=["northwind"]) != []


def test_a_freeze_of_tenants_holds_for_them():
    freeze = {**YEAR_END, "tenants": ["northwind"]}

    assert words(ga(MID_DECEMBER), freeze=freeze) == []
    assert words(ga(MID_DECEMBER, None, "gcc"), freeze=freeze, tenants=["contoso"]) == []
    assert words(ga(MID_DECEMBER, None, "gcc"), freeze=freeze) == [
        f"The rollout (mid-December 2026) begins in {NAMED.replace(' (', ' of northwind (')}"
    ]


def test_a_freeze_of_workloads_holds_for_them():
    freeze = {**YEAR_END, "workloads": "exchange"}

    assert words(ga(MID_DECEMBER), freeze=freeze, workloads=["exchange", "teams"]) != []
    assert words(ga(MID_DECEMBER), freeze=freeze, workloads=["teams"]) == []
    assert words(ga(MID_DECEMBER), freeze=freeze) != []


@pytest.mark.parametrize(
    ("action", "as_of", "unsure", "says"),
    [
        ("required", TODAY, (), f"The deadline, 15 December 2026, lies in {NAMED}: act before it"),
        ("none", TODAY, (), f"The deadline, 15 December 2026, lies in {NAMED}"),
        ("required", TODAY, ("action",), f"The deadline, 15 December 2026, lies in {NAMED}"),
        ("required", date(2026, 12, 12), (), f"The deadline, 15 December 2026, lies in {NAMED}"),
        ("required", date(2026, 12, 16), (), None),
        (
            "required",
            TODAY,
            ("act_by",),
            f"The deadline, 15 December 2026 (not sure of the day), may lie in {NAMED}",
        ),
    ],
)
def test_a_deadline_in_a_freeze_is_told(action, as_of, unsure, says):
    told = words(action=action, act_by=date(2026, 12, 15), as_of=as_of, unsure=unsure)

    assert told == ([says] if says else [])


def test_a_rollout_raises_the_risk_by_one_level_and_a_deadline_does_not():
    found = Classification("MC1", windows=(ga(MID_DECEMBER),), status="scheduled")
    deadline = Classification("MC1", act_by=date(2026, 12, 15), status="scheduled")

    assert raises_risk(freezes_of(found, policy(YEAR_END), TODAY))
    assert not raises_risk(freezes_of(deadline, policy(YEAR_END), TODAY))
    assert [raised(level) for level in ("low", "medium", "high")] == ["medium", "high", "high"]


def test_tenants_and_workloads_that_are_not_there_are_faults():
    bad = policy({**YEAR_END, "tenants": "contos", "workloads": "sharepoint"})

    assert [path for path, _ in undefined_names(bad)] == [
        "calendar.freezes[0].tenants",
        "calendar.freezes[0].workloads",
    ]
    assert "did you mean 'contoso'?" in undefined_names(bad)[0][1]


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"until": "2026-12-01"}, "before it begins"),
        ({"name": "  "}, "must not be empty"),
        ({"name": "x" * 61}, "a freeze's name has at most 60"),
    ],
)
def test_a_freeze_that_cannot_be_meant_is_a_fault(over, message):
    with pytest.raises(ValidationError, match=message):
        policy({**YEAR_END, **over})


def test_a_freeze_in_an_absurd_year_is_a_fault():
    absurd = policy({**YEAR_END, "until": "2999-01-01"})

    assert "calendar.freezes[0].until" in [path for path, _ in absurd_values(absurd)]


def test_a_freeze_that_is_long_over_is_a_warning():
    def paths(today):
        return [path for path, _ in warnings(policy(YEAR_END), today=today)]

    assert "calendar.freezes[0]" in paths(date(2027, 5, 1))
    assert "calendar.freezes[0]" not in paths(date(2027, 3, 1))
    assert "calendar.freezes[0]" not in paths(None)


def test_a_very_long_freeze_is_a_hint():
    assert ("calendar.freezes[0]") in [path for path, _ in hints(policy({**YEAR_END, "until": "2027-06-30"}))]
    assert ("calendar.freezes[0]") not in [path for path, _ in hints(policy(YEAR_END))]
