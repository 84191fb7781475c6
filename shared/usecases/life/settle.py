"""A change becomes what its tickets and tasks say, closed or open again; then the lists follow."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from shared.core.life.closing import closed_row, open_row, settle
from shared.core.life.entries import ClosedChange
from shared.core.life.line import Line
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.record import changes
from shared.record.changes import ChangeRecord, read_tasks, read_with_tasks
from shared.record.closings import insert_closing, note_reopened
from shared.record.lists import line_of
from shared.record.open_list import list_open, unlist
from shared.record.redo import redo
from shared.usecases.deps import Deps
from shared.usecases.life.touch import touch
from shared.usecases.telling import tell

Beside = Callable[[ChangeRecord], Sequence[Write] | None]
"""What is written in the same transaction; the record that it is given holds it from then on.

None: leave the change as it is.
"""


async def settle_change(deps: Deps, policy: Policy, change_id: str, beside: Beside = lambda _: ()) -> bool:
    """Close the change, or open it again, as its tickets and tasks say; False where the change is unknown."""
    batch: list[Line] = []
    known = await settle_in(batch, deps, policy, change_id, beside)
    await touch(deps, batch)
    return known


async def settle_in(
    batch: list[Line], deps: Deps, policy: Policy, change_id: str, beside: Beside = lambda _: ()
) -> bool:
    """The same for one of a batch, whose lines are told together: `touch` takes them when all are done."""
    settled = await settle_record(deps, policy, change_id, beside)
    if settled is None:
        return False
    await refresh_lists(deps, policy, settled)
    batch.append(line_of(settled.record, policy, deps.here.clock()))
    return True


class Settled(NamedTuple):
    """A change as it is recorded now. `closed`: its closing's row, where it is closed.

    `turned`: whether it was closed or opened again just now.
    """

    record: ChangeRecord
    closed: ClosedChange | None
    turned: bool


async def settle_record(
    deps: Deps, policy: Policy, change_id: str, beside: Beside, given: ChangeRecord | None = None
) -> Settled | None:
    """The same without the lists: `refresh_lists` takes the result. None where the change is unknown or left.

    `given`: the change as it was just read without its tasks; they are read where it is closed or opened again.
    """
    first = [given] if given else []

    async def step() -> Settled | None:
        is_given = bool(first)
        record = first.pop() if first else await read_with_tasks(deps.storage.tables, change_id)
        parts = beside(record) if record else None
        if record is None or parts is None:
            return None
        writes = list(parts)
        before, now = record.change, deps.here.clock()
        after = settle(before, record.states, None if is_given else record.task_states, policy, now)
        if is_given and after is not before:
            await read_tasks(deps.storage.tables, record)
            after = settle(before, record.states, record.task_states, policy, now)
        if after is not before:
            writes.append(record.replace_change(after))
        if writes:
            await changes.commit(deps.storage.tables, writes)
        if after is not before and bool(after.closed) != bool(before.closed):
            tell(deps, "closed" if after.closed else "reopened", change=change_id)
        closed = closed_row(after, record.states, record.task_states, policy)
        return Settled(record, closed, turned=after is not before)

    return await redo(step)


async def refresh_lists(deps: Deps, policy: Policy, settled: Settled) -> None:
    """After the record: the closing's row, and the list of what is open. To do it again changes nothing."""
    record, closed = settled.record, settled.closed
    if closed is None:
        await note_reopened(deps.storage.tables, record.change)
        entry = open_row(record.change, record.states, record.task_states, policy, deps.here.clock())
        await list_open(deps.storage.tables, entry)
        return
    await insert_closing(deps.storage.tables, closed)
    await unlist(deps.storage.tables, closed.id, closed.team)
