"""`mend`: nightly; sends again what hangs, rebuilds the lists from the record, takes up tasks that wait.

Once a week, and wherever it does not know what has changed, it walks over every change: a full pass. Else over those
that were written since the last pass, and those that wait or may have lapsed: a short one, which leaves the same.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.core import ids
from shared.core.changes.change import READER
from shared.core.life.lapsing import may_lapse, may_turn
from shared.core.messages import Envelope
from shared.core.names import VERSION
from shared.core.policy.model import Policy
from shared.record.changes import ChangeRecord, all_changes, has_change, waiting_for_classification
from shared.record.closings import ClosingIndex
from shared.record.copies import count_tenants
from shared.record.deliveries import forget_heard
from shared.record.lists import KEPT, LIVE, Listing, delete_touched, read_listing
from shared.record.numbers import NumberIndex
from shared.record.open_list import OpenList
from shared.record.passes import Pass, begin_pass, end_pass, last_pass
from shared.record.recent import Recent, read_recent, recent, tasks_beside, tenants_of
from shared.record.sent_cards import SentCards, read_sent_cards
from shared.record.tasks import all_tasks, waiting_keys
from shared.usecases.apart import apart
from shared.usecases.deps import Deps
from shared.usecases.upkeep.effectiveness import CardCounts
from shared.usecases.upkeep.lists import NewLists, RecentLines
from shared.usecases.upkeep.mend_relations import RecentRelations, RelationSweep
from shared.usecases.upkeep.mend_walk import Lists, Mended, Walk

_FORM = 1
"""Counts up where a pass does otherwise what one before must have done to everything."""
_IDS_A_MESSAGE = 50
_HEARD_FOR = timedelta(days=1)  # a call that is sent again later is refused by its time
FULL_EVERY = timedelta(days=7)
_EARLIER = timedelta(hours=1)  # as a timer is never quite on time
MARGIN = timedelta(hours=1)
"""How long before the last pass storage's rows are looked at again: partitions have clocks of their own, and of two
passes at the same time one may have read before the other began."""
_MOST = 1_000
"""Changes of which a short pass is made, which holds them all at once; of more a full one is."""
_FEW = 100
"""Changes whose rows of each list are asked for by name; of more each list is read whole."""
_MOST_LEFT = 50
_UNDER_WAY = timedelta(days=1)
"""How long a post may be under way from its feed to the record; of one that was parked the next full pass knows."""


@dataclass(frozen=True, slots=True)
class _Short:
    """What a short pass goes by: the lists as they stand, and the changes to look at."""

    live: Listing
    cards: SentCards
    found: Recent
    since: datetime


async def mend(deps: Deps, *, full: bool = False) -> Mended:
    """Everything here can run at any time and twice: what it sends again is recognised, its writes are conditional.

    `full`: walk over every change, whatever is known. A pass that dies, or where something fails that is not one
    change's own, is followed by a full one.
    """
    tables, now = deps.storage.tables, deps.here.clock()
    policy = await deps.here.policy.current()
    last, basis = await last_pass(tables), _basis(policy)
    begun = await begin_pass(tables, last)
    short = None if full else await _short(deps, last, basis, now)
    walk, anew = Walk(deps, policy, Mended(full=short is None)), NewLists(deps)
    if short:
        await _classify(deps, short.found.hanging, walk.done)
        with walk.apart("the lists cannot be mended"):
            await _mend_recent(walk, short)
    else:
        await _classify(deps, [change_id async for change_id in waiting_for_classification(tables)], walk.done)
        with walk.apart("the lists cannot be mended"):
            await _mend_all(walk, anew)
    await _waiting(deps, walk.done)
    await forget_heard(tables, now - _HEARD_FOR)
    with apart("what was touched days ago cannot be forgotten"):
        await delete_touched(tables, now - KEPT)
    if begun and walk.comes_to_its_end and len(walk.left) <= _MOST_LEFT:
        if not short:
            begun = replace(begun, full=now, basis=basis, lists=anew.name)
        await end_pass(tables, begun, walk.left)
    return walk.done


async def _short(deps: Deps, last: Pass, basis: str, now: datetime) -> _Short | None:
    """What has to be looked at; None where everything has to."""
    if not (last.ended and last.since and last.full and last.basis == basis):
        return None
    if not last.full <= now < last.full + FULL_EVERY - _EARLIER:
        return None
    live, cards = await read_listing(deps.storage.blobs, LIVE), await read_sent_cards(deps.storage.blobs)
    if live is None or live.rest != last.lists or cards is None:  # or another version has built them meanwhile
        return None
    since = last.since - MARGIN
    found = await recent(deps.storage.tables, since)
    found.changes |= set(last.left)
    found.changes |= {line.id for line in live.lines.values() if may_lapse(line, now) or may_turn(line)}
    return _Short(live, cards, found, since) if len(found.changes) <= _MOST else None


def _basis(policy: Policy) -> str:
    """A word for what the lists are made by: another version, reader or policy makes others of the same record."""
    said = [VERSION, _FORM, READER, policy.model_dump()]
    return hashlib.sha256(json.dumps(said, default=_comparable).encode()).hexdigest()[:16]


def _comparable(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)


async def _mend_all(walk: Walk, lines: NewLists) -> None:
    """A full pass: one walk over the record, and every list held against it."""
    tables, now = walk.deps.storage.tables, walk.deps.here.clock()
    lists = Lists(
        lines,
        await RelationSweep.read(walk.deps),
        CardCounts(now),
        await NumberIndex.read(tables, walk.policy),
        await OpenList.read(tables),
        await ClosingIndex.read(tables),
        await count_tenants(tables, now),
    )
    tasks = await all_tasks(tables)
    await walk.mend(all_changes(tables, lambda change_id: walk.leave(lists, change_id)), tasks, lists)


async def _mend_recent(walk: Walk, short: _Short) -> None:
    """A short pass: the same walk over some changes, and what the lists have of them."""
    tables, now = walk.deps.storage.tables, walk.deps.here.clock()
    some, damaged = short.found.changes, list[str]()
    lines = RecentLines(walk.deps, short.live)
    records = await read_recent(tables, some, damaged.append)
    states = [state for record in records for state in record.states]
    few = len(some) <= _FEW
    lists = Lists(
        lines,
        RecentRelations(short.live, short.since - _UNDER_WAY),
        CardCounts(now, short.cards),
        await NumberIndex.read(tables, walk.policy, states if few else None),
        await OpenList.read(tables, some if few else None),
        await ClosingIndex.read(tables, some if few else None),
        await tenants_of(tables, some, now),
    )
    lists.listed.keep_only(some)
    for change_id in damaged:
        walk.leave(lists, change_id)
    await walk.mend(_each(records), await tasks_beside(tables, some), lists)


async def _each(records: Sequence[ChangeRecord]) -> AsyncIterator[ChangeRecord]:
    for record in records:
        yield record


async def _classify(deps: Deps, change_ids: Iterable[str], done: Mended) -> None:
    """Changes whose classification was recorded as due and whose message may be lost."""
    hanging: dict[str, list[str]] = defaultdict(list)
    for change_id in change_ids:
        hanging[ids.partition(change_id)].append(change_id)
    for some in hanging.values():
        for at in range(0, len(some), _IDS_A_MESSAGE):
            envelope = Envelope({"ids": sorted(some)[at : at + _IDS_A_MESSAGE]}, deps.here.clock())
            await deps.storage.queues.send("changes", envelope)
        done.classify += len(some)


async def _waiting(deps: Deps, done: Mended) -> None:
    """Tasks whose change has come meanwhile without taking them up."""
    waiting = await waiting_keys(deps.storage.tables)
    ready = [key for key, change_id in waiting.items() if await has_change(deps.storage.tables, change_id)]
    for at in range(0, len(ready), _IDS_A_MESSAGE):
        await deps.storage.queues.send(
            "tasks", Envelope({"waiting": ready[at : at + _IDS_A_MESSAGE]}, deps.here.clock())
        )
    done.tasks += len(ready)
