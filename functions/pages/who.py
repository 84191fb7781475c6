"""Who is asking: the one place that decides whether a request comes from a person whom we know.

App Service signs people in and puts who they are into `X-MS-CLIENT-PRINCIPAL`. It takes that header away from whatever
comes from outside, but only while its sign-in is on. Without sign-in anybody can send it, and it counts for nothing.
learn.microsoft.com/azure/app-service/configure-authentication-user-identities
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.settings import Settings

#: The HTTP functions that answer without a person, and why. Every other one refuses whom it does not know.
OPEN: Mapping[str, str] = {
    "health": "probes ask whether we are well, and learn nothing else",
    "hear_tickets": "a ticket system shows the secret that the policy names",
}

_HEADER = "x-ms-client-principal"
_LARGEST = 64 * 1024  # characters; App Service itself takes 64 KB of headers
_ID = ("http://schemas.microsoft.com/identity/claims/objectidentifier", "oid")
_NAME = ("name", "preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: the object id in Entra, and what to call them."""

    id: str
    name: str


#: Whoever sits at the machine on which the sandbox runs.
HERE = Person("here", "you")


def person(settings: "Settings", headers: Mapping[str, str]) -> Person | None:
    """The person behind a request; None for whom we do not know. `headers` are found whatever their case."""
    if settings.local:
        return HERE
    if not settings.sign_in:
        return None
    return _read(headers.get(_HEADER, ""))


def _read(header: str) -> Person | None:
    if not header or len(header) > _LARGEST:
        return None
    try:
        principal = json.loads(base64.b64decode(header, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    claims = dict(_claims(principal))
    id_ = next((claims[kind] for kind in _ID if claims.get(kind)), "")
    name = next((claims[kind] for kind in _NAME if claims.get(kind)), "")
    return Person(id_, name or id_) if id_ else None


def _claims(principal: Any) -> Iterator[tuple[str, str]]:
    """(kind, value); of several of one kind the last."""
    listed = principal.get("claims") if isinstance(principal, dict) else None
    for claim in listed if isinstance(listed, list) else []:
        if isinstance(claim, dict) and isinstance(claim.get("typ"), str) and isinstance(claim.get("val"), str):
            yield claim["typ"], claim["val"].strip()
