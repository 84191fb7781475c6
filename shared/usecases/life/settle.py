"""A change becomes what its tickets and tasks say, closed or open again; then the lists follow."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.core import ids
from shared.core.errors import TransientError
from shared.core.life.closing import closed_row, open_row, settle
from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.life.line import Line
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.record import changes
from shared.record.changes import ChangeRecord, read_tasks, read_with_tasks
from shared.record.closings import insert_closing, insert_closings, note_reopened
from shared.record.lists import line_of
from shared.record.open_list import list_open, refresh_open, unlist
from shared.record.redo import redo
from shared.usecases.apart import apart
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

    `given`: the change as it was just read without its tasks; they are read where it is closed or opened again, and
    where it ever was: what the lists say of such a change depends on them.
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
        if is_given and (after is not before or before.closings):
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


@dataclass(slots=True)
class Left:
    """Of a batch: the changes that are not known, and those that could not be settled, with the reason."""

    unknown: set[str] = field(default_factory=set)
    failed: dict[str, Exception] = field(default_factory=dict)


async def settle_many(batch: list[Line], deps: Deps, policy: Policy, besides: Mapping[str, Beside]) -> Left:
    """`settle_in` for many changes: for each partition two range queries and as few transactions as hold it.

    The lists follow when all are recorded. Where somebody else is faster, a change cannot be read, or storage refuses
    a row, the changes concerned are done one at a time, and one that fails leaves the others. Raises TransientError.
    """
    left, done, alone = Left(), list[Settled](), list[str]()
    by_partition: dict[str, list[str]] = defaultdict(list)
    for change_id in besides:
        by_partition[ids.partition(change_id)].append(change_id)
    for partition, change_ids in by_partition.items():
        some = {change_id: besides[change_id] for change_id in change_ids}
        done += await _settle_partition(deps, policy, partition, some, left, alone)
    await _refresh_many(deps, policy, done)
    for settled in done:
        with apart(f"{settled.record.change.id} is not told to the lists"):
            batch.append(line_of(settled.record, policy, deps.here.clock()))
    for change_id in alone:
        try:
            if not await settle_in(batch, deps, policy, change_id, besides[change_id]):
                left.unknown.add(change_id)
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are settled
            left.failed[change_id] = error
    return left


async def _settle_partition(
    deps: Deps, policy: Policy, partition: str, besides: Mapping[str, Beside], left: Left, alone: list[str]
) -> list[Settled]:
    """Those that are written. `alone` gets those that have to be done one at a time."""
    try:
        records = await changes.changes_with_tasks(deps.storage.tables, partition, besides.keys())
    except TransientError:
        raise
    except Exception:  # noqa: BLE001 - a row of one of them is damaged: it is met again alone
        alone += besides
        return []
    now = deps.here.clock()
    settled: list[Settled] = []
    groups: list[list[Write]] = []
    for change_id, beside in besides.items():
        record = records.get(change_id)
        try:
            parts = beside(record) if record else None
            if record is None or parts is None:
                left.unknown.add(change_id)
                continue
            writes, before = list(parts), record.change
            after = settle(before, record.states, record.task_states, policy, now)
            if after is not before:
                writes.append(record.replace_change(after))
            closed = closed_row(after, record.states, record.task_states, policy)
        except Exception:  # noqa: BLE001 - as above
            alone.append(change_id)
            continue
        groups += [writes] if writes else []
        settled.append(Settled(record, closed, turned=after is not before))
    refused = await changes.commit_apart(deps.storage.tables, groups)
    alone += refused
    written = [each for each in settled if each.record.change.id not in refused]
    for each in written:
        if each.turned:
            tell(deps, "closed" if each.closed else "reopened", change=each.record.change.id)
    return written


async def _refresh_many(deps: Deps, policy: Policy, many: Sequence[Settled]) -> None:
    """`refresh_lists` for many, a team and a month at a time."""
    tables, now = deps.storage.tables, deps.here.clock()
    listed: dict[str, list[OpenChange]] = defaultdict(list)
    unlisted: dict[str, list[str]] = defaultdict(list)
    closed = [each.closed for each in many if each.closed]
    for record in (each.record for each in many if not each.closed):
        await note_reopened(tables, record.change)
        with apart(f"{record.change.id} cannot be listed"):
            entry = open_row(record.change, record.states, record.task_states, policy, now)
            if entry:
                listed[entry.team].append(entry)
    await insert_closings(tables, closed)
    for closing in closed:
        unlisted[closing.team].append(closing.id)
    for team in listed.keys() | unlisted.keys():
        await refresh_open(tables, team, listed[team], unlisted[team])


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
