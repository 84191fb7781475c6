"""Relations in storage: written where a post states one, read where a ticket or a page needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared.core.changes.change import Change, Effect, EffectState
from shared.core.changes.reasons import TakeoverReason
from shared.core.changes.relations import (
    IDENTITY,
    Relation,
    stated_by,
    successors_and_predecessors,
    takes_over,
)
from shared.core.errors import ConflictError
from shared.core.life.closing import is_ended
from shared.core.tickets.succession import RelatedTicket, Succession
from shared.record import changes
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.effects import EffectRecord, insert_effects, write_outcome
from shared.record.redo import redo
from shared.record.relations import incoming, insert_relation, is_recorded, record_relation
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due

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
            await record_relation(deps.storage.tables, relation)
            continue
        wanted = [] if takes_over(one) else _open_tickets(states)
        other = await redo(lambda: _relate(deps, relation, wanted))  # noqa: B023 - called at once
        if other is None:
            continue
        await send_tickets(deps, one.other, other.states)
        if takes_over(one) and change.stage == "decided":
            lacking = missing(change, states, _open_tickets(other.states), one.other)
            await send_tickets(deps, change.id, await add_tickets(deps, change.id, lacking))


async def _relate(deps: Deps, relation: Relation, wanted: Sequence[EffectState]) -> ChangeRecord | None:
    """The relation in the other's partition, and its tickets due, where both are not recorded yet; the other, if any.

    `wanted`: open tickets that the other takes over, also where its own policy asked for none.
    """
    record = await read_with_effects(deps.storage.tables, relation.change)
    if await is_recorded(deps.storage.tables, relation):
        return record
    writes = [insert_relation(relation)]
    if record:
        change = record.change
        writes += [
            record.raise_effect(replace(state, due=change.current.id, due_because=relation.other))
            for state in record.states
            if state.effect.kind == "ticket"
            and not state.parked
            and not state.ticket.followed_by
            and not state.is_silent
        ]
        if change.stage == "decided":
            lacking = missing(change, record.states, wanted, relation.other)
            writes += [record.insert_effect(state) for state in lacking]
    await changes.commit(deps.storage.tables, writes)
    return record


def _open_tickets(states: Iterable[EffectState]) -> list[EffectState]:
    return [s for s in states if s.effect.kind == "ticket" and not is_ended(s) and (s.ticket.number or s.due)]


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
    """Record them; those to be sent: none where somebody has just recorded the same, and sends it."""
    return states if not states or await insert_effects(deps.storage.tables, change_id, states) else ()


async def send_tickets(deps: Deps, change_id: str, states: Iterable[EffectState]) -> None:
    await send_due(deps, change_id, [state for state in states if state.effect.kind == "ticket"])


async def succession(deps: Deps, change: Change, key: str) -> Succession:
    """Who is one announcement with this change and has a row for the same ticket; one range query, and one for each."""
    successors, predecessors = successors_and_predecessors(change, await incoming(deps.storage.tables, change.id))
    after = [await _last_successor(deps, change, other, words, key) for other, words in successors.items()]
    before = [await _related_ticket(deps, other, words, key) for other, words in predecessors.items()]
    return Succession(tuple(filter(None, after)), tuple(filter(None, before)))


async def _related_ticket(deps: Deps, other: str, words: str, key: str) -> RelatedTicket | None:
    record = await read_with_effects(deps.storage.tables, other)
    effect = record.effects.get(key) if record else None
    return RelatedTicket(other, words, record.change.current.id, effect.state) if record and effect else None


async def _last_successor(deps: Deps, change: Change, other: str, words: str, key: str) -> RelatedTicket | None:
    """The successor that deals with the ticket now: one that is followed itself hands on to its own successor."""
    ticket = await _related_ticket(deps, other, words, key)
    for _ in range(_HOPS):
        if ticket is None or not ticket.state.ticket.followed_by or ticket.state.ticket.followed_by == change.id:
            return ticket
        ticket = await _related_ticket(deps, ticket.state.ticket.followed_by, words, key) or ticket
    return ticket


async def raise_ticket(deps: Deps, ticket: RelatedTicket, by: str) -> None:
    """Make a ticket of another change due, and send its pointer."""

    async def step() -> EffectState | None:
        record, effect = await _read(deps, ticket)
        if record is None or effect is None:
            return None
        state = effect.state
        if state.due or state.parked or state.is_silent or is_ended(state):
            return state
        now = replace(state, due=record.change.current.id, due_because=by)
        await changes.commit(deps.storage.tables, [record.raise_effect(now)])
        return now

    state = await redo(step)
    await send_tickets(deps, ticket.id, [state] if state else [])


async def take_ticket(deps: Deps, predecessor: RelatedTicket, by: str) -> bool:
    """Mark a predecessor's ticket as followed by us; False where it has just become due or somebody else's."""
    _, effect = await _read(deps, predecessor)
    if effect is None:
        return False
    state = effect.state
    if state.ticket.followed_by == by:
        return True
    now = deps.here.clock()
    if state.ticket.followed_by or state.due or (state.claim and state.claim.until > now):
        return False
    followed = replace(state, ticket=replace(state.ticket, followed_by=by), done_at=now)
    try:
        await write_outcome(deps.storage.tables, effect, followed)
    except ConflictError:
        return False
    return True


async def _read(deps: Deps, ticket: RelatedTicket) -> tuple[ChangeRecord | None, EffectRecord | None]:
    record = await read_with_effects(deps.storage.tables, ticket.id)
    return record, record.effects.get(ticket.state.effect.key) if record else None
