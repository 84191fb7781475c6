"""`file_ticket`: brings the one ticket of a change to what it should be (rule 2)."""

from dataclasses import replace

from shared.core.change import EffectState
from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.ports import TicketSystem
from shared.core.ticket import Ticket, TicketRef
from shared.core.ticket_of import ticket_of
from shared.usecases import effects
from shared.usecases.deps import Deps


async def file_ticket(deps: Deps, envelope: Envelope) -> TicketRef | None:
    """One message: `id` and `effect`. None where nothing is due any more."""
    change_id, key = str(envelope.body["id"]), str(envelope.body["effect"])
    held = await effects.read(deps, change_id)
    found = held.effects.get(key) if held else None
    if held is None or found is None:
        raise PermanentError(f"{change_id} has no effect {key}: the message is older than the tables")
    state, row = found
    if not state.due or state.parked:
        return None
    policy = await deps.policy.current()
    system = await deps.ticket_system(policy, state.effect.target)
    effects.wait_for_search(deps, change_id, state, system.searches_late)
    claimed = await effects.claim(deps, change_id, state, row)
    ticket = ticket_of(held.change, state, policy, deps.deployment, deps.public_url)
    try:
        ref = await _reconcile(system, ticket, state)
    except (TransientError, PermanentError):
        await effects.release(deps, change_id, claimed)
        raise
    now = deps.clock()
    told = tuple(dict.fromkeys((*state.applied, *state.effect.events)))

    def result(current: EffectState) -> EffectState:
        opened = current.opened_at or now
        return replace(current, number=ref.number, url=ref.url, state=ref.state, opened_at=opened, applied=told)

    after = await effects.record(deps, change_id, claimed, result, ref.closed_at or now)
    if after.due:  # a newer event came while we worked: its own message may have met our claim
        await deps.queues.send("tickets", Envelope({"id": change_id, "effect": key}, now))
    return ref


async def _reconcile(system: TicketSystem, ticket: Ticket, state: EffectState) -> TicketRef:
    """Look before creating wherever somebody may have created already; then make the ticket what it should be."""
    if state.number:
        return await system.amend(TicketRef(state.number, state.url, "new"), ticket)
    if effects.took_over(state):
        known = await system.find(ticket.key)
        if known is not None:
            return await system.amend(known, ticket)
    return await system.open(ticket)
