"""What an endpoint without a look-up has told us, kept in our own table `webhooks`; every write is conditional.

A ticket's row stands in its change's partition under `<system>|<key>`; the number that people call it by leads to the
key through a row of the partition `numbers-<system>`, written first.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from shared.core import ids, rows
from shared.core.errors import ConflictError, TransientError
from shared.core.ports import Row, Tables, Write
from shared.core.ticket import State, Verdict
from shared.tickets.webhook.message import Message

TABLE = "webhooks"
_TOLD = 1_000  # notes of which we know that they were told
_LONGEST_NUMBER = 100
_PLAIN = (
    "key", "number", "url", "standing", "state", "remote_state", "decision", "decided_by", "content", "life",
    "attempts", "decided_at", "closed_at", "heard",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """One ticket. `pending`: a message that was perhaps not received; it is sent again before any other.

    `standing`: the endpoint has it, as far as it said. `life`: how often it was deleted there. `heard`: the time of the
    newest call about it. `etag` is empty for one that is not kept yet.
    """

    key: str
    number: str = ""
    url: str = ""
    standing: bool = False
    state: State | Literal["unknown"] = "new"
    remote_state: str = ""
    decision: Verdict = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    heard: datetime | None = None
    content: str = ""
    told: tuple[str, ...] = ()
    life: int = 0
    pending: Message | None = None
    attempts: int = 0
    etag: str = ""


class Memory:
    """The rows of one ticket system, by its name in the policy."""

    def __init__(self, tables: Tables, system: str) -> None:
        self._tables, self._system = tables, system

    async def get(self, key: str) -> Held | None:
        partition = _partition(key)
        row = await self._tables.get(TABLE, partition, self._row_key(key)) if partition else None
        return _from_row(row) if row else None

    async def by_number(self, number: str) -> Held | None:
        """The ticket that people call so."""
        if not 0 < len(number) <= _LONGEST_NUMBER or not number.isprintable():
            return None
        row = await self._tables.get(TABLE, f"numbers-{self._system}", quote(number, safe=""))
        held = await self.get(str(row.values["key"]) if row else number)
        return held if held and held.number == number else None

    async def put(self, held: Held) -> Held:
        """ConflictError where somebody else has written it since it was read."""
        row = Row(_partition(held.key), self._row_key(held.key), _values(held), held.etag)
        (etag,) = await self._tables.commit(TABLE, [Write("replace" if held.etag else "insert", row)])
        return replace(held, etag=etag)

    async def name(self, number: str, key: str) -> str:
        """That this number is this key's; the key that has it, where it is another's."""
        row = Row(f"numbers-{self._system}", quote(number, safe=""), {"key": key})
        try:
            await self._tables.commit(TABLE, [Write("insert", row)])
        except ConflictError:
            there = await self._tables.get(TABLE, row.partition, row.key)
            if there is None:
                raise TransientError(
                    f"ticket system {self._system}: {number} was written by others just now", 5
                ) from None
            return str(there.values["key"])
        return key

    def _row_key(self, key: str) -> str:
        return f"{self._system}|{quote(key, safe='')}"


def _partition(key: str) -> str:
    """That of the change for which the ticket was opened; empty for what is no key of ours."""
    change_id = key.rsplit("-", 1)[-1]
    return ids.partition(change_id) if ids.is_one(change_id) else ""


def _values(held: Held) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(held, name)) is not None}
    values |= rows.pack("told", held.told[-_TOLD:])
    if held.pending:
        one = held.pending
        values |= rows.pack(
            "pending", [one.id, one.operation, base64.b64encode(one.body).decode(), one.content, one.notes]
        )
    return values


def _from_row(row: Row) -> Held:
    values: Mapping[str, Any] = row.values
    pending = None
    if "pending0" in values:
        name, operation, body, content, notes = rows.unpack("pending", values)
        pending = Message(name, operation, base64.b64decode(body), content, tuple(notes))
    plain = {name: values[name] for name in _PLAIN if name in values}
    return Held(**plain, told=tuple(rows.unpack("told", values)), pending=pending, etag=row.etag)
