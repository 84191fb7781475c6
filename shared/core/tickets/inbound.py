"""A ticket system calls us: is it the one that it says, and which tickets does it name (pure)."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from shared.core.signing import as_bytes, signature
from shared.core.times import when

BODY_LIMIT = 64 * 1024
MOST = 100
"""Tickets that one call may name."""
_TOLERANCE = 300.0  # seconds between the sender's clock and ours, either way
_PART = "."
_SECONDS = re.compile(r"[0-9]{1,12}")
_LONGEST_NUMBER = 100
_HUB = ("x-hub-signature", "x-redmine-signature-256")
_INSIDE = ("issue", "change", "ticket")
_CALLED = ("number", "key", "display_id", "id")


#: How a caller shows that it knows the secret: a signature over id, time and body, one over the body, or the secret.
Proof = Literal["signed", "hub", "shown"]


def proof_of(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Proof | None:
    """How the sender shows that it knows the secret; None where it does not.

    Signatures: Standard Webhooks, and those of Jira's and Redmine's own webhooks. `headers` have names in small
    letters. `secret` has no fault.
    """
    if _is_signed(secret, headers, body, now):
        return "signed"
    if _is_hub_signed(secret, headers, body):
        return "hub"
    return "shown" if _is_shown(secret, headers.get("authorization", "")) else None


def authentic(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the sender shows in any way that it knows the secret."""
    return proof_of(secret, headers, body, now) is not None


def message_of(proof: Proof, headers: Mapping[str, str], body: bytes) -> str:
    """What a call is known by when it is sent again; empty where it carries nothing of its own.

    Its id where that is signed. Where only the body is, the body: that has its own time inside, if it is believed.
    """
    if proof == "signed":
        return headers["webhook-id"]
    return hashlib.sha256(body).hexdigest() if proof == "hub" else ""


def is_fresh(body: Mapping[str, Any], now: datetime) -> bool:
    """Whether a body has its own `timestamp`, and that is as near as a signed one must be."""
    at = when(body.get("timestamp"))
    return at is not None and abs((now - at).total_seconds()) <= _TOLERANCE


def numbers_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers of the tickets that a body names, in its order: our own words, or the systems' own bodies.

    Everything else in it is left unread: the system itself is asked what has become of them.
    """
    in_body = [number for name in ("numbers", "number", "key") for number in _numbers(body.get(name))]
    hooked = body.get("resource")  # Azure DevOps; `resource.id` of an update is the update's
    if isinstance(hooked, Mapping):
        in_body += _numbers(hooked.get("workItemId")) or _numbers(hooked.get("id"))
    for around in (body, body.get("payload"), body.get("data")):
        places = [around.get(name) for name in _INSIDE] if isinstance(around, Mapping) else []
        for inside in places:
            if isinstance(inside, Mapping):
                in_body += next((numbers for called in _CALLED if (numbers := _numbers(inside.get(called)))), [])
    return tuple(dict.fromkeys(in_body))


def _is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    message, at, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not message or _PART in message:  # else one signed text could be read as another id and another body
        return False
    if not _SECONDS.fullmatch(at) or abs(int(at) - now.timestamp()) > _TOLERANCE:
        return False
    right = as_bytes(signature(secret, message, at, body))
    return any(hmac.compare_digest(as_bytes(each), right) for each in signatures.split())


def _is_hub_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """`sha256=<hex>` over the body alone. One that is sent again later only makes us ask the system again."""
    right = b"sha256=" + hmac.digest(as_bytes(secret), body, hashlib.sha256).hex().encode()
    return any(hmac.compare_digest(as_bytes(headers.get(name, "")), right) for name in _HUB)


def _is_shown(secret: str, authorization: str) -> bool:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "basic":  # the password, whatever the name
        try:
            value = base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
        except ValueError:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(as_bytes(value.strip()), as_bytes(secret))


def _numbers(value: object) -> list[str]:
    """A number, or several, as text; what can be none is left out."""
    if isinstance(value, list):
        return [number for item in value if not isinstance(item, list) for number in _numbers(item)]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return []
    try:
        text = str(value).strip()
    except ValueError:  # an integer of thousands of digits
        return []
    return [text] if 0 < len(text) <= _LONGEST_NUMBER and text.isprintable() else []
