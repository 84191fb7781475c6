"""`track`: finds the change of each Planner task, records what became of it between two reads; closes changes."""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from shared.core.errors import PermanentError, RefusedError
from shared.core.life.line import Line
from shared.core.messages import Envelope
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
    WaitingTask,
    delete_waiting,
    keep_waiting,
    known_tasks,
    remember,
    remember_gone,
    remember_task,
    waiting_key,
    waiting_tasks,
)
from shared.usecases.delivery.oversize import put_aside
from shared.usecases.delivery.park import park
from shared.usecases.deps import Deps
from shared.usecases.life.settle import Beside, settle_many
from shared.usecases.life.touch import touch

_LOG = logging.getLogger("foresignal.track")


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A task of this message, what was known of it, and the change that it is about (empty: none is named)."""

    raw: Any
    task: Task
    earlier: KnownTask | None
    change: str
    state: TaskState


@dataclass(frozen=True, slots=True)
class _Read:
    """What one message read: of which plan, and when."""

    tenant: str
    plan: str
    observed: datetime
    first_seen: datetime


async def track(deps: Deps, envelope: Envelope) -> None:
    """One message: a batch of a plan's tasks, or the keys of tasks that waited for their change.

    For each partition of the changes two reads and a write or few, for each team and month of the lists as many; a
    call for each hundred of the tasks' own rows.
    """
    body = envelope.body
    if "waiting" in body:
        await _take_up(deps, [str(key) for key in body["waiting"]])
        return
    observed = when(body.get("observed"))
    if not body.get("tenant") or observed is None:
        raise PermanentError("a batch of tasks without its tenant or its time")
    read = _Read(str(body["tenant"]), str(body.get("plan", "")), observed, envelope.first_seen)
    tables = deps.storage.tables
    known = await known_tasks(tables, read.tenant, read.plan)
    arrivals = await _find(deps, body, known, read)
    gone = _gone(body, known, observed)
    waiting, failed = await _record(deps, read, arrivals, gone)
    # the tasks' own rows come last: a crash before them does the rest again, which changes nothing
    own = [
        remember_task(
            read.plan, each.task, each.change, each.state, observed, each.earlier, waiting=each.task.id in waiting
        )
        for each in arrivals
        if each.change not in failed
    ]
    there = {each.task.id for each in arrivals}
    own += [remember_gone(lost, observed) for lost in gone if lost.change not in failed and lost.id not in there]
    await remember(tables, own)


async def _record(
    deps: Deps, read: _Read, arrivals: Sequence[_Arrival], gone: Sequence[KnownTask]
) -> tuple[set[str], set[str]]:
    """Tasks beside their changes; the ids of those whose change is unknown, which wait, and the changes that failed.

    Tasks of a change that fails for good are parked, and nothing is remembered of them: they may be brought again.
    """
    linked: dict[str, list[_Arrival]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.change:
            linked[arrival.change].append(arrival)
    missing: dict[str, list[KnownTask]] = defaultdict(list)
    for each in gone:
        if each.change:
            missing[each.change].append(each)
    policy = await deps.here.policy.current()
    tasks = {
        change_id: ([each.state for each in linked[change_id]], _Lost(read.tenant, missing[change_id], read.observed))
        for change_id in dict.fromkeys([*linked, *missing])
    }
    batch: list[Line] = []
    try:
        left = await settle_many(batch, deps, policy, {name: _newer(*of_it) for name, of_it in tasks.items()})
    finally:
        await touch(deps, batch)
    await _keep_waiting(deps, {name: tasks[name] for name in left.unknown})
    for change_id, error in left.failed.items():
        if not isinstance(error, PermanentError | RefusedError):
            _LOG.error("%s: a fault of Foresignal's own. Please report it", change_id, exc_info=error)
        numbers = [number_of(each.id) for each in missing[change_id]]
        body = _body_of(read, [each.raw for each in linked[change_id]], numbers)
        await park(deps, "tasks", body, read.first_seen, str(error) or type(error).__name__)
    waiting = {state.id for name in left.unknown for state in tasks[name][0]}
    return waiting, set(left.failed)


def _body_of(read: _Read, raws: Sequence[Any], gone: Sequence[int] = ()) -> dict[str, Any]:
    """A message of these tasks alone, as it is parked."""
    body = {"tenant": read.tenant, "plan": read.plan, "observed": read.observed.isoformat(), "tasks": list(raws)}
    return body | ({"gone": list(gone)} if gone else {})


async def _keep_waiting(deps: Deps, tasks: Mapping[str, tuple[Sequence[TaskState], "_Lost"]]) -> None:
    """Tasks whose changes are unknown wait; those of them that are gone are gone when they are taken up."""
    keys = {
        waiting_key(change_id, lost.tenant, task)
        for change_id, (states, lost) in tasks.items()
        for task in [*(state.id for state in states), *(known.id for known in lost.tasks)]
    }
    waits = await waiting_tasks(deps.storage.tables, keys)
    kept: list[tuple[str, TaskState]] = []
    for change_id, (states, lost) in tasks.items():
        there = {task.state.id: task.state for task in waits.values() if task.change == change_id}
        kept += [(change_id, state) for state in [*states, *lost.states(there.get)]]
    await keep_waiting(deps.storage.tables, kept, waits)


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


async def _find(deps: Deps, body: Mapping[str, Any], known: Mapping[str, KnownTask], read: _Read) -> list[_Arrival]:
    """The tasks that are news, each with its change: by title, by what we knew, else by its details (one call)."""
    tenant, observed = read.tenant, read.observed
    tasks = []
    for raw in [*body.get("tasks", []), *await put_aside(deps, body)]:
        try:
            tasks.append((raw, read_task(raw, observed)))
        except PermanentError as error:
            await park(deps, "tasks", _body_of(read, [raw]), read.first_seen, str(error))
    arrivals = []
    for raw, task in tasks:
        before = known.get(task.id)
        last = before.read if before else None
        if not is_news(last, task, observed):
            continue  # an older one never overwrites; the same one was read before
        change = change_in_title(task.title) or (before.change if before else "")
        try:
            change = change or await _by_details(deps, tenant, task)
        except PermanentError as error:
            await park(deps, "tasks", _body_of(read, [raw]), read.first_seen, str(error))
            continue
        ours = await _our_hand(deps, change, tenant, task) if change and may_be_moved(last, task) else NOT_OURS
        arrivals.append(_Arrival(raw, task, before, change, state_after(last, tenant, task, observed, ours)))
    newest = {each.task.id: each for each in sorted(arrivals, key=lambda each: each.state.version)}
    return [each for each in arrivals if newest[each.task.id] is each]


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


def _newer(tasks: Sequence[TaskState], lost: _Lost = _NOTHING) -> Beside:
    """What of these tasks is newer than what stands beside their change."""

    def newer(record: ChangeRecord) -> list[Write]:
        writes: dict[str, Write] = {}
        for task in [*tasks, *lost.states(lambda name: record.task(lost.tenant, name))]:
            before = record.task(task.tenant, task.id)
            if before is None or before.version < task.version:
                writes[task.id] = record.put_task(task)
        return list(writes.values())

    return newer


async def _take_up(deps: Deps, keys: Collection[str]) -> None:
    """Tasks that waited: record them beside their changes and take them off the list."""
    waits = await waiting_tasks(deps.storage.tables, keys)
    by_change: dict[str, list[WaitingTask]] = defaultdict(list)
    for task in waits.values():
        by_change[task.change].append(task)
    policy = await deps.here.policy.current()
    besides = {change_id: _newer([task.state for task in tasks]) for change_id, tasks in by_change.items()}
    batch: list[Line] = []
    try:
        left = await settle_many(batch, deps, policy, besides)
    finally:
        await touch(deps, batch)
    for change_id, error in left.failed.items():
        _LOG.error("%s: its tasks wait on", change_id, exc_info=error)
    done = [task for task in waits.values() if task.change not in left.unknown | left.failed.keys()]
    # not where a newer one waits: `mend` or the next new change takes that up
    await delete_waiting(deps.storage.tables, done)
