"""`track`: finds the change of each Planner task, records when it was opened, assigned and closed; closes changes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shared.core import ids
from shared.core.errors import ConflictError, PermanentError
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Row, Value, Write
from shared.core.tasks.task import Task, TaskState, change_in_details, change_in_title, read_task
from shared.core.times import when
from shared.record.changes import ChangeRecord
from shared.record.packing import END
from shared.record.tasks import TABLE, WAITING, plan_partition, read_task_state, task_row, task_values
from shared.usecases.delivery.oversize import put_aside
from shared.usecases.delivery.park import park
from shared.usecases.deps import Deps
from shared.usecases.life.settle import settle_change


@dataclass(frozen=True, slots=True)
class _Found:
    """A task of this message with its row as it stands, and the change that it is about (empty: none is named)."""

    tenant: str
    plan: str
    task: Task
    row: Row | None
    change: str

    def state(self, observed: datetime) -> TaskState:
        task = self.task
        return TaskState(self.tenant, task.id, task.etag, task.created or observed, task.assigned, task.completed)


async def track(deps: Deps, envelope: Envelope) -> None:
    """One message: a batch of a plan's tasks, or the keys of tasks that waited for their change."""
    body = envelope.body
    if "waiting" in body:
        for key in body["waiting"]:
            await _take_up(deps, str(key))
        return
    observed = when(body.get("observed"))
    if not body.get("tenant") or observed is None:
        raise PermanentError("a batch of tasks without its tenant or its time")
    found = await _find(deps, body, observed, envelope)
    linked: dict[str, list[_Found]] = defaultdict(list)
    for one in found:
        if one.change:
            linked[one.change].append(one)
    policy = await deps.policy.current()
    waiting = set()
    for change_id, group in linked.items():
        if not await record_tasks(deps, policy, change_id, [one.state(observed) for one in group]):
            waiting.update({one.task.id for one in group})
            await _wait(deps, change_id, group, observed)
    for one in found:  # the task's own row comes last: a crash before it does the rest again, which changes nothing
        await _remember(deps, one, waiting=one.task.id in waiting)


async def _find(deps: Deps, body: Mapping[str, Any], observed: datetime, envelope: Envelope) -> list[_Found]:
    """The tasks that are news, each with its change: by title, by what we knew, else by its details (one call)."""
    tenant, plan = str(body["tenant"]), str(body.get("plan", ""))
    tasks = []
    for raw in [*body.get("tasks", []), *await put_aside(deps, body)]:
        try:
            tasks.append(read_task(raw, observed))
        except PermanentError as error:
            alone = {"tenant": tenant, "plan": plan, "observed": observed.isoformat(), "tasks": [raw]}
            await park(deps, "tasks", alone, envelope.first_seen, str(error))
    known = {row.key: row for row in await deps.tables.range(TABLE, plan_partition(tenant, plan), "", END)}
    found = []
    for task in tasks:
        row = known.get(quote(task.id, safe=""))
        if row and str(row.values["etag"]) >= task.etag:
            continue  # an older one never overwrites; the same one was read before
        change = change_in_title(task.title) or (str(row.values["change"]) if row else "")
        found.append(_Found(tenant, plan, task, row, change or await _by_details(deps, tenant, task)))
    return found


async def _by_details(deps: Deps, tenant: str, task: Task) -> str:
    policy = await deps.policy.current()
    if tenant not in policy.tenants:
        return ""
    return change_in_details(await deps.tasks.details(tenant, policy.tenants[tenant], task.id)) or ""


async def record_tasks(deps: Deps, policy: Policy, change_id: str, tasks: Sequence[TaskState]) -> bool:
    """Record these tasks beside their change, and settle it; False while the change is unknown."""

    def newer(record: ChangeRecord) -> list[Write]:
        writes = []
        for task in tasks:
            row = task_row(change_id, task)
            before = record.tasks.get(row.key)
            if before is None:
                writes.append(Write("insert", row))
            elif before[0].etag < task.etag:
                writes.append(Write("replace", task_row(change_id, task, before[1].etag)))
            else:
                continue
            record.tasks[row.key] = (task, row)
        return writes

    return await settle_change(deps, policy, change_id, newer)


async def _wait(deps: Deps, change_id: str, group: Sequence[_Found], observed: datetime) -> None:
    """Keep what we know of the tasks until their change comes: the newest etag stands."""
    for one in group:
        state = one.state(observed)
        key = f"{ids.key(change_id)}|{one.tenant}|{quote(one.task.id, safe='')}"
        values = {**task_values(state), "change": change_id}
        before = await deps.tables.get(TABLE, WAITING, key)
        if before and str(before.values["etag"]) >= state.etag:
            continue
        write = Write("replace" if before else "insert", Row(WAITING, key, values, before.etag if before else ""))
        try:
            await deps.tables.commit(TABLE, [write])
        except ConflictError:
            continue  # another message about the same task; the next reading of the plan brings the newest


async def _take_up(deps: Deps, key: str) -> None:
    """A task that waited: attach it and take it off the list."""
    row = await deps.tables.get(TABLE, WAITING, key)
    if row is None:
        return
    policy = await deps.policy.current()
    if not await record_tasks(deps, policy, str(row.values["change"]), [read_task_state(row)]):
        return
    try:
        await deps.tables.commit(TABLE, [Write("delete", row)])
    except ConflictError:
        return  # a newer etag is waiting now; `mend` or the next new change takes it up


async def _remember(deps: Deps, one: _Found, *, waiting: bool) -> None:
    values: dict[str, Value] = {
        "etag": one.task.etag,
        "change": one.change,
        "title": one.task.title[:255],
        "waiting": waiting,
        "assigned": one.task.assigned.isoformat() if one.task.assigned else "",
        "completed": one.task.completed.isoformat() if one.task.completed else "",
    }
    row = Row(
        plan_partition(one.tenant, one.plan), quote(one.task.id, safe=""), values, one.row.etag if one.row else ""
    )
    try:
        await deps.tables.commit(TABLE, [Write("replace" if one.row else "insert", row)])
    except ConflictError:
        return  # another message about the same plan got here first; the next reading of the plan settles it
