"""Changes with what stands beside them: rows `c|` of table `changes`, their effects and tasks."""

import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from shared.core import ids
from shared.core.changes.change import Change, EffectState
from shared.core.changes.settled import Assessment
from shared.core.errors import ConflictError, RefusedError
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.posts.privacy import shown_title
from shared.core.tasks.task import TaskState
from shared.record import codec
from shared.record.assessments import AssessmentRecord, put_assessment, read_assessment
from shared.record.change_keys import (
    EVERY_CHANGE,
    TABLE,
    change_key,
    id_of,
    kind_of,
    span,
    span_alone,
    task_key,
)
from shared.record.effects import (
    EffectColumns,
    EffectRecord,
    as_written,
    effect_columns,
    effect_row,
    read_effect,
    write_intent,
    write_seen,
)
from shared.record.packing import pack, unknown_columns, unpack
from shared.record.redo import transactions, write_or_skip
from shared.record.tasks import TaskRecord, read_task_state, task_row

_LOG = logging.getLogger("foresignal.record")


def change_row(change: Change, etag: str = "", before: Mapping[str, Value] = MappingProxyType({})) -> Row:
    """`before`: the values of the row that this one replaces; what this version does not know among them stays."""
    state = codec.change_to_json(change)
    if before:
        state = codec.with_unknown(state, unpack("state", before))
    values: dict[str, Value] = {
        "title": shown_title(change.read())[:500],
        "stage": change.stage,
        "pending": "yes" if change.stage == "classify" else "",
        "parked": change.parked[:1000],
        "revision": change.revision,
        "closed": change.closed is not None,
        **pack("state", state),
        **pack("post", change.post),
    }
    values |= unknown_columns(before, values, "state", "post")
    return Row(ids.partition(change.id), change_key(change.id), values, etag)


def read_change(row: Row) -> Change:
    """The change as its row says; parking writes the row's properties only."""
    v: Mapping[str, Any] = row.values
    return replace(codec.change_from_json(unpack("state", v), unpack("post", v)), stage=v["stage"], parked=v["parked"])


@dataclass(slots=True)
class ChangeRecord:
    """One change as it stands in storage, with the version of each row.

    Each method gives a write of its transaction, and the record holds what it writes from then on.
    """

    change: Change
    row: Row
    effects: dict[str, EffectRecord] = field(default_factory=dict)
    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    assessed: AssessmentRecord = field(default_factory=AssessmentRecord)

    @property
    def states(self) -> tuple[EffectState, ...]:
        return tuple(record.state for record in self.effects.values())

    @property
    def task_states(self) -> tuple[TaskState, ...]:
        return tuple(record.state for record in self.tasks.values())

    def take(self, assessed: AssessmentRecord) -> None:
        """What people decided, as it was read."""
        self.assessed = assessed
        self.change = replace(self.change, assessment=assessed.assessment)

    def replace_change(self, change: Change) -> Write:
        """The change in place of the one that was read; what a later version wrote beside it stays."""
        self.change = change
        return Write("replace", change_row(change, self.row.etag, self.row.values))

    def put_assessment(self, assessment: Assessment) -> Write:
        """What people decided, over what was read of it."""
        self.change = replace(self.change, assessment=assessment)
        write = put_assessment(self.change.id, self.assessed, assessment)
        self.assessed = AssessmentRecord(assessment, write.row)
        return write

    def insert_effect(self, state: EffectState) -> Write:
        row = effect_row(self.change.id, state)
        self.effects[state.effect.key] = EffectRecord(state, row)
        return Write("insert", row)

    def raise_effect(self, state: EffectState) -> Write:
        """The intent of an effect that exists."""
        before = self.effects[state.effect.key]
        write = write_intent(before, state)
        self.effects[state.effect.key] = as_written(before, state, write)
        return write

    def put_intent(self, state: EffectState) -> Write:
        """What is wanted of an effect, whether it stands there already or not."""
        return self.raise_effect(state) if state.effect.key in self.effects else self.insert_effect(state)

    def see_ticket(self, state: EffectState) -> Write:
        """What the ticket system says of the ticket of an effect."""
        before = self.effects[state.effect.key]
        write = write_seen(before, state)
        self.effects[state.effect.key] = as_written(before, state, write)
        return write

    def task(self, tenant: str, task: str) -> TaskState | None:
        """A task that stands beside the change."""
        record = self.tasks.get(task_key(self.change.id, tenant, task))
        return record.state if record else None

    def put_task(self, task: TaskState) -> Write:
        """The task beside the change, whether it stands there already or not."""
        key = task_key(self.change.id, task.tenant, task.id)
        before = self.tasks.get(key)
        row = task_row(self.change.id, task, before.row if before else None)
        self.tasks[key] = TaskRecord(task, row)
        return Write("replace" if before else "insert", row)


def read_changes(rows: Iterable[Row], wanted: Iterable[str] | None = None) -> dict[str, ChangeRecord]:
    """Changes with their effects (and tasks) from rows in order of key; only the wanted ones are unpacked."""
    only = None if wanted is None else set(wanted)
    records: dict[str, ChangeRecord] = {}
    for row in rows:
        change_id, kind = id_of(row.key), kind_of(row.key)
        if only is not None and change_id not in only:
            continue
        if kind == "change":
            records[change_id] = ChangeRecord(read_change(row), row)
        elif change_id not in records:
            continue
        elif kind == "assessment":
            records[change_id].take(read_assessment(row))
        elif kind == "task":
            records[change_id].tasks[row.key] = TaskRecord(read_task_state(row), row)
        elif kind == "effect":
            state = read_effect(row)
            records[change_id].effects[state.effect.key] = EffectRecord(state, row)
    return records


async def changes_of(tables: Tables, partition: str, change_ids: Collection[str]) -> dict[str, ChangeRecord]:
    """Changes of one partition with their effects, by id: one range query."""
    rows = await tables.range(TABLE, partition, *span("c", change_ids))
    return read_changes(rows, change_ids)


async def read_with_effects(tables: Tables, change_id: str) -> ChangeRecord | None:
    """The change with all its effects: one range query."""
    return (await changes_of(tables, ids.partition(change_id), [change_id])).get(change_id)


async def read_with_tasks(tables: Tables, change_id: str) -> ChangeRecord | None:
    """The change with its effects and its tasks: two range queries."""
    partition = ids.partition(change_id)
    rows = await tables.range(TABLE, partition, *span("c", [change_id]))
    if not rows:
        return None
    tasks = await tables.range(TABLE, partition, *span("k", [change_id]))
    return read_changes([*rows, *tasks]).get(change_id)


async def changes_with_tasks(tables: Tables, partition: str, change_ids: Collection[str]) -> dict[str, ChangeRecord]:
    """Changes of one partition with their effects and tasks, by id: two range queries."""
    rows = await tables.range(TABLE, partition, *span("c", change_ids))
    tasks = await tables.range(TABLE, partition, *span("k", change_ids))
    return read_changes([*rows, *tasks], change_ids)


async def read_tasks(tables: Tables, record: ChangeRecord) -> None:
    """The tasks of a change that was read without them: one range query."""
    change_id = record.change.id
    rows = await tables.range(TABLE, ids.partition(change_id), *span("k", [change_id]))
    record.tasks = read_changes([record.row, *rows])[change_id].tasks


async def read_alone(tables: Tables, change_id: str) -> ChangeRecord | None:
    """The change with what people decided, without its effects: one range query."""
    rows = await tables.range(TABLE, ids.partition(change_id), *span_alone(change_id))
    return read_changes(rows).get(change_id)


async def versions_of(tables: Tables, partition: str, change_ids: Collection[str]) -> dict[str, str]:
    """The version of each change of one partition that is recorded, by id: one range query, which reads keys alone."""
    rows = await tables.range(TABLE, partition, *span("c", change_ids), only=())
    versions = {id_of(row.key): row.etag for row in rows if kind_of(row.key) == "change"}
    return {change_id: versions[change_id] for change_id in change_ids if change_id in versions}


async def has_change(tables: Tables, change_id: str) -> bool:
    return await _get(tables, change_id) is not None


async def has_any(tables: Tables) -> bool:
    """Whether anything is recorded at all."""
    async for _ in tables.scan(TABLE):
        return True
    return False


async def _get(tables: Tables, change_id: str) -> Row | None:
    return await tables.get(TABLE, ids.partition(change_id), change_key(change_id))


async def all_changes(tables: Tables, damaged: Callable[[str], None] | None = None) -> AsyncIterator[ChangeRecord]:
    """Every change with its effects, one at a time: rows come in order of partition and key.

    A change that cannot be read is told, to the log and to `damaged`, and leaves the others alone.
    """
    group: list[Row] = []
    async for row in tables.scan(TABLE, None, *EVERY_CHANGE):
        if group and id_of(row.key) != id_of(group[0].key):
            for record in read_apart(group, damaged):
                yield record
            group = []
        group.append(row)
    for record in read_apart(group, damaged):
        yield record


def read_apart(group: Sequence[Row], damaged: Callable[[str], None] | None) -> Collection[ChangeRecord]:
    """The change that these rows are; none, and its id to `damaged`, where one of them cannot be read."""
    try:
        return read_changes(group).values()
    except Exception:  # noqa: BLE001 - whatever is wrong with one row, the others are read
        change_id = id_of(group[0].key)
        _LOG.exception("%s cannot be read: a row of it in table %s is damaged", change_id, TABLE)
        if damaged:
            damaged(change_id)
        return ()


async def revisions_and_effects(tables: Tables) -> AsyncIterator[int | EffectColumns]:
    """The number of editions of every change, and what the columns of every effect say; nothing is unpacked."""
    async for row in tables.scan(TABLE, None, *EVERY_CHANGE):
        try:
            match kind_of(row.key):
                case "effect":
                    yield effect_columns(row)
                case "change":
                    yield int(str(row.values["revision"]))
        except (KeyError, ValueError, TypeError):  # GeneratorExit and whatever the reader of this raises is not ours
            _LOG.exception("a row of %s in table %s is damaged, and is not counted", id_of(row.key), TABLE)


async def waiting_for_classification(tables: Tables) -> AsyncIterator[str]:
    """The changes whose classification is due."""
    async for row in tables.scan(TABLE, {"stage": "classify"}, *EVERY_CHANGE):
        if kind_of(row.key) == "change":
            yield id_of(row.key)


def insert_change(change: Change) -> Write:
    return Write("insert", change_row(change))


def refused_change(error: RefusedError) -> str:
    """The change with a row that storage will not take."""
    return id_of(error.key)


async def commit(tables: Tables, writes: Sequence[Write]) -> None:
    """One transaction about changes of one partition. ConflictError where a row has been written meanwhile."""
    await tables.commit(TABLE, writes)


async def commit_or_skip(tables: Tables, writes: Sequence[Write]) -> bool:
    """The same, but False where a row has been written meanwhile."""
    return await write_or_skip(tables, TABLE, *writes)


async def commit_apart(tables: Tables, groups: Iterable[Sequence[Write]]) -> set[str]:
    """The same of changes of one partition, a group for each; those that are not written.

    That are the changes of a transaction in which somebody else was faster, or which storage would never take.
    """
    left: set[str] = set()
    for writes in transactions(groups):
        try:
            await commit(tables, writes)
        except (ConflictError, RefusedError):
            left.update(id_of(write.row.key) for write in writes)
    return left


async def commit_groups(tables: Tables, groups: Iterable[Sequence[Write]]) -> None:
    """Groups of writes that must stand together, in as few transactions as hold them."""
    for writes in transactions(groups):
        await commit(tables, writes)
