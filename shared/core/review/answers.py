"""Answers of people: what one of them makes of the assessment, and what follows from it (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args

from shared.core.changes.change import Change, Effect, EffectState
from shared.core.changes.reasons import SentenceReason
from shared.core.changes.settled import Assessment, Handover, PageWord, TeamWord
from shared.core.decisions.routing import channel_of, refusal
from shared.core.policy.answering import answers
from shared.core.policy.model import Policy
from shared.core.words import answers as words

Decision = Literal["own", "impact", "no_impact", "done", "board", "wrong_team"]
"""What decides: one row a change, so that of a hundred people at once one decides."""
OfTheChange = Literal["close", "reopen"]
"""What is said of the whole change, for all its teams, on its page: the newest word counts."""
Note = Literal["comment", "remind", "unclear", "outcome"]
"""What only adds: everybody's stands."""
AnswerName = Literal[
    "own", "impact", "no_impact", "done", "board", "wrong_team", "close", "reopen", "wrong", "comment", "remind",
    "unclear", "outcome",
]  # fmt: skip
"""Every answer that a form can hold; `wrong`: a field was read wrong."""
DECISIONS: tuple[Decision, ...] = get_args(Decision)
OF_THE_CHANGE: tuple[OfTheChange, ...] = get_args(OfTheChange)
NOTES: tuple[Note, ...] = get_args(Note)


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody said before: the answer, who, and when. `new`: to which team, where it was handed over."""

    what: str
    by: str
    at: datetime
    new: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an answer. `kind`: it counts, the same person said so before, or somebody else decided.

    `assessment`: the one that it makes; the one before where it does not count. `before`: what stood there.
    """

    kind: Literal["counts", "again", "other"]
    assessment: Assessment
    before: Standing | None = None


def answered(
    assessment: Assessment,
    what: Decision | OfTheChange,
    team: str,
    who: str,
    at: datetime,
    to: str = "",
    *,
    over: bool = False,
) -> Outcome:
    """The assessment under a person's answer for a team. `to`: the team whose the change is instead.

    `over`: the person knows that somebody else decided, and decides otherwise.
    """
    before = _before(assessment, what, team)
    if what == "close" or what == "reopen":  # noqa: PLR1714 - by "in" mypy does not narrow the type
        first_at = assessment.first_at or at
        page = PageWord(what == "close", who, at)
        return Outcome("counts", replace(assessment, seq=assessment.seq + 1, page=page, first_at=first_at), before)
    if before and before.by == who and (before.what, before.new) == (what, to):
        return Outcome("again", assessment, before)
    if before and before.by != who and not over:
        return Outcome("other", assessment, before)
    seq = assessment.seq + 1
    assessment = replace(assessment, first_at=assessment.first_at or at)
    if what == "wrong_team":
        moved = {**assessment.moved, team: Handover(to, who, at)}
        moved.pop(to, None)  # the word that it is not theirs ends with the newer one that it is
        return Outcome("counts", replace(assessment, seq=seq, moved=moved), before)
    word = assessment.teams.get(team, TeamWord())
    word = replace(word, owner=who, owned_at=at) if what == "own" else replace(word, disposition=what, by=who, at=at)
    return Outcome("counts", replace(assessment, seq=seq, teams={**assessment.teams, team: word}), before)


def _before(assessment: Assessment, what: Decision | OfTheChange, team: str) -> Standing | None:
    if what in {"close", "reopen"}:
        page = assessment.page
        return Standing("close" if page.closed else "reopen", page.by, page.at) if page else None
    if what == "wrong_team":
        moved = assessment.moved.get(team)
        return Standing("wrong_team", moved.by, moved.at, moved.to) if moved else None
    word = assessment.teams.get(team, TeamWord())
    if what == "own":
        return Standing("own", word.owner, word.owned_at) if word.owner and word.owned_at else None
    return Standing(word.disposition, word.by, word.at) if word.disposition and word.at else None


@dataclass(frozen=True, slots=True)
class Following:
    """The effects that follow from an answer, or why the policy would refuse them.

    `decides`: whether the change must be decided anew, because it is another team's now.
    """

    states: tuple[EffectState, ...] = ()
    refused: str = ""
    decides: bool = False


def systems_for(change: Change, states: Iterable[EffectState], policy: Policy) -> list[str]:
    """The ticket systems in which somebody may file the change; the one that has its ticket alone."""
    own = [state.effect.target for state in states if state.effect.kind == "ticket"]
    post = change.read()
    return [
        name for name in own or policy.tickets if name in policy.tickets and not refusal(policy, post, "ticket", name)
    ]


def for_the_board(
    change: Change, states: Sequence[EffectState], policy: Policy, team: str, today: date, system: str = ""
) -> Following:
    """The ticket of a change that somebody wants before the board; none where one is filed or on its way."""
    if not policy.tickets:
        return Following(refused=words.NO_SYSTEM)
    systems = systems_for(change, states, policy)
    if not systems:
        return Following(refused=refusal(policy, change.read(), "ticket", next(iter(policy.tickets))))
    name = system if system in systems else systems[0]
    there = next((state for state in states if state.effect.key == f"ticket|{name}"), None)
    edition = change.current.id
    if there is None:
        effect = Effect(
            "ticket",
            name,
            team,
            edition,
            (SentenceReason(words.WANTS_BOARD),),
            answers=answers(policy, team, today).who,
        )
        return Following((EffectState(effect, due=edition),))
    if there.is_silent:  # of a first load: somebody wants it now
        return Following((replace(there, due=edition, first_load="released"),))
    return Following()


def for_another_team(
    change: Change, states: Sequence[EffectState], policy: Policy, team: str, to: str, seq: int, today: date
) -> Following:
    """What follows where a change is another team's: they get card and ticket, the former channel gets no more."""
    if to not in policy.teams or to == team:
        return Following(refused=words.no_such_team(to))
    channel, former = channel_of(policy, to), channel_of(policy, team) if team in policy.teams else ""
    if channel and (refused := refusal(policy, change.read(), "card", channel)):
        return Following(refused=refused)
    edition, who = change.current.id, answers(policy, to, today).who
    after: list[EffectState] = []
    told = False
    for state in states:
        effect = state.effect
        if effect.kind == "ticket" and effect.team == team and not state.is_silent and not state.ticket.followed_by:
            owned = replace(effect, team=to, answers=who)
            after.append(replace(state, effect=owned, due=edition, due_because=f"a{seq}"))
        elif effect.kind == "card" and effect.target == channel:
            told = told or not (state.stopped or effect.is_reminder)
        elif effect.kind == "card" and effect.target == former and not state.stopped:
            after.append(replace(state, stopped=words.is_theirs(to), due="", due_because="", place=None))
    if channel and channel in policy.channels and not told:
        reason = SentenceReason(words.handed_over(team))
        card = Effect("card", channel, to, edition, (reason,), _announcement(change), answers=who)
        before = next((state for state in states if state.effect.key == card.key), None)
        after.append(
            replace(before, effect=card, due=edition, stopped="") if before else EffectState(card, due=edition)
        )
    return Following(tuple(after), decides=True)


def _announcement(change: Change) -> tuple[str, ...]:
    return tuple(event.id for event in change.events if event.type == "announced")
