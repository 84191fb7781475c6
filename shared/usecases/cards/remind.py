"""`remind`: hourly; a day to act by that comes near, silence, what people asked for, and a rollout make cards.

Which moments count is decided by up to when the timer has worked, so that an upgrade, a policy push or a pause wakes
nobody: what lay in the time before is told only while it is the newest of the change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from shared.core.cards.act_by import why_no_act_by
from shared.core.cards.impact import why_no_question
from shared.core.cards.silent import why_not_asked, why_not_silent
from shared.core.changes.change import EffectState
from shared.core.changes.reasons import ImpactReason
from shared.core.decisions.telling import (
    cards_of_asking,
    cards_of_impact,
    cards_of_occasion,
    cards_of_silence,
    is_for_reminders,
    was_told,
)
from shared.core.errors import TransientError
from shared.core.life.reminders import Due, due_now, thresholds
from shared.core.policy.model import Policy
from shared.record import runs
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.effects import insert_effects
from shared.usecases.apart import apart
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.life.lines import live_lines

TIMER = "remind"
PASSED_OVER = "a more urgent reminder of the same change was sent"


async def remind(deps: Deps) -> int:
    """How many cards were made due. The first run makes none, and says from when on moments count.

    While the lists are not built, nothing is told and no time counts as worked: the next run looks at all of it. At
    most 5 calls; for each change of which anything is due 2 more, and a pointer for each card.
    """
    now, tables = deps.here.clock(), deps.storage.tables
    run, policy = await runs.timer_run(tables, TIMER), await deps.here.policy.current()
    held = thresholds(policy, run.thresholds, now)
    made = 0
    if run.until is not None:
        lines = await live_lines(deps)
        if lines.mark is None:
            return 0
        due = due_now(lines.by_id.values(), policy, run.until, now, held)
        for change_id, some in groupby(due, key=lambda each: each.line.id):
            with apart(f"{change_id}: nobody is reminded of it", passing=TransientError):
                made += await _tell(deps, policy, change_id, list(some), now)
    await runs.write_until(tables, run, now, held)
    return made


async def _tell(deps: Deps, policy: Policy, change_id: str, due: Sequence[Due], now: datetime) -> int:
    """A run that died before `until` was written comes again: the rows are there, and what is due is sent again."""
    record = await read_with_effects(deps.storage.tables, change_id)
    if record is None:
        return 0
    there = {state.effect.key for state in record.states}
    new = [state for each in due for state in _cards(record, each, policy, now) if state.effect.key not in there]
    if new and not await insert_effects(deps.storage.tables, change_id, new):
        new = []  # another run was faster
    occasions = {each.occasion.key for each in due}
    await send_due(deps, change_id, [*(s for s in record.states if s.effect.occasion in occasions), *new])
    return sum(not state.stopped for state in new)


def _cards(record: ChangeRecord, due: Due, policy: Policy, now: datetime) -> Iterable[EffectState]:
    """The cards of one occasion, as long as it holds; of one that a more urgent one passes over, as stopped."""
    change, occasion, today = record.change, due.occasion, now.date()
    cards: list[EffectState] = []
    if due.asked:
        if not why_not_asked(change):
            cards = cards_of_asking(change, occasion.key, _channels(record, due), policy, today)
    elif due.step and due.since:
        is_wanted = (any(due.line.tasks) or was_told(record.states)) and is_for_reminders(change, policy, now)
        if is_wanted and not why_not_silent(change, occasion):
            cards = cards_of_silence(change, occasion.key, due.step, due.since, policy, today)
    elif occasion.kind == "impact":
        if was_told(record.states) and not why_no_question(change, occasion, policy):
            why = ImpactReason(due.days, due.lessons)
            cards = cards_of_impact(change, occasion.key, why, policy, today)
    elif not why_no_act_by(change.classification, occasion):
        cards = cards_of_occasion(change, record.states, occasion.key, policy)
    return [replace(state, due="", stopped=PASSED_OVER) for state in cards] if due.stopped else cards


def _channels(record: ChangeRecord, due: Due) -> list[tuple[str, str]]:
    """Where people asked for it, each with the team for which they did."""
    asked = record.change.assessment.asked
    wanted = {each.channel for each in due.asked}
    return [(each.channel, each.team) for each in asked if each.channel in wanted]
