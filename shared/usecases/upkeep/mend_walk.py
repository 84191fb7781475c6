"""The walk of `mend` over changes: what of each is put right, and what is summed up of all that it met."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.errors import TransientError
from shared.core.life.closing import closed_row, lapse, open_row
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.tasks.task import TaskState
from shared.record import changes
from shared.record.changes import ChangeRecord
from shared.record.closings import ClosingIndex
from shared.record.copies import TenantCount
from shared.record.first_load import write_waiting_counts
from shared.record.lists import line_of
from shared.record.numbers import NumberIndex
from shared.record.open_list import OpenList
from shared.record.redo import transactions
from shared.usecases.apart import apart
from shared.usecases.cards.waiting import point_again
from shared.usecases.changes.reading import reread
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.upkeep.effectiveness import CardCounts
from shared.usecases.upkeep.first_load import drop_over
from shared.usecases.upkeep.lists import NewLists, RecentLines
from shared.usecases.upkeep.mend_relations import RelationSweep

_LAPSED_AT_ONCE = 50
REREAD_A_NIGHT = 500
"""Open changes that are read anew after an upgrade of the reader; the others follow in the next nights."""


@dataclass(slots=True)
class Mended:
    """How much had to be put right; all zero on a quiet night. `full`: whether every change was looked at."""

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
    full: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists as they stand, held against every change that the walk meets."""

    lines: NewLists | RecentLines
    relations: RelationSweep
    cards: CardCounts
    numbers: NumberIndex
    listed: OpenList
    closings: ClosingIndex
    tenants: TenantCount
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: list[tuple[str, EffectState]] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    """A pass as it goes. `left`: changes that could not be mended; `comes_to_its_end`: nothing else failed."""

    deps: Deps
    policy: Policy
    done: Mended
    left: set[str] = field(default_factory=set)
    comes_to_its_end: bool = True

    @contextmanager
    def apart(self, what: str) -> Iterator[None]:
        """What fails inside is told and ends there, and the next pass is a full one."""
        whole = False
        with apart(what, passing=TransientError):
            yield
            whole = True
        self.comes_to_its_end = self.comes_to_its_end and whole

    def leave(self, lists: Lists, change_id: str) -> None:
        """The change cannot be read or mended: what stands in the lists stays."""
        self.left.add(change_id)
        lists.listed.leave(change_id)
        lists.lines.leave(change_id)

    async def mend(
        self, records: AsyncIterator[ChangeRecord], tasks: Mapping[str, Sequence[TaskState]], lists: Lists
    ) -> None:
        """Put right what is wrong with these changes, then the lists; `tasks`: those beside each of them."""
        lapsing: list[tuple[ChangeRecord, Write]] = []
        async for record in records:
            before, now = record.change, self.deps.here.clock()
            after = lapse(before, record.states, tasks.get(before.id, ()), self.policy, now)
            if after is before:
                await self._mend_each([record], tasks, lists)
                continue
            if lapsing and (
                ids.partition(lapsing[0][0].change.id) != ids.partition(before.id) or len(lapsing) == _LAPSED_AT_ONCE
            ):
                await self._mend_each(await self._lapse(lapsing, lists), tasks, lists)
                lapsing = []
            lapsing.append((record, record.replace_change(after)))
        await self._mend_each(await self._lapse(lapsing, lists), tasks, lists)
        await self._sum_up(lists)

    async def _sum_up(self, lists: Lists) -> None:
        deps, done = self.deps, self.done
        await write_waiting_counts(deps.storage.tables, lists.kept)
        with self.apart("cards that wait cannot be mended"):
            done.cards = await point_again(deps, self.policy, lists.waiting)
        with self.apart("cards cannot be summed up"):
            await lists.cards.write(deps)
        with self.apart("relations cannot be mended"):
            done.relations = await lists.relations.mend(deps)
        done.unlisted = await lists.listed.delete_rest(deps.storage.tables)
        with self.apart("the lists cannot be built"):
            await lists.lines.write()
        if done.reread >= REREAD_A_NIGHT:
            self.comes_to_its_end = False

    async def _lapse(self, lapsing: Sequence[tuple[ChangeRecord, Write]], lists: Lists) -> list[ChangeRecord]:
        """Close what is over, as few transactions as hold it; those that stand so now."""
        left = list(lapsing)
        lapsed: list[ChangeRecord] = []
        for writes in transactions([write] for _, write in lapsing):
            some, left = left[: len(writes)], left[len(writes) :]
            written = False
            with apart(f"changes from {some[0][0].change.id} on cannot be closed as over", passing=TransientError):
                written = await changes.commit_or_skip(self.deps.storage.tables, writes)
            for record, _ in some:
                if written:
                    lapsed.append(record)
                else:
                    self.leave(lists, record.change.id)
        self.done.lapsed += len(lapsed)
        return lapsed

    async def _mend_each(
        self, records: Iterable[ChangeRecord], tasks: Mapping[str, Sequence[TaskState]], lists: Lists
    ) -> None:
        for record in records:
            whole = False
            with apart(f"{record.change.id} cannot be mended", passing=TransientError):
                await self._mend_one(record, tasks.get(record.change.id, ()), lists)
                whole = True
            if not whole:
                self.leave(lists, record.change.id)

    async def _mend_one(self, record: ChangeRecord, tasks: Sequence[TaskState], lists: Lists) -> None:
        deps, policy, done = self.deps, self.policy, self.done
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
