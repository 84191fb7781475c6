"""Which tenants differ where it matters, in a table of cases."""

from dataclasses import replace
from datetime import date

import pytest

from shared.core.changes.change import Copy
from shared.core.changes.tenant_lines import lines_by_tenant
from shared.core.policy.model import Policy, Route, Team, Tenant
from shared.core.posts.classification import UNSURE_BELOW, Why, Window
from tests.adapters.cards.changes import FIRST, SECOND, a_change, at, classified, span

TODAY = date(2026, 5, 5)
TENANTS = {"contoso": Tenant(), "fabrikam": Tenant(), "northwind": Tenant(cloud="gcc")}
WORLDWIDE = Window("ga", ("worldwide",), span("2026-10-01", "2026-10-10"), None)
GCC = Window("ga", ("gcc",), span("2026-11-01", "2026-11-30"), None)


def copy(tenant, services=("Microsoft Teams",), edition=SECOND.id, gone=None):
    return Copy(tenant, services, edition, at(5, 1), at(5, 1), at(5, 1), gone=gone)


def lines(*copies, tenants=TENANTS, found=None, as_of=TODAY):
    policy = Policy(tenants=tenants, teams={"a": Team(owner="ana@contoso.example")}, routes=Route(team="a"))
    change = a_change(found or classified(windows=(WORLDWIDE, GCC)))
    return lines_by_tenant(change, policy, copies, as_of)


ALL = [copy(name) for name in TENANTS]


def test_dates_are_told_by_cloud_grouped_in_the_order_of_the_policy():
    assert lines(*ALL[::-1]) == (
        "contoso, fabrikam: early October 2026",
        "northwind (GCC): November 2026",
    )


def test_dates_are_told_as_of_the_day():
    assert lines(*ALL, as_of=date(2026, 10, 20))[0].endswith(": has begun (early October 2026)")


def test_rings_are_told_apart():
    early = Window("targeted", ("worldwide",), span("2026-09-01", "2026-09-10"), None)
    tenants = {"contoso": Tenant(), "fabrikam": Tenant(ring="targeted")}

    assert lines(copy("contoso"), copy("fabrikam"), tenants=tenants, found=classified(windows=(early, WORLDWIDE))) == (
        "contoso: early October 2026",
        "fabrikam (targeted release): targeted release early September 2026",
    )


def test_a_cloud_without_a_date_has_none():
    assert lines(*ALL, found=classified(windows=(WORLDWIDE,)))[1] == "northwind (GCC): no date stated"


def test_dates_of_which_we_are_not_sure_say_so():
    unsure = {"rollouts": Why("", UNSURE_BELOW - 0.01)}

    assert lines(*ALL, found=classified(windows=(WORLDWIDE, GCC), why=unsure))[1].endswith("November 2026 (not sure)")


@pytest.mark.parametrize(
    "copies",
    [
        (),
        (copy("contoso"),),
        (copy("contoso"), copy("fabrikam")),
        (copy("contoso"), copy("gone-from-the-policy", ("Exchange Online",))),
    ],
)
def test_where_all_are_the_same_nothing_is_said(copies):
    assert lines(*copies) == ()


def test_services_are_told_where_they_differ():
    assert lines(copy("contoso"), copy("fabrikam", ("Exchange Online", "Microsoft Teams"))) == (
        "contoso: services: Microsoft Teams",
        "fabrikam: services: Exchange Online, Microsoft Teams",
    )


def test_a_tenant_in_which_the_post_is_gone_is_told_alone():
    assert lines(copy("contoso"), copy("fabrikam", gone=at(5, 3))) == ("fabrikam: no longer shows the post",)


def test_an_older_edition_with_other_dates_is_told():
    assert lines(copy("contoso"), copy("fabrikam", edition=FIRST.id)) == (
        "fabrikam: still shows an older edition of the post: early to mid-September 2026",
    )


def test_an_older_edition_with_the_same_dates_is_not():
    change = a_change(classified())
    same = replace(change, editions=(replace(change.editions[0], facts=change.editions[1].facts), change.editions[1]))
    policy = Policy(tenants=TENANTS, teams={"a": Team(owner="a@b.example")}, routes=Route(team="a"))

    assert lines_by_tenant(same, policy, [copy("contoso"), copy("fabrikam", edition=FIRST.id)], TODAY) == ()


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "superseded", "on_hold"])
def test_no_dates_are_told_of_a_plan_that_does_not_stand(status):
    assert lines(*ALL, found=classified(windows=(WORLDWIDE, GCC), status=status)) == ()


def test_of_a_plan_that_fell_an_older_edition_is_told():
    told = lines(copy("contoso"), copy("fabrikam", edition=FIRST.id), found=classified(status="cancelled"))

    assert told == ("fabrikam: still shows an older edition of the post: early to mid-September 2026",)


def test_there_are_at_most_ten_lines():
    tenants = {f"t{n:02d}": Tenant() for n in range(40)}
    copies = [copy(f"t{n:02d}", (f"Service {n // 3}",)) for n in range(40)]

    told = lines(*copies, tenants=tenants)

    assert told[0] == "t00, t01, t02: services: Service 0"
    assert told[9] == "… and 5 more groups of tenants that differ"
    assert len(told) == 10


def test_of_many_tenants_alike_the_first_are_named():
    tenants = {f"t{n:02d}": Tenant() for n in range(8)} | {"other": Tenant(cloud="gcc")}

    told = lines(*(copy(name) for name in tenants), tenants=tenants)

    assert told[0].startswith("t00, t01")
    assert "t04 and 3 more: early October" in told[0]
