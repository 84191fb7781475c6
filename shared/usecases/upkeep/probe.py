"""`probe_targets`: tries what is down with the oldest effect that waits; when it answers, sends on the rest in order.

Whoever works on an outage claims its row. Effects that come meanwhile wait, so that order is kept; only then does the
row say `back`, which lets every message through, and the pointers are read once more before the row goes. A death
anywhere leaves the row, and the next run goes on.
"""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from shared.core import ids
from shared.core.cards.card import ChangeCard
from shared.core.cards.delivery import is_quiet
from shared.core.cards.waited import waited_card
from shared.core.errors import ConflictError, PermanentError, RefusedError, TargetDownError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Row
from shared.core.words.language import speaking
from shared.record import deliveries, digests
from shared.record.changes import ChangeRecord, changes_of
from shared.record.deliveries import Outage, OutageRecord, Waiting
from shared.record.effects import EffectRecord
from shared.usecases import effects
from shared.usecases.apart import apart
from shared.usecases.cards.digest import probe_with_digest
from shared.usecases.cards.notify import cards_for, listed_card, post_card, worth_sending
from shared.usecases.cards.waiting import Digested
from shared.usecases.delivery import down
from shared.usecases.delivery.park import give_up
from shared.usecases.deps import Deps
from shared.usecases.telling import tell
from shared.usecases.tickets.file_ticket import bring_ticket

ONE_BY_ONE = 5
"""Cards that are sent one by one when a channel is back; more come as one list."""
_A_RUN = 100
"""Effects that one run sends on to one target, so that it ends before the host stops it; the next one goes on."""
_LISTED = 300
"""Effects that one list may stand for; the next run sends another list."""
_UNSURE = 3  # effects of which nothing was learned, until a run stops trying
_NEAR = timedelta(minutes=7)  # half a period of the timer: a probe comes with the run that is nearest to its time
_PROBING = timedelta(minutes=12)  # longer than the host lets a run last
_BRING: Mapping[str, Callable[[Deps, Envelope], Awaitable[bool]]] = {"ticket": bring_ticket, "card": post_card}
_QUEUE = {"ticket": "tickets", "card": "cards"}
_LOG = logging.getLogger("foresignal.down")
Pointer = tuple[Waiting, Row]


class _Outcome(Enum):
    """What became of an effect that waited. DONE: the target answered. NOTHING: nothing was due. LATER: who knows."""

    DONE = auto()
    NOTHING = auto()
    LATER = auto()


@dataclass(slots=True)
class Probed:
    """How many targets were down at the beginning, how many are back, and how many effects were sent on."""

    down: int = 0
    back: int = 0
    effects: int = 0


async def probe_targets(deps: Deps, outages: Sequence[OutageRecord] | None = None) -> Probed:
    """Everything that is down and whose time has come; one target's failure leaves the others.

    `outages`: what is down, as it was just read. What somebody has written meanwhile is left to the next run.
    """
    policy, probed = await deps.here.policy.current(), Probed()
    for record in await deliveries.outages(deps.storage.tables) if outages is None else outages:
        probed.down += 1
        noun = record.outage.target.noun
        with apart(f"{noun} could not be tried"):
            try:
                probed.back += await _probe(deps, policy, await down.tell_again(deps, policy, record), probed)
            except ConflictError:
                _LOG.info("%s is looked at by another", noun)
    return probed


async def _probe(deps: Deps, policy: Policy, record: OutageRecord, probed: Probed) -> bool:
    """Whether the target is back and nothing waits for it any more."""
    outage, now = record.outage, deps.here.clock()
    if outage.probing and outage.probing > now:
        return False
    has_other_settings = outage.settings != down.fingerprint(policy, outage.target)
    if not (outage.back or has_other_settings or outage.probe_at <= now + _NEAR) or _is_quiet(policy, outage, now):
        return False
    record = await deliveries.write_outage(deps.storage.tables, replace(outage, probing=now + _PROBING), record)
    try:
        # What the policy has no more cannot answer: its effects are parked, and the reason says so.
        if not outage.back and down.entry_of(policy, outage.target):
            left = await _send_on(deps, policy, record.outage, probed)
            if left is not None:
                await _write(deps, record, replace(record.outage, probing=None, probe_at=now + left))
                return False
        await _let_through(deps, record)
    except TargetDownError as error:
        await _write(deps, record, down.after_failure(record.outage, policy, error, deps.here.clock()))
        _LOG.warning("%s is still down: %s", outage.target.noun, error)
        tell(deps, "down", target=outage.target.name)
        return False
    _LOG.warning("%s is back", outage.target.noun)
    tell(deps, "up", target=outage.target.name)
    return True


def _is_quiet(policy: Policy, outage: Outage, now: datetime) -> bool:
    """Whether nobody wants a card now, not even the one that a channel is tried with."""
    entry = policy.channels.get(outage.target.name) if outage.target.kind == "card" else None
    return entry is not None and is_quiet(entry, now)


async def _send_on(deps: Deps, policy: Policy, outage: Outage, probed: Probed) -> timedelta | None:
    """The probe, then the rest, oldest first. None when all of it is sent, else how long until the next run goes on.

    Raises TargetDownError where the target is down, at the beginning or in the middle of it.
    """
    if outage.target.kind == "ticket":
        await _ping(deps, policy, outage.target.name)
    answers = unsure = 0
    for entry, row in await deliveries.waiting_for(deps.storage.tables, outage.target):
        if answers and outage.target.kind == "card":
            return await _send_cards(deps, policy, outage, probed)
        if answers == _A_RUN:
            return timedelta(0)
        outcome = await _bring(deps, entry)
        if outcome is _Outcome.LATER:
            unsure += 1
            if unsure == _UNSURE:
                break
            continue
        await deliveries.delete_waiting(deps.storage.tables, [row])
        answers += outcome is _Outcome.DONE
        probed.effects += outcome is _Outcome.DONE
    if outage.target.kind == "card" and not answers and not unsure:
        await _send_digest(deps, policy, outage.target.name)
    return down.wait_after(0) if unsure and not answers else None


async def _send_digest(deps: Deps, policy: Policy, name: str) -> None:
    """Where no card waits for the channel to be back, the digest whose slot has come is what it is tried with."""
    record = await digests.channel_of(deps.storage.tables, name)
    if record and record.state.look_at and record.state.look_at <= deps.here.clock():
        await probe_with_digest(deps, policy, name, record, Digested(), telling=False)


async def _ping(deps: Deps, policy: Policy, name: str) -> None:
    """TargetDownError where the system does not let us in. What else a ping asks for, an effect shows better."""
    try:
        await (await deps.outside.ticket_system(policy, name)).ping()
    except TargetDownError:
        raise
    except (TransientError, PermanentError) as error:
        _LOG.info("ticket system %s: %s", name, error)


async def _bring(deps: Deps, entry: Waiting) -> _Outcome:
    """One effect, as its message would be handled: what fails for good is parked alone."""
    envelope = _envelope(deps, entry)
    try:
        return _Outcome.DONE if await _BRING[entry.target.kind](deps, envelope) else _Outcome.NOTHING
    except TargetDownError:
        raise
    except (PermanentError, RefusedError) as error:
        await give_up(deps, _QUEUE[entry.target.kind], envelope, str(error))
        return _Outcome.DONE
    except TransientError as error:
        _LOG.info("%s waits longer: %s", entry.change_id, error)
        return _Outcome.LATER


async def _send_cards(deps: Deps, policy: Policy, outage: Outage, probed: Probed) -> timedelta | None:
    """The cards that wait behind the probe: one by one, or as one list. The answer is that of `_send_on`."""
    pointers = await deliveries.waiting_for(deps.storage.tables, outage.target)
    due, gone = await _still_due(deps, pointers)
    await deliveries.delete_waiting(deps.storage.tables, gone)
    if len(due) > ONE_BY_ONE:
        await _post_list(deps, policy, outage, due[:_LISTED])
        probed.effects += len(due[:_LISTED])
        return timedelta(0) if len(due) > _LISTED else None
    for pointer, _, _ in due:
        if await _bring(deps, pointer[0]) is not _Outcome.LATER:
            await deliveries.delete_waiting(deps.storage.tables, [pointer[1]])
            probed.effects += 1
    return None


_Due = tuple[Pointer, ChangeRecord, EffectRecord]


async def _still_due(deps: Deps, pointers: Sequence[Pointer]) -> tuple[list[_Due], list[Row]]:
    """Those that are due, in order, and the rows of those that are not. One that somebody works on is in neither."""
    partitions: dict[str, set[str]] = defaultdict(set)
    for entry, _ in pointers:
        partitions[ids.partition(entry.change_id)].add(entry.change_id)
    records: dict[str, ChangeRecord] = {}
    for partition, change_ids in partitions.items():
        records |= await changes_of(deps.storage.tables, partition, change_ids)
    due: list[_Due] = []
    gone: list[Row] = []
    now = deps.here.clock()
    for pointer in pointers:
        entry, row = pointer
        record = records.get(entry.change_id)
        effect = record.effects.get(entry.effect) if record else None
        if record is None or effect is None or not effect.state.due or effect.state.parked:
            gone.append(row)
        elif not (effect.state.claim and effect.state.claim.until > now):
            due.append((pointer, record, effect))
    return due, gone


async def _post_list(deps: Deps, policy: Policy, outage: Outage, due: Sequence[_Due]) -> None:
    """One card for all of them, then each is recorded: those that the card leaves out have nothing more to say.

    Nobody else sends them meanwhile, as the channel is still down for every message. A death before all are recorded
    sends the card again with what is left.
    """
    by_change: dict[str, list[_Due]] = defaultdict(list)
    for each in due:
        by_change[each[0][0].change_id].append(each)
    cards: list[ChangeCard] = []
    stopped: dict[tuple[str, str], str] = {}
    for change_id, group in by_change.items():
        record, waiting = group[0][1], [effect.state for _, _, effect in group]
        keys = {state.effect.key for state in waiting}
        others = [state for state in cards_for(record, outage.target.name) if state.effect.key not in keys]
        left = worth_sending(record, waiting, others, policy, deps.here.clock())
        stopped |= {(change_id, key): reason for key, reason in left.stopped.items()}
        cards += [listed_card(deps, policy, record, state) for state in left.cards]
    if cards:
        channel = await deps.outside.channel(policy, outage.target.name)
        with speaking(policy.language_of(outage.target.name)):
            card = waited_card(cards, outage.since, deps.here.public_url)
        await channel.post(card)
        tell(deps, "digest_sent", change=" ".join(by_change), target=outage.target.name)
    now = deps.here.clock()
    for pointer, _, effect in due:
        entry = pointer[0]
        if reason := stopped.get((entry.change_id, entry.effect), ""):
            await effects.set_aside(deps, entry.change_id, effect, stopped=reason)
        else:
            await effects.record(deps, entry.change_id, effect, lambda current: current, now)
    await deliveries.delete_waiting(deps.storage.tables, [pointer[1] for pointer, _, _ in due])


async def _let_through(deps: Deps, record: OutageRecord) -> None:
    """From now on every message goes through; what waits still is sent to its queue, and the outage is over."""
    record = await deliveries.write_outage(deps.storage.tables, replace(record.outage, back=True), record)
    left = await deliveries.waiting_for(deps.storage.tables, record.outage.target)
    for entry, _ in left:
        await deps.storage.queues.send(_QUEUE[entry.target.kind], _envelope(deps, entry))
    await deliveries.delete_waiting(deps.storage.tables, [row for _, row in left])
    if not await deliveries.end_outage(deps.storage.tables, record):
        raise ConflictError(record.outage.target.noun)


async def _write(deps: Deps, record: OutageRecord, outage: Outage) -> None:
    """The outage as it goes on; ConflictError where another has written it."""
    await deliveries.write_outage(deps.storage.tables, outage, record)


def _envelope(deps: Deps, entry: Waiting) -> Envelope:
    """The message of an effect that waited: new, as the day in which it may fail begins now."""
    return Envelope({"id": entry.change_id, "effect": entry.effect}, deps.here.clock())
