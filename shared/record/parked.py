"""What failed for good (table `parked`), and the mark on the change or effect that it is about (table `changes`)."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.core import ids
from shared.core.ports.storage import Condition, Row, Tables, Value, Write
from shared.core.times import stored_moment
from shared.record import change_keys
from shared.record.change_keys import change_key, effect_key
from shared.record.packing import END, pack, unpack
from shared.record.redo import redo, write_or_skip

TABLE = "parked"
COUNTED = 1000
"""Items that are counted; where there are so many, there may be more."""
_KEY = re.compile(r"[0-9]{4,5}-[0-9]{2}:[a-z]+\|[0-9a-f]{24}")
_MOST_PARTS = 12  # 720 KiB: with the rest of the row under 1 MiB


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


class ParkedHead(NamedTuple):
    """What a list says of a parked item, without its content."""

    key: str
    queue: str
    item: str
    reason: str
    parked_at: datetime


class ParkedRecord(NamedTuple):
    """A parked item as it stands in storage, with the version of its row."""

    item: Parked
    row: Row


def parked_key(queue: str, content: bytes, first_seen: datetime) -> str:
    """The key of a message's body: made of queue and content, so that parking twice is parking once."""
    return f"{first_seen:%Y-%m}:{queue}|{hashlib.sha256(content).hexdigest()[:24]}"


def is_key(text: str) -> bool:
    """Whether it has the form of a key."""
    return bool(_KEY.fullmatch(text))


def fits(content: Mapping[str, Any]) -> bool:
    """Whether a row can hold the content."""
    return len(pack("body", content)) <= _MOST_PARTS


async def insert_parked(tables: Tables, item: Parked) -> bool:
    """Write a parked item; False where it is parked already."""
    values: dict[str, Value] = {
        "queue": item.queue,
        "item": item.item,
        "reason": item.reason,
        "parked_at": item.parked_at,
        "observed": item.observed,
        **pack("body", item.content),
    }
    return await write_or_skip(tables, TABLE, Write("insert", Row(*_place(item.key), values)))


async def delete_parked(tables: Tables, record: ParkedRecord) -> bool:
    """Forget a parked item; False where another has just done so."""
    return await write_or_skip(tables, TABLE, Write("delete", record.row))


async def parked_items(tables: Tables) -> list[Parked]:
    """Everything that is parked, newest first."""
    items = [read_parked(row) async for row in tables.scan(TABLE)]
    return sorted(items, key=lambda item: item.parked_at, reverse=True)


async def parked_heads(tables: Tables, queue: str = "", after: str = "", most: int = 0) -> list[ParkedHead]:
    """The same without what was in the messages, which can be large, in order of month, queue and key.

    `queue`: only its own; `after`: those that follow this key; `most`: so many at most, by one call.
    """
    month, name = _place(after)
    low, high = (f"{queue}|", f"{queue}|{END}") if queue else ("", "")
    rows: list[Row] = []
    if name:  # the rest of its month first
        low_there = max(low, name)
        rows = await tables.range(TABLE, month, low_there, high or END, only=_HEAD, limit=most + 1 if most else 0)
        rows = [row for row in rows if row.key != name][: most or None]
    if not name or not most or len(rows) < most:
        later = [Condition("PartitionKey", "gt", month)] if name else []
        left = most - len(rows) if most else 0
        rows += [row async for row in tables.scan(TABLE, None, low, high, only=_HEAD, where=later, limit=left)]
    return [_head(row) for row in rows]


def newest_first(heads: Iterable[ParkedHead]) -> list[ParkedHead]:
    return sorted(heads, key=lambda head: head.parked_at, reverse=True)


_HEAD = ("queue", "item", "reason", "parked_at")


def _head(row: Row) -> ParkedHead:
    v: Mapping[str, Any] = row.values
    return ParkedHead(
        f"{row.partition}:{row.key}", str(v["queue"]), str(v["item"]), str(v["reason"]), stored_moment(v["parked_at"])
    )


async def parked_item(tables: Tables, key: str) -> Parked | None:
    record = await parked_record(tables, key)
    return record.item if record else None


async def parked_record(tables: Tables, key: str) -> ParkedRecord | None:
    month, name = _place(key)
    row = await tables.get(TABLE, month, name) if name else None
    return ParkedRecord(read_parked(row), row) if row else None


def _place(key: str) -> tuple[str, str]:
    month, _, name = key.partition(":")
    return month, name


def read_parked(row: Row) -> Parked:
    v: Mapping[str, Any] = row.values
    return Parked(
        f"{row.partition}:{row.key}", v["queue"], v["item"], v["reason"],
        stored_moment(v["parked_at"]), stored_moment(v["observed"]), unpack("body", v),
    )  # fmt: skip


async def count_parked(tables: Tables, most: int = COUNTED) -> Counter[str]:
    """How much is parked of each queue: reads keys alone, at one call up to 1,000. `most`: not more; 0 for all."""
    return Counter([key.partition("|")[0] for key in await tables.read_keys(TABLE, "RowKey", limit=most)])


async def mark(tables: Tables, change_id: str, effect: str, reason: str) -> bool:
    """Say on the row of a change, or of its effect where one is named, that it is parked, where it is due at all.

    False where the row was written meanwhile: it has moved on.
    """
    row = await _due_row(tables, change_id, effect)
    if row is None or not (row.values["due"] if effect else row.values["stage"] == "classify"):
        return True
    values: dict[str, Value] = {"pending": "", "parked": reason[:1000]}
    values |= {} if effect else {"stage": "parked"}
    return await write_or_skip(tables, change_keys.TABLE, Write("merge", Row(row.partition, row.key, values, row.etag)))


async def unmark(tables: Tables, change_id: str, effect: str) -> None:
    """Make what is marked as parked due again."""

    async def step() -> None:
        row = await _due_row(tables, change_id, effect)
        if row and row.values["parked"]:
            values: dict[str, Value] = {"pending": "yes", "parked": ""}
            values |= {} if effect else {"stage": "classify"}
            await tables.commit(change_keys.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))])

    await redo(step)


async def _due_row(tables: Tables, change_id: str, effect: str) -> Row | None:
    key = effect_key(change_id, effect) if effect else change_key(change_id)
    return await tables.get(change_keys.TABLE, ids.partition(change_id), key)
