"""Whom a change concerns, in a table of cases."""

import pytest

from shared.core.posts.classification import UNSURE_BELOW, Classification, Why
from shared.core.posts.particulars import Audience
from shared.core.words.people import people_lines


def found(user="low", admin="low", likely=(), unsure=(), status="scheduled"):
    why = {name: Why("", UNSURE_BELOW) for name in likely} | {name: Why("", UNSURE_BELOW - 0.01) for name in unsure}
    return Classification("MC1", user_impact=user, admin_impact=admin, status=status, why=why)


@pytest.mark.parametrize(
    ("user", "admin", "likely", "unsure", "lines"),
    [
        ("low", "low", (), (), ()),
        ("high", "low", (), (), ("Users",)),
        ("low", "medium", (), (), ("Admins",)),
        ("medium", "high", (), (), ("Users and admins",)),
        ("medium", "high", ("user_impact",), (), ("Admins, probably users",)),
        ("medium", "high", ("user_impact", "admin_impact"), (), ("Probably users and admins",)),
        ("low", "low", ("user_impact",), (), ()),
        ("medium", "high", (), ("user_impact",), ("Admins",)),
        ("medium", "high", ("admin_impact",), ("user_impact",), ("Probably admins",)),
        ("medium", "high", (), ("user_impact", "admin_impact"), ()),
    ],
)
def test_users_and_admins_are_named_where_the_impact_on_them_is_not_low(user, admin, likely, unsure, lines):
    assert people_lines(found(user, admin, likely, unsure), ()) == lines


def test_roles_licences_and_platforms_of_the_post_have_a_line_each_and_prerequisites_none():
    audience = (
        Audience("platform", "Windows", ""),
        Audience("role", "Teams administrators", ""),
        Audience("platform", "Mac", ""),
        Audience("platform", "Windows", ""),
        Audience("other", "A directory", ""),
        *(Audience("licence", f"Plan {n}", "") for n in range(7)),
    )

    assert people_lines(found("high"), audience) == (
        "Users",
        "Role: Teams administrators",
        "Licences: Plan 0, Plan 1, Plan 2, Plan 3, Plan 4 and 2 more",
        "Platforms: Windows, Mac",
    )


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "superseded"])
def test_what_fell_concerns_nobody(status):
    assert people_lines(found("high", status=status), (Audience("role", "Owners", ""),)) == ()
