"""The links of a card's buttons: a signed word on which card somebody holds, and nothing more (pure).

Who answers is known by signing in. A link works as often as it is opened: the card is one for a whole channel.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import quote, unquote

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.signing import Key, as_bytes, is_sealed, seal

SHORTEST = timedelta(days=30)
"""How long a link is good at least."""
AFTER_ACT_BY = timedelta(days=7)
_PURPOSE = "card"
_LONGEST = 1000  # characters of a token that is looked at; ours have about 150


@dataclass(frozen=True, slots=True)
class CardLink:
    """Which card a link stands on: the change, the channel, and the edition or occasion. `until`: when it expires."""

    change_id: str
    channel: str
    occasion: str
    until: datetime

    @property
    def effect(self) -> str:
        """The key of the card's effect."""
        return f"card|{self.channel}|{self.occasion}"


class LinkFault(StrEnum):
    """What is wrong with a link, as a sentence that says what to do."""

    FORGED = (
        "This link was not made here, or it was changed on its way. Open the card in Teams again, and press its button."
    )
    EXPIRED = "This link is too old. Open the change page instead, or the newest card of this change."
    OTHER_CHANGE = "This link is of another change's card. Open the card of this change, and press its button."
    NO_CARD = (
        "There is no such card of this change in this channel. Open the card in Teams again, and press its button."
    )
    OTHER_TEAM = "This change is another team's. Open a card of it, or ask an admin for the role reviewer."
    PRIVATE = "This post is on data privacy. Open its card, or ask an admin for the role privacy."


def expiry(now: datetime, act_by: date | None) -> datetime:
    """When a link of a card that goes out now expires: the later of 30 days and seven days after the day to act by."""
    last = datetime.combine(act_by, time.max, UTC) + AFTER_ACT_BY if act_by else now
    return max(now + SHORTEST, last)


def token_of(link: CardLink, key: Key) -> str:
    """The signed word: base64url of `key id|expiry|change|channel|occasion`, a dot, base64url of the HMAC."""
    parts = (key.id, str(int(link.until.timestamp())), str(ids.number(link.change_id)), link.channel, link.occasion)
    data = "|".join(quote(part, safe="@:") for part in parts).encode()
    return f"{_text(data)}.{_text(seal(key, _PURPOSE, data))}"


def read_token(token: str, keys: Sequence[Key], now: datetime, change_id: str = "") -> CardLink | LinkFault:
    """The card that a link stands on, or what is wrong. `change_id`: the change that it must be of, if one is named."""
    signed, _, sealed = token[:_LONGEST].partition(".")
    try:
        data, mac = _bytes(signed), _bytes(sealed)
        key_id, until, number, channel, occasion = (unquote(part) for part in data.decode().split("|"))
    except ValueError:  # what is no base64, no text, or has another number of parts
        return LinkFault.FORGED
    if not is_sealed(keys, key_id, _PURPOSE, data, mac):
        return LinkFault.FORGED
    link = CardLink(f"MC{int(number)}", channel, occasion, datetime.fromtimestamp(int(until), UTC))
    if link.until < now:
        return LinkFault.EXPIRED
    return LinkFault.OTHER_CHANGE if change_id and not _is_same(change_id, link.change_id) else link


def opener(key: Key, month: str, person: str) -> str:
    """Who opened a card, as it is counted: another word each month, which leads to nobody without the key."""
    of_month = Key(month, seal(key, "opened", month.encode()))
    return _text(seal(of_month, "who", as_bytes(person))[:12])


def _is_same(text: str, change_id: str) -> bool:
    try:
        return ids.normalise(text) == change_id
    except PermanentError:
        return False


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    if len(text) % 4 == 1 or _text(data := _decoded(text)) != text:  # one spelling only
        raise binascii.Error
    return data


def _decoded(text: str) -> bytes:
    return base64.b64decode(as_bytes(text) + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
