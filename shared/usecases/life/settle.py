"""A change is as its tickets and tasks say: closed, or open again; then the lists."""

import contextlib
from collections.abc import Sequence

from shared.core import ids
from shared.core.errors import ConflictError
from shared.core.life.closing import closed_row, open_row, settle
from shared.core.life.entries import ClosedChange
from shared.core.policy.model import Policy
from shared.core.ports.storage import Row, Write
from shared.core.tasks.task import TaskState
from shared.record import changes
from shared.record.changes import ChangeRecord, read_with_tasks
from shared.record.closings import CLOSINGS
from shared.record.open_list import list_open, unlist
from shared.record.redo import redo
from shared.record.tasks import task_row
from shared.usecases.deps import Deps


async def attach(deps: Deps, policy: Policy, change_id: str, tasks: Sequence[TaskState]) -> bool:
    """Record these tasks beside their change and close or open it accordingly; False while the change is unknown."""

    async def step() -> tuple[ChangeRecord, ClosedChange | None, bool] | None:
        held = await read_with_tasks(deps.tables, change_id)
        if held is None:
            return None
        writes = []
        for task in tasks:
            row = task_row(change_id, task)
            before = held.tasks.get(row.key)
            if before is None:
                writes.append(Write("insert", row))
            elif before[0].etag < task.etag:
                writes.append(Write("replace", task_row(change_id, task, before[1].etag)))
            else:
                continue
            held.tasks[row.key] = (task, row)
        after = settle(held.change, held.states, held.task_states)
        if after is not held.change:
            writes.append(Write("replace", changes.change_row(after, held.row.etag)))
            held.change = after
        if writes:
            await deps.tables.commit(changes.TABLE, writes)
        return held, closed_row(after, held.states, held.task_states, policy), bool(writes)

    outcome = await redo(step)
    if outcome is None:
        return False
    held, closed, _ = outcome
    await tell_lists(deps, policy, held, closed)
    return True


async def tell_lists(deps: Deps, policy: Policy, held: ChangeRecord, closed: ClosedChange | None) -> None:
    """After the record: the time-to-close row, and the list of what is open. Again and again is once."""
    if closed is None:
        entry = open_row(held.change, held.states, held.task_states, policy, deps.clock())
        await list_open(deps.tables, entry)
        return
    row = Row(f"{closed.closed:%Y-%m}", f"{ids.key(closed.id)}|{closed.number:03d}", closed.to_values())
    with contextlib.suppress(ConflictError):  # it was written before
        await deps.tables.commit(CLOSINGS, [Write("insert", row)])
    await unlist(deps.tables, closed.id, closed.team)
