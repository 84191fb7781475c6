"""What became of cards, summed up at night from the walk over all changes: this month and the one before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.life.effectiveness import (
    MONTHS,
    CardFigures,
    CardKey,
    FiguresKey,
    SentCard,
    figures_of,
    proposals,
    sent_cards,
    together,
)
from shared.record import opens
from shared.record.changes import ChangeRecord
from shared.record.opens import month_of
from shared.record.sent_cards import SentCards, write_sent_cards
from shared.usecases.deps import Deps

_KEPT_MONTHS = 2
"""Months for which it stays known which card was opened; the sums stay for good."""
_FORGOTTEN = 4


class CardCounts:
    """The cards of the last two months, as the walk meets them.

    `known`: those that stood there before a short walk, which meets only what was changed since; None for a full one.
    """

    def __init__(self, now: datetime, known: SentCards | None = None) -> None:
        self._now = now
        self._known = known
        self._months = months_back(now, _KEPT_MONTHS)
        self._cards = {name: self._lately(cards) for name, cards in known.by_change.items()} if known else {}

    def take(self, record: ChangeRecord) -> None:
        states: tuple[EffectState, ...] = record.states
        self._cards[record.change.id] = self._lately(sent_cards(record.change, states))

    def _lately(self, cards: Iterable[SentCard]) -> list[SentCard]:
        return [card for card in cards if month_of(card.sent) in self._months]

    async def write(self, deps: Deps) -> None:
        """Sum up, and forget who opened what in the months before; about ten calls.

        ConflictError where another pass wrote the cards meanwhile.
        """
        tables, opened = deps.storage.tables, Counter[CardKey]()
        some = {name: self._cards[name] for name in sorted(self._cards, key=_place) if self._cards[name]}
        await write_sent_cards(deps.storage.blobs, some, self._known)
        every = [card for cards in some.values() for card in cards]
        for month in self._months:  # the newest first: a card of one month may be opened in the next
            opened.update(await opens.opened_in(tables, month))
            await opens.write_figures(
                tables, month, figures_of((card for card in every if month_of(card.sent) == month), opened)
            )
        older = [month for month in months_back(self._now, _KEPT_MONTHS + _FORGOTTEN) if month not in self._months]
        await opens.forget_opens(tables, older)


def _place(change_id: str) -> tuple[str, str]:
    """Sorts changes as the record does."""
    return ids.partition(change_id), ids.key(change_id)


async def card_figures(deps: Deps, months: int = MONTHS) -> Mapping[str, dict[FiguresKey, CardFigures]]:
    """The sums of the last months, by month, the newest first: one call a month."""
    tables = deps.storage.tables
    return {month: await opens.figures_in(tables, month) for month in months_back(deps.here.clock(), months)}


async def card_proposals(deps: Deps) -> list[str]:
    """What three months of cards propose for the policy."""
    return list(proposals(together((await card_figures(deps)).values())))


def months_back(now: datetime, count: int) -> list[str]:
    """This month and those before it, the newest first."""
    months, day = [], now
    for _ in range(count):
        months.append(month_of(day))
        day = day.replace(day=1) - timedelta(days=1)
    return months
