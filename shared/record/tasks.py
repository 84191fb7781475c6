"""Tasks beside their change (table `changes`), and what was read of them (table `tasks`)."""

from urllib.parse import quote

from shared.core import ids
from shared.core.ports.storage import Row
from shared.core.tasks.task import TaskState


def task_key(change_id: str, tenant: str, task: str) -> str:
    return f"k|{ids.key(change_id)}|{tenant}|{quote(task, safe='')}"


def task_row(change_id: str, task: TaskState, etag: str = "") -> Row:
    return Row(ids.partition(change_id), task_key(change_id, task.tenant, task.id), task.to_values(), etag)


TABLE = "tasks"
WAITING = "waiting"


def plan_partition(tenant: str, plan: str) -> str:
    return f"{tenant}|{quote(plan, safe='')}"
