"""What each role may do."""

import pytest

from shared.core.policy.model import People, Policy, Route, Team, Tenant
from shared.core.review.roles import (
    EVERY_ROLE,
    is_admin,
    is_reviewer,
    may_answer,
    may_move,
    may_settle,
    roles_for,
    roles_of,
    sees_privacy,
    teams_of,
)

POLICY = Policy(
    tenants={"contoso": Tenant()},
    teams={
        "messaging": Team(owner="Ana@contoso.example", deputy="ben@contoso.example"),
        "work": Team(owner="group:work", deputy="ana@contoso.example "),
        "other": Team(owner="cy@contoso.example"),
    },
    routes=Route(team="work"),
    people=People(
        reviewers=("Ana@contoso.example", "ben@contoso.example"),
        board=("ben@contoso.example ",),
        admins=("cy@contoso.example",),
        privacy=("ana@contoso.example",),
    ),
)


@pytest.mark.parametrize(
    ("values", "roles"),
    [
        (["reader", "Reviewer "], {"reader", "reviewer"}),
        (["admin", "owner", ""], {"admin"}),
        (["PRIVACY"], {"privacy"}),
        ([], set()),
    ],
)
def test_roles_are_read_from_what_a_sign_in_says(values, roles):
    assert roles_of(values) == roles


@pytest.mark.parametrize(
    ("own", "account", "roles"),
    [
        ((), "ana@contoso.example", {"reviewer", "privacy"}),
        ((), " BEN@contoso.example", {"reviewer", "board"}),
        ((), "cy@contoso.example", {"admin"}),
        ((), "dan@contoso.example", set()),
        ((), "", set()),
        (("reader",), "cy@contoso.example", {"reader"}),
        (("reviewer",), "ana@contoso.example", {"reviewer"}),
    ],
)
def test_the_policys_people_count_for_whoever_has_no_app_role_at_all(own, account, roles):
    assert roles_for(own, account, POLICY) == roles


@pytest.mark.parametrize(
    ("roles", "moves"),
    [((), False), (("reviewer", "privacy"), False), (("board",), True), (("admin",), True)],
)
def test_tickets_of_the_register_are_moved_by_the_board_and_by_admins(roles, moves):
    assert may_move(roles) == moves


@pytest.mark.parametrize(
    ("roles", "reviewer", "admin", "privacy"),
    [
        ((), False, False, False),
        (("reader",), False, False, False),
        (("reviewer",), True, False, False),
        (("board",), False, False, False),
        (("admin",), True, True, False),
        (("privacy",), False, False, True),
        (EVERY_ROLE, True, True, True),
    ],
)
def test_what_a_role_includes(roles, reviewer, admin, privacy):
    assert (is_reviewer(roles), is_admin(roles), sees_privacy(roles)) == (reviewer, admin, privacy)


@pytest.mark.parametrize(
    ("address", "teams"),
    [
        ("ana@contoso.example", {"messaging", "work"}),
        ("BEN@contoso.example", {"messaging"}),
        ("group:work", {"work"}),
        ("dan@contoso.example", set()),
        ("", set()),
    ],
)
def test_a_team_is_its_owners_and_its_deputys(address, teams):
    assert teams_of(POLICY, address) == teams


def test_a_team_is_answered_for_by_its_own_people_and_by_reviewers():
    assert may_answer((), {"messaging"}, "messaging")
    assert not may_answer(("reader",), {"messaging"}, "work")
    assert may_answer(("reviewer",), (), "work")


def test_a_field_is_settled_by_a_reviewer_or_an_owner_of_a_team_that_it_concerns():
    assert may_settle((), {"messaging"}, ["messaging", "work"])
    assert not may_settle(("reader", "privacy"), {"other"}, ["messaging", "work"])
    assert may_settle(("admin",), (), [])
