"""`remind`: hourly; a day to act by that comes near, or is over, makes a card for each channel that knows the change.

Which moments count is decided by up to when the timer has worked, so that an upgrade, a policy push or a pause wakes
nobody: what lay in the time before is told only while it is the newest of the change.
"""

from datetime import datetime

from shared.core.cards.act_by import why_no_act_by
from shared.core.cards.occasions import Occasion, act_by_due
from shared.core.decisions.telling import cards_of_occasion
from shared.core.errors import TransientError
from shared.core.life.line import Line
from shared.core.policy.model import Policy
from shared.core.words.plan import UNDATED
from shared.record import runs
from shared.record.changes import read_with_effects
from shared.record.effects import insert_effects
from shared.usecases.apart import apart
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.life.lines import live_lines

TIMER = "remind"


async def remind(deps: Deps) -> int:
    """How many cards were made due. The first run makes none, and says from when on deadlines count.

    While the lists are not built, nothing is told and no time counts as worked: the next run looks at all of it.
    """
    now, tables = deps.here.clock(), deps.storage.tables
    run = await runs.timer_run(tables, TIMER)
    made = 0
    if run.until is not None:
        policy, lines = await deps.here.policy.current(), await live_lines(deps)
        if lines.mark is None:
            return 0
        for line in lines.by_id.values():
            if occasion := occasion_now(line, run.until, now):
                with apart(f"{line.id}: nobody is reminded of its day to act by", passing=TransientError):
                    made += await _tell(deps, policy, line.id, occasion)
    await runs.write_until(tables, run, now)
    return made


def occasion_now(line: Line, until: datetime, now: datetime) -> Occasion | None:
    """What the line's day to act by occasions since the last run; a post on data privacy has no day in its line."""
    if line.act_by is None or line.closed or line.status in UNDATED or line.action != "required":
        return None
    if {"act_by", "action"} & set(line.unsure):
        return None
    return act_by_due(line.act_by, until, now)


async def _tell(deps: Deps, policy: Policy, change_id: str, occasion: Occasion) -> int:
    """A run that died before `until` was written comes again: the rows are there, and what is due is sent again."""
    record = await read_with_effects(deps.storage.tables, change_id)
    if record is None or why_no_act_by(record.change.classification, occasion):
        return 0
    new = cards_of_occasion(record.change, record.states, occasion.key, policy)
    if new and not await insert_effects(deps.storage.tables, change_id, new):
        new = []  # another run was faster
    there = [state for state in record.states if state.effect.occasion == occasion.key]
    await send_due(deps, change_id, [*there, *new])
    return len(new)
