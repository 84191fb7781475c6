"""What a ticket system's adapter remembers between a look-up and the write that follows it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from shared.adapters.recent import Recent

REMEMBERED = 1_000
"""Entries that an adapter remembers of each thing."""
_FRESH = timedelta(seconds=2)  # so long the result of `find` is good for the `amend` or `open` that follows
T = TypeVar("T")


class LookUps(Generic[T]):
    """The newest results of look-ups, and one opening of a key at a time. Only this process knows them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._read: Recent[str, tuple[datetime, T]] = Recent(REMEMBERED)  # by the system's number
        self._missed: Recent[str, datetime] = Recent(REMEMBERED)  # by our key
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def opening(self, key: str) -> asyncio.Lock:
        """The lock of a key: this process opens one ticket for it at a time."""
        return self._opening.setdefault(key, asyncio.Lock())

    def keep(self, number: str, remote: T) -> None:
        """Remember a ticket as it was just read."""
        self._read[number] = (self._clock(), remote)

    def take(self, number: str) -> T | None:
        """The ticket as it was just read, once; None where it must be read."""
        at, remote = self._read.pop(number, (None, None))
        return remote if at is not None and self._is_fresh(at) else None

    def keep_miss(self, key: str) -> None:
        """Remember that a look-up just found no ticket."""
        self._missed[key] = self._clock()

    def take_miss(self, key: str) -> bool:
        """Whether a look-up just found no ticket; said once."""
        at = self._missed.pop(key, None)
        return at is not None and self._is_fresh(at)

    def _is_fresh(self, at: datetime) -> bool:
        return self._clock() - at <= _FRESH
