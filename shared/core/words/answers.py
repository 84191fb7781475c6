"""What people answer to a card, in words."""

from collections.abc import Mapping
from datetime import date, datetime

from shared.core.words.dates import day
from shared.core.words.language import say

DISPOSITIONS: Mapping[str, str] = {
    "impact": "it has an impact",
    "no_impact": "no impact",
    "board": "needs the board",
    "done": "all of it is done",
}
ANSWERS: Mapping[str, str] = {
    "own": "I own it",
    "impact": "It has an impact on us",
    "no_impact": "No impact on us",
    "done": "All of it is done",
    "close": "Close the change",
    "reopen": "Open it again",
    "board": "It needs the board",
    "wrong_team": "It is another team's",
    "wrong": "We read this wrong",
    "comment": "Comment",
    "remind": "Remind me",
    "unclear": "This post is unclear",
    "outcome": "Tell how it went",
    "proposal": "Proposal",
    "settle": "Settled",
    "given": "Given to Microsoft",
}
"""Each answer as it stands on a button, and as an act is called."""
_DID: Mapping[str, str] = {
    "own": "{who} owns it for {team}",
    "impact": "{who} said for {team} that it has an impact",
    "no_impact": "{who} said for {team} that it has no impact",
    "board": "{who} said for {team} that it needs the board",
    "done": "{who} said for {team} that all of it is done",
    "close": "{who} closed the change",
    "reopen": "{who} opened the change again",
    "wrong_team": "{who} said that it is not {team}'s, but {to}'s",
}
WANTS_BOARD = "somebody who got the card says that it needs the board"
NO_LOAD = "choose how much the help desk had to do: none, some or much"
NO_CHANNEL = "the policy gives this team no channel, so that a reminder would reach nobody"
NO_SYSTEM = "the policy names no ticket system, so that there is nowhere to file it"


def did(what: str, who: str, team: str, at: datetime, to: str = "") -> str:
    """What somebody said, and when, as a sentence."""
    words = _DID.get(what, "{who} answered for {team}").format(who=who, team=team, to=to)
    return f"{words}, since {moment(at)}."


def moment(at: datetime) -> str:
    return f"{at:%H:%M} UTC on {day(at.date())}"


def owner(who: str, at: datetime) -> str:
    return say("owned by {} ({})", who, short_day(at.date()))


def disposition(what: str, by: str, at: datetime) -> str:
    return f"{say(DISPOSITIONS.get(what, what))} ({by}, {short_day(at.date())})"


def handover(team: str, to: str, by: str, at: datetime) -> str:
    return say("not for {}, but for {} ({}, {})", team, to, by, short_day(at.date()))


def short_day(value: date) -> str:
    return say("{day} {month}", day=value.day, month=say(f"{value:%B}"))


def handed_over(team: str) -> str:
    return f"somebody of {team} says that it is yours"


def is_theirs(team: str) -> str:
    return f"it is {team}'s, as somebody said who got the card"


def no_such_team(team: str) -> str:
    return f"the policy has no other team {team!r}"
