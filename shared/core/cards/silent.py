"""The card of a change about which nobody has said anything, and the one for which somebody asked."""

from collections.abc import Iterable
from datetime import date, datetime

from shared.core.cards.occasions import Occasion
from shared.core.changes.change import Change, Effect, EffectState
from shared.core.changes.reasons import SilenceReason
from shared.core.changes.settled import Asked, Assessment
from shared.core.policy.model import GROUP
from shared.core.text.safe import clean
from shared.core.words.answers import short_day
from shared.core.words.dates import day
from shared.core.words.language import say
from shared.core.words.plan import UNDATED


def silence_of(effect: Effect) -> SilenceReason | None:
    """Why a card is sent about which nobody has spoken; None of any other card."""
    return next((reason for reason in effect.why if isinstance(reason, SilenceReason)), None)


def silent_headline(effect: Effect) -> str:
    """How long it has been silent, as the policy counts: "No word for 5 working days"."""
    reason = silence_of(effect)
    if reason is None:
        return say("No word yet")
    return say("No word for 1 working day") if reason.days == 1 else say("No word for {} working days", reason.days)


def silent_lines(effect: Effect, states: Iterable[EffectState]) -> tuple[str, ...]:
    """Since when nobody has said anything, and who was asked before, and when. `states`: the change's effects."""
    lines = []
    if reason := silence_of(effect):
        lines.append(say("Nobody has said anything since {}", day(reason.since.date())))
    before = dict.fromkeys(f"{who} ({short_day(at.date())})" for at, who in _asked_before(effect, states))
    if before:
        lines.append(say("Asked before: {}", ", ".join(before)))
    return tuple(lines)


def _asked_before(effect: Effect, states: Iterable[EffectState]) -> list[tuple[datetime, str]]:
    """The team, by its first card, and whom the earlier steps of this silence reminded, oldest first."""
    first: list[tuple[datetime, str]] = []
    steps: list[tuple[datetime, str]] = []
    for state in states:
        other = state.effect
        if other.kind != "card" or not state.done_at or state.stopped or other.key == effect.key:
            continue
        reason = silence_of(other)
        if reason and other.occasion.partition("@")[2] == effect.occasion.partition("@")[2]:
            steps.append((state.done_at, clean(reason.who.removeprefix(GROUP)) or clean(other.team)))
        elif not other.occasion and other.team == effect.team:
            first.append((state.done_at, clean(other.team)))
    return sorted([*sorted(first)[:1], *steps])


def why_not_silent(change: Change, occasion: Occasion) -> str:
    """Why nobody is reminded of the silence any more; empty where it lasts."""
    if change.closed:
        return "the change is closed"
    if change.classification.status in UNDATED:
        return "the plan does not stand any more"
    return "" if str(change.assessment.seq) == occasion.about else "somebody has said something since"


def why_not_asked(change: Change) -> str:
    """Why nobody who asked for it is reminded; empty where they are."""
    return "the change is closed" if change.closed else ""


def asked_headline() -> str:
    return say("Reminder, as somebody asked")


def asked_lines(effect: Effect, assessment: Assessment, states: Iterable[EffectState]) -> tuple[str, ...]:
    """Who asked for the card, those too whose day passed unseen. `states`: the change's effects."""
    names = dict.fromkeys(clean(each.who) for each in _who_asked(effect, assessment.asked, states))
    if not names:
        return ()
    return (say("{} asked to be reminded of it", say(" and ").join(names)),)


def _who_asked(effect: Effect, asked: Iterable[Asked], states: Iterable[EffectState]) -> list[Asked]:
    about = _day(effect)
    before = [
        _day(state.effect)
        for state in states
        if state.effect.occasion.startswith("asked@") and state.effect.target == effect.target and state.done
    ]
    since = max((each for each in before if each < about), default=date.min)
    return [each for each in asked if each.channel == effect.target and since < each.day <= about]


def _day(effect: Effect) -> date:
    return date.fromisoformat(effect.occasion.partition("@")[2])
