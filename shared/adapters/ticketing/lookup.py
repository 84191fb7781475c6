"""What a ticket system's adapter remembers between a look-up and the write that follows it, and what it may take up."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from shared.adapters.recent import Recent
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Ticket, TicketRef

_LOG = logging.getLogger("foresignal.tickets")
REMEMBERED = 1_000
"""Entries that an adapter remembers of each thing."""
_FRESH = timedelta(seconds=2)  # so long the result of `find` is good for the `amend` or `open` that follows
_UNKNOWN = timedelta(minutes=15)  # so long nobody is looked up again whom the system did not know
T = TypeVar("T")


def may_take(ref: TicketRef, ticket: Ticket) -> bool:
    """Whether `open` may take up a ticket that a look-up found.

    Our keys can be guessed: what had ended before we ever filed may have been made to be in our way. Where ours is to
    be cancelled all the same, it will do.
    """
    return ref.state not in ENDED or ticket.cancelled


def pass_over(what: str, ref: TicketRef, author: str, ticket: Ticket) -> str:
    """The line for the new ticket about one with its key that `open` does not take up; the log has it, too.

    `what`: the ticket system in words. `author`: who made that ticket, as the system says.
    """
    _LOG.warning(
        "%s: %s, made by %s, has the key %s and had ended (%s) before we filed; another ticket is filed",
        what, ref.number, author, ticket.key, ref.remote_state or ref.state,
    )  # fmt: skip
    return (
        f"{ref.number}, made by {author}, has the same key and had ended ({ref.remote_state or ref.state}) before this "
        "was filed: it is left as it is"
    )


class Unknown:
    """Names that a system did not know when it was asked last: not asked about again for a while.

    Else each attempt at a ticket would begin with the same question.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._asked: Recent[str, tuple[datetime, str]] = Recent(REMEMBERED)

    def add(self, name: str, why: str = "") -> None:
        """`why`: what the system says about it."""
        self._asked[name] = (self._clock(), why)

    def why(self, name: str) -> str:
        """What the system said about it; empty where it said nothing."""
        return self._asked[name][1] if name in self else ""

    def __contains__(self, name: object) -> bool:
        asked = self._asked.get(name) if isinstance(name, str) else None
        return asked is not None and self._clock() - asked[0] < _UNKNOWN


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
