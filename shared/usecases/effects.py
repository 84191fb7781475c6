"""Acting on an effect: claim it, act, record it as done. What is due, claimed and done are three things."""

import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.core.changes.change import Claim, EffectState, Place
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.messages import Envelope
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.effects import EffectRecord, effect_of, knows_effect, write_claim, write_outcome
from shared.record.redo import redo
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.effects")


async def due(deps: Deps, envelope: Envelope) -> tuple[ChangeRecord, EffectRecord] | None:
    """What a message of `tickets` or `cards` points at; None where nothing is due there any more.

    Raises PermanentError where there is no such effect. One of a kind that only a later version does is left to that:
    it stays due.
    """
    change_id, key = str(envelope.body["id"]), str(envelope.body["effect"])
    if not knows_effect(key):
        _LOG.warning("%s: %s is of a later version, and stays due", change_id, key)
        return None
    record = await read_with_effects(deps.storage.tables, change_id)
    effect = record.effects.get(key) if record else None
    if record is None or effect is None:
        raise PermanentError(f"{change_id} has no effect {key}: the message is older than the tables")
    return (record, effect) if effect.state.due and not effect.state.parked else None


async def claim(
    deps: Deps, change_id: str, effect: EffectRecord, own: str = "", since: datetime | None = None
) -> EffectRecord:
    """The effect as ours for `claim_seconds` from now or `since`, written under the version that was read.

    `own`: the owner of an earlier claim that is ours as well. Raises TransientError while somebody else holds it, for
    as long as the claim lasts, and when another was faster.
    """
    state = effect.state
    refuse_claimed(deps, change_id, state, own)
    until = (since or deps.here.clock()) + timedelta(seconds=deps.here.claim_seconds)
    ours = replace(state, claim=Claim(deps.here.worker, until))
    try:
        return await write_claim(deps.storage.tables, effect, ours)
    except ConflictError as conflict:
        raise TransientError(f"{change_id} {state.effect.key} was claimed by another just now", 5) from conflict


def refuse_claimed(deps: Deps, change_id: str, state: EffectState, own: str = "") -> None:
    """TransientError while somebody but `own` holds the effect, for as long as that lasts."""
    if state.claim and own and state.claim.owner == own:
        return
    seconds = (state.claim.until - deps.here.clock()).total_seconds() if state.claim else 0
    if seconds > 0:
        raise TransientError(f"{change_id} {state.effect.key} is being worked on by another; waiting for it", seconds)


def took_over(state: EffectState) -> bool:
    """Whether an earlier claim was never finished: what it did is unknown, so our key is looked up first."""
    return state.claim is not None


def wait_for_search(deps: Deps, change_id: str, state: EffectState, searches_late: float) -> None:
    """TransientError while a look-up may not yet see what an unfinished claim made; it ended with that claim."""
    if state.claim and not state.ticket.number:
        seconds = (state.claim.until - deps.here.clock()).total_seconds() + searches_late
        if seconds > 0:
            raise TransientError(
                f"{change_id} {state.effect.key} may exist and is not to be found yet; waiting", seconds
            )


async def record(
    deps: Deps, change_id: str, claimed: EffectRecord, result: Callable[[EffectState], EffectState], at: datetime
) -> EffectRecord:
    """The outcome on the effect's row as it is now: `done` is set, the claim goes, `due` goes unless it was raised.

    The row as we left it is tried first; only where somebody wrote it meanwhile is it read again.

    `result` puts what the outside system said into the row as it is read, so that nothing else is overwritten.
    """
    left, key = [claimed], claimed.state.effect.key

    async def step() -> EffectRecord:
        current = left.pop() if left else await effect_of(deps.storage.tables, change_id, key)
        if current is None:
            raise TransientError(f"{change_id}: the row of {key} is gone", 60)
        now = result(current.state)
        done = replace(now, done=claimed.state.due, done_at=at, claim=None)
        if (now.due, now.due_because) == (claimed.state.due, claimed.state.due_because):
            done = replace(done, due="", due_because="")
        return await write_outcome(deps.storage.tables, current, done)

    return await redo(step)


async def set_aside(
    deps: Deps,
    change_id: str,
    card: EffectRecord,
    *,
    place: Place | None = None,
    stopped: str = "",
    own: str = "",
    held: bool = False,
) -> bool:
    """A card that is not sent now: it waits in a place, or is stopped for a reason. Nothing is due there any more.

    `held`: it waits because its channel had had its cards of the day.
    False where it was sent, kept or stopped meanwhile. TransientError while another than `own` is sending it.
    """
    left, key = [card], card.state.effect.key

    async def step() -> bool:
        current = left.pop() if left else await effect_of(deps.storage.tables, change_id, key)
        if current is None or not current.state.due:
            return False
        refuse_claimed(deps, change_id, current.state, own)
        aside = replace(
            current.state,
            due="",
            due_because="",
            claim=None,
            place=place,
            stopped=stopped,
            held=held or current.state.held,
        )
        await write_outcome(deps.storage.tables, current, aside)
        return True

    return await redo(step)


async def undo_claim(deps: Deps, change_id: str, before: EffectState) -> None:
    """The claim as it was before ours, where nothing was done under it: the next one has nothing to look up."""
    await _end_claim(deps, change_id, before.effect.key, before.claim)


async def abandon_claim(deps: Deps, change_id: str, claimed: EffectRecord) -> None:
    """Let others have the claim after a failure.

    The owner's name stays, and when it ended: what was done outside is not known, so that the next one looks our key
    up first.
    """
    await _end_claim(deps, change_id, claimed.state.effect.key, Claim(deps.here.worker, deps.here.clock()))


async def _end_claim(deps: Deps, change_id: str, effect: str, now: Claim | None) -> None:
    record = await effect_of(deps.storage.tables, change_id, effect)
    if record and record.state.claim and record.state.claim.owner == deps.here.worker:
        with contextlib.suppress(ConflictError):
            await write_claim(deps.storage.tables, record, replace(record.state, claim=now))


async def send_due(deps: Deps, change_id: str, states: Iterable[EffectState]) -> int:
    """The pointers of the effects that are due and not parked; how many were sent."""
    due = [state.effect for state in states if state.due and not state.parked]
    for effect in due:
        body = {"id": change_id, "effect": effect.key}
        await deps.storage.queues.send(
            "tickets" if effect.kind == "ticket" else "cards", Envelope(body, deps.here.clock())
        )
    return len(due)
