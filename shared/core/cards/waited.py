"""What is left to say of cards that waited while their channel was down, and the one card that says it."""

from collections.abc import Sequence
from datetime import datetime

from shared.core.cards.card import ChangeCard
from shared.core.cards.listing import ListCard, ListEntry
from shared.core.changes.change import Change, EffectState
from shared.core.terms import OVER


def left_to_say(change: Change, waiting: Sequence[EffectState], *, heard_before: bool) -> EffectState | None:
    """The card of a change that a channel still needs, of those that wait for it: the one of the newest edition.

    None where the change was cancelled or replaced meanwhile, and the channel never heard of it: `heard_before` says
    whether it did.
    """
    newest = max(waiting, key=lambda state: state.effect.edition)
    ended_meanwhile = len(waiting) > 1 or newest.effect.edition != change.current.id
    if change.classification.status in OVER and ended_meanwhile and not heard_before:
        return None
    return newest


def waited_card(cards: Sequence[ChangeCard], since: datetime, public_url: str) -> ListCard:
    """One card for several changes, in the order given. `since`: when the channel went down."""
    entries = tuple(ListEntry(card.headline, card.title, card.change_id, card.to_do, card.page_url) for card in cards)
    text = (
        f"This channel could not be reached since {since:%Y-%m-%d %H:%M} UTC. What waited for it comes in this one "
        "card, oldest first."
    )
    title = f"{len(cards)} change{'s' if len(cards) != 1 else ''} that waited for this channel"
    return ListCard(title, text, entries, f"{public_url.rstrip('/')}/api/home")
