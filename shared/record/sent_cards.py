"""The cards of the last two months (`lists/cards.z`), so that a short pass can sum them up; made of the record."""

import json
import logging
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.core.life.effectiveness import CardKey, SentCard
from shared.core.ports.storage import Blobs
from shared.core.times import stored_moment, when
from shared.record.lists import CONTAINER

_LOG = logging.getLogger("foresignal.lists")
CARDS = "cards.z"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SentCards:
    """The cards by change, in the order of the record. `etag`: the version that was read."""

    by_change: Mapping[str, Sequence[SentCard]] = field(repr=False)
    etag: str = ""


async def read_sent_cards(blobs: Blobs) -> SentCards | None:
    """None where there is no such blob, it is damaged, or another version wrote it otherwise."""
    blob = await blobs.read(CONTAINER, CARDS)
    if blob is None:
        return None
    try:
        data = json.loads(zlib.decompress(blob.data))
        if data["format"] != _FORMAT:
            return None
        return SentCards({name: [_card(name, *row) for row in rows] for name, rows in data["cards"].items()}, blob.etag)
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
        _LOG.exception("%s/%s is damaged, and is built anew", CONTAINER, CARDS)
        return None


async def write_sent_cards(blobs: Blobs, cards: Mapping[str, Sequence[SentCard]], before: SentCards | None) -> None:
    """The cards over what was read of them, where they differ; whatever stands there where nothing was.

    ConflictError where another pass was faster.
    """
    if before and before.by_change == cards:
        return
    rows = {name: [_values(card) for card in some] for name, some in cards.items()}
    data = zlib.compress(json.dumps({"format": _FORMAT, "cards": rows}, separators=(",", ":")).encode())
    if before:
        await blobs.replace(CONTAINER, CARDS, data, before.etag)
    else:
        await blobs.put(CONTAINER, CARDS, data)


def _values(card: SentCard) -> list[Any]:
    answered = card.answered.isoformat() if card.answered else ""
    key = card.key
    return [key.channel, key.occasion, card.moment, card.workload, card.sent.isoformat(), answered, card.held]


def _card(
    change_id: str, channel: str, occasion: str, moment: str, workload: str, sent: str, answered: str, held: bool
) -> SentCard:
    key = CardKey(channel, change_id, occasion)
    return SentCard(key, moment, workload, stored_moment(sent), when(answered), held)
