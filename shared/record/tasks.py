"""Tasks beside their change (rows `k|` of table `changes`), and what was read of each plan (table `tasks`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from shared.core import ids
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.tasks.reads import LastRead
from shared.core.tasks.task import Task, TaskState
from shared.core.times import stored_moment, when
from shared.record import change_keys
from shared.record.change_keys import EVERY_TASK, id_of, kind_of, span, task_key
from shared.record.packing import END, unknown_columns, words
from shared.record.redo import write_apart

TABLE = "tasks"
_WAITING = "waiting"


class TaskRecord(NamedTuple):
    """A task beside its change as it stands in storage, with the version of its row."""

    state: TaskState
    row: Row


@dataclass(frozen=True, slots=True)
class KnownTask:
    """What was last read of a plan's task. `change`: the one that it is about; empty where it names none."""

    read: LastRead
    change: str
    row: Row

    @property
    def id(self) -> str:
        return unquote(self.row.key)

    @property
    def title(self) -> str:
        return str(self.row.values.get("title", ""))


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task whose change is not known yet."""

    change: str
    state: TaskState
    row: Row


def task_values(task: TaskState) -> dict[str, Value]:
    return {
        "tenant": task.tenant,
        "task": task.id,
        "etag": task.etag,
        "opened": task.opened.isoformat(),
        "assigned": task.assigned.isoformat() if task.assigned else "",
        "completed": task.completed.isoformat() if task.completed else "",
        "moved": task.moved.isoformat() if task.moved else "",
        "gone": task.gone.isoformat() if task.gone else "",
        "turns": task.turns,
        "by_us": task.by_us,
    }


def read_task_state(row: Row) -> TaskState:
    """The task as its row says; rows of the version before say nothing of what moved it and whether it is gone."""
    v: Mapping[str, Any] = row.values
    return TaskState(
        v["tenant"], v["task"], v["etag"], stored_moment(v["opened"]), when(v["assigned"]), when(v["completed"]),
        when(v.get("moved")), when(v.get("gone")), int(v.get("turns") or 0), v.get("by_us") is True,
    )  # fmt: skip


def task_row(change_id: str, task: TaskState, before: Row | None = None) -> Row:
    """The task's row, in place of the one before: what this version does not know of that stays."""
    values = task_values(task)
    values |= unknown_columns(before.values, values) if before else {}
    key = task_key(change_id, task.tenant, task.id)
    return Row(ids.partition(change_id), key, values, before.etag if before else "")


async def tasks_of(tables: Tables, change_id: str) -> tuple[TaskState, ...]:
    """The tasks beside a change: one range query."""
    rows = await tables.range(change_keys.TABLE, ids.partition(change_id), *span("k", [change_id]))
    return tuple(read_task_state(row) for row in rows if kind_of(row.key) == "task")


async def all_tasks(tables: Tables) -> dict[str, list[TaskState]]:
    """The tasks beside every change, by change."""
    tasks: dict[str, list[TaskState]] = defaultdict(list)
    async for row in tables.scan(change_keys.TABLE, None, *EVERY_TASK):
        if kind_of(row.key) == "task":
            tasks[id_of(row.key)].append(read_task_state(row))
    return tasks


async def known_task(tables: Tables, tenant: str, plan: str, task: str) -> KnownTask | None:
    """What was last read of one task of a plan; None where nothing was."""
    row = await tables.get(TABLE, _partition(tenant, plan), quote(task, safe=""))
    return KnownTask(_last_read(row.values), str(row.values["change"]), row) if row else None


async def known_tasks(tables: Tables, tenant: str, plan: str) -> dict[str, KnownTask]:
    """What was last read of a plan, by the task's id."""
    rows = await tables.range(TABLE, _partition(tenant, plan), "", END)
    return {unquote(row.key): KnownTask(_last_read(row.values), str(row.values["change"]), row) for row in rows}


def _last_read(v: Mapping[str, Any]) -> LastRead:
    new = "assignees" in v
    return LastRead(
        etag=str(v["etag"]),
        done=bool(v.get("completed")),
        assigned=bool(v.get("assigned")),
        bucket=str(v.get("bucket", "")) if new else None,
        progress=int(v.get("progress") or 0) if new else None,
        assignees=frozenset(words(str(v["assignees"]))) if new else None,
        moved=when(v.get("moved")),
        gone=when(v.get("gone")),
        turns=int(v.get("turns") or 0),
        at=when(v.get("observed")),
        by_us=v.get("by_us") is True,
    )


def remember_task(
    plan: str,
    task: Task,
    change_id: str,
    state: TaskState,
    observed: datetime,
    before: KnownTask | None,
    *,
    waiting: bool,
) -> Write:
    """What was read of a task now."""
    values: dict[str, Value] = {
        "etag": task.etag,
        "change": change_id,
        "title": task.title[:255],
        "waiting": waiting,
        "assigned": task.assigned.isoformat() if task.assigned else "",
        "completed": task.completed.isoformat() if task.completed else "",
        "bucket": task.bucket,
        "progress": task.progress,
        "assignees": ",".join(sorted(task.assignees)),
        "moved": state.moved.isoformat() if state.moved else "",
        "gone": state.gone.isoformat() if state.gone else "",
        "turns": state.turns,
        "by_us": state.by_us,
        "observed": observed.isoformat(),
    }
    values |= unknown_columns(before.row.values, values) if before else {}
    row = Row(_partition(state.tenant, plan), quote(task.id, safe=""), values, before.row.etag if before else "")
    return Write("replace" if before else "insert", row)


def remember_gone(known: KnownTask, observed: datetime) -> Write:
    """That the plan has a task no more."""
    values: dict[str, Value] = {
        "gone": observed.isoformat(), "turns": known.read.turns + 1, "observed": observed.isoformat(),
    }  # fmt: skip
    return Write("merge", Row(known.row.partition, known.row.key, values, known.row.etag))


async def remember(tables: Tables, writes: Iterable[Write]) -> None:
    """What was read of tasks of one plan, a hundred a call. Where another message was faster, what it says stands."""
    await write_apart(tables, TABLE, writes)


async def keep_waiting(
    tables: Tables, tasks: Iterable[tuple[str, TaskState]], known: Mapping[str, WaitingTask]
) -> None:
    """Keep tasks until their changes come, a hundred a call. The newest state of a task stands.

    `tasks`: each with the change that it names; `known`: those that wait already, by key.
    """
    newest: dict[str, Write] = {}
    versions = {key: waiting.state.version for key, waiting in known.items()}
    for change_id, task in tasks:
        key = waiting_key(change_id, task.tenant, task.id)
        if key in versions and versions[key] >= task.version:
            continue
        before = known[key].row if key in known else None
        values = {**task_values(task), "change": change_id}
        row = Row(_WAITING, key, values, before.etag if before else "")
        newest[key], versions[key] = Write("replace" if before else "insert", row), task.version
    await write_apart(tables, TABLE, newest.values())


def waiting_key(change_id: str, tenant: str, task: str) -> str:
    return f"{ids.key(change_id)}|{tenant}|{quote(task, safe='')}"


async def waiting_tasks(tables: Tables, keys: Collection[str]) -> dict[str, WaitingTask]:
    """Those of these keys that wait, by key: one range query, none for no key."""
    if not keys:
        return {}
    rows = await tables.range(TABLE, _WAITING, min(keys), max(keys) + END)
    return {
        row.key: WaitingTask(str(row.values["change"]), read_task_state(row), row) for row in rows if row.key in keys
    }


async def waiting_keys(tables: Tables) -> dict[str, str]:
    """The change that each waiting task waits for, by the task's key, which names it in messages."""
    return {row.key: str(row.values["change"]) for row in await tables.range(TABLE, _WAITING, "", END)}


async def waiting_for(tables: Tables, change_ids: Iterable[str]) -> list[str]:
    """The keys of the tasks that wait for one of these changes: one range query."""
    wanted = {ids.key(change_id) for change_id in change_ids}
    rows = await tables.range(TABLE, _WAITING, min(wanted), max(wanted) + END)
    return [row.key for row in rows if row.key.split("|")[0] in wanted]


async def delete_waiting(tables: Tables, tasks: Iterable[WaitingTask]) -> None:
    """Take tasks off the list, a hundred a call; one of which a newer state waits by now stays."""
    await write_apart(tables, TABLE, (Write("delete", task.row) for task in tasks))


def _partition(tenant: str, plan: str) -> str:
    return f"{tenant}|{quote(plan, safe='')}"
