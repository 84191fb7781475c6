"""Editions of a change as they were first seen: rows `e|` of table `changes`; all of them for a backtest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.backtest.version import Version
from shared.core.changes.change import Edition
from shared.core.ports.storage import Condition, Row, Tables, Value, Write
from shared.core.times import stored_moment
from shared.record.change_keys import EVERY_EDITION, TABLE, edition_key, id_of, kind_of, span
from shared.record.packing import pack, unpack

_GAP = 2**12
"""Numbers between two changes, about 25 changes: another call costs less than reading these."""


def edition_row(change_id: str, edition: Edition, raw: Mapping[str, Any]) -> Row:
    values: dict[str, Value] = {
        "modified": edition.modified,
        "observed": edition.observed,
        "tenant": edition.tenant,
        **pack("post", raw),
    }
    return Row(ids.partition(change_id), edition_key(change_id, edition.id), values)


def read_edition(row: Row) -> Mapping[str, Any]:
    """The raw JSON of an edition."""
    raw: Mapping[str, Any] = unpack("post", row.values)
    return raw


def edition_seen(row: Row) -> tuple[datetime, str]:
    """When an edition was first seen, and in which tenant."""
    return stored_moment(row.values["observed"]), str(row.values["tenant"])


async def raw_edition(tables: Tables, change_id: str, edition: str) -> Mapping[str, Any] | None:
    """The raw JSON of an edition."""
    row = await tables.get(TABLE, ids.partition(change_id), edition_key(change_id, edition))
    return read_edition(row) if row else None


def insert_edition(change_id: str, edition: Edition, raw: Mapping[str, Any]) -> Write:
    return Write("insert", edition_row(change_id, edition, raw))


async def past(tables: Tables, since: datetime | None = None) -> list[list[Version]]:
    """The versions of every change of which something was seen since then; of those, everything from the beginning.

    Storage says by the moment when an edition was seen which changes these are, and only they are read: a number says
    little about when a post was last edited.
    """
    by_change: dict[str, list[Version]] = defaultdict(list)

    def take(row: Row) -> None:
        observed, tenant = edition_seen(row)
        by_change[id_of(row.key)].append(Version(observed, read_edition(row), tenant))

    if since is None:
        async for row in tables.scan(TABLE, None, *EVERY_EDITION):
            if kind_of(row.key) == "edition":
                take(row)
        return list(by_change.values())
    wanted = await _seen_since(tables, since)
    for stretch in _stretches(wanted):
        first, last = ids.partition(stretch[0]), ids.partition(stretch[-1])
        where = [Condition("PartitionKey", "ge", first), Condition("PartitionKey", "le", last)]
        async for row in tables.scan(TABLE, None, *span("e", stretch), where=where):
            if kind_of(row.key) == "edition" and id_of(row.key) in wanted:
                take(row)
    return list(by_change.values())


async def _seen_since(tables: Tables, since: datetime) -> frozenset[str]:
    """The changes with an edition that was seen then or later: keys alone are read."""
    low, high = EVERY_EDITION
    where = [Condition("RowKey", "ge", low), Condition("RowKey", "lt", high), Condition("observed", "ge", since)]
    keys = await tables.read_keys(TABLE, "RowKey", where)
    return frozenset(id_of(key) for key in keys if kind_of(key) == "edition")


def _stretches(change_ids: Iterable[str]) -> Iterator[list[str]]:
    """The changes in order, parted where many others lie between two of them."""
    stretch: list[str] = []
    for change_id in sorted(change_ids, key=ids.number):
        if stretch and ids.number(change_id) - ids.number(stretch[-1]) > _GAP:
            yield stretch
            stretch = []
        stretch.append(change_id)
    if stretch:
        yield stretch
