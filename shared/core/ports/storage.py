"""Tables, queues and blobs."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from shared.core.messages import Envelope

Value = str | int | float | bool | bytes | datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One entity of a table. `etag` is the version that was read; empty for one that is about to be inserted."""

    partition: str
    key: str
    values: Mapping[str, Value]
    etag: str = ""


class Condition(NamedTuple):
    """What a property of a row must be, keys among them; a row that lacks it never matches.

    `Timestamp` is when storage last wrote the row, by storage's own clock: compare it with `written_at` alone.
    """

    name: str
    how: Literal["eq", "gt", "ge", "lt", "le"]
    value: Value


@dataclass(frozen=True, slots=True)
class Write:
    """One conditional write. `insert`: only where no row is. `replace`, `merge`, `delete`: only over `row.etag`.

    `merge` sets the named values and leaves the others as they are.
    """

    how: Literal["insert", "replace", "merge", "delete"]
    row: Row


class Examined(Protocol):
    """What the doctor asks of each service of storage; nothing there is changed.

    Both raise ForbiddenError where we may not, NotMadeError where there is no such table, queue or container, and
    TransientError where storage is not to be had.
    """

    async def inspect(self, name: str) -> float | None:
        """Read from it. The seconds by which storage's clock is ahead of ours; None where it does not say."""
        ...

    async def try_write(self, name: str) -> None:
        """Ask to change what is not there, over a version that never was: storage looks at our rights first."""
        ...


class Tables(Examined, Protocol):
    """Table storage. Every write is conditional; `commit` is one transaction in one partition."""

    async def get(self, table: str, partition: str, key: str) -> Row | None: ...

    async def range(
        self,
        table: str,
        partition: str,
        low: str,
        high: str,
        equal: Mapping[str, str] | None = None,
        *,
        limit: int = 0,
        only: Collection[str] | None = None,
        any_of: Sequence[Condition] = (),
    ) -> list[Row]:
        """The rows with low <= key < high, in order of key, paged to the end; `equal`: property = value besides.

        `limit`: at most so many of them, the first ones, at one call up to 1,000; 0 for all. `only`, `any_of`: as of
        `scan`.
        """
        ...

    def scan(
        self,
        table: str,
        equal: Mapping[str, str] | None = None,
        low: str = "",
        high: str = "",
        *,
        only: Collection[str] | None = None,
        where: Sequence[Condition] = (),
        any_of: Sequence[Condition] = (),
        limit: int = 0,
    ) -> AsyncIterator[Row]:
        """Every row of a table (with low <= key < high where given), page by page; for timers and tools only.

        `only`: the properties that are read besides the keys, which makes the answer small; all where none are named.
        `where`: conditions that all hold; `any_of`: of these at least one. `limit`: at most so many, 0 for all.
        """
        ...

    async def read_keys(
        self, table: str, which: Literal["PartitionKey", "RowKey"], where: Sequence[Condition] = (), *, limit: int = 0
    ) -> list[str]:
        """One half of the keys of the rows of a table, in order, and nothing else: some 40 bytes a row."""
        ...

    async def written_at(self, table: str, partition: str, key: str) -> datetime | None:
        """When storage last wrote a row, by storage's own clock; None where there is no such row."""
        ...

    async def commit(self, table: str, writes: Sequence[Write]) -> list[str]:
        """All writes or none; at most 100 rows of one partition, 4 MiB. The rows' new versions, "" for a deleted one.

        Raises ConflictError where a condition does not hold, RefusedError naming the row that storage would never
        take (over 1 MiB, a property over 64 KiB), TransientError when storage is not to be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class QueueState:
    """What is in a queue. `messages`: about how many, those that wait hidden included, as storage counts them.

    `oldest`: since when the oldest of those that could be taken is on its way; None where there is none.
    """

    messages: int
    oldest: datetime | None = None


class Queues(Examined, Protocol):
    """Storage queues."""

    async def send(self, queue: str, envelope: Envelope, delay: float = 0.0) -> None:
        """Put one message, kept until it is handled; invisible for `delay` seconds first."""
        ...

    async def look(self, queue: str) -> QueueState:
        """What is in a queue, without taking anything: two calls."""
        ...


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob as it was read; `etag` is its version. `modified`: False where the reader has it, and `data` is empty."""

    data: bytes
    etag: str
    modified: bool = True


class Blobs(Examined, Protocol):
    """Blob storage. `put` overwrites; `replace` is conditional."""

    async def read(self, container: str, name: str, known: str = "") -> Blob | None:
        """The blob; None where there is none. `known`: the version that the reader has, which is not read again."""
        ...

    async def replace(self, container: str, name: str, data: bytes, etag: str) -> None:
        """Write over that version; an empty `etag` writes only where there is none. ConflictError where it differs."""
        ...

    async def names(self, container: str, prefix: str) -> list[str]:
        """The names that begin so, in order."""
        ...

    async def put(self, container: str, name: str, data: bytes) -> None: ...

    async def get(self, container: str, name: str) -> bytes | None: ...

    async def delete(self, container: str, name: str) -> None: ...
