"""Who opened which card (table `opens`): once a person and card, under a word that is another one each month.

Beside them, in rows `!s|`, stands what each night sums up of the month's cards.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from shared.core import ids
from shared.core.cards.answers import CardLink
from shared.core.life.effectiveness import CardFigures, CardKey, FiguresKey
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.record.packing import END
from shared.record.redo import transactions, write_or_skip

TABLE = "opens"
_OPENS = "0"  # as the names of channels begin at the lowest
SUMS = "!s|"  # as none of them does
_MOST_HOURS = 2000  # figures of one row, far below what a property holds


def month_of(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m}"


async def insert_open(tables: Tables, card: CardLink, who: str, at: datetime) -> bool:
    """Count that a person opened a card; False where that stands already. `who`: as `opener` says it."""
    key = f"{quote(card.channel, safe=' @.:-')}|{ids.key(card.change_id)}|{quote(card.occasion, safe=' @.:-')}|{who}"
    return await write_or_skip(tables, TABLE, Write("insert", Row(month_of(at), key, {"at": at})))


async def opened_in(tables: Tables, month: str) -> Mapping[CardKey, int]:
    """How many people opened each card in a month: one range query."""
    rows = await tables.range(TABLE, month, _OPENS, END)
    counts: Counter[CardKey] = Counter()
    for row in rows:
        channel, number, occasion, _ = row.key.split("|", 3)
        counts[CardKey(unquote(channel), ids.from_key(number), unquote(occasion))] += 1
    return counts


async def opened_of(tables: Tables, month: str, channel: str, change_id: str) -> Mapping[str, int]:
    """How many people opened each card of a change in a channel in a month, by its occasion: one range query."""
    begins = f"{quote(channel, safe=' @.:-')}|{ids.key(change_id)}|"
    rows = await tables.range(TABLE, month, begins, f"{begins}{END}")
    return Counter(unquote(row.key.split("|", 3)[2]) for row in rows)


async def figures_in(tables: Tables, month: str) -> dict[FiguresKey, CardFigures]:
    """What the nights have summed up of a month's cards: one range query."""
    return {key: each for key, (each, _) in (await _figure_rows(tables, month)).items()}


async def write_figures(tables: Tables, month: str, figures: Mapping[FiguresKey, CardFigures]) -> int:
    """Make the sums of a month what they are now: two calls, and one for each hundred rows that differ.

    How many were opened never falls: after an import, who opened what before it is not here to be counted.
    """
    before = await _figure_rows(tables, month)
    writes = []
    for key, each in figures.items():
        was, row = before.get(key, (None, None))
        each = replace(each, opened=min(max(each.opened, was.opened), each.sent)) if was else each  # noqa: PLW2901 - the same figures
        if each != was:
            writes.append(
                [Write("replace" if row else "insert", _figures_row(month, key, each, row.etag if row else ""))]
            )
    return sum([await write_or_skip(tables, TABLE, *some) for some in transactions(writes)])


async def forget_opens(tables: Tables, months: Iterable[str]) -> int:
    """Forget who opened what in these months; the sums stay. How many rows went."""
    gone = 0
    for month in months:
        rows = await tables.range(TABLE, month, _OPENS, END)
        for some in transactions([Write("delete", row)] for row in rows):
            gone += len(some) if await write_or_skip(tables, TABLE, *some) else 0
    return gone


async def _figure_rows(tables: Tables, month: str) -> dict[FiguresKey, tuple[CardFigures, Row]]:
    rows = await tables.range(TABLE, month, SUMS, f"{SUMS}{END}")
    return {_figures_key(row): (_read_figures(row), row) for row in rows}


def _figures_row(month: str, key: FiguresKey, figures: CardFigures, etag: str) -> Row:
    values: dict[str, Value] = {
        "sent": figures.sent,
        "opened": figures.opened,
        "hours": json.dumps([round(each, 2) for each in figures.hours[:_MOST_HOURS]]),
        "held": figures.held,
    }
    return Row(month, SUMS + "|".join(quote(part, safe=" @.:-") for part in key), values, etag)


def _figures_key(row: Row) -> FiguresKey:
    return FiguresKey(*(unquote(part) for part in row.key.removeprefix(SUMS).split("|")))


def _read_figures(row: Row) -> CardFigures:
    v: Mapping[str, Any] = row.values
    return CardFigures(v["sent"], v["opened"], tuple(json.loads(v["hours"])), v.get("held", 0))
