"""HMAC over what others send us or we send them (Standard Webhooks), and over the links of our own cards."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.core.errors import PermanentError

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


class Key(NamedTuple):
    """One of our own keys, by its name. The name stands in what it signs."""

    id: str
    key: bytes

    def __repr__(self) -> str:  # a key never stands in a log
        return f"Key({self.id!r})"


_KEY_LINE = re.compile(r"([A-Za-z0-9_-]{1,16}):(\S+)")
_FORM = "its value is lines of the form ID:KEY, the newest first, with a KEY of at least 24 characters"


def keys_of(name: str, text: str) -> tuple[Key, ...]:
    """The keys in a secret, the newest first. PermanentError naming the secret, never what is in it."""
    keys: list[Key] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _KEY_LINE.fullmatch(line)
        if not match or len(match[2]) < _SHORTEST or any(key.id == match[1] for key in keys):
            raise PermanentError(f"secret {name} is not good: {_FORM}, each ID once")
        keys.append(Key(match[1], as_bytes(match[2])))
    if not keys:
        raise PermanentError(f"secret {name} is empty: {_FORM}")
    return tuple(keys)


def seal(key: Key, purpose: str, data: bytes) -> bytes:
    """HMAC-SHA256 over data. `purpose`: what it is for, so that a seal of one kind is none of another."""
    return hmac.digest(key.key, as_bytes(purpose) + b"\0" + data, hashlib.sha256)


def is_sealed(keys: Sequence[Key], id_: str, purpose: str, data: bytes, sealed: bytes) -> bool:
    """Whether the key of that name made the seal; compared in constant time."""
    key = next((key for key in keys if key.id == id_), None)
    return key is not None and hmac.compare_digest(seal(key, purpose, data), sealed)
