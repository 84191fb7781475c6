"""`track`: finds the change of each Planner task, records what became of it between two reads; closes changes."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from shared.core.errors import PermanentError
from shared.core.life.line import Line
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.sources.snapshot import number_of
from shared.core.tasks.merging import our_hand
from shared.core.tasks.reads import NOT_OURS, OurHand, is_news, may_be_moved, state_after
from shared.core.tasks.task import Task, TaskState, change_in_details, change_in_title, read_task
from shared.core.times import when
from shared.record.changes import ChangeRecord
from shared.record.planner import written_task
from shared.record.tasks import (
    KnownTask,
    delete_waiting,
    keep_waiting,
    known_tasks,
    remember_gone,
    remember_task,
    waiting_key,
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

    task: Task
    earlier: KnownTask | None
    change: str
    state: TaskState


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
    tables, plan = deps.storage.tables, str(body.get("plan", ""))
    known = await known_tasks(tables, str(body["tenant"]), plan)
    arrivals = await _find(deps, body, known, observed, envelope)
    gone = _gone(body, known, observed)
    waiting = await _record(deps, str(body["tenant"]), arrivals, gone, observed)
    # the tasks' own rows come last: a crash before them does the rest again, which changes nothing
    for each in arrivals:
        waits = each.task.id in waiting
        await remember_task(tables, plan, each.task, each.change, each.state, observed, each.earlier, waiting=waits)
    for lost in gone:
        await remember_gone(tables, lost, observed)


async def _record(
    deps: Deps, tenant: str, arrivals: Sequence[_Arrival], gone: Sequence[KnownTask], observed: datetime
) -> set[str]:
    """Tasks beside their changes, a change at a time; the ids of those whose change is unknown, which wait."""
    linked: dict[str, list[TaskState]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.change:
            linked[arrival.change].append(arrival.state)
    missing: dict[str, list[KnownTask]] = defaultdict(list)
    for each in gone:
        if each.change:
            missing[each.change].append(each)
    policy = await deps.here.policy.current()
    waiting = set()
    batch: list[Line] = []
    for change_id in dict.fromkeys([*linked, *missing]):
        states, lost = linked[change_id], _Lost(tenant, missing[change_id], observed)
        if not await record_tasks(batch, deps, policy, change_id, states, lost):
            waiting.update({state.id for state in states})
            for state in [*states, *await _waiting_lost(deps, change_id, lost)]:
                await keep_waiting(deps.storage.tables, change_id, state)
    await touch(deps, batch)
    return waiting


@dataclass(frozen=True, slots=True)
class _Lost:
    """The tasks of one change that their plan has no more."""

    tenant: str
    tasks: Sequence[KnownTask]
    observed: datetime

    def states(self, of: Callable[[str], TaskState | None]) -> list[TaskState]:
        """`of`: what stands of a task by its id; what does not stand there is not missed, and a newer one is back."""
        states = []
        for known in self.tasks:
            before = of(known.id)
            if before and before.version <= (known.read.etag, known.read.turns):
                states.append(replace(before, gone=self.observed, turns=known.read.turns + 1))
        return states


_NOTHING = _Lost("", (), datetime.min.replace(tzinfo=UTC))


def _gone(body: Mapping[str, Any], known: Mapping[str, KnownTask], observed: datetime) -> list[KnownTask]:
    """The tasks that this message says are gone, by the numbers of their ids; what was seen later is not."""
    numbers = {number for number in body.get("gone", ()) if type(number) is int}
    if not numbers:
        return []
    return [
        each
        for task, each in known.items()
        if number_of(task) in numbers and not each.read.gone and (each.read.at is None or each.read.at < observed)
    ]


async def _waiting_lost(deps: Deps, change_id: str, lost: _Lost) -> list[TaskState]:
    states = {}
    for known in lost.tasks:
        waits = await waiting_task(deps.storage.tables, waiting_key(change_id, lost.tenant, known.id))
        states[known.id] = waits.state if waits else None
    return lost.states(states.get)


async def _find(
    deps: Deps, body: Mapping[str, Any], known: Mapping[str, KnownTask], observed: datetime, envelope: Envelope
) -> list[_Arrival]:
    """The tasks that are news, each with its change: by title, by what we knew, else by its details (one call)."""
    tenant, plan = str(body["tenant"]), str(body.get("plan", ""))
    tasks = []
    for raw in [*body.get("tasks", []), *await put_aside(deps, body)]:
        try:
            tasks.append(read_task(raw, observed))
        except PermanentError as error:
            alone = {"tenant": tenant, "plan": plan, "observed": observed.isoformat(), "tasks": [raw]}
            await park(deps, "tasks", alone, envelope.first_seen, str(error))
    arrivals = []
    for task in tasks:
        before = known.get(task.id)
        last = before.read if before else None
        if not is_news(last, task, observed):
            continue  # an older one never overwrites; the same one was read before
        change = change_in_title(task.title) or (before.change if before else "")
        change = change or await _by_details(deps, tenant, task)
        ours = await _our_hand(deps, change, tenant, task) if change and may_be_moved(last, task) else NOT_OURS
        arrivals.append(_Arrival(task, before, change, state_after(last, tenant, task, observed, ours)))
    return arrivals


async def _our_hand(deps: Deps, change_id: str, tenant: str, task: Task) -> OurHand:
    """What we wrote into the task ourselves: one call where the policy lets us write, else none."""
    policy = await deps.here.policy.current()
    if policy.planner.mode == "off":
        return NOT_OURS
    return our_hand(await written_task(deps.storage.tables, change_id, tenant, task.id))


async def _by_details(deps: Deps, tenant: str, task: Task) -> str:
    policy = await deps.here.policy.current()
    if tenant not in policy.tenants:
        return ""
    return change_in_details(await deps.outside.tasks.details(tenant, policy.tenants[tenant], task.id)) or ""


async def record_tasks(
    batch: list[Line],
    deps: Deps,
    policy: Policy,
    change_id: str,
    tasks: Sequence[TaskState],
    lost: _Lost = _NOTHING,
) -> bool:
    """Record these tasks beside their change, and settle it; False while the change is unknown.

    Its line joins the batch, which is told together.
    """

    def newer(record: ChangeRecord) -> list[Write]:
        writes = []
        for task in [*tasks, *lost.states(lambda name: record.task(lost.tenant, name))]:
            before = record.task(task.tenant, task.id)
            if before is None or before.version < task.version:
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
