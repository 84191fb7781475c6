"""`classify`: reads the post, derives the events, walks the policy, decides; then sends what must follow."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.core import ids
from shared.core.changes.change import Change, EffectState
from shared.core.changes.events import derive
from shared.core.decisions.decide import decide
from shared.core.decisions.first_load import intents
from shared.core.decisions.moved import with_moved
from shared.core.decisions.settling import tickets_anew, with_settled
from shared.core.errors import RefusedError
from shared.core.life.closing import open_row, people_may_settle, resumed_at, settle
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.tasks.task import TaskState
from shared.record import changes
from shared.record.assessments import copy_acts
from shared.record.changes import ChangeRecord, changes_of
from shared.record.closings import note_reopened
from shared.record.copies import CopyRecord, clear_due, copies_of, copies_that_matter
from shared.record.lists import line_of
from shared.record.open_list import list_open, unlist
from shared.record.redo import redo
from shared.record.tasks import tasks_of
from shared.usecases.changes.reading import with_facts
from shared.usecases.changes.relate import relate
from shared.usecases.delivery.park import mark, park
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.life.settle import settle_change
from shared.usecases.life.touch import touch

_AT_ONCE = 80
"""Rows of tenants in the transaction of one change, which holds 100 rows."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One change after its decision, with the effects that are due; or one that waits for a second reading."""

    record: ChangeRecord
    fresh: bool

    @property
    def change(self) -> Change:
        return self.record.change

    @property
    def waits(self) -> bool:
        return self.change.stage == "classify"

    @property
    def states(self) -> tuple[EffectState, ...]:
        return self.record.states


async def classify(deps: Deps, envelope: Envelope) -> None:
    """One message: `ids`, all of one partition; `acts`: the range of acts that it guards; `settle`: people answered.

    `waited`: it comes once the time for a second reading is over.

    The same message again sends what is due, tells the lists, and writes nothing else.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    for change_id in envelope.body.get("ids", []):
        wanted[ids.partition(change_id)].append(change_id)
    policy = await deps.here.policy.current()
    for partition, change_ids in wanted.items():
        done = await _without_refused(deps, policy, partition, change_ids, envelope)
        for decided in done:
            if decided.waits:
                await _wait(deps, decided, again=bool(envelope.body.get("waited")))
        done = [decided for decided in done if not decided.waits]
        for decided in done:
            await _follow_up(deps, policy, decided)
        await touch(deps, [line_of(decided.record, policy, deps.here.clock()) for decided in done])
        if envelope.body.get("acts") or envelope.body.get("settle"):
            for decided in done:
                if people_may_settle(decided.change):  # what a person said may close it, or open it again
                    await settle_change(deps, policy, decided.change.id)
    if acts := envelope.body.get("acts"):  # the guard of what a person did
        await copy_acts(deps.storage.tables, *acts)


async def _without_refused(
    deps: Deps, policy: Policy, partition: str, change_ids: Sequence[str], envelope: Envelope
) -> list[Decided]:
    left = list(change_ids)
    while left:
        current = left
        try:
            return await redo(lambda: _decide(deps, policy, partition, current))  # noqa: B023 - called at once
        except RefusedError as refused:
            bad = changes.refused_change(refused)
            left = [change_id for change_id in left if change_id != bad]
            reason = f"storage will not take it: {refused.reason}"
            await mark(deps, "changes", {"ids": [bad]}, reason)
            await park(deps, "changes", {"ids": [bad]}, envelope.first_seen, reason)
    return []


async def _decide(deps: Deps, policy: Policy, partition: str, change_ids: Sequence[str]) -> list[Decided]:
    records = await changes_of(deps.storage.tables, partition, change_ids)
    copies = await _copies(deps, policy, partition, records)
    decided, groups = [], []
    for change_id, record in records.items():
        own = copies.get(change_id, [])
        fresh = record.change.stage == "classify"
        if fresh or any(each.copy.due for each in own):
            groups.append(await _decide_one(deps, policy, record, own))
        decided.append(Decided(record, fresh=fresh))
    await changes.commit_groups(deps.storage.tables, list(filter(None, groups)))
    return decided


async def _copies(
    deps: Deps, policy: Policy, partition: str, records: Mapping[str, ChangeRecord]
) -> dict[str, list[CopyRecord]]:
    """Where the posts stand, by change; nothing is read where the policy does not ask.

    What is decided once more because a tenant joined asks only for what is due and for the tenants that the policy
    names: of a thousand tenants that join one after the other, each would else read all before it.
    """
    if not policy.matches_on_tenants:
        return {}
    tables = deps.storage.tables
    fresh = [change_id for change_id, record in records.items() if record.change.stage == "classify"]
    decided = [change_id for change_id in records if change_id not in fresh]
    copies = await copies_of(tables, partition, fresh) if fresh else {}
    picked = await copies_that_matter(tables, partition, decided, policy.tenants_asked_for) if decided else {}
    whole = {change_id: each for change_id, each in copies.items() if change_id in fresh}
    return whole | {change_id: each for change_id, each in picked.items() if change_id in decided}


def _tenants(change: Change, copies: Sequence[CopyRecord]) -> list[str]:
    """Where the post stands, as far as is known: of a decided change some copies were read, and it knows the others."""
    known = change.decision.tenants if change.decision and change.stage == "decided" else ()
    gone = {each.copy.tenant for each in copies if each.copy.gone}
    return sorted({*known, *(each.copy.tenant for each in copies)} - gone)


async def _decide_one(deps: Deps, policy: Policy, record: ChangeRecord, copies: Sequence[CopyRecord]) -> list[Write]:
    """Decide a change; the record holds it as decided, and these are the writes that make it so.

    One that waits for a second reading is only kept as it was read.
    """
    change, reread = await with_facts(deps, record.change)
    change = replace(change, events=derive(change, reread=reread))
    if policy.reader and change.stage == "classify":
        from shared.core.second.waiting import without_answer  # noqa: PLC0415 - not loaded where there is no second reader
        from shared.usecases.changes.second import waits  # noqa: PLC0415 - the same

        if waiting := waits(deps, policy, change):
            return [record.replace_change(waiting)] if waiting is not change or reread else []
        change = without_answer(change, deps.here.clock())
    tenants = _tenants(change, copies)
    now = deps.here.clock()
    decision = decide(change, record.states, policy, now, tenants)
    decision = with_settled(change, decision, record.states, policy, now, tenants)
    fresh = decision is not change.decision
    decision = with_moved(decision, change.assessment, policy)
    wanted = decision.effects if fresh else ()
    first_load = change.first_load if change.decision is None else _joined_at_first_load(change, copies)
    due = intents(change, wanted, record.states, policy, now, first_load=first_load)
    due += tickets_anew(change, record.states, policy, [state.effect.key for state in due])
    writes = [record.put_intent(state) for state in due]
    change = replace(change, decision=decision, stage="decided")
    # A new ticket opens what was closed, and so does what the policy says of Microsoft's news.
    change = settle(change, record.states, None, policy, now, resumed_at(change, policy) if fresh else None)
    # What was due because of a tenant is done by the same transaction; of very many the rest stay due.
    looked_at = [clear_due(each) for each in copies if each.copy.due]
    return [record.replace_change(change), *writes, *looked_at[:_AT_ONCE]]


def _joined_at_first_load(change: Change, copies: Sequence[CopyRecord]) -> bool:
    """Whether nothing happened but that tenants joined with the first reading of their feeds."""
    joined = [each.copy for each in copies if each.copy.due]
    return change.stage == "decided" and bool(joined) and all(copy.first_load for copy in joined)


async def _wait(deps: Deps, decided: Decided, *, again: bool) -> None:
    from shared.usecases.changes.second import send_question  # noqa: PLC0415 - not loaded where there is none

    await send_question(deps, decided.change, again=again)


async def _follow_up(deps: Deps, policy: Policy, decided: Decided) -> None:
    """Send the pointer of every effect that is due; list the change as open where people deal with it."""
    change = decided.change
    await relate(deps, change, decided.states)  # before the tickets: whoever files them must see it
    await send_due(deps, change.id, decided.states)
    if decided.fresh and not change.closed:
        await note_reopened(deps.storage.tables, change)
    first_load = change.decision is not None and change.decision.silent and change.revision == 1
    if decided.fresh and not first_load:  # what a first load finds is listed by `mend`
        tasks = await _tasks(deps, policy, change.id) if change.revision > 1 else ()
        entry = open_row(change, decided.states, tasks, policy, deps.here.clock())
        await list_open(deps.storage.tables, entry)
        for former in change.assessment.moved:
            if entry is None or entry.team != former:
                await unlist(deps.storage.tables, change.id, former)


async def _tasks(deps: Deps, policy: Policy, change_id: str) -> tuple[TaskState, ...]:
    """The tasks beside a change; there are none beside a new one, and none where no plan is read."""
    if not any(tenant.plan for tenant in policy.tenants.values()):
        return ()
    return await tasks_of(deps.storage.tables, change_id)
