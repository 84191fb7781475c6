"""What was closed, a partition a month (table `closings`)."""

from collections.abc import Mapping
from typing import Any

from shared.core import ids
from shared.core.life.entries import ClosedChange
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_moment
from shared.record.packing import END, words
from shared.record.redo import write_or_skip

TABLE = "closings"


def closing_row(closing: ClosedChange) -> Row:
    values: dict[str, Value] = {
        "change": closing.id,
        "number": closing.number,
        "title": closing.title,
        "team": closing.team,
        "workloads": ",".join(closing.workloads),
        "announced": closing.announced,
        "opened": closing.opened,
        "closed": closing.closed,
        "through": closing.through,
        "reference": closing.reference,
    }
    if closing.assigned:
        values["assigned"] = closing.assigned
    return Row(f"{closing.closed:%Y-%m}", f"{ids.key(closing.id)}|{closing.number:03d}", values)


def read_closing(row: Row) -> ClosedChange:
    v: Mapping[str, Any] = row.values
    return ClosedChange(
        v["change"], v["number"], v["title"], v["team"], words(v["workloads"]),
        stored_moment(v["announced"]), stored_moment(v["opened"]),
        stored_moment(v["assigned"]) if v.get("assigned") else None,
        stored_moment(v["closed"]), v["through"], v["reference"],
    )  # fmt: skip


async def closings_in(tables: Tables, month: str, through: str = "") -> list[ClosedChange]:
    """What was closed in a month (`2026-05`); `through`: only by a ticket, or a task."""
    rows = await tables.range(TABLE, month, "", END, {"through": through} if through else None)
    return [read_closing(row) for row in rows]


async def insert_closing(tables: Tables, closing: ClosedChange) -> bool:
    """Write a closing; False where it was written before."""
    return await write_or_skip(tables, TABLE, Write("insert", closing_row(closing)))


async def count_closings(tables: Tables) -> int:
    return sum([1 async for _ in tables.scan(TABLE)])


class ClosingIndex:
    """Which closings are written, compared by `mend` with every change."""

    def __init__(self, places: frozenset[tuple[str, str]]) -> None:
        self._places = places

    @classmethod
    async def read(cls, tables: Tables) -> "ClosingIndex":
        """One scan."""
        return cls(frozenset([(row.partition, row.key) async for row in tables.scan(TABLE)]))

    async def mend(self, tables: Tables, closing: ClosedChange) -> bool:
        """Whether the closing was missing."""
        row = closing_row(closing)
        return (row.partition, row.key) not in self._places and await insert_closing(tables, closing)
