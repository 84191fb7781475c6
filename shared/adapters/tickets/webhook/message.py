"""What a message says: the whole ticket, small enough for any receiver; without a call."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from shared.adapters.ticketing.document import bare, value
from shared.adapters.ticketing.markup import plain, to_html
from shared.adapters.tickets.webhook.memory import digest
from shared.adapters.tickets.webhook.settings import Settings
from shared.core.text.safe import cut
from shared.core.tickets.ticket import Ticket

PREFERRED = 20_000
HARD = 64 * 1024
"""Bytes of a body: what Standard Webhooks advises, and what is never passed."""
_LIMITS = (4_000, 2_000, 1_000, 500, 200, 100)  # characters of a text; the first that fits is taken
_TITLE = 255
_NOTE, _NOTES = 2_000, 6_000  # characters of a note, bytes of those in one message; the others follow in the next
_APART = frozenset({"key", "change_id", "title", "what", "cancelled", "why_cancelled", "reopen", "reassess", "notes"})


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same for the same content, so that a repeat is known as one. `content`, `notes`: digests."""

    id: str
    kind: str
    body: str
    content: str
    notes: tuple[str, ...]


def content_of(settings: Settings, ticket: Ticket) -> dict[str, Any]:
    """All but the notes, shortened until it fits; what the policy adds is left as it is."""
    own = {
        "values": {name: _own_value(settings, ticket, name) for name in settings.values},
        "custom": settings.own_fields(ticket),
    }
    for limit in _LIMITS:
        content = _content(settings, ticket, limit)
        if len(_body(content).encode()) <= PREFERRED - _NOTES - 1_000:
            break
    return {**content, **own}


def make(
    kind: str, ticket: Ticket, content: dict[str, Any], notes: Sequence[str], now: datetime, life: int = 0
) -> Message:
    """`notes`: lines that were not told yet; those that do not fit are left for the next message.

    `life`: how often the ticket was deleted over there, so that one that is opened again is a message of its own.
    """
    lines: list[str] = []
    for note in notes:
        if lines and len(_body([*lines, note]).encode()) > _NOTES:
            break
        lines.append(note)
    data = {"key": ticket.key, "change_id": ticket.change_id, **content, "cancelled": ticket.cancelled}
    data |= {"reopen": ticket.reopen, "notes": lines}
    if ticket.reassess:
        data["reassess"] = True
    if ticket.cancelled:
        data["why_cancelled"] = line(ticket.why_cancelled)
    body = {"type": kind, "timestamp": now.isoformat(), "data": data}
    # signed content is parted by stops, so an id holds none
    name = f"{ticket.key.replace('.', '-')}:{digest([kind, life, data])}"
    return Message(name, kind, _body(body), digest(content), tuple(map(digest, lines)))


def line(note: str) -> str:
    return cut(" ".join(bare(value(note)).split()), _NOTE)


def _content(settings: Settings, ticket: Ticket, limit: int) -> dict[str, Any]:
    document = settings.description(ticket, "webhook")
    fields = {name: what for name, what in asdict(ticket).items() if name not in _APART}
    return {
        "title": settings.title(ticket, _TITLE) or ticket.key,
        **{name: _plain(what, limit) for name, what in fields.items()},
        "description": {"text": plain(document, 2 * limit), "html": to_html(document, 3 * limit)},
    }


def _own_value(settings: Settings, ticket: Ticket, name: str) -> Any:
    """The policy's word for one of ours; a list of configuration items."""
    if name == "configuration_item":
        return [settings.value(name, item, None) for item in ticket.configuration_items]
    return settings.value(name, str(getattr(ticket, name)), None)


def _plain(what: Any, limit: int) -> Any:
    if isinstance(what, tuple | list):
        return _few(what, limit)
    if isinstance(what, Mapping):
        return {name: _plain(each, limit) for name, each in what.items()}
    return what if what is None or isinstance(what, bool | int) else cut(bare(value(what)), limit)


def _few(some: Iterable[Any], limit: int) -> list[Any]:
    """The first of them, of twice so many characters together."""
    items: list[Any] = []
    room = 2 * limit
    for item in some:
        if room <= 0:
            return items
        part = _plain(item, limit)
        items.append(part)
        room -= len(_body(part))
    return items


def _body(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"), default=str)
