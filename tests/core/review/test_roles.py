"""What each role may do."""

import pytest

from shared.core.policy.model import Policy, Route, Team, Tenant
from shared.core.review.roles import (
    EVERY_ROLE,
    is_admin,
    is_reviewer,
    may_answer,
    may_settle,
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
    ("roles", "reviewer", "admin", "privacy"),
    [
        ((), False, False, False),
        (("reader",), False, False, False),
        (("reviewer",), True, False, False),
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
