"""What became of cards, summed up at night from the walk over all changes: this month and the one before."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

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
from shared.usecases.deps import Deps

_KEPT_MONTHS = 2
"""Months for which it stays known which card was opened; the sums stay for good."""
_FORGOTTEN = 4


class CardCounts:
    """The cards of the last two months, as the walk meets them."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._months: dict[str, list[SentCard]] = {month: [] for month in months_back(now, _KEPT_MONTHS)}

    def take(self, record: ChangeRecord) -> None:
        states: tuple[EffectState, ...] = record.states
        for card in sent_cards(record.change, states):
            month = self._months.get(month_of(card.sent))
            if month is not None:
                month.append(card)

    async def write(self, deps: Deps) -> None:
        """Sum up, and forget who opened what in the months before; about ten calls."""
        tables, opened = deps.storage.tables, Counter[CardKey]()
        for month, cards in self._months.items():  # the newest first: a card of one month may be opened in the next
            opened.update(await opens.opened_in(tables, month))
            await opens.write_figures(tables, month, figures_of(cards, opened))
        older = [month for month in months_back(self._now, _KEPT_MONTHS + _FORGOTTEN) if month not in self._months]
        await opens.forget_opens(tables, older)


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
