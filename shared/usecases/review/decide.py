"""What people decide about a change: the only writer of its assessment, and of the acts beside it."""

from dataclasses import dataclass, replace

from shared.core.changes.change import Change
from shared.core.changes.settled import Assessment
from shared.core.messages import Envelope
from shared.core.review.assessment import (
    Act,
    FieldAct,
    Unfit,
    Wanted,
    act_of,
    assess,
    may_decide_otherwise,
    unfit,
)
from shared.record import changes
from shared.record.assessments import audit_of, insert_act, since
from shared.record.audit import insert_entry
from shared.record.changes import ChangeRecord, read_alone
from shared.record.lists import line_of
from shared.record.redo import redo
from shared.usecases.deps import Deps
from shared.usecases.life.touch import touch

GUARD_DELAY = 60.0
"""Seconds after which a command that died behind its commit is made good; it does not take as long itself."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What became of a person's word. `change`: as it stands now. `unfit`: what no longer fits what was settled.

    `lost`: the fields that somebody else decided in the same moment; then nothing was written.
    """

    change: Change
    acts: tuple[FieldAct, ...] = ()
    lost: tuple[FieldAct, ...] = ()
    unfit: tuple[Unfit, ...] = ()


async def settle_fields(
    deps: Deps, change_id: str, wanted: Wanted, by: str, through: str = "command"
) -> Settling | None:
    """Settle or release fields of a change, all of them or none; None where the change is unknown.

    Over the version of the assessment that was read: of two people at once one is written first. The other one's fields
    are written too, unless the first has just decided one of them: then they are shown that, and may settle it again.
    At most 6 calls where nobody else writes, and one for the policy, once a minute.
    """
    first: list[Assessment] = []
    made: list[Act] = []
    due: list[bool] = []
    written: list[ChangeRecord] = []

    async def step() -> Settling | None:
        record = await read_alone(deps.storage.tables, change_id)
        if record is None:
            return None
        first.append(record.change.assessment)
        before = record.change
        after, acts = assess(before, wanted, by, deps.here.clock())
        lost = tuple(act for act in acts if _is_lost(act, first[0]))
        if lost or after.assessment is before.assessment:
            return Settling(before, acts, lost)
        act = act_of(after, acts, by, deps.here.clock(), through)
        if not made:
            await _guard(deps, change_id, before.assessment.seq)
        made.append(act)
        writes = [record.put_assessment(after.assessment), insert_act(change_id, act)]
        decides = before.stage != "parked" and may_decide_otherwise(before, after)
        due.append(decides)
        if decides:
            # Also where it is due already: whoever decides it just now has not seen this, and meets a conflict.
            writes.append(record.replace_change(replace(record.change, stage="classify")))
        await changes.commit(deps.storage.tables, writes)
        written.append(record)
        names = [each.name for each in acts if each.changes]
        return Settling(record.change, acts, unfit=unfit(after.classification, names))

    settled = await redo(step)
    if settled and settled.acts and made and not settled.lost:
        if written:
            policy = await deps.here.policy.current()
            await touch(deps, [line_of(record, policy, deps.here.clock()) for record in written[-1:]])
        await insert_entry(deps.storage.tables, audit_of(change_id, made[-1]))
        if due[-1]:
            await _point(deps, change_id)
    return settled


def _is_lost(act: FieldAct, first: Assessment) -> bool:
    """Whether somebody else decided the field otherwise after we had first looked."""
    return act.changes and act.before != first.settled.get(act.name)


async def _point(deps: Deps, change_id: str) -> None:
    """The pointer to a change that must be decided: nothing happens where it is decided when it comes."""
    await deps.storage.queues.send("changes", Envelope({"ids": [change_id]}, deps.here.clock()))


async def _guard(deps: Deps, change_id: str, seq: int) -> None:
    """The same, sent before the commit: it also looks after the audit's copies of the acts behind `seq`."""
    body = {"ids": [change_id], "acts": since(change_id, seq)}
    await deps.storage.queues.send("changes", Envelope(body, deps.here.clock()), GUARD_DELAY)
