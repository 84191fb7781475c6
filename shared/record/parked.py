"""What failed for good (table `parked`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core.ports.storage import Row, Tables
from shared.core.times import when
from shared.record.packing import unpack

TABLE = "parked"


@dataclass(frozen=True, slots=True)
class Parked:
    """One parked item. `key` names it for `parked_item` and `replay`; `content` is the message's body, whole."""

    key: str
    queue: str
    item: str
    reason: str
    parked_at: datetime
    observed: datetime
    content: Mapping[str, Any]


async def parked_items(tables: Tables) -> list[Parked]:
    """Everything that is parked, newest first."""
    found = [read_parked(row) async for row in tables.scan(TABLE)]
    return sorted(found, key=lambda item: item.parked_at, reverse=True)


async def parked_item(tables: Tables, key: str) -> Parked | None:
    row = await parked_row(tables, key)
    return read_parked(row) if row else None


async def parked_row(tables: Tables, key: str) -> Row | None:
    month, _, name = key.partition(":")
    return await tables.get(TABLE, month, name) if name else None


def read_parked(row: Row) -> Parked:
    v: Mapping[str, Any] = row.values
    observed, parked_at = when(str(v["observed"])), when(str(v["parked_at"]))
    assert observed is not None
    assert parked_at is not None
    return Parked(
        f"{row.partition}:{row.key}", v["queue"], v["item"], v["reason"], parked_at, observed, unpack("body", v)
    )


async def count_parked(tables: Tables) -> int:
    return sum([1 async for _ in tables.scan(TABLE)])
