"""Roles come from the directory, or from the policy for whom the directory gives none; nobody says their own."""

import base64
from types import SimpleNamespace

import pytest

from functions.pages.who import person_with_roles, sees_private
from shared import settings
from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import People
from tests.fakes import FakePolicy
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.world import policy

PEOPLE = People(reviewers=("ana@contoso.example",), admins=("cy@contoso.example",), privacy=("ana@contoso.example",))
ANA = ((OID, "0f8e"), ("preferred_username", "Ana@contoso.example"))


def deployment(sign_in=True, source=None):
    here = SimpleNamespace(policy=source or FakePolicy(policy(people=PEOPLE)))
    return SimpleNamespace(settings=settings.Settings("t", "", sign_in=sign_in), deps=SimpleNamespace(here=here))


async def roles(*claims, **more):
    who = await person_with_roles(deployment(**more), {"x-ms-client-principal": principal(*claims)})
    return None if who is None else set(who.roles)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (ANA, {"reviewer", "privacy"}),
        ((*ANA, ("roles", "reader")), {"reader"}),
        ((*ANA, ("roles", "owner of everything")), {"reviewer", "privacy"}),
        (((OID, "0f8e"), ("preferred_username", "dan@contoso.example")), set()),
        (((OID, "0f8e"), ("name", "cy@contoso.example")), set()),
        (((OID, "0f8e"), ("email", "cy@contoso.example")), set()),
        (((OID, "0f8e"), ("preferred_username", "dan@else.example"), ("email", "cy@contoso.example")), set()),
        (((OID, "0f8e"), ("preferred_username", "")), set()),
    ],
)
async def test_the_policy_gives_roles_by_the_name_that_the_directory_gives_and_by_no_other_word(claims, expected):
    assert await roles(*claims) == expected


async def test_where_nobody_signs_in_a_principal_is_nobody_whatever_it_says():
    assert await roles(*ANA, ("roles", "admin"), sign_in=False) is None


@pytest.mark.parametrize("error", [TransientError("storage is away"), PermanentError("there is no policy")])
async def test_a_policy_that_cannot_be_read_gives_nobody_a_role(error):
    class Away:
        async def current(self):
            raise error

    assert await roles(*ANA, source=Away()) == set()
    assert await roles(*ANA, ("roles", "reviewer"), source=Away()) == {"reviewer"}


async def test_posts_on_data_privacy_are_for_whom_the_policy_names():
    headers = {"x-ms-client-principal": principal(*ANA)}
    others = {"x-ms-client-principal": principal((OID, "0f8f"), ("preferred_username", "cy@contoso.example"))}

    assert await sees_private(deployment(), headers)
    assert not await sees_private(deployment(), others), "an admin is no reader of privacy posts"
    assert not await sees_private(deployment(), {"x-ms-client-principal": base64.b64encode(b"{}")})
