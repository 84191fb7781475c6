"""`mend`: nightly; sends again what hangs, rebuilds the lists from the record, takes up tasks that wait."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from shared.core import ids
from shared.core.life.closing import closed_row, open_row
from shared.core.messages import Envelope
from shared.core.ports.storage import Row
from shared.core.tasks.task import TaskState
from shared.record import changes
from shared.record.changes import ChangeRecord, read_changes
from shared.record.closings import ClosingIndex
from shared.record.numbers import NumberIndex
from shared.record.open_list import OpenList
from shared.record.packing import END
from shared.record.tasks import WAITING, read_task_state
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.upkeep.mend_relations import Kindred

_IDS_A_MESSAGE = 50


@dataclass(slots=True)
class Mended:
    """How much had to be put right; all zero on a quiet night."""

    classify: int = 0
    effects: int = 0
    tasks: int = 0
    listed: int = 0
    unlisted: int = 0
    closings: int = 0
    relations: int = 0
    numbers: int = 0


async def mend(deps: Deps) -> Mended:
    """Everything here can run at any time and twice: what it sends again is recognised, its writes are conditional."""
    done = Mended()
    tasks = await _tasks(deps)
    await _classify_again(deps, done)
    await _rebuild(deps, tasks, done)
    await _waiting(deps, done)
    return done


async def _tasks(deps: Deps) -> dict[str, list[TaskState]]:
    found: dict[str, list[TaskState]] = defaultdict(list)
    async for row in deps.tables.scan(changes.TABLE, low="k|", high="k}"):
        found[changes.id_of(row.key)].append(read_task_state(row))
    return found


async def _classify_again(deps: Deps, done: Mended) -> None:
    """Changes whose classification was recorded as due and whose message may be lost."""
    hanging: dict[str, list[str]] = defaultdict(list)
    async for row in deps.tables.scan(changes.TABLE, {"stage": "classify"}, "c|", "c}"):
        hanging[row.partition].append(changes.id_of(row.key))
    for change_ids in hanging.values():
        for at in range(0, len(change_ids), _IDS_A_MESSAGE):
            await deps.queues.send("changes", Envelope({"ids": change_ids[at : at + _IDS_A_MESSAGE]}, deps.clock()))
        done.classify += len(change_ids)


async def _changes(deps: Deps) -> AsyncIterator[ChangeRecord]:
    """Every change with its effects, one at a time: rows come in order of partition and key."""
    group: list[Row] = []
    async for row in deps.tables.scan(changes.TABLE, low="c|", high="c}"):
        if group and changes.id_of(row.key) != changes.id_of(group[0].key):
            for held in read_changes(group).values():
                yield held
            group = []
        group.append(row)
    for held in read_changes(group).values():
        yield held


async def _rebuild(deps: Deps, tasks: Mapping[str, list[TaskState]], done: Mended) -> None:
    policy, now = await deps.policy.current(), deps.clock()
    kindred, known = await Kindred.read(deps), await NumberIndex.read(deps.tables, policy)
    listed, closings = await OpenList.read(deps.tables), await ClosingIndex.read(deps.tables)
    async for held in _changes(deps):
        change, states, of_change = held.change, held.states, tasks.get(held.change.id, [])
        kindred.take(held)
        done.numbers += await known.mend(deps.tables, change.id, states)
        if change.stage == "decided":
            done.effects += await send_due(deps, change.id, states)
        closed = closed_row(change, states, of_change, policy)
        if closed:
            done.closings += await closings.mend(deps.tables, closed)
        entry = open_row(change, states, of_change, policy, now)
        if entry:
            done.listed += await listed.mend(deps.tables, entry)
        elif change.stage != "decided":  # not decided yet, or parked: leave its row alone
            listed.leave(change.id)
    done.relations = await kindred.mend(deps)
    done.unlisted = await listed.delete_rest(deps.tables)


async def _waiting(deps: Deps, done: Mended) -> None:
    """Tasks whose change has come meanwhile without taking them up."""
    waiting = await deps.tables.range("tasks", WAITING, "", END)
    ready = []
    for row in waiting:
        change_id = str(row.values["change"])
        if await deps.tables.get(changes.TABLE, ids.partition(change_id), changes.change_key(change_id)):
            ready.append(row.key)
    for at in range(0, len(ready), _IDS_A_MESSAGE):
        await deps.queues.send("tasks", Envelope({"waiting": ready[at : at + _IDS_A_MESSAGE]}, deps.clock()))
    done.tasks += len(ready)
