"""Relations in storage: written where a post states one, read where a ticket or a page needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared.core.changes.change import Change, Effect, EffectState
from shared.core.changes.reasons import TakeoverReason
from shared.core.changes.relations import IDENTITY, Relation, heirs_and_elders, stated_by, takes_over
from shared.core.errors import ConflictError
from shared.core.life.closing import is_ended
from shared.core.messages import Envelope
from shared.core.ports.storage import Row, Write
from shared.core.tickets.succession import Family, Kin, raised
from shared.record import changes
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.effects import effect_row
from shared.record.redo import redo
from shared.record.relations import incoming, insert, relation_row
from shared.usecases.deps import Deps

_HOPS = 5
"""Posts that refer on to the next one; longer chains are not followed."""


async def relate(deps: Deps, change: Change, states: Sequence[EffectState]) -> None:
    """Write what the change's post says about others beside them, and make due the tickets that it concerns.

    No call for a post that says nothing. The row and what is due are one transaction, so that the same message again
    only sends again.
    """
    for one in stated_by(change):
        relation = Relation(one.other, one.kind, change.id, one.words, one.confidence)
        if one.kind not in IDENTITY:
            await insert(deps.tables, relation)
            continue
        wanted = [] if takes_over(one) else _open_tickets(states)
        other = await redo(lambda: _tell(deps, relation, wanted))  # noqa: B023 - called at once
        if other is None:
            continue
        await send_tickets(deps, one.other, other.states)
        if takes_over(one) and change.stage == "decided":
            lacking = missing(change, states, _open_tickets(other.states), one.other)
            await send_tickets(deps, change.id, await add_tickets(deps, change.id, lacking))


async def _tell(deps: Deps, relation: Relation, wanted: Sequence[EffectState]) -> ChangeRecord | None:
    """The relation in the other's partition, and its tickets due, where both are not recorded yet; the other, if any.

    `wanted`: open tickets that the other takes over, also where its own policy asked for none.
    """
    held = await read_with_effects(deps.tables, relation.change)
    row = relation_row(relation)
    if await deps.tables.get(changes.TABLE, row.partition, row.key):
        return held
    writes = [Write("insert", row)]
    if held:
        for state, before in list(held.effects.values()):
            if state.effect.kind == "ticket" and not state.parked and not state.followed_by:
                now = replace(state, due=raised(held.change.current.id, relation.other))
                writes.append(_raise(relation.change, now, before))
                held.effects[state.effect.key] = (now, before)
        if held.change.stage == "decided":
            for new in missing(held.change, held.states, wanted, relation.other):
                entity = effect_row(relation.change, new)
                writes.append(Write("insert", entity))
                held.effects[new.effect.key] = (new, entity)
    await deps.tables.commit(changes.TABLE, writes)
    return held


def _raise(change_id: str, state: EffectState, before: Row) -> Write:
    values = {name: effect_row(change_id, state).values[name] for name in ("due", "pending")}
    return Write("merge", Row(before.partition, before.key, values, before.etag))


def _open_tickets(states: Iterable[EffectState]) -> list[EffectState]:
    return [s for s in states if s.effect.kind == "ticket" and not is_ended(s) and (s.number or s.due)]


def missing(change: Change, states: Sequence[EffectState], wanted: Sequence[EffectState], of: str) -> list[EffectState]:
    """Tickets that the change takes over though its own policy asked for none in that system."""
    known = {state.effect.key for state in states}
    edition = change.current.id
    return [
        EffectState(
            Effect("ticket", other.effect.target, other.effect.team, edition, (TakeoverReason(of),)),
            due=edition,
        )
        for other in wanted
        if other.effect.key not in known
    ]


async def add_tickets(deps: Deps, change_id: str, states: Sequence[EffectState]) -> Sequence[EffectState]:
    if states:
        try:
            await deps.tables.commit(changes.TABLE, [Write("insert", effect_row(change_id, state)) for state in states])
        except ConflictError:
            return ()  # somebody has just recorded the same, and sends it
    return states


async def send_tickets(deps: Deps, change_id: str, states: Iterable[EffectState]) -> None:
    for state in states:
        if state.effect.kind == "ticket" and state.due and not state.parked:
            body = {"id": change_id, "effect": state.effect.key}
            await deps.queues.send("tickets", Envelope(body, deps.clock()))


async def family(deps: Deps, change: Change, key: str) -> Family:
    """Who is one announcement with this change and has a row for the same ticket; one range query, and one for each."""
    heirs, elders = heirs_and_elders(change, await incoming(deps.tables, change.id))
    return Family(
        tuple([kin for other, words in heirs.items() if (kin := await _kin(deps, change, other, words, key))]),
        tuple([kin for other, words in elders.items() if (kin := await _one(deps, other, words, key))]),
    )


async def _one(deps: Deps, other: str, words: str, key: str) -> Kin | None:
    held = await read_with_effects(deps.tables, other)
    found = held.effects.get(key) if held else None
    return Kin(other, words, held.change.current.id, found[0]) if held and found else None


async def _kin(deps: Deps, change: Change, heir: str, words: str, key: str) -> Kin | None:
    """The heir that deals with the ticket now: one that is followed itself hands on to its own heir."""
    kin = await _one(deps, heir, words, key)
    for _ in range(_HOPS):
        if kin is None or not kin.state.followed_by or kin.state.followed_by == change.id:
            return kin
        kin = await _one(deps, kin.state.followed_by, words, key) or kin
    return kin


async def raise_ticket(deps: Deps, kin: Kin, by: str) -> None:
    """Make a ticket of another change due, and send its pointer."""

    async def step() -> EffectState | None:
        held = await read_with_effects(deps.tables, kin.id)
        found = held.effects.get(kin.state.effect.key) if held else None
        if held is None or found is None or found[0].due or found[0].parked or is_ended(found[0]):
            return found[0] if found else None
        now = replace(found[0], due=raised(held.change.current.id, by))
        await deps.tables.commit(changes.TABLE, [_raise(kin.id, now, found[1])])
        return now

    state = await redo(step)
    await send_tickets(deps, kin.id, [state] if state else [])


async def take_ticket(deps: Deps, elder: Kin, by: str) -> bool:
    """Mark an elder's ticket as followed by us; False where it has just become due or somebody else's."""
    held = await read_with_effects(deps.tables, elder.id)
    found = held.effects.get(elder.state.effect.key) if held else None
    if found is None:
        return False
    state, row = found
    if state.followed_by == by:
        return True
    if state.followed_by or state.due or (state.claim_until and state.claim_until > deps.clock()):
        return False
    after = replace(state, followed_by=by, done_at=deps.clock())
    values = {name: effect_row(elder.id, after).values[name] for name in ("followed_by", "done_at")}
    try:
        await deps.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))])
    except ConflictError:
        return False
    return True
