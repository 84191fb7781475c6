"""Who opened which card (table `opens`): once a person and card, under a word that is another one each month."""

from datetime import UTC, datetime
from urllib.parse import quote

from shared.core import ids
from shared.core.cards.answers import CardLink
from shared.core.ports.storage import Row, Tables, Write
from shared.record.redo import write_or_skip

TABLE = "opens"


def month_of(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m}"


async def insert_open(tables: Tables, card: CardLink, who: str, at: datetime) -> bool:
    """Count that a person opened a card; False where that stands already. `who`: as `opener` says it."""
    key = f"{quote(card.channel, safe=' @.:-')}|{ids.key(card.change_id)}|{quote(card.occasion, safe=' @.:-')}|{who}"
    return await write_or_skip(tables, TABLE, Write("insert", Row(month_of(at), key, {"at": at})))
