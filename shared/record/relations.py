"""Relations between changes: rows `r|` of table `changes`."""

from collections.abc import Collection, Mapping
from typing import Any

from shared.core import ids
from shared.core.changes.relations import Relation
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.record.change_keys import EVERY_RELATION, TABLE, id_of, kind_of, relation_key, span
from shared.record.redo import write_or_skip


def relation_row(relation: Relation) -> Row:
    """The row in the partition of the change that is spoken of, whether it exists or not."""
    key = relation_key(relation.change, relation.kind, relation.other)
    values: dict[str, Value] = {"words": relation.words, "confidence": relation.confidence}
    return Row(ids.partition(relation.change), key, values)


def read_relation(row: Row) -> Relation:
    v: Mapping[str, Any] = row.values
    _, change, kind, other = row.key.split("|")
    return Relation(ids.from_key(change), kind, ids.from_key(other), v["words"], v["confidence"])


async def incoming(tables: Tables, change_id: str) -> list[Relation]:
    """What other posts say about this change: one range query."""
    rows = await tables.range(TABLE, ids.partition(change_id), *span("r", [change_id]))
    return [read_relation(row) for row in rows if kind_of(row.key) == "relation"]


async def relations_about(tables: Tables, partition: str, change_ids: Collection[str]) -> list[Relation]:
    """What posts say about these changes of one partition: one range query."""
    rows = await tables.range(TABLE, partition, *span("r", change_ids))
    return [read_relation(row) for row in rows if kind_of(row.key) == "relation" and id_of(row.key) in change_ids]


async def all_relations(tables: Tables) -> list[Relation]:
    rows = tables.scan(TABLE, None, *EVERY_RELATION)
    return [read_relation(row) async for row in rows if kind_of(row.key) == "relation"]


async def is_recorded(tables: Tables, relation: Relation) -> bool:
    row = relation_row(relation)
    return await tables.get(TABLE, row.partition, row.key) is not None


def insert_relation(relation: Relation) -> Write:
    """The relation as a write in the transaction of the change that is spoken of."""
    return Write("insert", relation_row(relation))


async def record_relation(tables: Tables, relation: Relation) -> bool:
    """Write a relation alone; False where it is recorded."""
    return await write_or_skip(tables, TABLE, insert_relation(relation))
