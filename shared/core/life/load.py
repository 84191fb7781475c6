"""What each team has to do, and what nobody owns, counted from lines (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.core.life.line import Line
from shared.core.life.targets import Calendars, calendars, clocks, pace_of
from shared.core.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Load:
    """The open changes of a team. A change that concerns two teams counts for each.

    `overdue`: those whose day to act by, or planned end, has passed. `over`: those beyond a target of the policy.
    `quiet`: those about which nobody has said or done anything yet.
    """

    open: int = 0
    overdue: int = 0
    over: int = 0
    quiet: int = 0


def teams_of(line: Line) -> tuple[str, ...]:
    """Every team that has to do with it: that deals with it, that the policy names, that it was handed to."""
    return tuple(dict.fromkeys(team for team in (line.team, *line.teams, *line.moved.values()) if team))


def loads(lines: Iterable[Line], policy: Policy, now: datetime) -> Mapping[str, Load]:
    """Each team of the policy, and each that only open changes name; what `visible` let through."""
    counts: dict[str, Counter[str]] = {team: Counter() for team in policy.teams}
    of_team = calendars(policy)
    for line in lines:
        if not line.is_open(now.date()):
            continue
        marks = _marks(line, policy, of_team, now)
        for team in teams_of(line):
            counts.setdefault(team, Counter()).update(marks)
    return {team: Load(**{name: count[name] for name in Load.__slots__}) for team, count in counts.items()}


def _marks(line: Line, policy: Policy, of_team: Calendars, now: datetime) -> list[str]:
    moments = line.moments
    holds = {
        "open": True,
        "overdue": any(day and day < now.date() for day in (line.act_by, line.plan_end)),
        "over": pace_of(clocks(line, policy, of_team(line.team), now)) == "over",
        "quiet": not (moments and moments.triaged),
    }
    return [name for name, mark in holds.items() if mark]


def unowned_services(lines: Iterable[Line], today: date) -> list[tuple[str, int]]:
    """The services that nobody owns, each with its open changes, the most first."""
    counts = Counter(service for line in lines if line.is_open(today) for service in line.unowned)
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].casefold()))
