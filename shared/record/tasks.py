"""Tasks beside their change (table `changes`), and what was read of them (table `tasks`)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from shared.core import ids
from shared.core.ports.storage import Row, Value
from shared.core.tasks.task import TaskState
from shared.core.times import stored_moment, when

TABLE = "tasks"
WAITING = "waiting"


def task_values(task: TaskState) -> dict[str, Value]:
    return {
        "tenant": task.tenant,
        "task": task.id,
        "etag": task.etag,
        "opened": task.opened.isoformat(),
        "assigned": task.assigned.isoformat() if task.assigned else "",
        "completed": task.completed.isoformat() if task.completed else "",
    }


def read_task_state(row: Row) -> TaskState:
    v: Mapping[str, Any] = row.values
    return TaskState(
        v["tenant"], v["task"], v["etag"], stored_moment(v["opened"]), when(v["assigned"]), when(v["completed"])
    )


def task_key(change_id: str, tenant: str, task: str) -> str:
    return f"k|{ids.key(change_id)}|{tenant}|{quote(task, safe='')}"


def task_row(change_id: str, task: TaskState, etag: str = "") -> Row:
    return Row(ids.partition(change_id), task_key(change_id, task.tenant, task.id), task_values(task), etag)


def plan_partition(tenant: str, plan: str) -> str:
    return f"{tenant}|{quote(plan, safe='')}"
