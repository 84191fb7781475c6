"""A channel or ticket system that is down is one fault: its effects stay due and call nobody, and one person is told.

The order is pointer, row, notice, and the message is done last. So wherever a process dies, either the message comes
again, or the timer finds the row (docs/decisions/0012-targets-that-are-down.md).
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from shared.core.cards.notice import Notice
from shared.core.changes.change import Effect
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Outside, Policy
from shared.record import deliveries
from shared.record.deliveries import Outage, OutageRecord, Target, Waiting, target_of
from shared.record.redo import redo
from shared.usecases import telling
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.down")
_REMEMBERED = timedelta(minutes=1)
_FIRST_PROBE, _LONGEST_PROBE = timedelta(minutes=15), timedelta(hours=4)


async def must_wait(deps: Deps, policy: Policy, effect: Effect, envelope: Envelope) -> bool:
    """Whether the effect's target is down. A pointer then says that the effect waits, and its message is done."""
    target = target_of(effect)
    if not await _perhaps_down(deps, target):
        return False
    entry = await _insert_pointer(deps, effect, envelope)
    # Read after the pointer stands: whoever ends an outage lets effects through first, and reads the pointers then.
    record = await deliveries.outage_of(deps.storage.tables, target)
    if record and _stands(record.outage, policy):
        return True
    _remember(deps, target, is_down=False)
    await _delete_pointer(deps, entry)
    return False


async def report(deps: Deps, policy: Policy, effect: Effect, envelope: Envelope, error: TargetDownError) -> None:
    """Record that the effect waits for its target, and that this is down."""
    await _insert_pointer(deps, effect, envelope)
    await report_target(deps, policy, target_of(effect), error)


async def report_target(deps: Deps, policy: Policy, target: Target, error: TargetDownError) -> None:
    """Record that a target is down. Whoever is the first to do so tells the process owner."""
    _remember(deps, target, is_down=True)
    now = deps.here.clock()

    async def step() -> OutageRecord | None:
        record = await deliveries.outage_of(deps.storage.tables, target)
        if record is None:
            claim = now + timedelta(seconds=deps.here.claim_seconds)
            outage = Outage(
                target, now, str(error), error.remedy, fingerprint(policy, target), now + wait_after(0), notifying=claim
            )
            return await deliveries.write_outage(deps.storage.tables, outage)
        if not _stands(record.outage, policy):  # it answered, or had other settings, and is down again
            await deliveries.write_outage(deps.storage.tables, after_failure(record.outage, policy, error, now), record)
        return None

    if record := await redo(step):
        _LOG.error("%s is down: %s %s", target.noun, error, error.remedy)
        telling.tell(deps, "down", target=target.name)
        await tell(deps, policy, record)


def after_failure(outage: Outage, policy: Policy, error: TargetDownError, now: datetime) -> Outage:
    """The outage after a probe that failed. Other settings are tried from the beginning."""
    settings = fingerprint(policy, outage.target)
    tries = outage.tries + 1 if settings == outage.settings else 0
    return replace(
        outage,
        reason=str(error),
        remedy=error.remedy,
        settings=settings,
        tries=tries,
        probe_at=now + wait_after(tries),
        probing=None,
        back=False,
    )


def wait_after(tries: int) -> timedelta:
    """How long until the next probe: 15 minutes, doubled up to 4 hours."""
    return min(_FIRST_PROBE * (1 << min(tries, 10)), _LONGEST_PROBE)


async def tell(deps: Deps, policy: Policy, record: OutageRecord) -> None:
    """Tell the process owner, under the claim `notifying` that the caller holds. Health says it in any case.

    A death between the channel's answer and our record tells it twice.
    """
    outage, role = record.outage, policy.roles.process_owner
    if role is None or not role.channel:
        _LOG.warning("roles.process_owner names no channel to say so: only health does")
    elif outage.target == Target("card", role.channel) or await _perhaps_down(deps, Target("card", role.channel)):
        _LOG.warning("the process owner's own channel is down: only health says so")
    else:
        try:
            channel = await deps.outside.channel(policy, role.channel)
            await channel.post(_notice(outage, role.who, deps.here.public_url))
        except TransientError as error:
            _LOG.warning("the process owner could not be told, the timer tries again: %s", error)
            return
        except TargetDownError as error:
            await report_target(deps, policy, Target("card", role.channel), error)
        except PermanentError as error:
            _LOG.error("the process owner could not be told: %s", error)

    async def step() -> None:
        current = await deliveries.outage_of(deps.storage.tables, outage.target)
        if current and not current.outage.notified:
            done = replace(current.outage, notified=True, notifying=None)
            await deliveries.write_outage(deps.storage.tables, done, current)

    await redo(step)


async def tell_again(deps: Deps, policy: Policy, record: OutageRecord) -> OutageRecord:
    """Tell it where whoever was at it has not got to the end; the row as it is then."""
    outage, now = record.outage, deps.here.clock()
    if outage.notified or (outage.notifying and outage.notifying > now):
        return record
    claim = replace(outage, notifying=now + timedelta(seconds=deps.here.claim_seconds))
    claimed = await deliveries.write_outage(deps.storage.tables, claim, record)
    await tell(deps, policy, claimed)
    return await deliveries.outage_of(deps.storage.tables, outage.target) or claimed


async def probe_soon(deps: Deps) -> list[str]:
    """Let the timer's next run try everything that is down; what that is."""

    async def step(target: Target) -> None:
        record = await deliveries.outage_of(deps.storage.tables, target)
        if record:
            sooner = replace(record.outage, probe_at=min(record.outage.probe_at, deps.here.clock()))
            await deliveries.write_outage(deps.storage.tables, sooner, record)

    targets = [record.outage.target for record in await deliveries.outages(deps.storage.tables)]
    for target in targets:
        await redo(partial(step, target))
    return [target.noun for target in targets]


async def is_down(deps: Deps, policy: Policy, target: Target) -> bool:
    """Whether nobody should call the target now."""
    if not await _perhaps_down(deps, target):
        return False
    record = await deliveries.outage_of(deps.storage.tables, target)
    return record is not None and _stands(record.outage, policy)


def entry_of(policy: Policy, target: Target) -> Outside | None:
    """What the policy says of the target; None where it has none of that name."""
    entries: Mapping[str, Outside] = policy.channels if target.kind == "card" else policy.tickets
    return entries.get(target.name)


def fingerprint(policy: Policy, target: Target) -> str:
    """What tells other settings of a target apart. They hold the names of secrets, and none of their values."""
    entry = entry_of(policy, target)
    text = json.dumps(entry.model_dump(mode="json") if entry else None, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _stands(outage: Outage, policy: Policy) -> bool:
    return not outage.back and outage.settings == fingerprint(policy, outage.target)


async def _perhaps_down(deps: Deps, target: Target) -> bool:
    """Whether the target was down when this process last looked, a minute ago at most.

    A mistake costs a call: what is down now is called once more, and what is back is looked at again by the caller. So
    a table that cannot be read, as after an upgrade without `azd provision`, stops nothing.
    """
    memory, now = deps.here.down, deps.here.clock()
    if memory.read_at is None or not now - _REMEMBERED < memory.read_at <= now:
        try:
            records = await deliveries.outages(deps.storage.tables)
        except TransientError as error:
            _LOG.error("what is down cannot be read (is the table there? `azd provision` makes it): %s", error)
            records = []
        memory.targets = frozenset(record.outage.target for record in records)
        memory.read_at = now
    return target in memory.targets


def _remember(deps: Deps, target: Target, *, is_down: bool) -> None:
    memory = deps.here.down
    memory.targets = memory.targets | {target} if is_down else memory.targets - {target}


async def _insert_pointer(deps: Deps, effect: Effect, envelope: Envelope) -> Waiting:
    entry = Waiting(target_of(effect), str(envelope.body["id"]), effect.key, envelope.first_seen)
    await deliveries.insert_waiting(deps.storage.tables, entry)
    return entry


async def _delete_pointer(deps: Deps, entry: Waiting) -> None:
    rows = [row for each, row in await deliveries.waiting_for(deps.storage.tables, entry.target) if each == entry]
    if rows:
        await deliveries.delete_waiting(deps.storage.tables, rows)


def _notice(outage: Outage, who: tuple[str, ...], public_url: str) -> Notice:
    noun, what = outage.target.noun, "cards" if outage.target.kind == "card" else "tickets"
    text = (
        f"Since {outage.since:%Y-%m-%d %H:%M} UTC it takes nothing. Its {what} wait and are sent when it is back; "
        f"nothing is lost, and nobody needs to send them again. {outage.remedy}"
    )
    page = (("Status of this deployment", f"{public_url}/api/status"),)
    return Notice(f"{noun[:1].upper()}{noun[1:]} is down", text, (outage.reason,), who, page, bad=True)
