"""Acting on an effect: claim it, act, record it as done; what is due, claimed and done are three things (rule 2)."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.ports.storage import Row, Write
from shared.record import changes
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.effects import OUTCOME, effect_key, effect_row, read_effect
from shared.record.redo import redo
from shared.usecases.deps import Deps


async def due(deps: Deps, envelope: Envelope) -> tuple[ChangeRecord, EffectState, Row] | None:
    """What a message of `tickets` or `cards` points at; None where nothing is due there any more.

    Raises PermanentError where there is no such effect.
    """
    change_id, key = str(envelope.body["id"]), str(envelope.body["effect"])
    held = await read_with_effects(deps.tables, change_id)
    found = held.effects.get(key) if held else None
    if held is None or found is None:
        raise PermanentError(f"{change_id} has no effect {key}: the message is older than the tables")
    state, row = found
    return (held, state, row) if state.due and not state.parked else None


@dataclass(frozen=True, slots=True)
class Claim:
    """An effect that is ours for a while, with its row as we wrote it."""

    state: EffectState
    row: Row


async def claim(deps: Deps, change_id: str, state: EffectState, row: Row) -> Claim:
    """The effect as ours for `claim_seconds`, written under the version that was read_one.

    Raises TransientError while somebody else holds it, for as long as the claim lasts, and when another was faster.
    """
    now = deps.clock()
    if state.claim_until and state.claim_until > now:
        left = (state.claim_until - now).total_seconds()
        raise TransientError(f"{change_id} {state.effect.key} is being worked on by another; waiting for it", left)
    ours = replace(state, claim_owner=deps.worker, claim_until=now + timedelta(seconds=deps.claim_seconds))
    values = {name: effect_row(change_id, ours).values[name] for name in ("claim_owner", "claim_until")}
    try:
        (etag,) = await deps.tables.commit(
            changes.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))]
        )
    except ConflictError as conflict:
        raise TransientError(f"{change_id} {state.effect.key} was claimed by another just now", 5) from conflict
    return Claim(ours, Row(row.partition, row.key, {**row.values, **values}, etag))


def took_over(state: EffectState) -> bool:
    """Whether an earlier claim was never finished: what it did is unknown, so our key is looked up first."""
    return bool(state.claim_owner)


def wait_for_search(deps: Deps, change_id: str, state: EffectState, searches_late: float) -> None:
    """TransientError while a look-up may not yet see what an unfinished claim made; it ended with that claim."""
    if took_over(state) and not state.number and state.claim_until:
        left = (state.claim_until - deps.clock()).total_seconds() + searches_late
        if left > 0:
            raise TransientError(f"{change_id} {state.effect.key} may exist and is not to be found yet; waiting", left)


async def record(
    deps: Deps, change_id: str, claimed: Claim, result: Callable[[EffectState], EffectState], at: datetime
) -> EffectState:
    """The outcome on the effect's row as it is now: `done` is set, the claim goes, `due` goes unless it was raised.

    The row as we left it is tried first; only where somebody wrote it meanwhile is it read_one again.

    `result` puts what the outside system said into the row as it is read_one, so that nothing else is overwritten.
    """
    left: list[Row] = [claimed.row]

    async def step() -> EffectState:
        row = left.pop() if left else await deps.tables.get(changes.TABLE, claimed.row.partition, claimed.row.key)
        if row is None:
            raise TransientError(f"{change_id}: the row of {claimed.state.effect.key} is gone", 60)
        now = result(read_effect(row))
        raised = now.due != claimed.state.due
        done = replace(
            now,
            done=claimed.state.due.partition("+")[0],
            done_at=at,
            due=now.due if raised else "",
            claim_owner="",
            claim_until=None,
        )
        values = {name: value for name, value in effect_row(change_id, done).values.items() if name in OUTCOME}
        await deps.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))])
        return done

    return await redo(step)


async def give_back(deps: Deps, change_id: str, before: EffectState) -> None:
    """The claim as it was before ours, where nothing was done under it: the next one has nothing to look up."""
    row = await deps.tables.get(changes.TABLE, ids.partition(change_id), effect_key(change_id, before.effect.key))
    if row and row.values.get("claim_owner") == deps.worker:
        values = {name: effect_row(change_id, before).values[name] for name in ("claim_owner", "claim_until")}
        with contextlib.suppress(ConflictError):
            await deps.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))])


async def release(deps: Deps, claimed: Claim) -> None:
    """Let others have the claim after a failure.

    The owner's name stays, and when it ended: what was done outside is not known, so that the next one looks our key
    up first.
    """
    row = await deps.tables.get(changes.TABLE, claimed.row.partition, claimed.row.key)
    if row and row.values.get("claim_owner") == deps.worker:
        free = Row(row.partition, row.key, {"claim_until": deps.clock().isoformat()}, row.etag)
        try:
            await deps.tables.commit(changes.TABLE, [Write("merge", free)])
        except ConflictError:
            return


async def send_due(deps: Deps, change_id: str, states: Iterable[EffectState]) -> int:
    """The pointers of the effects that are due and not parked; how many were sent."""
    due = [state.effect for state in states if state.due and not state.parked]
    for effect in due:
        body = {"id": change_id, "effect": effect.key}
        await deps.queues.send("tickets" if effect.kind == "ticket" else "cards", Envelope(body, deps.clock()))
    return len(due)
