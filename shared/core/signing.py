"""HMAC over what others send us or we send them (Standard Webhooks)."""

import base64
import binascii
import hashlib
import hmac

_PREFIX = "whsec_"
_SHORTEST = 24  # bytes of a key, as Standard Webhooks asks


def fault_of(secret: str) -> str:
    """What is wrong with a secret that is to guard this door; empty for a good one."""
    try:
        key = _key(secret)
    except binascii.Error:
        return f"begins with {_PREFIX}, and what follows is no base64"
    if len(key) < _SHORTEST:
        return f"is shorter than {_SHORTEST} characters, so that it can be guessed"
    return ""


def remark_on(secret: str) -> str:
    """What is to be said of a secret that works between us and nobody else; empty for one that works everywhere."""
    if secret.startswith(_PREFIX):
        return ""
    return f"is text as it stands: libraries for Standard Webhooks verify only {_PREFIX} and a key in base64 behind it"


def signature(secret: str, message: str, at: str, body: bytes) -> str:
    """`v1,<base64>` over id, Unix seconds and body, as standardwebhooks.com has it.

    Behind the prefix `whsec_` stands the key in base64, with or without padding; without the prefix, the secret is the
    key as it stands.
    """
    signed = b".".join((as_bytes(message), as_bytes(at), body))
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        text = secret.removeprefix(_PREFIX).rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    return as_bytes(secret)


def as_bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
