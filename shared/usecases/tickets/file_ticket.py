"""`file_ticket`: brings the ticket of a change to what it should be; two changes that are one keep one ticket."""

from dataclasses import dataclass, replace

from shared.core.changes.change import Change, EffectState, TicketState
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.life.closing import is_ended
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.outside import TicketSystem
from shared.core.terms import ENDED
from shared.core.tickets import succession
from shared.core.tickets.content import ticket_key
from shared.core.tickets.seen import after_write
from shared.core.tickets.succession import Plan, RelatedTicket, Succession
from shared.core.tickets.ticket import DRY_RUN, Ticket, TicketRef
from shared.record import numbers
from shared.record.changes import ChangeRecord
from shared.record.effects import EffectRecord
from shared.record.lists import ticket_line
from shared.usecases import effects
from shared.usecases.changes import relate
from shared.usecases.delivery import down
from shared.usecases.deps import Deps
from shared.usecases.life.settle import settle_change
from shared.usecases.life.touch import touch
from shared.usecases.telling import Outcome, tell
from shared.usecases.tickets.wanted import Presence, presence_of, ticket_now

# Seconds; they differ, so that two do not meet again and again.
_PREDECESSOR_PATIENCE, _SUCCESSOR_PATIENCE = 10.0, 15.0


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of the ticket; `ref` is None where another change deals with it. `state` holds what to record."""

    state: EffectState
    ref: TicketRef | None
    plan: Plan
    applied: tuple[str, ...]


async def file_ticket(deps: Deps, envelope: Envelope) -> TicketRef | None:
    """One message: `id` and `effect`. While its system is down, the effect waits.

    None where nothing is due any more, another change deals with the ticket, or the effect waits.
    """
    due = await effects.due(deps, envelope)
    if due is None:
        return None
    policy, effect = await deps.here.policy.current(), due[1].state.effect
    if await down.must_wait(deps, policy, effect, envelope):
        return None
    try:
        return await _file(deps, policy, *due)
    except TargetDownError as error:
        await down.report(deps, policy, effect, envelope, error)
        return None


async def bring_ticket(deps: Deps, envelope: Envelope) -> bool:
    """The same, also where the system is known to be down: TargetDownError where it still is.

    False where nothing is due any more.
    """
    due = await effects.due(deps, envelope)
    if due is None:
        return False
    await _file(deps, await deps.here.policy.current(), *due)
    return True


async def _file(deps: Deps, policy: Policy, record: ChangeRecord, effect: EffectRecord) -> TicketRef | None:
    state = effect.state
    change_id, key = record.change.id, state.effect.key
    system = await deps.outside.ticket_system(policy, state.effect.target)
    effects.wait_for_search(deps, change_id, state, system.searches_late)
    claimed = await effects.claim(deps, change_id, effect)
    try:
        # Under the claim: whoever relates another change to this one after this sees that we are at work.
        related = Succession() if state.ticket.followed_by else await relate.succession(deps, record.change, key)
    except (TransientError, PermanentError):
        await effects.undo_claim(deps, change_id, state)
        raise
    if waits := succession.must_wait(related, deps.here.clock()):
        await effects.undo_claim(deps, change_id, state)
        patience = _PREDECESSOR_PATIENCE if waits in related.predecessors else _SUCCESSOR_PATIENCE
        raise TransientError(f"{change_id} {key} may share its ticket with {waits.id}; waiting for that", patience)
    try:
        done = await _reconcile(deps, system, policy, record, state, related)
    except (TransientError, PermanentError):
        await effects.abandon_claim(deps, change_id, claimed)
        raise
    written = await _record(deps, change_id, claimed, done)
    after = written.state
    if done.ref:
        tell(deps, _outcome(state, after), change=change_id, target=state.effect.target, ticket=after.ticket.number)
    if after.ticket.number != state.ticket.number and policy.tickets[state.effect.target].inbound:
        await numbers.remember(deps.storage.tables, state.effect.target, after.ticket.number, change_id)
    for predecessor in succession.left_open(after.ticket.number, related) if done.ref else ():
        await relate.raise_ticket(deps, predecessor, change_id)
    if after.due:  # a newer event came while we worked: its own message may have met our claim
        await deps.storage.queues.send("tickets", Envelope({"id": change_id, "effect": key}, deps.here.clock()))
    if not await _close(deps, policy, record.change, after, done.plan):
        await touch(deps, [ticket_line(change_id, written)])
    return done.ref


def _outcome(before: EffectState, after: EffectState) -> Outcome:
    if after.ticket.number.startswith(DRY_RUN):
        return "ticket_tried"
    return "ticket_changed" if after.ticket.number == before.ticket.number else "ticket_filed"


async def _record(deps: Deps, change_id: str, claimed: EffectRecord, done: _Done) -> EffectRecord:
    now = deps.here.clock()

    def result(current: EffectState) -> EffectState:
        ours, ref = done.state.ticket, done.ref
        ticket = replace(current.ticket, followed_by=ours.followed_by, adopted_from=ours.adopted_from, key=ours.key)
        if ref:
            opened = ticket.opened_at or ours.opened_at or now
            ticket = replace(after_write(ticket, ref), opened_at=opened, applied=done.applied)
        return replace(current, ticket=ticket)

    return await effects.record(deps, change_id, claimed, result, (done.ref and done.ref.closed_at) or now)


async def _close(deps: Deps, policy: Policy, change: Change, after: EffectState, plan: Plan) -> bool:
    """The change as its ticket is now: one that ended, or went to another change, closes it; an open one opens it.

    Whether this change was settled so, and the lists know of it. A run that dies before this is made good by
    `follow_tickets`.
    """
    if plan.step in {"follow", "cancel"} or (is_ended(after) != bool(change.closed) and not after.due):
        return await settle_change(deps, policy, change.id)
    if plan.step == "adopt" and plan.other:
        await settle_change(deps, policy, plan.other.id)
    return False


async def _reconcile(
    deps: Deps, system: TicketSystem, policy: Policy, record: ChangeRecord, state: EffectState, related: Succession
) -> _Done:
    """Look before creating wherever somebody may have created already; then make the ticket what it should be."""
    applied = tuple(dict.fromkeys((*state.ticket.applied, *state.effect.events, *succession.notes(related))))
    if state.ticket.followed_by:
        return _Done(state, None, Plan("keep"), applied)
    presence = await presence_of(deps, policy, record)
    ticket = _ticket(deps, policy, record, state, related, presence)
    ref = None
    if state.ticket.number and not _only_tried(policy, state):
        ref = _ref(state.ticket)
    if ref is None and effects.took_over(state):
        ref = await system.find(ticket.key)
        if ref and ref.state in ENDED and not ticket.cancelled:
            ref = None  # it ended before we ever knew of it: `open` files another, and says so
    plan = succession.plan(record.change.id, ref.number if ref else "", related)
    if plan.other and plan.step == "follow":
        followed = replace(state, ticket=replace(state.ticket, followed_by=plan.other.id))
        return _Done(followed, None, plan, applied)
    if plan.other and plan.step == "cancel":
        why = f"the change goes on as {plan.other.id} in ticket {plan.other.state.ticket.number}"
        ticket = replace(ticket, cancelled=True, why_cancelled=why)
    elif plan.other and plan.step == "adopt":
        state, ref = await _adopt(deps, record.change.id, state, plan.other)
        ticket = _ticket(deps, policy, record, state, related, presence)
    return _Done(state, await (system.amend(ref, ticket) if ref else system.open(ticket)), plan, applied)


def _only_tried(policy: Policy, state: EffectState) -> bool:
    """Whether the ticket is one of a dry run that is over: it never stood in the system."""
    return state.ticket.number.startswith(DRY_RUN) and policy.tickets[state.effect.target].mode == "live"


def _ticket(
    deps: Deps, policy: Policy, record: ChangeRecord, state: EffectState, related: Succession, presence: Presence
) -> Ticket:
    ticket = ticket_now(deps, policy, record, state, presence)
    more = (line for name, line in succession.notes(related).items() if name not in state.ticket.applied)
    return replace(ticket, notes=(*ticket.notes, *more))


async def _adopt(
    deps: Deps, change_id: str, state: EffectState, before: RelatedTicket
) -> tuple[EffectState, TicketRef]:
    """A predecessor's ticket as ours. It is marked there first, so that of two who want it one gets it.

    One that dies after that finds its own mark again.
    """
    if not await relate.take_ticket(deps, before, change_id):
        raise TransientError(f"{before.id} has moved on while {change_id} took its ticket; looking again", 5)
    theirs = before.state.ticket
    key = theirs.key or ticket_key(deps.here.deployment, before.id)
    ours = replace(state.ticket, adopted_from=before.id, key=key, opened_at=theirs.opened_at)
    return replace(state, ticket=ours), _ref(theirs)


def _ref(ticket: TicketState) -> TicketRef:
    """The ticket as we last left it."""
    return TicketRef(ticket.number, ticket.url, "new", written=ticket.written, tasks=ticket.tasks)
