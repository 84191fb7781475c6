"""`follow_tickets`: reads ticket states back and closes the changes whose tickets have ended."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from shared.core import ids
from shared.core.cards.decided import decision_of
from shared.core.cards.occasions import occasion_of
from shared.core.changes.change import EffectState, TicketState
from shared.core.decisions.telling import cards_of_occasion
from shared.core.errors import TargetDownError, TransientError
from shared.core.life.followed import WATCHED, Asked, answer_digest, questions, settled_digest, with_followed
from shared.core.life.line import Line
from shared.core.policy.model import Policy
from shared.core.ports.outside import AnswersMany
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
from shared.usecases.life.lines import listed_lines
from shared.usecases.life.settle import Settled, refresh_lists, settle_record
from shared.usecases.life.touch import touch

_LOG = logging.getLogger("foresignal.follow")
_ASKED_AT_ONCE = 100
_TOLD_AT_ONCE = 100  # so much at most is done again after a run that died


async def follow_tickets(deps: Deps) -> int:
    """Every open ticket's state, asked system by system; how many had moved. One system's failure leaves the others.

    Lines say which tickets there are, and what was done last of each: while the answers stay the same, no change is
    read. What is done is told to the lists at the very end, so that a run that died is done again.
    """
    policy = await deps.here.policy.current()
    asked = questions(await _lines(deps, policy), policy, deps.here.clock())
    await _settle_ended(deps, policy, asked.ended)
    moved = 0
    for name, tickets in asked.by_system.items():
        with apart(f"ticket system {name} cannot be followed"):
            moved += await _follow_system(deps, policy, name, tickets)
    return moved


async def _lines(deps: Deps, policy: Policy) -> Iterable[Line]:
    """Those of the last 13 months: one call. What was touched since the last `index` is followed from the next one on.

    While there is no list, they are made of the changes that wait for a ticket, and those that were closed lately: one
    range query a partition.
    """
    lines = await listed_lines(deps)
    if deps.here.lists.live is not None:
        return lines
    wanted = {entry.id async for entry in open_changes(deps.storage.tables, "ticket")}
    now = deps.here.clock()
    for month in sorted({f"{now - WATCHED:%Y-%m}", f"{now:%Y-%m}"}):
        for through in ("ticket", "page"):  # a person may close a change whose ticket is still open
            closings = await closings_in(deps.storage.tables, month, through)
            wanted.update(closing.id for closing in closings if closing.closed >= now - WATCHED)
    return [line_of(record, policy, now) async for record in _records(deps, wanted)]


async def _records(deps: Deps, change_ids: Iterable[str]) -> AsyncIterator[ChangeRecord]:
    """Changes with their effects, a partition at a time; where a row among them is damaged, all but that one."""
    by_partition: dict[str, set[str]] = defaultdict(set)
    for change_id in change_ids:
        by_partition[ids.partition(change_id)].add(change_id)
    for partition, some in by_partition.items():
        for record in (await _records_in(deps, partition, some)).values():
            yield record


async def _records_in(deps: Deps, partition: str, change_ids: set[str]) -> dict[str, ChangeRecord]:
    records: dict[str, ChangeRecord] = {}
    with apart(f"partition {partition} cannot be read at once", passing=TransientError):
        return await changes_of(deps.storage.tables, partition, change_ids)
    for change_id in change_ids:
        with apart(f"{change_id} cannot be read", passing=TransientError):
            records |= await changes_of(deps.storage.tables, partition, [change_id])
    return records


async def _settle_ended(deps: Deps, policy: Policy, change_ids: Iterable[str]) -> None:
    """Changes that are open though their tickets have ended by what we filed, as Microsoft cancelled them.

    One that stays open for a good reason, as a person opened it again, is not looked at again.
    """
    done: list[Line] = []
    digest = settled_digest(policy)
    async for record in _records(deps, change_ids):
        with apart(f"{record.change.id} cannot be settled", passing=TransientError):
            settled = await settle_record(deps, policy, record.change.id, lambda _: (), record)
            if settled is None:
                continue
            await send_due(deps, record.change.id, filter(_tells_decision, settled.record.states))
            await _refresh(deps, policy, settled)
            tickets = {s.effect.target: digest for s in settled.record.states if s.effect.kind == "ticket"}
            waits = any(state.due for state in settled.record.states if state.effect.kind == "ticket")
            line = line_of(settled.record, policy, deps.here.clock())
            done.append(line if waits else with_followed(line, tickets))
    await touch(deps, done)


def _tells_decision(state: EffectState) -> bool:
    occasion = occasion_of(state.effect.occasion)
    return occasion is not None and occasion.kind == "ticket"


async def _refresh(deps: Deps, policy: Policy, settled: Settled) -> None:
    """What follows from a closing, also of one that was recorded by a run that died before this."""
    if settled.turned or settled.record.change.closings:
        await refresh_lists(deps, policy, settled)


async def _follow_system(deps: Deps, policy: Policy, name: str, tickets: Mapping[str, Asked]) -> int:
    """The tickets of one system, which is left alone while it is down. The register is ours: it is never down."""
    target = Target("ticket", name)
    is_ours = name in policy.tickets and policy.tickets[name].kind == "register"
    if not is_ours and await down.is_down(deps, policy, target):
        return 0
    try:
        return await _follow(deps, policy, name, tickets)
    except TargetDownError as error:
        await down.report_target(deps, policy, target, error)
        return 0


async def follow_numbers(deps: Deps, policy: Policy, name: str, tickets: Mapping[str, str]) -> int:
    """Ask one system for these tickets (number to change) and take over what it says; how many had moved."""
    return await _follow(deps, policy, name, {number: Asked(change_id) for number, change_id in tickets.items()})


async def _follow(deps: Deps, policy: Policy, name: str, tickets: Mapping[str, Asked]) -> int:
    system = await deps.outside.ticket_system(policy, name)
    at_once = system.answers_at_once if isinstance(system, AnswersMany) else _ASKED_AT_ONCE
    moved, in_order = 0, sorted(tickets)
    for at in range(0, len(in_order), at_once):
        some = in_order[at : at + at_once]
        refs = await system.states(some)
        news = [number for number in some if answer_digest(refs.get(number)) != tickets[number].answer]
        for first in range(0, len(news), _TOLD_AT_ONCE):
            answers = {number: refs.get(number) for number in news[first : first + _TOLD_AT_ONCE]}
            moved += await _take_over_all(deps, policy, name, tickets, answers)
    return moved


async def _take_over_all(
    deps: Deps, policy: Policy, name: str, tickets: Mapping[str, Asked], answers: Mapping[str, TicketRef | None]
) -> int:
    """The answers that are news, by number; how many tickets had moved. Their lines are told together."""
    numbers_of: dict[str, list[str]] = defaultdict(list)
    for number in answers:
        numbers_of[tickets[number].change].append(number)
    done: list[_Taken] = []
    try:
        async for record in _records(deps, numbers_of):
            change_id, given = record.change.id, [record]
            for number in numbers_of[change_id]:
                with apart(f"{change_id}: what became of ticket {number}", passing=TransientError):
                    first = given.pop() if given else None
                    taken = await _take_over(deps, policy, change_id, name, number, answers[number], first)
                    done += [taken] if taken else []
    finally:  # the others may fail: what is recorded is told
        await touch(deps, [taken.line for taken in done])
    return sum(taken.moved for taken in done)


async def follow_one(deps: Deps, policy: Policy, record: ChangeRecord, ref: TicketRef) -> bool:
    """Take over at once what a ticket of the built-in register says; whether it had moved.

    `record`: its change, as it was just read with its effects. A ticket that the change does not know yet is left to
    whoever files it. Three calls, five more where the change is closed by it or opened again.
    """
    system = next((state.effect.target for state in record.states if state.ticket.number == ref.number), "")
    if system not in policy.tickets or policy.tickets[system].kind != "register":
        return False
    taken = await _take_over(deps, policy, record.change.id, system, ref.number, ref, record)
    moved = taken is not None and taken.moved
    await touch(deps, [taken.line] if taken and moved else [])
    return moved


class _Taken(NamedTuple):
    """A change whose record says what the system does. `line`: as it is then; `moved`: whether that was news."""

    line: Line
    moved: bool


async def _take_over(
    deps: Deps,
    policy: Policy,
    change_id: str,
    system: str,
    number: str,
    ref: TicketRef | None,
    given: ChangeRecord | None = None,
) -> _Taken | None:
    """What the system says, on the effect's row and, where the ticket ended, on the change: one transaction.

    `ref` is None where it no longer has the ticket; `given`: the change as it was just read, without its tasks. None
    where the change has no such ticket. Where the record says so already, what follows from it is done again: whoever
    wrote it may have died before.
    """
    called, moved = "", False

    def see(record: ChangeRecord) -> list[Write] | None:
        nonlocal called, moved
        called, moved = number, False
        effect = record.effects.get(f"ticket|{system}")
        if effect is None:
            return None
        state = effect.state
        before = state.ticket
        now = with_remote_state(before, ref) if ref else without_remote(before)
        if now == before:
            return []
        if now.remote_state != before.remote_state and (ref is None or ref.state == UNKNOWN):
            _LOG.warning("%s: ticket %s is %s; its state stays %s", change_id, now.number, now.remote_state, now.state)
        turns = now.state != before.state
        if turns and not now.moved_at:
            now = replace(now, moved_at=deps.here.clock())
        done_at = (ref and ref.closed_at) or deps.here.clock() if turns else state.done_at
        called, moved = now.number, True
        seen = record.see_ticket(replace(state, ticket=now, done_at=done_at))
        return [seen, *_decision_cards(policy, record, before, now)]

    settled = await settle_record(deps, policy, change_id, see, given)
    if settled is None:
        return None
    if called != number and policy.tickets[system].inbound:  # moved there to where tickets are numbered otherwise
        await numbers.remember(deps.storage.tables, system, called, change_id)
    states = settled.record.states
    await send_due(deps, change_id, states if moved else filter(_tells_decision, states))
    await _refresh(deps, policy, settled)
    line = line_of(settled.record, policy, deps.here.clock())
    return _Taken(with_followed(line, {system: answer_digest(ref)}), moved)


def _decision_cards(policy: Policy, record: ChangeRecord, before: TicketState, now: TicketState) -> list[Write]:
    """The cards that tell the board's decision, where there is one that was not there before.

    One that was known before this version saw it, or that came with the filing itself, is told to nobody.
    """
    occasion = decision_of(now)
    if occasion is None or occasion == decision_of(before):
        return []
    states = cards_of_occasion(record.change, record.states, occasion.key, policy)
    return [record.insert_effect(state) for state in states]
