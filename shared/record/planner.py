"""What we wrote into Planner tasks (rows `w|` of table `changes`), and up to when we have (a row of table `runs`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.tasks.merging import FieldMemory, TaskMemory
from shared.core.times import stored_moment
from shared.record import change_keys
from shared.record.change_keys import kind_of, span, written_key
from shared.record.packing import pack, unknown_columns, unpack
from shared.record.redo import write_or_skip
from shared.record.runs import TABLE as RUNS

_DEPLOYMENT = "-"
_KEY = "planner"
_FIELD = ("first", "ours", "pending", "theirs")


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """What is remembered of a task, with the version of its row; `row` is None where nothing is."""

    change_id: str
    tenant: str
    task: str
    memory: TaskMemory = field(default_factory=TaskMemory)
    row: Row | None = None


def written_row(record: WrittenRecord) -> Row:
    """The row in place of the one that was read; what a later version wrote beside it stays."""
    memory, before = record.memory, record.row
    values: dict[str, Value] = {
        "tenant": record.tenant,
        "task": record.task,
        "etag": memory.etag,
        "details_etag": memory.details_etag,
        "want": memory.want,
        "for": memory.completed_for,
        "by_us": memory.completed_by_us,
        "completing": memory.completing,
        "refused": memory.refused[:1000],
        **pack("fields", {name: _said(each) for name, each in memory.fields.items()}),
    }
    values |= unknown_columns(before.values, values, "fields") if before else {}
    key = written_key(record.change_id, record.tenant, record.task)
    return Row(ids.partition(record.change_id), key, values, before.etag if before else "")


def read_written(row: Row) -> WrittenRecord:
    v: Mapping[str, Any] = row.values
    fields = {
        name: FieldMemory(**{key: value for key, value in said.items() if key in _FIELD})
        for name, said in unpack("fields", v).items()
    }
    memory = TaskMemory(
        fields, v["etag"], v["details_etag"], v["want"], v["for"], v["by_us"], v["completing"], v["refused"]
    )
    return WrittenRecord(change_keys.id_of(row.key), v["tenant"], v["task"], memory, row)


def _said(memory: FieldMemory) -> dict[str, str]:
    said = {name: getattr(memory, name) for name in _FIELD}
    return {name: value for name, value in said.items() if value is not None}


async def written_of(tables: Tables, change_id: str) -> dict[tuple[str, str], WrittenRecord]:
    """What is remembered of every task of a change, by tenant and task: one range query."""
    rows = await tables.range(change_keys.TABLE, ids.partition(change_id), *span("w", [change_id]))
    records = [read_written(row) for row in rows if kind_of(row.key) == "written"]
    return {(record.tenant, record.task): record for record in records}


async def written_task(tables: Tables, change_id: str, tenant: str, task: str) -> TaskMemory:
    """What is remembered of one task: one read."""
    row = await tables.get(change_keys.TABLE, ids.partition(change_id), written_key(change_id, tenant, task))
    return read_written(row).memory if row else TaskMemory()


async def put_written(tables: Tables, record: WrittenRecord, memory: TaskMemory) -> WrittenRecord:
    """Remember something else of a task. ConflictError where another run was faster."""
    changed = replace(record, memory=memory)
    row = written_row(changed)
    (etag,) = await tables.commit(change_keys.TABLE, [Write("replace" if record.row else "insert", row)])
    return replace(changed, row=replace(row, etag=etag))


@dataclass(frozen=True, slots=True)
class WriteRun:
    """How far the write-back is. `since`: when this mode was switched on; `until`: what was touched before is done.

    `rules`: fingerprint of what the policy said when all was gone through last, `day` the day on which that was;
    `cursor`: the last change of a walk through all that is not at its end.
    """

    mode: str
    since: datetime
    until: datetime
    rules: str = ""
    day: str = ""
    cursor: str = ""
    etag: str = ""


async def write_run(tables: Tables) -> WriteRun | None:
    row = await tables.get(RUNS, _DEPLOYMENT, _KEY)
    if row is None:
        return None
    v: Mapping[str, Any] = row.values
    since, until = stored_moment(v["since"]), stored_moment(v["until"])
    return WriteRun(str(v["mode"]), since, until, str(v["rules"]), str(v["day"]), str(v["cursor"]), row.etag)


async def put_write_run(tables: Tables, run: WriteRun) -> bool:
    """False where another run has just written it, and its word stands."""
    values: dict[str, Value] = {
        "mode": run.mode, "since": run.since.isoformat(), "until": run.until.isoformat(), "rules": run.rules,
        "day": run.day, "cursor": run.cursor,
    }  # fmt: skip
    row = Row(_DEPLOYMENT, _KEY, values, run.etag)
    return await write_or_skip(tables, RUNS, Write("replace" if run.etag else "insert", row))


async def delete_write_run(tables: Tables, run: WriteRun) -> bool:
    """Forget when it was switched on: it is off."""
    return await write_or_skip(tables, RUNS, Write("delete", Row(_DEPLOYMENT, _KEY, {}, run.etag)))
