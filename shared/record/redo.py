"""Optimistic concurrency: read, decide, write; on conflict do the whole step again, at most five times."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from shared.core.errors import ConflictError, TransientError
from shared.core.ports.storage import Tables, Write

T = TypeVar("T")
_TRIES = 5
_MAX_ROWS = 100
_MAX_BYTES = 3 * 1024 * 1024  # a transaction holds 4 MiB; what the SDK adds is only estimated here


async def redo(step: Callable[[], Awaitable[T]]) -> T:
    """The step's result once it met no conflict; TransientError when it met one five times in a row."""
    last = ""
    for _ in range(_TRIES):
        try:
            return await step()
        except ConflictError as conflict:
            last = str(conflict)
    raise TransientError(f"row {last} was written by others {_TRIES} times in a row; trying again later", 5)


async def write_or_skip(tables: Tables, table: str, *writes: Write) -> bool:
    """One transaction; False where somebody else has just written one of its rows, and theirs stands."""
    try:
        await tables.commit(table, writes)
    except ConflictError:
        return False
    return True


def transactions(groups: Iterable[Sequence[Write]]) -> Iterator[list[Write]]:
    """Groups of writes that must stand together, packed into transactions of one partition."""
    packed: list[Write] = []
    size = 0
    for group in groups:
        weight = sum(_size(write) for write in group)
        if packed and (len(packed) + len(group) > _MAX_ROWS or size + weight > _MAX_BYTES):
            yield packed
            packed, size = [], 0
        packed.extend(group)
        size += weight
    if packed:
        yield packed


async def write_apart(tables: Tables, table: str, writes: Iterable[Write]) -> None:
    """Writes of one partition that need not stand together, in as few transactions as hold them.

    Where somebody else has written one of the rows, theirs stands, and the others are written alone.
    """
    for some in transactions([write] for write in writes):
        if not await write_or_skip(tables, table, *some) and len(some) > 1:
            for write in some:
                await write_or_skip(tables, table, write)


def _size(write: Write) -> int:
    """Bytes on the wire, about: binary travels as base64, text that is not ASCII as up to six bytes a letter."""
    values = write.row.values.values()
    binary = sum(len(value) for value in values if isinstance(value, bytes))
    text = sum(len(value) if value.isascii() else 6 * len(value) for value in values if isinstance(value, str))
    return 1000 + binary * 4 // 3 + text
