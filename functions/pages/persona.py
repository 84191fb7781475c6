"""The sandbox's switch of persona: whoever tries it out chooses whom our pages take them for.

It counts in a sandbox alone, where whoever sits at the machine may do everything anyway. Each persona is somebody of
their own, so that two browsers are two people.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from functions.pages.token import cookie_of
from functions.pages.who import HERE, Person

if TYPE_CHECKING:
    from shared.core.policy.model import Policy
    from shared.core.review.roles import Role

COOKIE = "persona"
EVERYTHING = ""
"""The persona that is chosen until somebody chooses another: whoever sits at the machine, with every role."""
_ROLES: "Mapping[str, tuple[str, frozenset[Role]]]" = {
    "reader": ("Reader", frozenset({"reader"})),
    "reviewer": ("Reviewer", frozenset({"reviewer"})),
    "board": ("Member of the board", frozenset({"board"})),
    "admin": ("Admin", frozenset({"admin"})),
    "privacy": ("Reader of privacy posts", frozenset({"privacy"})),
}
_OWNER = "owner-"


def persona(headers: Mapping[str, str]) -> Person:
    """Whom the browser of a sandbox chose to be. An owner has no address yet, which the policy knows."""
    chosen = cookie_of(headers, COOKIE)
    if chosen in _ROLES:
        name, roles = _ROLES[chosen]
        return Person(_id(chosen), name, roles=roles)
    if chosen.startswith(_OWNER):
        return Person(_id(chosen), f"Owner of {chosen.removeprefix(_OWNER)}"[:100], roles=frozenset({"reader"}))
    return HERE


def address_of(headers: Mapping[str, str], policy: "Policy") -> str:
    """The address of the owner whom a browser chose to be; empty for everybody else."""
    team = policy.teams.get(_team(headers))
    return team.owner if team else ""


def has_owner(headers: Mapping[str, str]) -> bool:
    """Whether the browser chose to be the owner of a team."""
    return bool(_team(headers))


def choices(policy: "Policy | None") -> tuple[tuple[str, str], ...]:
    """Every persona, by what the cookie holds and what people read; without owners where there is no policy."""
    roles = ((value, name) for value, (name, _) in _ROLES.items())
    owners = ((f"{_OWNER}{team}", f"Owner of {team}") for team in (policy.teams if policy else ()))
    return ((EVERYTHING, "You, with every role"), *roles, *owners)


def chosen(headers: Mapping[str, str]) -> str:
    """The persona that the browser chose, as it stands in `choices`."""
    value = cookie_of(headers, COOKIE)
    return value if value in _ROLES or value.startswith(_OWNER) else EVERYTHING


def cookie(value: str) -> str:
    """The header `Set-Cookie` for one of the choices; it lasts as long as the browser is open."""
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax"


def _team(headers: Mapping[str, str]) -> str:
    value = cookie_of(headers, COOKIE)
    return value.removeprefix(_OWNER) if value.startswith(_OWNER) else ""


def _id(value: str) -> str:
    """An object id that nobody in Entra has, the same one each time."""
    return f"00000000-0000-4000-8000-{sha256(value.encode()).hexdigest()[:12]}"
