"""Relations between changes: rows `r|` of table `changes`."""

from collections.abc import Mapping
from typing import Any

from shared.core import ids
from shared.core.changes.relations import Relation
from shared.core.errors import ConflictError
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.record import changes


def relation_key(change_id: str, kind: str, other: str) -> str:
    return f"r|{ids.key(change_id)}|{kind}|{ids.key(other)}"


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
    found = await tables.range(changes.TABLE, ids.partition(change_id), *changes.span("r", [change_id]))
    return [read_relation(row) for row in found]


async def insert(tables: Tables, relation: Relation) -> bool:
    try:
        await tables.commit(changes.TABLE, [Write("insert", relation_row(relation))])
    except ConflictError:
        return False
    return True
