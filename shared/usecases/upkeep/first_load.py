"""A first load: the most urgent effects become due by themselves, the others when a person releases them."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from shared.core.changes.change import EffectState
from shared.core.decisions.first_load import at_once, is_over, next_day, urgency
from shared.core.errors import TransientError
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private, shown_title
from shared.record import changes
from shared.record.audit import Entry, insert_entries
from shared.record.changes import ChangeRecord, all_changes, read_with_effects, waiting_for_classification
from shared.record.copies import count_copies
from shared.record.first_load import Load, end_load, open_loads, write_waiting_counts
from shared.record.redo import redo
from shared.usecases.apart import apart
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due

_LOG = logging.getLogger("foresignal.first_load")
PATIENCE = timedelta(hours=1)
"""How long a first load is waited for: a post that is parked never arrives."""
ONE_LOAD = timedelta(days=1)
"""Tenants that are loaded within this time share what a ticket system or channel gets at once."""


@dataclass(frozen=True, slots=True)
class KeptEffect:
    """A ticket or card that waits for a person. `day`: the nearest one ahead; None where there is none to be shown."""

    change: str
    effect: str
    kind: str
    target: str
    title: str
    day: date | None
    urgency: tuple[date, int, int]


@dataclass(slots=True)
class HandedOut:
    """How much of the first loads that were open became due by itself, and how much waits."""

    due: int = 0
    kept: int = 0


async def hand_out(deps: Deps) -> HandedOut | None:
    """Make the most urgent effects of a first load due once all of it is decided; None where none is ready.

    What becomes due is marked so. A run that follows one that died goes on with its choice, and two at the same time
    choose the same: each counts what it sees marked, and takes the rest of the same order.
    """
    loads = await open_loads(deps.storage.tables)
    if not loads or not await _is_complete(deps, loads):
        return None
    policy, now = await deps.here.policy.current(), deps.here.clock()
    kept: list[KeptEffect] = []
    used = Counter[tuple[str, str]]()
    async for record in all_changes(deps.storage.tables):
        if record.change.stage != "decided":
            continue
        kept += _kept(record, policy, now)
        urgent = [state for state in record.states if state.first_load == "urgent"]
        if urgent and now - record.change.first_seen < ONE_LOAD:
            used.update((state.effect.kind, state.effect.target) for state in urgent)
        await send_due(deps, record.change.id, [state for state in urgent if not state.done])  # of a run that died
    chosen = _most_urgent(kept, used, policy)
    done = HandedOut(await _make_due(deps, chosen, "urgent"))
    rest = Counter((each.kind, each.target) for each in set(kept) - set(chosen))
    done.kept = rest.total()
    await write_waiting_counts(deps.storage.tables, rest)
    for load in loads:
        await end_load(deps.storage.tables, load)
    _LOG.info("first load of %s: %d due, %d kept", ", ".join(load.tenant for load in loads), done.due, done.kept)
    return done


async def _is_complete(deps: Deps, loads: Sequence[Load]) -> bool:
    """Whether every post of these feeds is recorded and decided, or has been waited for long enough."""
    young = [load for load in loads if deps.here.clock() - load.began < PATIENCE]
    newest = sorted(young, key=lambda load: load.began)[-1:]
    for some in (newest, young) if len(young) > 1 else (newest,):  # the newest is mostly the last one to be whole
        counts = await count_copies(deps.storage.tables, [load.tenant for load in some]) if some else Counter()
        if any(counts[load.tenant] < load.posts for load in some):
            return False
    async for _ in waiting_for_classification(deps.storage.tables):
        return not young
    return True


def _kept(record: ChangeRecord, policy: Policy, now: datetime) -> list[KeptEffect]:
    """The effects of a change that wait; none once it is over."""
    change = record.change
    if is_over(change, now):
        return []
    today = now.date()
    day = None if is_private(change.read()) else next_day(change, policy, today)
    title, order = shown_title(change.read()), urgency(change, policy, today)
    return [
        KeptEffect(change.id, state.effect.key, state.effect.kind, state.effect.target, title, day, order)
        for state in record.states
        if state.is_kept
    ]


def _most_urgent(kept: Sequence[KeptEffect], used: Counter[tuple[str, str]], policy: Policy) -> list[KeptEffect]:
    """As many for each ticket system and channel as the policy lets through at once, less what is through already."""
    chosen = []
    for each in sorted(kept, key=lambda one: one.urgency):
        place = (each.kind, each.target)
        if used[place] < at_once(*place, policy):
            used[place] += 1
            chosen.append(each)
    return chosen


async def waiting(deps: Deps) -> list[KeptEffect]:
    """Everything that waits for a person, the most urgent first: reads the whole of table `changes`."""
    policy, now = await deps.here.policy.current(), deps.here.clock()
    kept: list[KeptEffect] = []
    async for record in all_changes(deps.storage.tables):
        kept += _kept(record, policy, now)
    return sorted(kept, key=lambda each: (each.kind != "ticket", each.target, each.urgency))


async def release(deps: Deps, chosen: Sequence[KeptEffect], rest: Sequence[KeptEffect] = (), *, by: str) -> int:
    """Make these due, as a person wants; how many were. `rest`: what waits on. `by`: the person, for the audit.

    A run that dies is repeated: what it had recorded and not sent is sent by `mend`.
    """
    await insert_entries(deps.storage.tables, _orders(deps.here.clock(), chosen, by))
    released = await _make_due(deps, chosen, "released")
    await write_waiting_counts(deps.storage.tables, Counter((each.kind, each.target) for each in rest))
    return released


def _orders(at: datetime, chosen: Sequence[KeptEffect], by: str) -> list[Entry]:
    """One for each change."""
    effects: dict[str, list[str]] = {}
    for each in chosen:
        effects.setdefault(each.change, []).append(each.effect)
    return [Entry(at, change, "release", by, "command", "", {"effects": keys}) for change, keys in effects.items()]


async def _make_due(deps: Deps, chosen: Sequence[KeptEffect], step: Literal["urgent", "released"]) -> int:
    by_change: dict[str, set[str]] = {}
    for each in chosen:
        by_change.setdefault(each.change, set()).add(each.effect)
    done = 0
    for change, keys in by_change.items():
        with apart(f"{change}: what waits since the first load", passing=TransientError):
            done += await _make_one_due(deps, change, keys, step)
    return done


async def _make_one_due(deps: Deps, change_id: str, keys: Collection[str], step: Literal["urgent", "released"]) -> int:
    """The kept ones among these effects of a change, in one transaction; then their pointers."""

    async def write() -> list[EffectState]:
        record = await read_with_effects(deps.storage.tables, change_id)
        if record is None or is_over(record.change, deps.here.clock()):
            return []
        raised = [
            replace(state, due=record.change.current.id, first_load=step)
            for state in record.states
            if state.is_kept and state.effect.key in keys
        ]
        if raised:
            await changes.commit(deps.storage.tables, [record.raise_effect(state) for state in raised])
        return raised

    return await send_due(deps, change_id, await redo(write))


async def drop_over(deps: Deps, record: ChangeRecord, now: datetime) -> int:
    """Take what is kept for a change that is over from the list; how many. The next night tries again on conflict."""
    kept = [state for state in record.states if state.is_kept]
    if not kept or not is_over(record.change, now):
        return 0
    writes = [record.raise_effect(replace(state, first_load="over")) for state in kept]
    return len(kept) if await changes.commit_or_skip(deps.storage.tables, writes) else 0
