"""`send_digests`: every quarter of an hour sends what waits for a slot that has come, one card for each channel.

The order is second, frozen digest, post, done, effects, pointers. A death anywhere leaves the digest, and the next run
goes on with the same effects; only a death between the webhook's answer and `done` sends it twice.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.core.cards.card import Card
from shared.core.cards.delivery import ChannelState, Why, end_of_quiet
from shared.core.cards.digest import digest_card
from shared.core.errors import ConflictError, PermanentError, TargetDownError, TransientError
from shared.core.policy.model import Policy
from shared.core.ports.storage import Row
from shared.core.words.language import speaking
from shared.record import digests
from shared.record.deliveries import OutageRecord, Target
from shared.record.digests import ChannelRecord, Digest, DigestRecord, KeptRecord
from shared.usecases.apart import apart
from shared.usecases.cards.fallback import fall_back
from shared.usecases.cards.notify import card_of, copies_for
from shared.usecases.cards.waiting import Digested, Waiting, hand_back, key_of, read_waiting, record_told
from shared.usecases.delivery import channels, down
from shared.usecases.delivery.deliver import GIVE_UP
from shared.usecases.deps import Deps
from shared.usecases.telling import tell

MOST_EFFECTS = 300
"""Effects that one digest stands for; the next run sends another one."""
_AGAIN = timedelta(minutes=15)
_NEAR = timedelta(minutes=1)  # a timer comes a moment too early now and then
_LOG = logging.getLogger("foresignal.digest")


Known = tuple[Mapping[str, ChannelRecord], Sequence[OutageRecord]]
"""Every channel that was ever seen, by name, and every target that is down."""


async def known_channels(deps: Deps) -> Known:
    """One look for the digests, and for what is tried again when it is down: one call."""
    return await digests.channels_and_outages(deps.storage.tables)


async def send_digests(deps: Deps, known: Known | None = None) -> Digested:
    """Every channel in which something waits for now; one channel's failure leaves the others."""
    policy, done = await deps.here.policy.current(), Digested()
    records, outages = known or await known_channels(deps)
    await fall_back(deps, policy, outages)
    for name in policy.channels:
        if name not in records:  # its first half hour begins
            await channels.look_at(deps, name, None)
        elif _has_come(records[name].state, deps.here.clock()):
            with apart(f"the digest of channel {name} could not be sent"):
                await send_digest(deps, policy, name, records[name], done)
    for name in records.keys() - policy.channels.keys():
        with apart(f"what waits for channel {name}, which the policy has no more"):
            await _hand_back_all(deps, name, records[name])
    return done


def _has_come(state: ChannelState, now: datetime) -> bool:
    return state.look_at is not None and state.look_at <= now + _NEAR


async def send_digest(deps: Deps, policy: Policy, name: str, record: ChannelRecord, done: Digested) -> bool:
    """What waits for slots that have come. Whether the channel took a card; TargetDownError is recorded here."""
    entry, now = policy.channels[name], deps.here.clock()
    if await down.is_down(deps, policy, Target("card", name)):
        return False
    if (end := end_of_quiet(entry, now)) > now:  # the timer is late, or the policy has other hours now
        await _look(deps, record, end)
        return False
    return await probe_with_digest(deps, policy, name, record, done)


async def probe_with_digest(
    deps: Deps, policy: Policy, name: str, record: ChannelRecord, done: Digested, *, telling: bool = True
) -> bool:
    """The same, also where the channel is known to be down. Not `telling`: TargetDownError is the caller's."""
    now = deps.here.clock()
    digest, kept = await digests.waiting_in(deps.storage.tables, name)
    due = [each for each in kept if each.card.slot.at <= now + _NEAR][:MOST_EFFECTS]
    if digest is None and not due:
        await _look(deps, record, min((each.card.slot.at for each in kept), default=None))
        return False
    try:
        if digest:
            return await _go_on(deps, policy, digest, kept, done)
        return await _begin(deps, policy, name, due, done)
    except TargetDownError as error:
        if not telling:
            raise
        await down.report_target(deps, policy, Target("card", name), error)
        return False
    except ConflictError:
        _LOG.info("the digest of channel %s is sent by another", name)
        return False


async def _begin(deps: Deps, policy: Policy, name: str, due: Sequence[KeptRecord], done: Digested) -> bool:
    """A new digest: its effects are frozen before it is sent."""
    waiting = await read_waiting(deps, policy, due)
    await digests.delete_kept(deps.storage.tables, waiting.dropped)
    said = {*waiting.told, *waiting.stopped}
    rows = [each.row for each in due if key_of(each.row) in said]
    if not waiting.lines:
        await record_told(deps, waiting, done)
        await digests.delete_kept(deps.storage.tables, rows)
        return False
    now = deps.here.clock()
    await channels.begin_digest(deps, name, policy.channels[name], _AGAIN)
    claim = now + timedelta(seconds=deps.here.claim_seconds)
    digest = Digest(name, tuple(map(key_of, rows)), now, claim)
    record = await digests.write_digest(deps.storage.tables, digest)
    why = {each.card.why for each in due if key_of(each.row) in waiting.told}
    return await _send(deps, policy, record, waiting, why, rows, done)


async def _go_on(deps: Deps, policy: Policy, record: DigestRecord, kept: Sequence[KeptRecord], done: Digested) -> bool:
    """A digest that an earlier run did not finish: the same effects, once more only where it may not have been sent."""
    digest, now = record.digest, deps.here.clock()
    if not digest.done and digest.claimed > now:
        return False
    frozen = [each for each in kept if key_of(each.row) in digest.effects]
    waiting = await read_waiting(deps, policy, frozen)
    rows = [each.row for each in frozen]
    if digest.done:  # it was told, whatever has happened since
        told = [*waiting.told, *waiting.stopped]
        waiting = replace(waiting, told=told, stopped={})
    if digest.done or not waiting.lines:
        await record_told(deps, waiting, done)
        await digests.end_digest(deps.storage.tables, record, rows)
        return False
    if now - digest.begun > GIVE_UP:
        _LOG.error("the digest of channel %s failed for %s: its cards are sent one by one", digest.channel, GIVE_UP)
        await hand_back(deps, digest.channel, frozen, alone=True)
        await digests.end_digest(deps.storage.tables, record, rows)
        return False
    claim = replace(digest, claimed=now + timedelta(seconds=deps.here.claim_seconds))
    record = await digests.write_digest(deps.storage.tables, claim, record)
    return await _send(deps, policy, record, waiting, {each.card.why for each in frozen}, rows, done)


async def _send(
    deps: Deps,
    policy: Policy,
    record: DigestRecord,
    waiting: Waiting,
    why: set[Why],
    rows: Sequence[Row],
    done: Digested,
) -> bool:
    digest, tables = record.digest, deps.storage.tables
    try:
        channel = await deps.outside.channel(policy, digest.channel)
        await channel.post(await _card(deps, policy, digest.channel, waiting, why))
    except TargetDownError:
        await digests.end_digest(tables, record, ())  # nothing was sent: what waits is frozen anew when it is back
        raise
    except TransientError as error:
        _LOG.warning("the digest of channel %s waits longer: %s", digest.channel, error)
        await digests.write_digest(tables, replace(digest, claimed=deps.here.clock()), record)
        return False
    except PermanentError as error:
        _LOG.error("the digest of channel %s is refused, its cards are sent one by one: %s", digest.channel, error)
        await hand_back(deps, digest.channel, await _kept_of(deps, digest), alone=True)
        await digests.end_digest(tables, record, rows)
        return False
    record = await digests.write_digest(tables, replace(digest, done=True), record)
    done.digests += 1
    told = " ".join(dict.fromkeys(each.change.id for each, _ in waiting.states))
    tell(deps, "digest_sent", change=told, target=digest.channel)
    await record_told(deps, waiting, done)
    await digests.end_digest(tables, record, rows)
    return True


async def _card(deps: Deps, policy: Policy, name: str, waiting: Waiting, why: set[Why]) -> Card:
    """One change comes as its own card, several as lines."""
    if len(waiting.lines) > 1 or "fallback" in why:
        with speaking(policy.language_of(name)):
            return digest_card(waiting.lines, why, deps.here.public_url)
    record, state = waiting.states[0]
    return await card_of(deps, policy, record, state, await copies_for(deps, policy, record.change.id))


async def _hand_back_all(deps: Deps, name: str, record: ChannelRecord) -> None:
    """Of a channel that the policy has no more: what waits there is parked, and says why; its row goes."""
    digest, kept = await digests.waiting_in(deps.storage.tables, name)
    await hand_back(deps, name, kept, alone=False)
    rows = [each.row for each in kept]
    if digest:
        await digests.end_digest(deps.storage.tables, digest, rows)
    else:
        await digests.delete_kept(deps.storage.tables, rows)
    if await digests.delete_channel(deps.storage.tables, record):
        channels.forget(deps, name)


async def _kept_of(deps: Deps, digest: Digest) -> list[KeptRecord]:
    _, kept = await digests.waiting_in(deps.storage.tables, digest.channel)
    return [each for each in kept if key_of(each.row) in digest.effects]


async def _look(deps: Deps, record: ChannelRecord, at: datetime | None) -> None:
    """When the digest looks again. Where the row was written meanwhile, somebody keeps a card: the next run looks."""
    try:
        written = await digests.write_channel(deps.storage.tables, replace(record.state, look_at=at), record)
    except ConflictError:
        channels.forget(deps, record.state.name)
    else:
        deps.here.channels.records[record.state.name] = written
