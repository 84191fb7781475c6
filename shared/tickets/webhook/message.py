"""What a message says: the whole ticket in plain fields, small enough for any receiver; without a call."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from shared.core.ticket import Ticket, cut
from shared.ticket_document import bare, plain, to_html, value
from shared.tickets.webhook.settings import Settings

PREFERRED = 20_000
HARD = 64 * 1024
"""Bytes of a body: what Standard Webhooks advises, and what is never passed."""
_LIMITS = (4_000, 2_000, 1_000, 500, 200, 100)  # characters of a text; the first that fits
_LONGEST_TITLE = 255
_LONGEST_NOTE = 2_000
_NOTES = 6_000  # bytes of notes in one message; the others follow in the next
Operation = Literal["opened", "amended", "noted", "cancelled", "reopened"]
_TEXTS = (
    "what", "kind", "arrives", "audience", "to_do", "if_nobody_acts", "risk_why", "impact_why", "why_board",
    "test_plan", "communication_plan", "backout",
)  # fmt: skip
_LISTS = ("services", "tenants", "when", "why")
_WORDS = ("risk", "impact", "admin_impact", "user_impact", "group")
_DAYS = ("planned_start", "planned_end", "act_by")
_MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same for the same content, so that a repeat is known as one. `notes`: digests of those within."""

    id: str
    operation: Operation
    body: bytes
    content: str
    notes: tuple[str, ...]


def content_of(settings: Settings, ticket: Ticket) -> dict[str, Any]:
    """The ticket's own fields and its description, shortened until they fit."""
    for limit in _LIMITS:
        found = _content(settings, ticket, limit)
        if len(_bytes(found)) <= PREFERRED - _NOTES - 1_000:
            break
    return {**found, "fields": settings.own_fields(ticket)}


def line_of(note: str) -> str:
    return cut(" ".join(bare(value(note)).split()), _LONGEST_NOTE)


def digest(what: Any) -> str:
    return hashlib.sha256(_bytes(what)).hexdigest()[:32]


def make(
    operation: Operation,
    ticket: Ticket,
    number: str,
    content: dict[str, Any],
    notes: Sequence[str],
    now: datetime,
    life: int,
) -> Message:
    """`notes`: lines; those that do not fit are left for the next message. `life`: how often it was opened."""
    kept: list[str] = []
    for note in notes:
        if kept and len(_bytes([*kept, note])) > _NOTES:
            break
        kept.append(note)
    data = {
        "key": ticket.key,
        "change_id": ticket.change_id,
        "number": number,
        **(content if operation != "noted" else {}),
        **({"why_cancelled": line_of(ticket.why_cancelled)} if operation == "cancelled" else {}),
        "notes": kept,
    }
    body = _bytes({"type": f"ticket.{operation}", "timestamp": now.isoformat(timespec="seconds"), "data": data})
    name = digest([operation, life, data])
    return Message(f"msg_{name}", operation, body, digest(content), tuple(map(digest, kept)))


def _content(settings: Settings, ticket: Ticket, limit: int) -> dict[str, Any]:
    document = settings.description(ticket, "webhook")
    found: dict[str, Any] = {"title": settings.title(ticket, _LONGEST_TITLE) or ticket.key}
    found |= {name: cut(bare(value(getattr(ticket, name))), limit) for name in _TEXTS}
    found |= {name: _said(settings, name, getattr(ticket, name)) for name in _WORDS}
    found |= {name: _few(map(line_of, getattr(ticket, name)), 2 * limit) for name in _LISTS}
    found |= {name: _day(getattr(ticket, name)) for name in _DAYS}
    found["links"] = [{"name": line_of(name), "url": line_of(to)} for name, to in ticket.links[:_MOST_LINKS]]
    found["description"] = {"plain": plain(document, 2 * limit), "html": to_html(document, 3 * limit)}
    return found


def _few(lines: Iterable[str], limit: int) -> list[str]:
    """The first lines, of so many characters together."""
    found: list[str] = []
    for line in lines:
        if limit <= 0:
            return [*found, "…"]
        found.append(cut(line, limit))
        limit -= len(line)
    return found


def _said(settings: Settings, name: str, ours: str) -> Any:
    return settings.value(name, ours, line_of(ours))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _bytes(what: Any) -> bytes:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"), default=str).encode(errors="replace")
