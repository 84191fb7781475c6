"""Urgent cards of a channel that has been down for long go to the channel that stands in for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.core.cards.delivery import slot_at
from shared.core.changes.change import EffectState
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private
from shared.record import deliveries
from shared.record.changes import ChangeRecord
from shared.record.deliveries import OutageRecord, Target
from shared.record.digests import KeptCard
from shared.usecases import effects
from shared.usecases.apart import apart
from shared.usecases.cards.notify import is_urgent_card
from shared.usecases.cards.waiting import records_of
from shared.usecases.delivery import channels
from shared.usecases.deps import Deps


async def fall_back(deps: Deps, policy: Policy, outages: Sequence[OutageRecord]) -> None:
    """Move the urgent cards of channels that have been down for long to the channels that stand in for them."""
    for outage, _ in outages:
        entry = policy.channels.get(outage.target.name) if outage.target.kind == "card" else None
        if entry is None or not entry.fallback or entry.fallback not in policy.channels:
            continue
        if deps.here.clock() - outage.since >= timedelta(hours=entry.fallback_after) * deps.here.pace:
            with apart(f"what waits for {outage.target.noun} could not be moved to {entry.fallback}"):
                await _move(deps, policy, outage.target, entry.fallback)


async def _move(deps: Deps, policy: Policy, target: Target, fallback: str) -> None:
    """The pointer there stands before the effect names it, and the old one goes last: nothing falls between."""
    pointers = await deliveries.waiting_for(deps.storage.tables, target)
    records = await records_of(deps, (entry.change_id for entry, _ in pointers))
    now = deps.here.clock()
    for entry, row in pointers:
        record = records.get(entry.change_id)
        effect = record.effects.get(entry.effect) if record else None
        if record is None or effect is None or not _may_move(policy, record, effect.state, fallback, now):
            continue
        slot = slot_at(policy.channels[fallback], now)
        card = KeptCard(fallback, slot, entry.change_id, entry.effect, "fallback", entry.since)
        await channels.keep(deps, card)
        if await effects.set_aside(deps, entry.change_id, effect, place=card.place):
            await deliveries.delete_waiting(deps.storage.tables, [row])


def _may_move(policy: Policy, record: ChangeRecord, state: EffectState, fallback: str, now: datetime) -> bool:
    """Urgent cards alone; one on data privacy only to another channel of those who may read it."""
    readers = policy.roles.privacy_readers
    is_kept_apart = is_private(record.change.read()) and not (readers and readers.channel == fallback)
    is_free = bool(state.due) and not state.parked and not (state.claim and state.claim.until > now)
    return is_free and not is_kept_apart and is_urgent_card(record.change, state, policy, now)
