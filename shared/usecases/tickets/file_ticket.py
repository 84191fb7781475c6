"""`file_ticket`: brings the one ticket of a change to what it should be (rule 2); of two that are one, one keeps it."""

from dataclasses import dataclass, replace

from shared.core import ids
from shared.core.changes.change import Change, EffectState
from shared.core.errors import PermanentError, TransientError
from shared.core.life.closing import is_ended
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.outside import TicketSystem
from shared.core.tickets import succession
from shared.core.tickets.content import ticket_key, ticket_of
from shared.core.tickets.seen import as_seen
from shared.core.tickets.succession import Family, Kin, Plan
from shared.core.tickets.ticket import DRY_RUN, Ticket, TicketRef
from shared.record import changes, numbers
from shared.record.changes import ChangeRecord
from shared.usecases import effects
from shared.usecases.changes import relate
from shared.usecases.deps import Deps
from shared.usecases.life.settle import settle_change

_ELDER_PATIENCE, _HEIR_PATIENCE = 10.0, 15.0  # seconds; they differ, so that two do not meet again and again


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of the ticket; `ref` is None where another change deals with it. `state` holds what to record."""

    state: EffectState
    ref: TicketRef | None
    plan: Plan
    told: tuple[str, ...]


async def file_ticket(deps: Deps, envelope: Envelope) -> TicketRef | None:
    """One message: `id` and `effect`. None where nothing is due any more, or another change deals with the ticket."""
    found = await effects.due(deps, envelope)
    if found is None:
        return None
    held, state, row = found
    change_id, key = held.change.id, state.effect.key
    policy = await deps.policy.current()
    system = await deps.ticket_system(policy, state.effect.target)
    effects.wait_for_search(deps, change_id, state, system.searches_late)
    claimed = await effects.claim(deps, change_id, state, row)
    try:
        # Under the claim: whoever relates another change to this one after this sees that we are at work.
        kin = Family() if state.followed_by else await relate.family(deps, held.change, key)
    except (TransientError, PermanentError):
        await effects.give_back(deps, change_id, state)
        raise
    if waits := succession.must_wait(kin, deps.clock()):
        await effects.give_back(deps, change_id, state)
        patience = _ELDER_PATIENCE if waits in kin.elders else _HEIR_PATIENCE
        raise TransientError(f"{change_id} {key} may share its ticket with {waits.id}; waiting for that", patience)
    try:
        done = await _reconcile(deps, system, policy, held, state, kin)
    except (TransientError, PermanentError):
        await effects.release(deps, claimed)
        raise
    after = await _record(deps, change_id, claimed, done)
    if after.number != state.number and policy.tickets[state.effect.target].inbound:
        await numbers.remember(deps.tables, state.effect.target, after.number, change_id)
    for elder in succession.left_open(after.number, kin) if done.ref else ():
        await relate.raise_ticket(deps, elder, change_id)
    if after.due:  # a newer event came while we worked: its own message may have met our claim
        await deps.queues.send("tickets", Envelope({"id": change_id, "effect": key}, deps.clock()))
    await _close(deps, policy, held.change, after, done.plan)
    return done.ref


async def _record(deps: Deps, change_id: str, claimed: effects.Claim, done: _Done) -> EffectState:
    now = deps.clock()

    def result(current: EffectState) -> EffectState:
        ours, ref = done.state, done.ref
        current = replace(current, followed_by=ours.followed_by, adopted_from=ours.adopted_from, key=ours.key)
        if ref is None:
            return current
        opened = current.opened_at or ours.opened_at or now
        return replace(as_seen(current, ref), opened_at=opened, applied=done.told)

    return await effects.record(deps, change_id, claimed, result, (done.ref and done.ref.closed_at) or now)


async def _close(deps: Deps, policy: Policy, change: Change, after: EffectState, plan: Plan) -> None:
    """The change as its ticket is now: one that ended, or went to another change, closes it; an open one opens it.

    A run that dies before this is made good by `follow_tickets`.
    """
    if plan.step in {"follow", "cancel"} or (is_ended(after) != bool(change.closed) and not after.due):
        await settle_change(deps, policy, change.id)
    elif plan.step == "adopt" and plan.kin:
        await settle_change(deps, policy, plan.kin.id)


async def _reconcile(
    deps: Deps, system: TicketSystem, policy: Policy, held: ChangeRecord, state: EffectState, kin: Family
) -> _Done:
    """Look before creating wherever somebody may have created already; then make the ticket what it should be."""
    told = tuple(dict.fromkeys((*state.applied, *state.effect.events, *succession.notes(kin))))
    if state.followed_by:
        return _Done(state, None, Plan("keep"), told)
    tenants = await _tenants(deps, policy, held)
    ticket = _ticket(deps, policy, held, state, kin, tenants)
    ref = TicketRef(state.number, state.url, "new") if state.number and not _only_tried(policy, state) else None
    if ref is None and effects.took_over(state):
        ref = await system.find(ticket.key)
    plan = succession.plan(held.change.id, ref.number if ref else "", kin)
    if plan.kin and plan.step == "follow":
        return _Done(replace(state, followed_by=plan.kin.id), None, plan, told)
    if plan.kin and plan.step == "cancel":
        why = f"the change goes on as {plan.kin.id} in ticket {plan.kin.state.number}"
        ticket = replace(ticket, cancelled=True, why_cancelled=why)
    elif plan.kin and plan.step == "adopt":
        state, ref = await _adopt(deps, held.change.id, state, plan.kin)
        ticket = _ticket(deps, policy, held, state, kin, tenants)
    return _Done(state, await (system.amend(ref, ticket) if ref else system.open(ticket)), plan, told)


async def _tenants(deps: Deps, policy: Policy, held: ChangeRecord) -> tuple[str, ...]:
    """The tenants in which the post stands; one range query where there can be several."""
    if len(policy.tenants) == 1:
        return tuple(policy.tenants)
    change_id = held.change.id
    found = await deps.tables.range(changes.TABLE, ids.partition(change_id), *changes.span("t", [change_id]))
    return tuple(copy.tenant for row in found if not (copy := changes.read_copy(row)).gone)


def _only_tried(policy: Policy, state: EffectState) -> bool:
    """Whether the ticket is one of a dry run that is over: it never stood in the system."""
    return state.number.startswith(DRY_RUN) and policy.tickets[state.effect.target].mode == "live"


def _ticket(
    deps: Deps, policy: Policy, held: ChangeRecord, state: EffectState, kin: Family, tenants: tuple[str, ...]
) -> Ticket:
    ticket = ticket_of(held.change, state, policy, deps.deployment, deps.public_url, tenants)
    more = (line for name, line in succession.notes(kin).items() if name not in state.applied)
    return replace(ticket, notes=(*ticket.notes, *more))


async def _adopt(deps: Deps, change_id: str, state: EffectState, elder: Kin) -> tuple[EffectState, TicketRef]:
    """An elder's ticket as ours. It is marked at the elder first, so that of two who want it one gets it.

    One that dies after that finds its own mark again.
    """
    if not await relate.take_ticket(deps, elder, change_id):
        raise TransientError(f"{elder.id} has moved on while {change_id} took its ticket; looking again", 5)
    theirs = elder.state
    key = theirs.key or ticket_key(deps.deployment, elder.id)
    ours = replace(state, adopted_from=elder.id, key=key, opened_at=theirs.opened_at)
    return ours, TicketRef(theirs.number, theirs.url, "new")
