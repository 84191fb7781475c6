"""Who is asking: the one place that decides whether a request comes from a person whom we know.

App Service signs people in and puts who they are into `X-MS-CLIENT-PRINCIPAL`. It takes that header away from whatever
comes from outside, but only while its sign-in is on. Without sign-in anybody can send it, and it counts for nothing.
learn.microsoft.com/azure/app-service/configure-authentication-user-identities
"""

import base64
import binascii
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.app import App
    from shared.core.review.roles import Role
    from shared.settings import Settings

_LOG = logging.getLogger("foresignal.pages")
#: The HTTP functions that answer without a person, and why. Every other one refuses whom it does not know.
OPEN: Mapping[str, str] = {
    "health": "probes ask whether we are well, and learn nothing else",
    "hear_tickets": "a ticket system shows the secret that the policy names",
    "calendar_feed": "a calendar program shows the token of a feed that a person made, and reads nothing private",
}

_HEADER = "x-ms-client-principal"
_LARGEST = 64 * 1024  # characters; App Service itself takes 64 KB of headers
_LONGEST = 300  # characters of an id, a name or an address
_ID = ("http://schemas.microsoft.com/identity/claims/objectidentifier", "oid")
_ACCOUNT = ("preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn")
"""What the directory alone gives. A mail address may be the person's own word, so it gives nobody a role."""
_ADDRESS = (
    *_ACCOUNT,
    "email",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
_ROLE = frozenset({"roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"})  # a claim for each role
_NAME = ("name", "preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: the object id in Entra, what to call them, their address, and their roles.

    `account`: the name with which they sign in, by which the policy knows them. What a role allows stands in
    `shared/core/review/roles.py`.
    """

    id: str
    name: str
    address: str = ""
    roles: "frozenset[Role]" = frozenset()
    account: str = ""


#: Whoever sits at the machine on which the sandbox runs.
HERE = Person("here", "you", roles=frozenset({"reader", "reviewer", "board", "admin", "privacy"}))


def person(settings: "Settings", headers: Mapping[str, str]) -> Person | None:
    """The person behind a request, with the roles of their sign-in; None for whom we do not know.

    `headers` are found whatever their case. In a sandbox it is whom its switch of persona says.
    """
    if settings.local:
        from functions.pages.persona import persona

        return persona(headers)
    if not settings.sign_in:
        return None
    return _read(headers.get(_HEADER, ""))


async def person_with_roles(app: "App", headers: Mapping[str, str]) -> Person | None:
    """The same, with the roles that count: those of the sign-in, else those that the policy's people have.

    The policy is read once a minute and process, whoever asks. Where it cannot be read, it gives no roles. In a sandbox
    it has the address of the team's owner whom somebody chose to be.
    """
    from functions.pages.persona import address_of, has_owner
    from shared.core.errors import PermanentError, TransientError
    from shared.core.review.roles import roles_for

    who = person(app.settings, headers)
    owner = app.settings.local and has_owner(headers)
    if who is None or (not owner and (who.roles or not who.account)):
        return who
    try:
        policy = await app.deps.here.policy.current()
    except (PermanentError, TransientError) as error:
        _LOG.warning("the policy gives nobody a role now: %s", error)
        return who
    if owner:
        return replace(who, address=address_of(headers, policy))
    return replace(who, roles=roles_for(who.roles, who.account, policy))


async def sees_private(app: "App", headers: Mapping[str, str]) -> bool:
    """Whether posts on data privacy are for whoever asks; for nobody whom we do not know."""
    from shared.core.review.roles import sees_privacy

    who = await person_with_roles(app, headers)
    return who is not None and sees_privacy(who.roles)


def _read(header: str) -> Person | None:
    if not header or len(header) > _LARGEST:
        return None
    try:
        principal = json.loads(base64.b64decode(header, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    pairs = list(_claims(principal))
    claims = dict(pairs)
    id_, name, address, account = (_first(claims, kinds) for kinds in (_ID, _NAME, _ADDRESS, _ACCOUNT))
    roles = _roles(value for kind, value in pairs if kind in _ROLE)
    return Person(id_, name or id_, address, roles, account) if id_ else None


def _first(claims: Mapping[str, str], kinds: tuple[str, ...]) -> str:
    return next((claims[kind] for kind in kinds if claims.get(kind)), "")[:_LONGEST]


def _roles(values: Iterator[str]) -> "frozenset[Role]":
    from shared.core.review.roles import roles_of

    return roles_of(values)


def _claims(principal: Any) -> Iterator[tuple[str, str]]:
    """(kind, value); several of one kind are possible."""
    listed = principal.get("claims") if isinstance(principal, dict) else None
    for claim in listed if isinstance(listed, list) else []:
        if isinstance(claim, dict) and isinstance(claim.get("typ"), str) and isinstance(claim.get("val"), str):
            yield claim["typ"], claim["val"].strip()
