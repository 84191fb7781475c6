"""What a token of Entra says of us, and what Entra says where it gives none.

Nobody verifies the token here: we only read our own, to tell an admin what stands in it. Whoever gets it, verifies it.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from shared.core.errors import SignInError
from shared.core.ports.outside import Identity

_CODE = re.compile(r"AADSTS\d+")


def identity_in(token: str) -> Identity | None:
    """Who we are by a token; None for one that cannot be read.

    learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    """
    claims = _claims(token)
    if not isinstance(claims.get("tid"), str):
        return None
    roles = claims.get("roles")
    return Identity(
        tenant=claims["tid"],
        app=_text(claims, "appid") or _text(claims, "azp"),
        object_id=_text(claims, "oid"),
        name=_text(claims, "upn") or _text(claims, "preferred_username") or _text(claims, "app_displayname"),
        roles=frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset(),
        is_person="scp" in claims,
    )


def refusal_of(error: Exception, what: str, check: str) -> SignInError:
    """Of an error of azure-identity: its code alone, as its message names ids and addresses."""
    code = _CODE.search(str(error))
    word = code[0] if code else type(error).__name__
    return SignInError(f"{what} ({word}); {check}", word)


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    if len(parts) != len(("header", "payload", "signature")):
        return {}
    try:
        read = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return read if isinstance(read, Mapping) else {}


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
