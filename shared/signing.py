"""Standard Webhooks: how a message is signed, and whether a signature holds (standard-webhooks/spec)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300.0
"""Seconds by which a message's clock may differ from ours."""
_PREFIX = "whsec_"


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message."""
    seconds = str(int(at.timestamp()))
    return {ID: message_id, TIMESTAMP: seconds, SIGNATURE: f"v1,{_signature(secret, message_id, seconds, body)}"}


def holds(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the signatures is ours and the message is of these minutes; takes as long whatever is wrong.

    `headers`: by lower-case names.
    """
    seconds = headers.get(TIMESTAMP, "")
    expected = _signature(secret, headers.get(ID, ""), seconds, body)
    given = [one.partition(",")[2] for one in headers.get(SIGNATURE, "").split(" ") if one.startswith("v1,")]
    right = [hmac.compare_digest(one.encode(), expected.encode()) for one in given]
    in_time = seconds.isascii() and seconds.isdigit() and abs(now.timestamp() - int(seconds)) <= TOLERANCE
    return any(right) and in_time and bool(headers.get(ID))


def _signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, else the text itself."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass  # somebody chose a word that begins so
    return secret.encode()
