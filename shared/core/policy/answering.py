"""Who answers for a team on a day: its owner, else its deputy, else the team that covers for it (pure)."""

from dataclasses import dataclass
from datetime import date

from shared.core.policy.model import Policy, Team
from shared.core.words import dates


@dataclass(frozen=True, slots=True)
class Answer:
    """`who` answers, in the team `team`; `words` say why it is not the owner, empty where it is."""

    who: str
    team: str
    words: str = ""


def answers(policy: Policy, name: str, today: date | None) -> Answer:
    """Who answers for the team `name`. The owner where nobody else can: work is never without a name."""
    team = policy.teams.get(name)
    if team is None:
        return Answer("", name)
    away = _away(team, "owner", today)
    if away is None:
        return Answer(team.owner, name)
    gone = f"{team.owner} is away until {dates.day(away)}"
    if team.deputy and _away(team, "deputy", today) is None:
        return Answer(team.deputy, name, f"{gone}, so {team.deputy} answers")
    for other, covering in policy.teams.items():
        if name in covering.cover_for and other != name:
            who = _present(covering, today)
            if who:
                too = f", {team.deputy} too" if team.deputy else ""
                return Answer(who, other, f"{gone}{too}: {other} covers, and {who} answers")
    return Answer(team.owner, name, f"{gone}, and nobody stands in")


def _present(team: Team, today: date | None) -> str:
    if _away(team, "owner", today) is None:
        return team.owner
    return team.deputy if team.deputy and _away(team, "deputy", today) is None else ""


def _away(team: Team, who: str, today: date | None) -> date | None:
    """The last day of the absence that holds today; None for who is there."""
    if today is None:
        return None
    return max((absence.until for absence in team.absent if absence.who == who and absence.holds(today)), default=None)
