"""`follow_tickets`: reads ticket states back and closes the changes whose tickets have ended."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

from shared.core import ids
from shared.core.cards.decided import decision_of
from shared.core.cards.occasions import occasion_of
from shared.core.changes.change import EffectState, TicketState
from shared.core.decisions.telling import cards_of_occasion
from shared.core.errors import TargetDownError, TransientError
from shared.core.life.closing import is_ended
from shared.core.life.line import Line
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.terms import UNKNOWN
from shared.core.tickets.seen import with_remote_state, without_remote
from shared.core.tickets.ticket import TicketRef
from shared.record import numbers
from shared.record.changes import ChangeRecord, changes_of
from shared.record.closings import closings_in
from shared.record.deliveries import Target
from shared.record.lists import line_of
from shared.record.open_list import open_changes
from shared.usecases.apart import apart
from shared.usecases.delivery import down
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.life.settle import refresh_lists, settle_in, settle_record
from shared.usecases.life.touch import touch

_LOG = logging.getLogger("foresignal.follow")
_ASKED_AT_ONCE = 100
_WATCHED = timedelta(days=30)  # after its closing a ticket is still looked at so long


async def follow_tickets(deps: Deps) -> int:
    """Every open ticket's state, asked system by system; how many had moved. One system's failure leaves the others."""
    policy = await deps.here.policy.current()
    by_system: dict[str, dict[str, str]] = defaultdict(dict)
    batch: list[Line] = []
    async for change_id, record, listed in _with_tickets(deps):
        effects = [state for state in record.states if state.effect.kind == "ticket"]
        tickets = [state for state in effects if state.ticket.number or state.ticket.followed_by]
        for state in tickets:
            ticket = state.ticket
            if ticket.number and not ticket.followed_by and (not is_ended(state) or not listed):
                by_system[state.effect.target][ticket.number] = change_id
        # Recorded by a run that died before it sent the pointers.
        await send_due(deps, change_id, [state for state in record.states if _tells_decision(state)])
        if listed and tickets and all(is_ended(state) for state in tickets):
            # Ended by what we filed (Microsoft cancelled the change), or recorded by a run that died before the lists.
            with apart(f"{change_id} cannot be settled", passing=TransientError):
                await settle_in(batch, deps, policy, change_id)
    await touch(deps, batch)
    moved = 0
    for name, tickets_there in by_system.items():
        with apart(f"ticket system {name} cannot be followed"):
            moved += await _follow_system(deps, policy, name, tickets_there)
    return moved


def _tells_decision(state: EffectState) -> bool:
    occasion = occasion_of(state.effect.occasion)
    return occasion is not None and occasion.kind == "ticket"


async def _follow_system(deps: Deps, policy: Policy, name: str, tickets: Mapping[str, str]) -> int:
    """The same of one system, which is left alone while it is down."""
    target = Target("ticket", name)
    if await down.is_down(deps, policy, target):
        return 0
    try:
        return await follow_numbers(deps, policy, name, tickets)
    except TargetDownError as error:
        await down.report_target(deps, policy, target, error)
        return 0


async def _with_tickets(deps: Deps) -> AsyncIterator[tuple[str, ChangeRecord, bool]]:
    """The changes that wait for a ticket, and those that were closed lately, with their effects; is it listed as open?

    One range query a partition. A ticket that the board opens again opens its change again.
    """
    waiting: dict[str, set[str]] = defaultdict(set)
    listed: set[str] = set()
    async for entry in open_changes(deps.storage.tables, "ticket"):
        waiting[ids.partition(entry.id)].add(entry.id)
        listed.add(entry.id)
    since = deps.here.clock() - _WATCHED
    for month in sorted({f"{since:%Y-%m}", f"{deps.here.clock():%Y-%m}"}):
        for through in ("ticket", "page"):  # a person may close a change whose ticket is still open
            for closing in await closings_in(deps.storage.tables, month, through):
                if closing.closed >= since:
                    waiting[ids.partition(closing.id)].add(closing.id)
    for partition, change_ids in waiting.items():
        for change_id, record in (await _records(deps, partition, change_ids)).items():
            yield change_id, record, change_id in listed


async def _records(deps: Deps, partition: str, change_ids: set[str]) -> dict[str, ChangeRecord]:
    """The changes of a partition; where a row among them is damaged, all but that one."""
    records: dict[str, ChangeRecord] = {}
    with apart(f"partition {partition} cannot be read at once", passing=TransientError):
        return await changes_of(deps.storage.tables, partition, change_ids)
    for change_id in change_ids:
        with apart(f"{change_id} cannot be read", passing=TransientError):
            records |= await changes_of(deps.storage.tables, partition, [change_id])
    return records


async def follow_numbers(deps: Deps, policy: Policy, name: str, tickets: Mapping[str, str]) -> int:
    """Ask one system for these tickets (number to change) and take over what it says; how many had moved."""
    system = await deps.outside.ticket_system(policy, name)
    moved: list[Line] = []
    in_order = sorted(tickets)
    try:
        for at in range(0, len(in_order), _ASKED_AT_ONCE):
            some = in_order[at : at + _ASKED_AT_ONCE]
            refs = await system.states(some)
            for number in some:
                with apart(f"{tickets[number]}: what became of ticket {number}", passing=TransientError):
                    line = await _take_over(deps, policy, tickets[number], name, number, refs.get(number))
                    moved += [line] if line else []
    finally:  # the others may fail: what is recorded is told
        await touch(deps, moved)
    return len(moved)


async def follow_one(deps: Deps, policy: Policy, record: ChangeRecord, ref: TicketRef) -> bool:
    """Take over at once what a ticket of the built-in register says; whether it had moved.

    `record`: its change, as it was just read with its effects. A ticket that the change does not know yet is left to
    whoever files it. Three calls, five more where the change is closed by it or opened again.
    """
    system = next((state.effect.target for state in record.states if state.ticket.number == ref.number), "")
    if system not in policy.tickets or policy.tickets[system].kind != "register":
        return False
    line = await _take_over(deps, policy, record.change.id, system, ref.number, ref, record)
    await touch(deps, [line] if line else [])
    return line is not None


async def _take_over(
    deps: Deps,
    policy: Policy,
    change_id: str,
    system: str,
    number: str,
    ref: TicketRef | None,
    given: ChangeRecord | None = None,
) -> Line | None:
    """What the system says, on the effect's row and, where the ticket ended, on the change: one transaction.

    `ref` is None where it no longer has the ticket; `given`: the change as it was just read, without its tasks. The
    line as it is then; None where nothing has moved.
    """
    called = ""

    def see(record: ChangeRecord) -> list[Write] | None:
        nonlocal called
        effect = record.effects.get(f"ticket|{system}")
        if effect is None:
            return None
        state = effect.state
        before = state.ticket
        now = with_remote_state(before, ref) if ref else without_remote(before)
        if now == before:
            return None
        if now.remote_state != before.remote_state and (ref is None or ref.state == UNKNOWN):
            _LOG.warning("%s: ticket %s is %s; its state stays %s", change_id, now.number, now.remote_state, now.state)
        moved = now.state != before.state
        if moved and not now.moved_at:
            now = replace(now, moved_at=deps.here.clock())
        done_at = (ref and ref.closed_at) or deps.here.clock() if moved else state.done_at
        called = now.number
        seen = record.see_ticket(replace(state, ticket=now, done_at=done_at))
        return [seen, *_decision_cards(policy, record, before, now)]

    settled = await settle_record(deps, policy, change_id, see, given)
    if settled is None:
        return None
    if called != number and policy.tickets[system].inbound:  # moved there to where tickets are numbered otherwise
        await numbers.remember(deps.storage.tables, system, called, change_id)
    await send_due(deps, change_id, settled.record.states)
    if given is None or settled.turned:
        await refresh_lists(deps, policy, settled)
    return line_of(settled.record, policy, deps.here.clock())


def _decision_cards(policy: Policy, record: ChangeRecord, before: TicketState, now: TicketState) -> list[Write]:
    """The cards that tell the board's decision, where there is one that was not there before.

    One that was known before this version saw it, or that came with the filing itself, is told to nobody.
    """
    occasion = decision_of(now)
    if occasion is None or occasion == decision_of(before):
        return []
    states = cards_of_occasion(record.change, record.states, occasion.key, policy)
    return [record.insert_effect(state) for state in states]
