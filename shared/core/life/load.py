"""What each team has to do, and what nobody owns, counted from lines (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.core.life.line import Line
from shared.core.life.targets import Calendars, calendars, clocks, is_asked, pace_of
from shared.core.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Load:
    """The open changes of a team. A change that concerns two teams counts for each.

    `overdue`: those whose day to act by is over. `over`: those beyond a target of the policy. `waiting`: those about
    which somebody of the team was asked, and nobody has said anything for it.
    """

    open: int = 0
    overdue: int = 0
    over: int = 0
    waiting: int = 0


def teams_of_line(line: Line) -> tuple[str, ...]:
    """The teams that have to do with a change; who gets what nobody owns where the policy has not decided yet."""
    return line.teams or (line.team,)


def loads(lines: Iterable[Line], policy: Policy, now: datetime) -> Mapping[str, Load]:
    """Each team of the policy, and each that only open changes name; what `visible` let through."""
    counts: dict[str, Counter[str]] = {team: Counter() for team in policy.teams}
    of_team = calendars(policy)
    for line in lines:
        if not line.is_open(now.date()):
            continue
        marks = _marks(line, policy, of_team, now)
        answered = {word.team for word in line.words if word.owner or word.disposition}
        asked = is_asked(line)
        for team in teams_of_line(line):
            count = counts.setdefault(team, Counter())
            count.update(marks)
            count["waiting"] += asked and team not in answered
    return {team: Load(**{name: count[name] for name in Load.__slots__}) for team, count in counts.items()}


def _marks(line: Line, policy: Policy, of_team: Calendars, now: datetime) -> list[str]:
    late = line.act_by is not None and line.act_by < now.date()
    over = pace_of(clocks(line, policy, of_team(line.team), now)) == "over"
    return ["open", *(["overdue"] if late else ()), *(["over"] if over else ())]


def unowned_services(lines: Iterable[Line], today: date) -> list[tuple[str, int]]:
    """The services that nobody owns, each with its open changes, the most first."""
    counts = Counter(service for line in lines if line.is_open(today) for service in line.unowned)
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].casefold()))
