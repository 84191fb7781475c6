"""The list of what is open (table `open`): written after the record, rebuilt from it by `mend`."""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from shared.core import ids
from shared.core.life.entries import OpenChange
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_day, stored_moment
from shared.record.packing import END, words
from shared.record.picked import every_row
from shared.record.redo import write_apart, write_or_skip

TABLE = "open"


def open_row(entry: OpenChange, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "title": entry.title,
        "workloads": ",".join(entry.workloads),
        "opened": entry.opened,
        "act_by": entry.act_by.isoformat() if entry.act_by else "",
        "plan_end": entry.plan_end.isoformat() if entry.plan_end else "",
        "through": entry.through,
        "reference": entry.reference,
    }
    return Row(entry.team, ids.key(entry.id), values, etag)


def read_open(row: Row) -> OpenChange:
    v: Mapping[str, Any] = row.values
    return OpenChange(
        ids.from_key(row.key), v["title"], row.partition, words(v["workloads"]), stored_moment(v["opened"]),
        stored_day(v["act_by"]), stored_day(v["plan_end"]), v["through"], v["reference"],
    )  # fmt: skip


async def open_changes(tables: Tables, through: str = "") -> AsyncIterator[OpenChange]:
    """What is open; `through`: only what waits for a ticket, or a task."""
    async for row in tables.scan(TABLE, {"through": through} if through else None):
        yield read_open(row)


async def list_open(tables: Tables, entry: OpenChange | None) -> None:
    """Put the change on its team's list, or bring its row up to date; None: there is nothing to list.

    Where two write at once, `mend` puts the list right; the record is what counts.
    """
    if entry is None or await write_or_skip(tables, TABLE, Write("insert", open_row(entry))):
        return
    row = await tables.get(TABLE, entry.team, ids.key(entry.id))
    if row and read_open(row) != entry:
        await write_or_skip(tables, TABLE, Write("replace", open_row(entry, row.etag)))


async def unlist(tables: Tables, change_id: str, team: str) -> None:
    """Take a closed change off its team's list."""
    row = await tables.get(TABLE, team, ids.key(change_id))
    if row:
        await write_or_skip(tables, TABLE, Write("delete", row))


async def refresh_open(tables: Tables, team: str, entries: Collection[OpenChange], closed: Collection[str]) -> None:
    """The same for many of one team: these are open, those closed. One range query, and a call for each hundred."""
    wanted = {ids.key(entry.id): entry for entry in entries}
    keys = wanted.keys() | {ids.key(change_id) for change_id in closed}
    rows = {row.key: row for row in await tables.range(TABLE, team, min(keys), max(keys) + END) if row.key in keys}
    writes = [Write("delete", rows[key]) for key in rows.keys() - wanted.keys()]
    for key, entry in wanted.items():
        row = rows.get(key)
        if row is None or read_open(row) != entry:
            writes.append(Write("replace" if row else "insert", open_row(entry, row.etag if row else "")))
    await write_apart(tables, TABLE, writes)


class OpenList:
    """The list as it stands, compared by `mend` with every change."""

    def __init__(self, rows: dict[tuple[str, str], Row]) -> None:
        self._rows = rows

    @classmethod
    async def read(cls, tables: Tables, change_ids: Collection[str] | None = None) -> "OpenList":
        """One scan; of a few changes one for each dozen, which finds their rows with whatever team."""
        rows = every_row(
            tables, TABLE, "RowKey", None if change_ids is None else [ids.key(each) for each in change_ids]
        )
        return cls({(row.partition, row.key): row async for row in rows})

    def keep_only(self, change_ids: Collection[str]) -> None:
        """Only these changes are compared: the rows of all others stay."""
        keys = {ids.key(each) for each in change_ids}
        self._rows = {place: row for place, row in self._rows.items() if place[1] in keys}

    async def mend(self, tables: Tables, entry: OpenChange) -> bool:
        """Whether the row of an open change was missing or out of date."""
        row = self._rows.pop((entry.team, ids.key(entry.id)), None)
        if row is None:
            return await write_or_skip(tables, TABLE, Write("insert", open_row(entry)))
        if read_open(row) != entry:
            return await write_or_skip(tables, TABLE, Write("replace", open_row(entry, row.etag)))
        return False

    def leave(self, change_id: str) -> None:
        """The change's rows stay as they are: it is not decided yet, or parked."""
        self._rows = {place: row for place, row in self._rows.items() if place[1] != ids.key(change_id)}

    async def delete_rest(self, tables: Tables) -> int:
        """Delete the rows that no open change has claimed; how many."""
        return sum([await write_or_skip(tables, TABLE, Write("delete", row)) for row in self._rows.values()])
