"""How rollouts went, over many lines: for reports, and where the same service changes next (pure)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.core.changes.lessons import Lesson
from shared.core.life.line import Line
from shared.core.policy.model import service_key
from shared.core.terms import Load

MOST_LESSONS = 3


class OutcomeRow(NamedTuple):
    """How one rollout went, as somebody said last. What broke stands on the change's page alone."""

    change: str
    title: str
    team: str
    load: Load
    lesson: str
    at: datetime


def outcomes_of(lines: Iterable[Line], since: datetime, until: datetime) -> list[OutcomeRow]:
    """What was said from `since` on and before `until`, oldest first; nothing of a post on data privacy."""
    said = ((line, line.outcome) for line in lines)
    rows = [
        OutcomeRow(line.id, line.title, line.team, outcome.load, outcome.lesson, outcome.at)
        for line, outcome in said
        if outcome and since <= outcome.at < until
    ]
    return sorted(rows, key=lambda row: (row.at, row.change))


def lessons_of(lines: Iterable[Line], services: Iterable[str], change: str) -> tuple[Lesson, ...]:
    """The newest lessons of other changes that concern one of these services, the newest first."""
    wanted = set(map(service_key, services))
    rows = [
        (outcome.at, Lesson(line.id, outcome.load, outcome.lesson, outcome.at.date()))
        for line in lines
        if line.id != change
        and (outcome := line.outcome)
        and outcome.lesson
        and wanted & set(map(service_key, line.services))
    ]
    rows.sort(key=lambda row: (row[0], row[1].change), reverse=True)
    return tuple(lesson for _, lesson in rows[:MOST_LESSONS])
