"""What became of cards: sent, opened, answered, by channel, moment and workload; and what that asks of the policy."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from shared.core.cards.digest import workload_of
from shared.core.cards.occasions import SILENT, OccasionKind, occasion_of
from shared.core.changes.change import Change, EffectState, Event
from shared.core.words.labels import HEADLINES

MONTHS = 3
"""Months that a proposal looks at."""
_FEW = 5  # cards of which nothing is concluded
_MANY_A_WEEK = 20
_WEEKS = 13
_MOMENTS: Mapping[OccasionKind, str] = {
    "act-7": "7 days left",
    "act-2": "2 days left",
    "act-0": "last day",
    "overdue": "overdue",
    "ticket": "decided",
    "asked": "asked for",
    "impact": "how it went",
    **dict.fromkeys(SILENT, "no word"),
}


class CardKey(NamedTuple):
    """Which card: its channel, its change, and its occasion or edition."""

    channel: str
    change_id: str
    occasion: str


@dataclass(frozen=True, slots=True)
class SentCard:
    """One card that a channel got, in a message of its own or in a digest. `answered`: the first word of its team.

    `held`: its channel had had its cards of the day, so that it came later.
    """

    key: CardKey
    moment: str
    workload: str
    sent: datetime
    answered: datetime | None = None
    held: bool = False


class FiguresKey(NamedTuple):
    """What is counted together. `moment` is the card's headline, such as "New" or "2 days left"."""

    channel: str
    moment: str
    workload: str


@dataclass(frozen=True, slots=True)
class CardFigures:
    """Cards of one kind in one month.

    `opened`: those that anybody opened. `hours`: to the first answer, one for each card that was answered. `held`:
    those that the channel's limit of a day held back.
    """

    sent: int = 0
    opened: int = 0
    hours: tuple[float, ...] = ()
    held: int = 0

    @property
    def answered(self) -> int:
        return len(self.hours)

    @property
    def median_hours(self) -> float | None:
        return median(self.hours) if self.hours else None

    def plus(self, other: "CardFigures") -> "CardFigures":
        return CardFigures(
            self.sent + other.sent, self.opened + other.opened, self.hours + other.hours, self.held + other.held
        )


def sent_cards(change: Change, states: Iterable[EffectState]) -> Iterator[SentCard]:
    """The cards of a change that were sent, oldest first in each channel.

    The first answer of the team counts for the last card before it.
    """
    by_channel: dict[str, list[EffectState]] = defaultdict(list)
    for state in states:
        if state.effect.kind == "card" and state.done_at and not state.stopped:
            by_channel[state.effect.target].append(state)
    workloads = change.decision.workloads if change.decision else ()
    for channel, own in by_channel.items():
        cards = [
            SentCard(
                CardKey(channel, change.id, state.effect.occasion or state.effect.edition),
                moment_of(state),
                workload_of(workloads),
                state.done_at,
                held=state.held,
            )
            for state in own
            if state.done_at
        ]
        cards.sort(key=lambda card: card.sent)
        answer = _first_answer(change, {state.effect.team for state in own})
        before = [card for card in cards if answer and card.sent <= answer]
        yield from (replace(card, answered=answer) if before and card is before[-1] else card for card in cards)


def moment_of(state: EffectState) -> str:
    """The moment of a card in a word or two."""
    occasion = occasion_of(state.effect.occasion)
    if occasion:
        return _MOMENTS[occasion.kind]
    types = {Event.type_in(event_id) for event_id in state.effect.events}
    return next((words for type_, words in HEADLINES.items() if type_ in types), "New")


def _first_answer(change: Change, teams: Iterable[str]) -> datetime | None:
    words = [change.assessment.teams[team] for team in teams if team in change.assessment.teams]
    return min((at for word in words for at in (word.owned_at, word.at) if at), default=None)


def figures_of(cards: Iterable[SentCard], opened: Mapping[CardKey, int]) -> dict[FiguresKey, CardFigures]:
    """`opened`: by card, how many people opened it."""
    figures: dict[FiguresKey, CardFigures] = defaultdict(CardFigures)
    for card in cards:
        key = FiguresKey(card.key.channel, card.moment, card.workload)
        hours = ((card.answered - card.sent) / timedelta(hours=1),) if card.answered else ()
        figures[key] = figures[key].plus(CardFigures(1, int(opened.get(card.key, 0) > 0), hours, int(card.held)))
    return dict(figures)


def together(figures: Iterable[Mapping[FiguresKey, CardFigures]]) -> dict[FiguresKey, CardFigures]:
    """Several months in one."""
    sums: dict[FiguresKey, CardFigures] = defaultdict(CardFigures)
    for month in figures:
        for key, each in month.items():
            sums[key] = sums[key].plus(each)
    return dict(sums)


def proposals(figures: Mapping[FiguresKey, CardFigures]) -> Sequence[str]:
    """What three months of figures propose for the policy.

    Who opens a card is known only of people who sign in. While nobody does, nothing is concluded from it.
    """
    is_known = any(each.opened or each.answered for each in figures.values())
    found: list[str] = []
    by_channel: Counter[str] = Counter()
    by_workload: dict[tuple[str, str], CardFigures] = defaultdict(CardFigures)
    for key, each in figures.items():
        by_channel[key.channel] += each.sent
        place = (key.channel, key.workload)
        by_workload[place] = by_workload[place].plus(each)
    for channel, sent in sorted(by_channel.items()):
        if sent > _MANY_A_WEEK * _WEEKS:
            found.append(f"{channel} gets {sent // _WEEKS} cards a week: a digest, or fewer routes?")
    if is_known:
        found += [
            f"{channel} opened none of {each.sent} cards about {workload} in {MONTHS} months: a digest, or drop them?"
            for (channel, workload), each in sorted(by_workload.items())
            if each.sent >= _FEW and not each.opened and not each.answered
        ]
    return found
