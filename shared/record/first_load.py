"""First loads that are open, and how many of their effects wait for a person (table `tenants`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.core.ports.storage import Row, Tables, Write
from shared.record.packing import END
from shared.record.redo import write_or_skip
from shared.record.tenants import DEPLOYMENT, LOAD_BEGAN, LOADING, ROADMAP, TABLE, RoadmapRecord

_WAITING = "first_load|"

Waiting = Mapping[tuple[str, str], int]
"""Kind of effect (`ticket`, `card`) and its target, to how many of them wait."""


@dataclass(frozen=True, slots=True)
class Load:
    """The first load of a tenant's feed, from its first reading on. `posts`: those that the feed holds."""

    tenant: str
    began: datetime
    posts: int
    row: Row


async def open_loads(tables: Tables) -> list[Load]:
    """One scan, which storage filters."""
    return [
        Load(row.partition, began, posts, row)
        async for row in tables.scan(TABLE, {LOADING: "yes"}, only=(LOAD_BEGAN, "posts"))
        if isinstance(began := row.values.get(LOAD_BEGAN), datetime) and isinstance(posts := row.values["posts"], int)
    ]


async def end_load(tables: Tables, load: Load) -> bool:
    """False where the tenant has just been fetched: the next run ends it."""
    row = load.row
    return await write_or_skip(tables, TABLE, Write("merge", Row(row.partition, row.key, {LOADING: ""}, row.etag)))


async def waiting_counts(tables: Tables) -> Waiting:
    """As they were last counted: by the first load itself, by a release, or in the night."""
    row = await tables.get(TABLE, DEPLOYMENT, _WAITING)
    return _counts(row) if row else {}


async def roadmap_and_waiting(tables: Tables) -> tuple[RoadmapRecord, Waiting]:
    """How the roadmap was last read, and the same counts: one call for both."""
    rows = {row.key: row for row in await tables.range(TABLE, DEPLOYMENT, "", END)}
    waiting = rows.get(_WAITING)
    return RoadmapRecord(rows.get(ROADMAP)), _counts(waiting) if waiting else {}


async def write_waiting_counts(tables: Tables, counts: Waiting) -> None:
    """What waits now; nothing is written where that stands there, or somebody else has just counted."""
    row = await tables.get(TABLE, DEPLOYMENT, _WAITING)
    counts = {place: count for place, count in counts.items() if count}
    if counts == (_counts(row) if row else {}):
        return
    listed = json.dumps([[kind, target, count] for (kind, target), count in sorted(counts.items())])
    after = Row(DEPLOYMENT, _WAITING, {"waiting": listed}, row.etag if row else "")
    await write_or_skip(tables, TABLE, Write("merge" if row else "insert", after))


def _counts(row: Row) -> Waiting:
    return {(kind, target): count for kind, target, count in json.loads(str(row.values["waiting"]))}
