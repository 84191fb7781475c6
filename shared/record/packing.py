"""JSON packed into the columns of a row."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from shared.core.ports.storage import Value

END = "~"
"""Sorts behind everything that may follow a key."""
_DIGITS = "0123456789"
_CHUNK = 60 * 1024  # a property holds 64 KiB


def pack(name: str, data: object) -> dict[str, Value]:
    """Any JSON as compressed binary properties `<name>0`, `<name>1`, ... of at most 60 KiB."""
    squeezed = zlib.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"))
    return {f"{name}{at // _CHUNK}": squeezed[at : at + _CHUNK] for at in range(0, len(squeezed), _CHUNK)}


def unpack(name: str, values: Mapping[str, Any]) -> Any:
    parts: list[bytes] = []
    while (part := values.get(f"{name}{len(parts)}")) is not None:
        parts.append(part)
    return json.loads(zlib.decompress(b"".join(parts)))


def unknown_columns(before: Mapping[str, Value], now: Mapping[str, Value], *packed: str) -> dict[str, Value]:
    """The columns of a row that the one in its place does not have, because a later version wrote them.

    `packed`: the names of what is packed there, whose former chunks do not stay.
    """
    return {name: value for name, value in before.items() if name not in now and name.rstrip(_DIGITS) not in packed}


def words(text: str) -> tuple[str, ...]:
    """A column of names with commas between them."""
    return tuple(word for word in text.split(",") if word)
