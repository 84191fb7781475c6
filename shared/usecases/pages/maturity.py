"""How mature service change management is, by what is recorded of three months."""

from shared.core.life.effectiveness import together
from shared.core.life.evidence import MONTHS, Acts, Evidence, evidence_of
from shared.core.life.maturity import Maturity
from shared.core.life.maturity import maturity as judged
from shared.core.life.periods import Period, months_until, week_of
from shared.record.audit import entries_on
from shared.record.opens import figures_in
from shared.record.runs import sent_periods
from shared.record.tenants import roadmap_record
from shared.usecases.deps import Deps
from shared.usecases.life.lives import known_lives


async def maturity(deps: Deps) -> Maturity:
    """Every criterion, judged; at most 12 calls, however much is recorded. Posts on data privacy count nowhere."""
    return judged(await maturity_evidence(deps))


async def maturity_evidence(deps: Deps) -> Evidence:
    """What is measured of this month and the two before it; while the lists are missing, only the lines are read."""
    now, policy = deps.here.clock(), await deps.here.policy.current()
    period = months_until(now.date(), MONTHS)
    known = await known_lives(deps, now, privacy=False)
    acts = await _acts(deps, period) if known.complete else Acts()
    return evidence_of(policy, known.lives, known.lines, acts, period, now, complete=known.complete)


async def _acts(deps: Deps, period: Period) -> Acts:
    """Eight calls."""
    tables, now = deps.storage.tables, deps.here.clock()
    remarks = await entries_on(tables, "feedback", now, MONTHS - 1)
    last = {entry.subject: entry.what for entry in reversed(remarks)}
    return Acts(
        await sent_periods(tables, "weekly", week_of(period.start.date()).name),
        {entry.subject for entry in remarks if entry.what == "unclear"},
        {subject for subject, what in last.items() if what == "given"},
        together([await figures_in(tables, month) for month in period.months]),
        (await roadmap_record(tables)).fetched,
    )
