"""What we know of a ticket that lives behind a URL: one row of table `webhooks`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast, get_args

from shared.core import ids, rows
from shared.core.ports import Row
from shared.core.post import when
from shared.core.ticket import ENDED, State, TicketRef, Verdict

TABLE = "webhooks"
_KEPT = 300  # notes that are remembered as told; a ticket gets a few a month
_LONGEST = 200
_NUMBERS = 8  # former ones that are kept


@dataclass(frozen=True, slots=True)
class Known:
    """One ticket. `sent`: a digest of the content that the receiver has taken; `told`: digests of the notes.

    `former`: the numbers that it had before: whoever asks may not know the newest one yet.
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
    etag: str = ""
    former: tuple[str, ...] = ()

    def ref(self) -> TicketRef:
        state = self.state if self.state in get_args(State) else "unknown"
        return TicketRef(
            self.number, self.url, cast("State", state), self.closed_at, self.remote_state,
            cast("Verdict", self.decision), self.decided_by, self.decided_at,
        )  # fmt: skip


def place(system: str, key: str) -> tuple[str, str]:
    """Partition and row key of a ticket, by our key."""
    change_id = key.rsplit("-", 1)[-1]
    return ids.partition(change_id), f"{ids.key(change_id)}|{system}"


def to_row(system: str, known: Known) -> Row:
    partition, key = place(system, known.key)
    values = {
        "system": system,
        "key": known.key,
        "number": known.number,
        "url": known.url,
        "state": known.state,
        "remote_state": known.remote_state,
        "closed_at": known.closed_at.isoformat() if known.closed_at else "",
        "decision": known.decision,
        "decided_by": known.decided_by,
        "decided_at": known.decided_at.isoformat() if known.decided_at else "",
        "sent": known.sent,
        "former": json.dumps(known.former),
        **rows.pack("told", list(known.told[-_KEPT:])),
    }
    return Row(partition, key, values, known.etag)


def from_row(row: Row) -> Known:
    v: Mapping[str, Any] = row.values
    return Known(
        v["key"], v["number"], v["url"], v["state"], v["remote_state"], when(v["closed_at"]), v["decision"],
        v["decided_by"], when(v["decided_at"]), v["sent"], tuple(rows.unpack("told", v)), row.etag,
        tuple(json.loads(v.get("former", "[]"))),
    )  # fmt: skip


def heard(known: Known, said: Mapping[str, Any], states: Mapping[str, State], now: datetime) -> Known:
    """The ticket with what its system says of it; a word that nobody mapped is unknown, and not guessed."""
    number = _text(said.get("number")) or known.number
    after = replace(
        known,
        number=number,
        former=known.former if number == known.number else (*known.former, known.number)[-_NUMBERS:],
        url=url if (url := _text(said.get("url"), 2000)).startswith(("https://", "http://")) else known.url,
    )
    if word := _text(said.get("state")):
        mapped = {name.casefold(): state for name, state in states.items()}
        own = word if word in get_args(State) else "unknown"
        state = mapped.get(word.casefold(), own)
        ended = state in ENDED
        closed = (when(said.get("closed_at")) or (known.closed_at if known.state == state else now)) if ended else None
        after = replace(after, state=state, remote_state=word, closed_at=closed)
    verdict = _text(said.get("decision"))
    if verdict in get_args(Verdict) and verdict:
        at = when(said.get("decided_at")) or (known.decided_at if known.decision == verdict else now)
        after = replace(after, decision=verdict, decided_by=_text(said.get("decided_by")), decided_at=at)
    return after


def digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()[:24]


def _text(value: object, longest: int = _LONGEST) -> str:
    return " ".join(str(value).split())[:longest] if isinstance(value, str | int) else ""
