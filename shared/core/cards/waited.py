"""What is left to say of cards that waited while their channel was down, and the one card that says it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from shared.core.cards.card import ChangeCard
from shared.core.cards.listing import ListCard, ListEntry
from shared.core.changes.change import Change, EffectState
from shared.core.terms import OVER
from shared.core.words.language import say

JOINED = "joined into the card about a newer edition"
TOLD = "a card about a newer edition was sent"
OVER_UNHEARD = "cancelled or replaced before this channel heard of it"
WAITED = "This channel could not be reached since {} UTC. What waited for it comes in this one card, oldest first."


class LeftToSay(NamedTuple):
    """Of cards of one change that were to go to one channel: those to be sent, and why the others are not, by key.

    Cards that no edition causes stand for themselves; of the others at most one is left.
    """

    cards: tuple[EffectState, ...]
    stopped: Mapping[str, str]


def left_to_say(
    change: Change, waiting: Sequence[EffectState], others: Sequence[EffectState], now: datetime
) -> LeftToSay:
    """`waiting`: cards of the change that could be sent to a channel now. `others`: its other cards for that channel.

    Older cards are joined into the newest. To a channel that never heard of the change, it announces the change as it
    is now. A card that says nothing new is stopped: a newer one was sent or follows by itself, or the change was
    cancelled or replaced before the channel heard of it.
    """
    occasions = tuple(state for state in waiting if state.effect.occasion)
    editions = sorted((s for s in waiting if not s.effect.occasion), key=lambda state: state.effect.edition)
    if not editions:
        return LeftToSay(occasions, {})
    newest, older = editions[-1], editions[:-1]
    heard = any(is_heard(state, now) for state in (*others, *waiting) if not state.effect.is_reminder)
    unsaid = sorted((*older, *_joined_before(newest, others)), key=lambda state: state.effect.edition)
    if reason := _overtaken(newest, others, now) or ("" if heard else _ended_unheard(change, newest, unsaid)):
        return LeftToSay(occasions, {state.effect.key: reason for state in editions})
    if unsaid and not heard:
        first = unsaid[0].effect
        newest = replace(newest, effect=replace(newest.effect, events=first.events, why=first.why))
    return LeftToSay((newest, *occasions), {state.effect.key: JOINED for state in older})


def _joined_before(newest: EffectState, others: Sequence[EffectState]) -> list[EffectState]:
    """Older cards that were not sent because this one was to say it all."""
    return [
        state
        for state in others
        if state.stopped == JOINED and not state.effect.occasion and state.effect.edition < newest.effect.edition
    ]


def is_heard(state: EffectState, now: datetime) -> bool:
    """Whether the channel got this card, or is getting it at this moment."""
    return bool(state.done) or bool(state.claim and state.claim.until > now)


def is_to_come(state: EffectState) -> bool:
    """Whether this card will be sent by itself."""
    return bool(state.due or state.place) and not state.parked and not state.stopped and not state.is_silent


def _overtaken(newest: EffectState, others: Sequence[EffectState], now: datetime) -> str:
    edition = newest.effect.edition
    newer = [state for state in others if not state.effect.occasion and state.effect.edition > edition]
    if any(is_heard(state, now) for state in newer):
        return TOLD
    return JOINED if any(is_to_come(state) for state in newer) else ""


def _ended_unheard(change: Change, newest: EffectState, unsaid: Sequence[EffectState]) -> str:
    ended_meanwhile = bool(unsaid) or newest.effect.edition != change.current.id
    return OVER_UNHEARD if change.classification.status in OVER and ended_meanwhile else ""


def waited_card(cards: Sequence[ChangeCard], since: datetime, public_url: str) -> ListCard:
    """One card for several changes, in the order given. `since`: when the channel went down."""
    entries = tuple(ListEntry(card.headline, card.title, card.change_id, card.to_do, card.page_url) for card in cards)
    text = say(WAITED, f"{since:%Y-%m-%d %H:%M}")
    many = len(cards)
    title = (
        say("1 change that waited for this channel")
        if many == 1
        else say("{} changes that waited for this channel", many)
    )
    return ListCard(title, text, entries, f"{public_url.rstrip('/')}/api/home")
