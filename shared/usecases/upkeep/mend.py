"""`mend`: nightly; sends again what hangs, rebuilds the lists from the record, takes up tasks that wait."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.errors import TransientError
from shared.core.life.closing import closed_row, lapse, open_row
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.tasks.task import TaskState
from shared.record import changes
from shared.record.changes import ChangeRecord, all_changes, has_change, waiting_for_classification
from shared.record.closings import ClosingIndex
from shared.record.copies import TenantCount, count_tenants
from shared.record.deliveries import forget_heard
from shared.record.first_load import write_waiting_counts
from shared.record.lists import KEPT, delete_touched, line_of
from shared.record.numbers import NumberIndex
from shared.record.open_list import OpenList
from shared.record.redo import transactions
from shared.record.tasks import all_tasks, waiting_keys
from shared.usecases.apart import apart
from shared.usecases.cards.waiting import point_again
from shared.usecases.changes.reading import reread
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.upkeep.effectiveness import CardCounts
from shared.usecases.upkeep.first_load import drop_over
from shared.usecases.upkeep.lists import NewLists
from shared.usecases.upkeep.mend_relations import RelationSweep

_IDS_A_MESSAGE = 50
_LAPSED_AT_ONCE = 50
_HEARD_FOR = timedelta(days=1)  # a call that is sent again later is refused by its time
REREAD_A_NIGHT = 500
"""Open changes that are read anew after an upgrade of the reader; the others follow in the next nights."""


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
    cards: int = 0
    reread: int = 0
    over: int = 0
    lapsed: int = 0
    reopened: int = 0


async def mend(deps: Deps) -> Mended:
    """Everything here can run at any time and twice: what it sends again is recognised, its writes are conditional."""
    done = Mended()
    lines = NewLists(deps)
    tasks = await all_tasks(deps.storage.tables)
    await _classify_again(deps, done)
    with apart("the lists cannot be mended", passing=TransientError):
        await _rebuild(deps, tasks, lines, done)
    await _waiting(deps, done)
    await forget_heard(deps.storage.tables, deps.here.clock() - _HEARD_FOR)
    with apart("what was touched days ago cannot be forgotten"):
        await delete_touched(deps.storage.tables, deps.here.clock() - KEPT)
    return done


async def _classify_again(deps: Deps, done: Mended) -> None:
    """Changes whose classification was recorded as due and whose message may be lost."""
    hanging: dict[str, list[str]] = defaultdict(list)
    async for change_id in waiting_for_classification(deps.storage.tables):
        hanging[ids.partition(change_id)].append(change_id)
    for change_ids in hanging.values():
        for at in range(0, len(change_ids), _IDS_A_MESSAGE):
            await deps.storage.queues.send(
                "changes", Envelope({"ids": change_ids[at : at + _IDS_A_MESSAGE]}, deps.here.clock())
            )
        done.classify += len(change_ids)


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists as they stand, held against every change."""

    relations: RelationSweep
    numbers: NumberIndex
    listed: OpenList
    closings: ClosingIndex
    lines: NewLists
    cards: CardCounts
    tenants: TenantCount
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: list[tuple[str, EffectState]] = field(default_factory=list)


async def _rebuild(deps: Deps, tasks: Mapping[str, list[TaskState]], lines: NewLists, done: Mended) -> None:
    policy, tables = await deps.here.policy.current(), deps.storage.tables
    lists = _Lists(
        await RelationSweep.read(deps),
        await NumberIndex.read(tables, policy),
        await OpenList.read(tables),
        await ClosingIndex.read(tables),
        lines,
        CardCounts(deps.here.clock()),
        await count_tenants(tables, deps.here.clock()),
    )

    def leave(change_id: str) -> None:
        lists.listed.leave(change_id)
        lines.leave(change_id)

    async def mend_all(records: Iterable[ChangeRecord]) -> None:
        for record in records:
            whole = False
            with apart(f"{record.change.id} cannot be mended", passing=TransientError):
                await _mend_change(deps, policy, record, tasks.get(record.change.id, []), lists, done)
                whole = True
            if not whole:
                leave(record.change.id)

    lapsing: list[tuple[ChangeRecord, Write]] = []
    async for record in all_changes(tables, leave):
        before, now = record.change, deps.here.clock()
        after = lapse(before, record.states, tasks.get(before.id, []), policy, now)
        if after is before:
            await mend_all([record])
            continue
        if lapsing and (
            ids.partition(lapsing[0][0].change.id) != ids.partition(before.id) or len(lapsing) == _LAPSED_AT_ONCE
        ):
            await mend_all(await _lapse(deps, lapsing, leave, done))
            lapsing = []
        lapsing.append((record, record.replace_change(after)))
    await mend_all(await _lapse(deps, lapsing, leave, done))
    await write_waiting_counts(tables, lists.kept)
    with apart("cards that wait cannot be mended", passing=TransientError):
        done.cards = await point_again(deps, policy, lists.waiting)
    with apart("cards cannot be summed up"):
        await lists.cards.write(deps)
    with apart("relations cannot be mended", passing=TransientError):
        done.relations = await lists.relations.mend(deps)
    done.unlisted = await lists.listed.delete_rest(tables)
    with apart("the lists cannot be built"):
        await lines.write()


async def _lapse(
    deps: Deps, lapsing: Sequence[tuple[ChangeRecord, Write]], leave: Callable[[str], None], done: Mended
) -> list[ChangeRecord]:
    """Close what is over, as few transactions as hold it; those that stand so now. The next night takes the others."""
    left = list(lapsing)
    lapsed: list[ChangeRecord] = []
    for writes in transactions([write] for _, write in lapsing):
        some, left = left[: len(writes)], left[len(writes) :]
        written = False
        with apart(f"changes from {some[0][0].change.id} on cannot be closed as over", passing=TransientError):
            written = await changes.commit_or_skip(deps.storage.tables, writes)
        for record, _ in some:
            if written:
                lapsed.append(record)
            else:
                leave(record.change.id)
    done.lapsed += len(lapsed)
    return lapsed


async def _mend_change(
    deps: Deps, policy: Policy, record: ChangeRecord, tasks: list[TaskState], lists: _Lists, done: Mended
) -> None:
    tables, now = deps.storage.tables, deps.here.clock()
    done.over += await drop_over(deps, record, now)
    change, states = record.change, record.states
    lists.kept.update((state.effect.kind, state.effect.target) for state in states if state.is_kept)
    lists.waiting.extend((change.id, state) for state in states if state.place)
    lists.relations.take(record)
    lists.cards.take(record)
    done.numbers += await lists.numbers.mend(tables, change.id, states)
    if change.stage == "decided":
        done.effects += await send_due(deps, change.id, states)
    closed = closed_row(change, states, tasks, policy)
    if closed and not closed.before:
        done.closings += await lists.closings.mend(tables, closed)
    done.reopened += await lists.closings.mend_reopened(tables, change)
    entry = open_row(change, states, tasks, policy, now)
    if entry and done.reread < REREAD_A_NIGHT and await reread(deps, record):
        done.reread += 1
        change = record.change
        entry = open_row(change, states, tasks, policy, now)
    if entry:
        done.listed += await lists.listed.mend(tables, entry)
    elif change.stage != "decided":  # not decided yet, or parked: leave its row alone
        lists.listed.leave(change.id)
    lists.lines.add(line_of(record, policy, now, tasks, lists.tenants))


async def _waiting(deps: Deps, done: Mended) -> None:
    """Tasks whose change has come meanwhile without taking them up."""
    waiting = await waiting_keys(deps.storage.tables)
    ready = [key for key, change_id in waiting.items() if await has_change(deps.storage.tables, change_id)]
    for at in range(0, len(ready), _IDS_A_MESSAGE):
        await deps.storage.queues.send(
            "tasks", Envelope({"waiting": ready[at : at + _IDS_A_MESSAGE]}, deps.here.clock())
        )
    done.tasks += len(ready)
