"""Whether a change waits for a second reading before it is decided, and how it stops waiting (pure)."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.core.changes.change import Change, Edition
from shared.core.changes.second import ASKED, SecondReading
from shared.core.decisions.decide import first_load_reason
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private
from shared.core.terms import ReaderUse

WAIT = timedelta(minutes=15)
"""How long a decision waits for an answer; then it is made without."""
MOST_TIMES = 2
"""How often one edition is asked about: once, and once more where the asking was cut off or the service was busy."""


def waiting(change: Change, use: ReaderUse, policy: Policy, now: datetime, wait: timedelta = WAIT) -> Change | None:
    """The change while it waits, which is to be kept where it is not the same; None where it is to be decided now.

    It must have been read by our own reader. An edition is opened for a question once; the time runs from the first
    edition that waits, so that a post that is edited again and again is decided all the same.
    """
    second = change.current.second
    since = min((e.second.asked_at for e in _undecided(change) if e.second), default=now)
    if since + wait <= now or (second and not second.is_open):
        return None
    if second:
        return change
    return with_second(change, SecondReading(now, use)) if _is_asked_about(change, use, policy) else None


def _undecided(change: Change) -> tuple[Edition, ...]:
    decided = next((e.key for e in change.editions if change.decision and e.id == change.decision.edition), None)
    return tuple(e for e in change.editions if decided is None or e.key > decided)


def _is_asked_about(change: Change, use: ReaderUse, policy: Policy) -> bool:
    """Nobody is asked about a post on data privacy, what came late, or what a first load finds old: nothing follows."""
    facts = change.current.facts
    if facts is None or change.current.late or is_private(change.read()):
        return False
    if change.decision is None and first_load_reason(change, policy):
        return False
    return use == "all" or any(facts.told.is_unsure(name) for name in ASKED)


def with_second(change: Change, second: SecondReading) -> Change:
    """The change with this second reading of its newest edition."""
    return replace(change, editions=(*change.editions[:-1], replace(change.current, second=second)))


def without_answer(change: Change, now: datetime) -> Change:
    """The change whose decision waits no longer: what is still open is closed, and a later answer changes nothing."""
    editions = tuple(
        replace(each, second=closed(each.second, now, "no answer came in time"))
        if each.second and each.second.is_open
        else each
        for each in change.editions
    )
    return replace(change, editions=editions) if editions != change.editions else change


def closed(second: SecondReading, now: datetime, silent: str) -> SecondReading:
    """The second reading to which no answer comes, and why."""
    return replace(second, closed_at=now, held_until=None, silent=silent)
