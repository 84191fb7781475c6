"""A channel's row: the second that a card gets, and when something waits; remembered, so that it is read once."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from shared.core.cards.delivery import BEGINNING, ChannelState, Keep, keep_for, reserved, with_look
from shared.core.errors import ConflictError, TransientError
from shared.core.policy.model import Channel
from shared.record import digests
from shared.record.digests import ChannelRecord, KeptCard
from shared.record.redo import redo
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.delivery")


async def send_or_keep(deps: Deps, name: str, entry: Channel, *, urgent: bool) -> datetime | Keep:
    """The moment at which a card may be posted, which is its own from now on; or where it waits, and why.

    A table that cannot be read, as after an upgrade without `azd provision`, stops no card.
    """

    async def step() -> datetime | Keep:
        remembered = name in deps.here.channels.records
        record = await _record(deps, name)
        now = deps.here.clock()
        keep = keep_for(entry, record.state, now, urgent=urgent, beginning=BEGINNING * deps.here.pace)
        if keep and keep.why == "limit" and remembered:  # the last digest may be another process's
            forget(deps, name)
            return await step()
        if keep:
            return keep
        state, at = reserved(entry, record.state, now)
        await _write(deps, state, record)
        return at

    try:
        async with deps.here.channels.lock:
            return await redo(step)
    except _UnreadableError as error:
        _LOG.error("channels cannot be read (is the table there? `azd provision` makes it): %s", error)
        return deps.here.clock()


async def keep(deps: Deps, card: KeptCard) -> None:
    """Point at a card that waits, and let the digest look when its slot has come."""
    await digests.insert_kept(deps.storage.tables, card)
    await look_at(deps, card.channel, card.slot.at)


async def look_at(deps: Deps, name: str, at: datetime | None) -> None:
    """Let the digest look at a channel at this moment, or earlier; without one, the channel is only made known."""

    async def step() -> None:
        record = await _record(deps, name)
        if at is None:
            return
        state = with_look(record.state, at, deps.here.clock())
        if state is not record.state:
            await _write(deps, state, record)

    async with deps.here.channels.lock:
        await redo(step)


async def reserve(deps: Deps, name: str, entry: Channel) -> datetime:
    """The moment at which a card may be posted that does not wait any longer, whatever the channel had today."""

    async def step() -> datetime:
        record = await _record(deps, name)
        state, at = reserved(entry, record.state, deps.here.clock())
        await _write(deps, state, record)
        return at

    async with deps.here.channels.lock:
        return await redo(step)


async def begin_digest(deps: Deps, name: str, entry: Channel, again: timedelta) -> None:
    """Count a digest among the channel's cards, and look `again` after that time for what comes meanwhile."""

    async def step() -> None:
        record, now = await _record(deps, name), deps.here.clock()
        state, _ = reserved(entry, record.state, now)
        await _write(deps, replace(state, digest_at=now, look_at=now + again), record)

    async with deps.here.channels.lock:
        await redo(step)


def forget(deps: Deps, name: str) -> None:
    deps.here.channels.records.pop(name, None)


class _UnreadableError(TransientError):
    """The row of a channel can be neither read nor made."""


async def _record(deps: Deps, name: str) -> ChannelRecord:
    """The channel as it is remembered, else as it is stored; one that was never seen is made now."""
    memory = deps.here.channels.records
    if name not in memory:
        try:
            record = await digests.channel_of(deps.storage.tables, name)
            made = ChannelState(name, deps.here.clock())
            memory[name] = record or await digests.write_channel(deps.storage.tables, made)
        except TransientError as error:
            raise _UnreadableError(str(error), error.retry_after) from error
    return memory[name]


async def _write(deps: Deps, state: ChannelState, before: ChannelRecord) -> None:
    """The channel's new row; on conflict it is read again."""
    try:
        deps.here.channels.records[state.name] = await digests.write_channel(deps.storage.tables, state, before)
    except ConflictError:
        forget(deps, state.name)
        raise
