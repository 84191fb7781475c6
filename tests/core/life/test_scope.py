"""What a page of measures is about, as tables of cases."""

from types import SimpleNamespace

import pytest

from shared.core.life.metrics import NO_WORKLOAD
from shared.core.life.scope import Names, Scope, names_of


def change(team="messaging", *workloads):
    return SimpleNamespace(team=team, workloads=workloads)


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (Scope(), [True, True, True]),
        (Scope(team="messaging"), [True, True, False]),
        (Scope(workload="exchange"), [True, False, True]),
        (Scope(workload=NO_WORKLOAD), [False, True, False]),
        (Scope(team="devices", workload="teams"), [False, False, True]),
        (Scope(team="messaging", workload="teams"), [False, False, False]),
    ],
)
def test_a_scope_holds_what_its_team_deals_with_and_its_workload_touches(scope, holds):
    changes = (change("messaging", "exchange"), change("messaging"), change("devices", "exchange", "teams"))

    assert [scope.holds(each) for each in changes] == holds
    assert scope.is_part is (scope != Scope())


def test_what_can_be_named_is_what_the_policy_has_and_what_changes_have():
    names = names_of([change("gone", "old"), change("")], ["messaging", "devices"], ["exchange"])

    assert names == Names(("devices", "gone", "messaging"), ("exchange", "old", NO_WORKLOAD))
    assert names_of([change("messaging", "exchange")], [], []) == Names(("messaging",), ("exchange",))


@pytest.mark.parametrize(
    ("scope", "fault"),
    [
        (Scope(team="devices", workload="exchange"), ""),
        (Scope(team="ghosts"), "There is no team “ghosts”, neither in the policy nor among the changes."),
        (Scope(workload="x\x00y"), "There is no workload “xy”, neither in the policy nor among the changes."),
        (Scope(team="t" * 900), f"There is no team “{'t' * 79}…”, neither in the policy nor among the changes."),
    ],
)
def test_what_is_named_and_is_none_is_said_in_a_sentence(scope, fault):
    assert Names(("devices",), ("exchange",)).fault(scope) == fault
