"""Channels of kind `email`: whom they write to, and what an address is."""

import re
from collections.abc import Iterable

from shared.core.policy.model import Outside

KIND = "email"
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+=?^_`{|}~-]+)*@(?P<host>[A-Za-z0-9.-]+)")
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_LONGEST = 254  # characters; RFC 5321, with errata 1690
_LONGEST_LOCAL = 64


def is_address(text: str) -> bool:
    """Whether a text is the address of a mailbox and nothing else: no name beside it, no second one, ASCII only."""
    parts = _ADDRESS.fullmatch(text)
    if not parts or len(text) > _LONGEST or len(text.rpartition("@")[0]) > _LONGEST_LOCAL:
        return False
    return _HOST.fullmatch(parts["host"]) is not None


def same_address(address: str) -> str:
    """An address as it is compared: whatever its case."""
    return address.strip().casefold()


def each_once(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses in their order, each in its first spelling."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(same_address(address), address)
    return tuple(first.values())


def recipients(entry: Outside) -> tuple[str, ...]:
    """The addresses that a channel of kind `email` writes to, each once; none for a channel of another kind."""
    named = entry.settings.get("to", ()) if entry.kind == KIND else ()
    listed = named if isinstance(named, list | tuple) else (named,)
    return each_once(address for address in listed if isinstance(address, str))
