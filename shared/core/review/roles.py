"""Roles of people: what each of them may do on our pages (pure)."""

from collections.abc import Collection, Iterable
from typing import Literal, get_args

from shared.core.policy.model import Policy

Role = Literal["reader", "reviewer", "board", "admin", "privacy"]
"""The app roles of our registration in Entra, by their values (docs/deploying.md).

`reader`: sees the pages; so does everybody who is signed in. `reviewer`: settles fields, and answers for every team.
`board`: moves tickets of the built-in register. `admin`: all of that, and what concerns the whole deployment.
`privacy`: sees posts on data privacy; no other role includes that.
"""
ROLES: tuple[Role, ...] = get_args(Role)
EVERY_ROLE = frozenset(ROLES)
_REVIEWERS = frozenset({"reviewer", "admin"})
_BOARD = frozenset({"board", "admin"})
_OF_PEOPLE: tuple[tuple[str, Role], ...] = (
    ("reviewers", "reviewer"),
    ("board", "board"),
    ("admins", "admin"),
    ("privacy", "privacy"),
)
"""Keys of the policy's `people`, and the role that each of them gives."""


def roles_of(values: Iterable[str]) -> frozenset[Role]:
    """The roles among what a sign-in says; whatever else it says is nobody's role here."""
    named = {value.strip().casefold() for value in values}
    return frozenset(role for role in ROLES if role in named)


def roles_for(own: Collection[Role], account: str, policy: Policy) -> frozenset[Role]:
    """The roles of somebody: those that their sign-in brings, else those that the policy gives to their account.

    One role of the sign-in is enough for the policy to count no more, `reader` too: who assigns roles in Entra has said
    what somebody may. `account`: the name with which they sign in; empty where it is not known, which is no role.
    """
    name = account.strip().casefold()
    if own or not name:
        return frozenset(own)
    people = policy.people
    return frozenset(
        role for key, role in _OF_PEOPLE if name in {each.strip().casefold() for each in getattr(people, key)}
    )


def is_reviewer(roles: Collection[str]) -> bool:
    return not _REVIEWERS.isdisjoint(roles)


def is_admin(roles: Collection[str]) -> bool:
    return "admin" in roles


def may_move(roles: Collection[str]) -> bool:
    """Whether somebody moves tickets of the built-in register."""
    return not _BOARD.isdisjoint(roles)


def sees_privacy(roles: Collection[str]) -> bool:
    """Whether posts on data privacy are for them."""
    return "privacy" in roles


def teams_of(policy: Policy, address: str) -> frozenset[str]:
    """The teams whose owner or deputy somebody is, by their address; none for somebody without one."""
    own = address.strip().casefold()
    return frozenset(
        name
        for name, team in policy.teams.items()
        if own and own in {team.owner.strip().casefold(), team.deputy.strip().casefold()}
    )


def may_answer(roles: Collection[str], own_teams: Collection[str], team: str) -> bool:
    """Whether somebody may answer for a team who holds no card of it."""
    return is_reviewer(roles) or team in own_teams


def may_settle(roles: Collection[str], own_teams: Collection[str], teams: Collection[str]) -> bool:
    """Whether somebody's word settles a field of a change that concerns these teams; anybody else's is a proposal."""
    return is_reviewer(roles) or not set(own_teams).isdisjoint(teams)
