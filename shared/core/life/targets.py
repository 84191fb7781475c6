"""Targets: which of the policy's days run for an open change, and how much of them is used up (pure)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.core.life.line import Line
from shared.core.policy.model import Policy
from shared.core.policy.working_days import WorkingDays, working_days_of

Step = Literal["triage", "decide", "close"]
STEPS: tuple[Step, ...] = ("triage", "decide", "close")
Pace = Literal["", "about", "over"]
"""How an open change stands to a target: in time, in the last fifth of its days, or beyond them."""
_NEAR = 5  # the last fifth

Calendars = Callable[[str], WorkingDays]
"""The calendar of a team."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A target that runs: working days that are used, of those that the policy allows."""

    step: Step
    used: int
    allowed: int

    @property
    def pace(self) -> Pace:
        if self.used > self.allowed:
            return "over"
        return "about" if self.used * _NEAR >= self.allowed * (_NEAR - 1) else ""


def calendars(policy: Policy) -> Calendars:
    """The calendars of the policy's teams, each made once."""
    known: dict[str, WorkingDays] = {}

    def of(team: str) -> WorkingDays:
        if team not in known:
            known[team] = working_days_of(policy, team)
        return known[team]

    return of


def is_asked(line: Line) -> bool:
    """Whether anybody was asked to deal with it: by a ticket, a task or a card."""
    return any(not ticket.silent for ticket in line.tickets) or bool(line.tasks or line.communicated)


def clocks(line: Line, policy: Policy, calendar: WorkingDays, now: datetime) -> tuple[Clock, ...]:
    """The targets that run for an open change.

    Somebody has to look at what anybody was asked to deal with; the board has to decide where a ticket waits for it;
    and what has a ticket or a task has to be closed. A post on data privacy has none: its line tells no impact.
    """
    moments, target = line.moments, policy.targets.of_impact(line.impact)
    if moments is None or target is None or not line.is_open(now.date()):
        return ()
    waits = [ticket for ticket in line.tickets if not ticket.silent and not ticket.ended]
    running: list[Clock] = []
    if is_asked(line) and not moments.triaged:
        running.append(Clock("triage", calendar.between(moments.first_seen, now), target.triage))
    if waits and not moments.decided:
        running.append(Clock("decide", calendar.between(moments.first_seen, now), target.decide))
    if waits or any(not task.gone for task in line.tasks):
        used = calendar.between(moments.opened, now) - line.stood_working
        running.append(Clock("close", max(0, used), target.close))
    return tuple(running)


def pace_of(running: Iterable[Clock]) -> Pace:
    """The worst of them."""
    paces = {clock.pace for clock in running}
    return "over" if "over" in paces else "about" if "about" in paces else ""
