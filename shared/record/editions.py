"""Editions of a change as they were first seen: rows `e|` of table `changes`; all of them for a backtest."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.backtest.play import Version
from shared.core.changes.change import Edition
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.posts.post import read_post
from shared.core.times import stored_moment
from shared.record.change_keys import EVERY_EDITION, TABLE, edition_key, kind_of
from shared.record.packing import pack, unpack


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
    """The versions of every change of which something was seen since then; of those, everything from the beginning."""
    by_change: dict[str, list[Version]] = defaultdict(list)
    async for row in tables.scan(TABLE, None, *EVERY_EDITION):
        if kind_of(row.key) != "edition":
            continue
        raw, (observed, tenant) = read_edition(row), edition_seen(row)
        by_change[read_post(raw).id].append(Version(observed, raw, tenant))
    return [
        versions for versions in by_change.values() if since is None or any(each.observed >= since for each in versions)
    ]
