"""Which changes a short pass looks at: found by storage, which looks at every row and sends keys alone."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from shared.core import ids
from shared.core.ports.storage import Condition, Tables
from shared.core.tasks.task import TaskState
from shared.record.change_keys import TABLE, id_of, kind_of, span
from shared.record.changes import ChangeRecord, read_apart
from shared.record.copies import TenantCount
from shared.record.tasks import read_task_state

_FEW = 3
"""Changes of one partition whose rows are read one range each; of more, everything between them comes along."""
_WAITING = (
    Condition("stage", "eq", "classify"), Condition("pending", "eq", "yes"), Condition("kept", "gt", ""),
    Condition("first_load", "eq", "kept"),
)  # fmt: skip


@dataclass(slots=True)
class Recent:
    """Changes with a row that was written lately, or with something that waits. `hanging`: not classified yet."""

    changes: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)


async def recent(tables: Tables, since: datetime) -> Recent:
    """What any row of a change was written for since, by storage's clock, and what waits whenever it was written.

    One scan: effects that are due, cards and effects of a first load that wait, changes that are to be classified. A
    row that was deleted leaves no trace.
    """
    found = Recent()
    async for row in tables.scan(TABLE, only=("stage",), any_of=(Condition("Timestamp", "ge", since), *_WAITING)):
        try:
            change_id = id_of(row.key)
        except (IndexError, ValueError):  # a kind of row that a later version knows
            continue
        found.changes.add(change_id)
        if row.values.get("stage") == "classify" and kind_of(row.key) == "change":
            found.hanging.add(change_id)
    return found


async def read_recent(
    tables: Tables, change_ids: Collection[str], damaged: Callable[[str], None]
) -> list[ChangeRecord]:
    """These changes with their effects, those that are there; each damaged one is told."""
    rows = [row for some in _spans(change_ids) for row in await tables.range(TABLE, some[0], *span("c", some[1]))]
    by_change: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        if (change_id := id_of(row.key)) in change_ids:
            by_change.setdefault(change_id, []).append(at)
    return [record for places in by_change.values() for record in read_apart([rows[at] for at in places], damaged)]


async def tasks_beside(tables: Tables, change_ids: Collection[str]) -> dict[str, list[TaskState]]:
    """The tasks beside these changes."""
    tasks: dict[str, list[TaskState]] = {}
    for partition, some in _spans(change_ids):
        for row in await tables.range(TABLE, partition, *span("k", some)):
            if kind_of(row.key) == "task" and (change_id := id_of(row.key)) in change_ids:
                tasks.setdefault(change_id, []).append(read_task_state(row))
    return tasks


async def tenants_of(tables: Tables, change_ids: Collection[str], at: datetime) -> TenantCount:
    """The tenants that have these posts; of a copy no more is read than `count_tenants` does."""
    tenants: dict[str, list[str]] = {}
    for partition, some in _spans(change_ids):
        for row in await tables.range(TABLE, partition, *span("t", some), only=("tenant", "gone")):
            if kind_of(row.key) == "copy" and not row.values.get("gone"):
                tenants.setdefault(id_of(row.key), []).append(str(row.values.get("tenant", "")))
    return TenantCount(at, tenants)


def _spans(change_ids: Collection[str]) -> list[tuple[str, list[str]]]:
    """The ranges that these changes are read in: the partition, and the changes from which to which."""
    by_partition: dict[str, list[str]] = {}
    for change_id in sorted(change_ids, key=ids.key):
        by_partition.setdefault(ids.partition(change_id), []).append(change_id)
    spans: list[tuple[str, list[str]]] = []
    for partition, some in sorted(by_partition.items()):
        spans += [(partition, some)] if len(some) > _FEW else [(partition, [each]) for each in some]
    return spans
