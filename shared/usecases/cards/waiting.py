"""What a digest says of the cards that wait, what becomes of their effects, and the ways out for those that cannot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.core import ids
from shared.core.cards.delivery import Slot, slot_named
from shared.core.cards.digest import DigestLine, workload_of
from shared.core.changes.change import EffectState, Place
from shared.core.decisions.first_load import urgency
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Row, Write
from shared.record import changes, digests
from shared.record.changes import ChangeRecord, changes_of
from shared.record.digests import KeptCard, KeptRecord
from shared.record.effects import EffectRecord, outcome_write
from shared.record.redo import redo, transactions
from shared.usecases.cards.notify import cards_for, is_urgent_card, listed_card, worth_sending
from shared.usecases.delivery import channels
from shared.usecases.deps import Deps

Key = tuple[str, str]
"""A change and one of its effects."""


@dataclass(slots=True)
class Digested:
    """How many digests were sent, how many effects they stood for, and how many cards were stopped."""

    digests: int = 0
    effects: int = 0
    stopped: int = 0


@dataclass(slots=True)
class Waiting:
    """What a digest says of cards that wait: lines, and what becomes of each effect."""

    lines: list[DigestLine]
    states: list[tuple[ChangeRecord, EffectState]]
    told: list[Key]
    stopped: dict[Key, str]
    dropped: list[Row]


async def read_waiting(deps: Deps, policy: Policy, due: Sequence[KeptRecord]) -> Waiting:
    """What there is to say of these pointers, held against the effects that they point at."""
    records = await records_of(deps, (each.card.change_id for each in due))
    waiting, now = Waiting([], [], [], {}, []), deps.here.clock()
    by_change: dict[str, list[EffectState]] = defaultdict(list)
    for each in due:
        record = records.get(each.card.change_id)
        effect = record.effects.get(each.card.effect) if record else None
        if effect and effect.state.place == each.card.place:
            by_change[each.card.change_id].append(effect.state)
        elif effect is None or not effect.state.due:  # one that is due is about to be kept
            waiting.dropped.append(each.row)
    for change_id, states in by_change.items():
        record = records[change_id]
        keys = {state.effect.key for state in states}
        others = [
            other
            for target in {state.effect.target for state in states}
            for other in cards_for(record, target)
            if other.effect.key not in keys
        ]
        left = worth_sending(record, states, others, policy, now)
        waiting.stopped |= {(change_id, key): reason for key, reason in left.stopped.items()}
        for state in left.cards:
            waiting.told.append((change_id, state.effect.key))
            waiting.states.append((record, state))
            waiting.lines.append(_line(deps, policy, record, state))
    return waiting


def _line(deps: Deps, policy: Policy, record: ChangeRecord, state: EffectState) -> DigestLine:
    change, now = record.change, deps.here.clock()
    workloads = change.decision.workloads if change.decision else ()
    rank = (not is_urgent_card(change, state, policy, now), *urgency(change, policy, now.date()))
    return DigestLine(listed_card(deps, policy, record, state), workload_of(workloads), rank)


async def record_told(deps: Deps, waiting: Waiting, done: Digested) -> None:
    """Every effect as told or stopped, in one transaction for each partition."""
    now = deps.here.clock()
    by_partition: dict[str, list[Key]] = defaultdict(list)
    for key in (*waiting.told, *waiting.stopped):
        by_partition[ids.partition(key[0])].append(key)
    known = {record.change.id: record for record, _ in waiting.states}
    for keys in by_partition.values():
        await _record_some(deps, keys, waiting.stopped, known, now)
    done.effects += len(waiting.told)
    done.stopped += len(waiting.stopped)


async def _record_some(
    deps: Deps, keys: Sequence[Key], stopped: Mapping[Key, str], known: Mapping[str, ChangeRecord], now: datetime
) -> None:
    """Effects of one partition, over the rows as they were read; only on conflict they are read again."""
    at_hand = [known] if all(change_id in known for change_id, _ in keys) else []

    async def step() -> None:
        records = at_hand.pop() if at_hand else await records_of(deps, (change_id for change_id, _ in keys))
        writes = []
        for change_id, key in keys:
            effect = records[change_id].effects.get(key) if change_id in records else None
            if effect and effect.state.place and not effect.state.done:
                writes.append(_outcome(effect, stopped.get((change_id, key), ""), now))
        for some in transactions([write] for write in writes):
            await changes.commit(deps.storage.tables, some)

    await redo(step)


def _outcome(effect: EffectRecord, stopped: str, now: datetime) -> Write:
    state = replace(effect.state, place=None, claim=None)
    if stopped:
        return outcome_write(effect, replace(state, stopped=stopped))
    return outcome_write(effect, replace(state, done=state.effect.edition, done_at=now))


async def hand_back(deps: Deps, name: str, kept: Sequence[KeptRecord], *, alone: bool) -> None:
    """Make cards due again, each by itself. `alone`: each is sent at once, so that what is wrong with one is seen."""
    now = deps.here.clock()
    by_change: dict[str, list[KeptRecord]] = defaultdict(list)
    for each in kept:
        by_change[each.card.change_id].append(each)
    for change_id, cards in by_change.items():

        async def step(change_id: str = change_id, cards: Sequence[KeptRecord] = cards) -> None:
            records = await records_of(deps, [change_id])
            there = [records[change_id].effects.get(each.card.effect) for each in cards if change_id in records]
            writes = [
                outcome_write(effect, replace(effect.state, due=effect.state.effect.edition, place=None))
                for effect in there
                if effect and effect.state.place and effect.state.place.channel == name
            ]
            if writes:
                await changes.commit(deps.storage.tables, writes)

        await redo(step)
        for each in cards:
            body = {"id": change_id, "effect": each.card.effect, **({"at": now.isoformat()} if alone else {})}
            await deps.storage.queues.send("cards", Envelope(body, now))


async def records_of(deps: Deps, change_ids: Iterable[str]) -> dict[str, ChangeRecord]:
    """Changes with their effects: one range query for each partition."""
    by_partition: dict[str, set[str]] = defaultdict(set)
    for change_id in change_ids:
        by_partition[ids.partition(change_id)].add(change_id)
    records: dict[str, ChangeRecord] = {}
    for partition, some in by_partition.items():
        records |= await changes_of(deps.storage.tables, partition, some)
    return records


def key_of(row: Row) -> Key:
    return str(row.values["change"]), str(row.values["effect"])


async def point_again(deps: Deps, policy: Policy, states: Sequence[tuple[str, EffectState]]) -> int:
    """Point at cards that wait and that nothing points at any more; how many. `states`: each with its change."""
    by_channel: dict[str, list[tuple[str, EffectState, Place]]] = defaultdict(list)
    for change_id, state in states:
        if state.place:
            by_channel[state.place.channel].append((change_id, state, state.place))
    done, now = 0, deps.here.clock()
    for name, waiting in by_channel.items():
        _, kept = await digests.waiting_in(deps.storage.tables, name)
        there = {(key_of(each.row), each.card.slot.key) for each in kept}
        for change_id, state, place in waiting:
            if ((change_id, state.effect.key), place.slot) not in there:
                entry = policy.channels.get(name)
                slot = slot_named(entry, place.slot) if entry else Slot(place.slot, now)
                await channels.keep(deps, KeptCard(name, slot, change_id, state.effect.key, "policy", now))
                done += 1
    return done
