"""Signatures as standardwebhooks.com has them: HMAC-SHA256 over id, Unix seconds and body."""

import base64
import binascii
import hashlib
import hmac

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes of a key


def keys(secret: str) -> list[bytes]:
    """The keys in a secret, the newest first; ValueError where one is none."""
    found = []
    for one in secret.split():
        try:
            key = base64.b64decode(one.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not one.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
            raise ValueError(f"{_PREFIX} and base64 of {_SHORTEST} to {_LONGEST} bytes is expected")
        found.append(key)
    if not found:
        raise ValueError("it is empty")
    return found


def headers(secret: str, message: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers; a signature for each key. `seconds`: when this is sent."""
    signed = b".".join((message.encode(), str(seconds).encode(), body))
    made = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys(secret))
    return {
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }
