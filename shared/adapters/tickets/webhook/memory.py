"""What we know of a ticket that lives behind a URL: one row of table `webhooks`, and one that its number leads by."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast, get_args
from urllib.parse import quote

from shared.core import ids
from shared.core.errors import ConflictError
from shared.core.ports.storage import Row, Tables, Write
from shared.core.terms import ENDED, State, Verdict
from shared.core.tickets.ticket import TicketRef
from shared.core.times import when
from shared.record.packing import pack, unpack

TABLE = "webhooks"
_KEPT = 300  # notes that are remembered as told; a ticket gets a few a month
_LONGEST = 200
_NUMBERS = 8  # former ones that are kept


@dataclass(frozen=True, slots=True)
class RemoteTicket:
    """One ticket. `sent`: a digest of the content that the receiver has taken; `told`: digests of the notes.

    `there`: the receiver has it, as far as it said; `life`: how often it was deleted there. `pending`: id, kind, body
    and digests of a message that was perhaps not taken: it is sent again before any other; `tries`: how often it was.
    `at`: the time of the newest call about it. `former`: the numbers it had: whoever asks may not know the newest yet.
    """

    key: str
    number: str
    url: str = ""
    state: str = "new"
    remote_state: str = ""
    closed_at: datetime | None = None
    decision: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    sent: str = ""
    told: tuple[str, ...] = ()
    there: bool = False
    life: int = 0
    pending: tuple[Any, ...] = ()
    tries: int = 0
    former: tuple[str, ...] = ()
    at: datetime | None = None
    etag: str = ""

    def ref(self) -> TicketRef:
        state = self.state if self.state in get_args(State) else "unknown"
        return TicketRef(
            self.number, self.url, cast("State", state), self.closed_at, self.remote_state,
            cast("Verdict", self.decision), self.decided_by, self.decided_at,
        )  # fmt: skip


class Memory:
    """The rows of one system, by its name in the policy. Every write is conditional: ConflictError."""

    def __init__(self, tables: Tables, system: str) -> None:
        self._tables, self._system = tables, system

    async def get(self, key: str) -> RemoteTicket | None:
        place = self._place(key)
        row = await self._tables.get(TABLE, *place) if place else None
        ticket = _from_row(row) if row else None
        return ticket if ticket and ticket.key == key else None

    async def by_number(self, number: str) -> RemoteTicket | None:
        """The ticket that has this number, or had it: whoever asks may not know the newest one yet."""
        if not 0 < len(number) <= _LONGEST or not number.isprintable():
            return None
        row = await self._tables.get(TABLE, *self._led(number))
        ticket = await self.get(str(row.values["key"]) if row else number)
        return ticket if ticket and number in (ticket.number, *ticket.former) else None

    async def put(self, ticket: RemoteTicket) -> RemoteTicket:
        place = self._place(ticket.key)
        assert place, "keys are made of a change's id"
        row = Row(*place, _values(ticket), ticket.etag)
        (etag,) = await self._tables.commit(TABLE, [Write("replace" if ticket.etag else "insert", row)])
        return replace(ticket, etag=etag)

    async def holder(self, number: str, key: str) -> str:
        """The key that this number leads to from now on: this one, unless it was another's already."""
        row = Row(*self._led(number), {"key": key})
        try:
            await self._tables.commit(TABLE, [Write("insert", row)])
        except ConflictError:
            there = await self._tables.get(TABLE, row.partition, row.key)
            return str(there.values["key"]) if there else ""
        return key

    def _place(self, key: str) -> tuple[str, str] | None:
        change_id = key.rsplit("-", 1)[-1]
        return (ids.partition(change_id), f"{ids.key(change_id)}|{self._system}") if ids.is_id(change_id) else None

    def _led(self, number: str) -> tuple[str, str]:
        return f"numbers-{self._system}", quote(number, safe="")


_AS_IT_IS = (
    "key",
    "number",
    "url",
    "state",
    "remote_state",
    "decision",
    "decided_by",
    "sent",
    "there",
    "life",
    "tries",
)
_TIMES = ("closed_at", "decided_at", "at")


def _values(ticket: RemoteTicket) -> dict[str, Any]:
    return {
        **{name: getattr(ticket, name) for name in _AS_IT_IS},
        **{name: at.isoformat() if (at := getattr(ticket, name)) else "" for name in _TIMES},
        **pack("told", list(ticket.told[-_KEPT:])),
        **pack("pending", list(ticket.pending)),
        "former": json.dumps(ticket.former),
    }


def _from_row(row: Row) -> RemoteTicket:
    v: Mapping[str, Any] = row.values
    times: dict[str, Any] = {name: when(v[name]) for name in _TIMES}
    return RemoteTicket(
        **{name: v[name] for name in _AS_IT_IS}, **times,
        told=tuple(unpack("told", v)), pending=tuple(unpack("pending", v)),
        former=tuple(json.loads(v.get("former", "[]"))), etag=row.etag,
    )  # fmt: skip


def heard(ticket: RemoteTicket, message: Mapping[str, Any], states: Mapping[str, State], now: datetime) -> RemoteTicket:
    """The ticket with what its system says of it; a word that nobody mapped is unknown, and not guessed."""
    if message.get("gone") is True:
        return RemoteTicket(ticket.key, ticket.key, life=ticket.life + 1, at=ticket.at, etag=ticket.etag)
    number = _text(message.get("number")) or ticket.number
    after = replace(
        ticket,
        number=number,
        former=ticket.former if number == ticket.number else (*ticket.former, ticket.number)[-_NUMBERS:],
        url=url if (url := _text(message.get("url"), 2000)).startswith(("https://", "http://")) else ticket.url,
    )
    if word := _text(message.get("state")):
        mapped = {name.casefold(): state for name, state in states.items()}
        own = word if word in get_args(State) else "unknown"
        state = mapped.get(word.casefold(), own)
        ended = state in ENDED
        closed = (
            (when(message.get("closed_at")) or (ticket.closed_at if ticket.state == state else now)) if ended else None
        )
        after = replace(after, state=state, remote_state=word, closed_at=closed)
    verdict = _text(message.get("decision"))
    if verdict in get_args(Verdict) and verdict:
        at = when(message.get("decided_at")) or (ticket.decided_at if ticket.decision == verdict else now)
        after = replace(after, decision=verdict, decided_by=_text(message.get("decided_by")), decided_at=at)
    return after


def digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()[:24]


def number_of(message: Mapping[str, Any]) -> str:
    """The number that an answer or a call names; empty where it names none."""
    return _text(message.get("number"))


def _text(value: object, longest: int = _LONGEST) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and abs(value) > 10**18:
        return ""
    return "".join(character for character in " ".join(str(value).split()) if character.isprintable())[:longest]
