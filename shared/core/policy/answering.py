"""Who answers for a team on a day: its owner, else its deputy, else the team that covers for it (pure)."""

from dataclasses import dataclass, replace
from datetime import date

from shared.core.policy.away import Away
from shared.core.policy.model import Policy, Team


@dataclass(frozen=True, slots=True)
class Answer:
    """`who` answers, in the team `team`; `away`: why it is not the owner, None where it is."""

    who: str
    team: str
    away: Away | None = None


def answers(policy: Policy, name: str, today: date | None) -> Answer:
    """Who answers for the team `name`. The owner where nobody else can: work is never without a name."""
    team = policy.teams.get(name)
    if team is None:
        return Answer("", name)
    until = _away(team, "owner", today)
    if until is None:
        return Answer(team.owner, name)
    away = Away(team.owner, until, team.deputy)
    if team.deputy and _away(team, "deputy", today) is None:
        return Answer(team.deputy, name, replace(away, who=team.deputy))
    for other, covering in policy.teams.items():
        if name in covering.cover_for and other != name:
            who = _present(covering, today)
            if who:
                return Answer(who, other, replace(away, covering=other, who=who))
    return Answer(team.owner, name, away)


def deputy_of(policy: Policy, name: str, today: date | None) -> Answer | None:
    """The deputy of the team `name`, or who answers for it while the deputy is away; None where there is no deputy."""
    team = policy.teams.get(name)
    if team is None or not team.deputy:
        return None
    return answers(policy, name, today) if _away(team, "deputy", today) else Answer(team.deputy, name)


def _present(team: Team, today: date | None) -> str:
    if _away(team, "owner", today) is None:
        return team.owner
    return team.deputy if team.deputy and _away(team, "deputy", today) is None else ""


def _away(team: Team, who: str, today: date | None) -> date | None:
    """The last day of the absence that holds today; None for who is there."""
    if today is None:
        return None
    return max((absence.until for absence in team.absent if absence.who == who and absence.holds(today)), default=None)
