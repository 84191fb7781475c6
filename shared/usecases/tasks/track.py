"""`track`: finds the change of each Planner task, records when it was opened, assigned and closed; closes changes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core.errors import PermanentError
from shared.core.life.line import Line
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.tasks.task import Task, TaskState, change_in_details, change_in_title, read_task
from shared.core.times import when
from shared.record.changes import ChangeRecord
from shared.record.tasks import (
    KnownTask,
    delete_waiting,
    keep_waiting,
    known_tasks,
    remember_task,
    waiting_task,
)
from shared.usecases.delivery.oversize import put_aside
from shared.usecases.delivery.park import park
from shared.usecases.deps import Deps
from shared.usecases.life.settle import settle_in
from shared.usecases.life.touch import touch


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A task of this message, what was known of it, and the change that it is about (empty: none is named)."""

    tenant: str
    plan: str
    task: Task
    earlier: KnownTask | None
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
    arrivals = await _find(deps, body, observed, envelope)
    linked: dict[str, list[_Arrival]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.change:
            linked[arrival.change].append(arrival)
    policy = await deps.here.policy.current()
    waiting = set()
    batch: list[Line] = []
    for change_id, group in linked.items():
        states = [arrival.state(observed) for arrival in group]
        if not await record_tasks(batch, deps, policy, change_id, states):
            waiting.update({state.id for state in states})
            for state in states:
                await keep_waiting(deps.storage.tables, change_id, state)
    await touch(deps, batch)
    tables = deps.storage.tables
    for each in arrivals:  # the task's own row comes last: a crash before it does the rest again, which changes nothing
        waits = each.task.id in waiting
        await remember_task(tables, each.tenant, each.plan, each.task, each.change, each.earlier, waiting=waits)


async def _find(deps: Deps, body: Mapping[str, Any], observed: datetime, envelope: Envelope) -> list[_Arrival]:
    """The tasks that are news, each with its change: by title, by what we knew, else by its details (one call)."""
    tenant, plan = str(body["tenant"]), str(body.get("plan", ""))
    tasks = []
    for raw in [*body.get("tasks", []), *await put_aside(deps, body)]:
        try:
            tasks.append(read_task(raw, observed))
        except PermanentError as error:
            alone = {"tenant": tenant, "plan": plan, "observed": observed.isoformat(), "tasks": [raw]}
            await park(deps, "tasks", alone, envelope.first_seen, str(error))
    earlier = await known_tasks(deps.storage.tables, tenant, plan)
    arrivals = []
    for task in tasks:
        before = earlier.get(task.id)
        if before and before.etag >= task.etag:
            continue  # an older one never overwrites; the same one was read before
        change = change_in_title(task.title) or (before.change if before else "")
        arrivals.append(_Arrival(tenant, plan, task, before, change or await _by_details(deps, tenant, task)))
    return arrivals


async def _by_details(deps: Deps, tenant: str, task: Task) -> str:
    policy = await deps.here.policy.current()
    if tenant not in policy.tenants:
        return ""
    return change_in_details(await deps.outside.tasks.details(tenant, policy.tenants[tenant], task.id)) or ""


async def record_tasks(
    batch: list[Line], deps: Deps, policy: Policy, change_id: str, tasks: Sequence[TaskState]
) -> bool:
    """Record these tasks beside their change, and settle it; False while the change is unknown.

    Its line joins the batch, which is told together.
    """

    def newer(record: ChangeRecord) -> list[Write]:
        writes = []
        for task in tasks:
            before = record.task(task.tenant, task.id)
            if before is None or before.etag < task.etag:
                writes.append(record.put_task(task))
        return writes

    return await settle_in(batch, deps, policy, change_id, newer)


async def _take_up(deps: Deps, key: str) -> None:
    """A task that waited: record it beside its change and take it off the list."""
    waiting = await waiting_task(deps.storage.tables, key)
    if waiting is None:
        return
    policy = await deps.here.policy.current()
    batch: list[Line] = []
    if await record_tasks(batch, deps, policy, waiting.change, [waiting.state]):
        await touch(deps, batch)
        await delete_waiting(
            deps.storage.tables, waiting
        )  # not where a newer one waits: `mend` or the next new change does
