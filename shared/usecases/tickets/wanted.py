"""What the ticket of a change should be now: for `file_ticket`, and for a person who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.core import ids
from shared.core.changes.change import Change, Copy, Effect, EffectState, TicketState
from shared.core.errors import PermanentError
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private
from shared.core.tickets.content import wanted_ticket
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.copies import copies_of
from shared.usecases.deps import Deps
from shared.usecases.people import names_of, with_people


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as it would be filed now, in the system `system` of the policy.

    `asked`: whether the policy asks for it. `preview`: the fields by the system's own names. `differences`: how what
    stands there differs, None where that was not asked; `is_gone`: it no longer stands there.
    """

    change: Change
    system: str
    kind: str
    state: TicketState
    ticket: Ticket
    asked: bool
    preview: Preview
    differences: Sequence[Difference] | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """The tenants in which a post stands, and what each has of it; without copies where there is one tenant only.

    `names`: of the people who decided something about the change, by their ids.
    """

    tenants: tuple[str, ...]
    copies: tuple[Copy, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


async def presence_of(deps: Deps, policy: Policy, record: ChangeRecord) -> Presence:
    """Where the post stands; one range query where there can be several tenants, and one where people answered."""
    names = await names_of(deps, record.change.assessment.people)
    if len(policy.tenants) == 1:
        return Presence(tuple(policy.tenants), names=names)
    change_id = record.change.id
    rows = await copies_of(deps.storage.tables, ids.partition(change_id), [change_id])
    copies = tuple(each.copy for each in rows.get(change_id, []))
    return Presence(tuple(copy.tenant for copy in copies if not copy.gone), copies, names)


def ticket_now(deps: Deps, policy: Policy, record: ChangeRecord, state: EffectState, presence: Presence) -> Ticket:
    """The ticket of an effect as it should be today."""
    here = deps.here
    return wanted_ticket(
        with_people(record.change, presence.names),
        state,
        policy,
        here.deployment,
        here.public_url,
        presence.tenants,
        presence.copies,
        as_of=here.clock().date(),
    )


async def ticket_view(deps: Deps, text: str, system: str = "", *, compare: bool = False) -> TicketView | None:
    """The ticket of a change as it would be filed now; None where there is no such change.

    `system`: a ticket system of the policy; without it the one that has the change's ticket, else the only one there
    is. `compare`: ask the system how its ticket differs, which changes nothing there. PermanentError for what is no
    id, no system, or more than one.
    """
    change_id = ids.normalise(text)
    record = await read_with_effects(deps.storage.tables, change_id)
    if record is None:
        return None
    policy = await deps.here.policy.current()
    states = [state for state in record.states if state.effect.kind == "ticket"]
    name = system or _only_system(policy, states)
    if name not in policy.tickets:
        raise PermanentError(f"the policy has no ticket system {name!r} (it has: {_names(policy)})")
    if is_private(record.change.read()) and not policy.tickets[name].privacy:
        raise PermanentError(
            f"{change_id} is on data privacy, and the policy files no such posts in {name} (tickets.{name}.privacy)"
        )
    state = next((each for each in states if each.effect.target == name), None)
    ticket = ticket_now(
        deps, policy, record, state or _asked_by_hand(record, name), await presence_of(deps, policy, record)
    )
    port = await deps.outside.ticket_system(policy, name)
    known = state.ticket if state else TicketState()
    view = TicketView(
        record.change, name, policy.tickets[name].kind, known, ticket, state is not None, port.preview(ticket)
    )
    if not compare:
        return view
    if not known.number:
        raise PermanentError(f"{change_id} has no ticket in {name} yet: there is nothing to compare with")
    ref = TicketRef(known.number, known.url, "new", written=known.written, tasks=known.tasks)
    found = await port.differences(ref, ticket)
    return TicketView(
        view.change, name, view.kind, known, ticket, view.asked, view.preview, found or (), is_gone=found is None
    )


def _only_system(policy: Policy, states: Sequence[EffectState]) -> str:
    named = [state.effect.target for state in states] or list(policy.tickets)
    if len(named) == 1:
        return named[0]
    if not named:
        raise PermanentError("the policy has no ticket system")
    raise PermanentError(f"there are several ticket systems: say which with --system ({', '.join(named)})")


def _asked_by_hand(record: ChangeRecord, system: str) -> EffectState:
    """An effect as the policy would make it, for a change of which it asks no ticket."""
    decision = record.change.decision
    team = decision.teams[0] if decision and decision.teams else ""
    return EffectState(Effect("ticket", system, team, record.change.current.id, ()))


def _names(policy: Policy) -> str:
    return ", ".join(policy.tickets) or "none"
