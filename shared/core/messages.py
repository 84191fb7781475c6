"""What travels in queues: an envelope around one JSON body, compressed when that helps."""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.core.errors import PermanentError
from shared.core.times import when

LIMIT = 48 * 1024
"""Bytes before base64: a queue message holds 64 KiB after it (49,153 bytes are refused)."""
_PLAIN = 1024  # shorter messages stay readable in the portal
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with its history: `first_seen` is when the work was first sent, `attempts` counts the puttings back.

    `trace`: what it was sent in the course of, as W3C writes a `traceparent`; empty where nobody traces.
    """

    body: Mapping[str, Any]
    first_seen: datetime
    attempts: int = 0
    trace: str = ""

    def again(self) -> "Envelope":
        return replace(self, attempts=self.attempts + 1)


def encode(envelope: Envelope) -> bytes:
    """The bytes to send, before the queue's own base64; PermanentError when they do not fit one message.

    A message that fits without its trace goes without it.
    """
    data = _bytes(envelope)
    if len(data) > LIMIT and envelope.trace:
        data = _bytes(replace(envelope, trace=""))
    if len(data) > LIMIT:
        raise PermanentError(f"a message of {len(data)} bytes does not fit the queue's {LIMIT}; send it as a reference")
    return data


def _bytes(envelope: Envelope) -> bytes:
    history = {"first_seen": envelope.first_seen.isoformat(), "attempts": envelope.attempts}
    if envelope.trace:
        history["trace"] = envelope.trace
    text = json.dumps({**history, "body": envelope.body}, separators=(",", ":"), ensure_ascii=False).encode(
        errors="surrogatepass"  # a lone surrogate in a post is kept as it came
    )
    return text if len(text) <= _PLAIN else zlib.compress(text)


def decode(data: bytes) -> Envelope:
    """The envelope that `encode` wrote; PermanentError for anything else, so that it is parked whole."""
    try:
        text = data if data[:1] == b"{" else zlib.decompress(data)
        fields = json.loads(text)
        first_seen = when(fields["first_seen"])
        assert first_seen is not None, "no first_seen"
        assert isinstance(fields["body"], dict), "a body that is no object"
        trace = str(fields.get("trace", ""))
        return Envelope(fields["body"], first_seen, int(fields["attempts"]), trace if _TRACE.fullmatch(trace) else "")
    except (AssertionError, ValueError, KeyError, TypeError, RecursionError, zlib.error) as error:
        raise PermanentError(f"not a message of ours ({error}); it is kept whole under `parked`") from error
