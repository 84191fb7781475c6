"""The card that says several changes at once: by workload, the most urgent first (pure)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.core.cards.card import ChangeCard
from shared.core.cards.delivery import Why
from shared.core.cards.listing import ListCard, ListEntry
from shared.core.words.language import say

MOST_LINES = 25
"""Lines of a digest; the other changes are a number and a link."""
NO_WORKLOAD = "Other"
_WHY: dict[Why, str] = {
    "policy": "what came since the last digest",
    "start": "what came in the first half hour of this channel",
    "quiet": "what came in its quiet hours",
    "limit": "what came after the cards that it gets in a day",
    "fallback": "what is urgent and waits for a channel that is down",
}


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One change of a digest. `rank` sorts the most urgent first; `workload` is the first one that it concerns."""

    card: ChangeCard
    workload: str
    rank: Any


def digest_card(lines: Sequence[DigestLine], why: Collection[Why], public_url: str) -> ListCard:
    """`why`: for what these waited. A workload stands where its most urgent change does."""
    ranked = sorted(lines, key=lambda line: line.rank)
    shown, left = ranked[:MOST_LINES], len(ranked) - MOST_LINES
    place = {name: number for number, name in reversed(list(enumerate(line.workload for line in shown)))}
    shown.sort(key=lambda line: place[line.workload])  # within a workload the order stays
    title = say("1 change for this channel") if len(lines) == 1 else say("{} changes for this channel", len(lines))
    reasons = say(" and ").join(say(words) for reason, words in _WHY.items() if reason in why)
    order = say("The most urgent stands first.")
    text = say("This card holds {}. {}", reasons, order) if reasons else order
    return ListCard(
        title,
        text,
        tuple(_entry(line) for line in shown),
        f"{public_url.rstrip('/')}/api/home",
        max(0, left),
    )


def workload_of(workloads: Iterable[str]) -> str:
    """The one that a change stands under: the first of those that it concerns."""
    return next(iter(workloads), NO_WORKLOAD)


def _entry(line: DigestLine) -> ListEntry:
    card = line.card
    group = say(NO_WORKLOAD) if line.workload == NO_WORKLOAD else line.workload
    return ListEntry(card.headline, card.title, card.change_id, card.to_do, card.page_url, group)
