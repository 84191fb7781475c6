"""Channels and ticket systems that are down, which effects wait for them, and which calls were heard.

All in table `deliveries`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from shared.core import ids
from shared.core.changes.change import Effect
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import when
from shared.record.packing import END
from shared.record.redo import transactions, write_or_skip

TABLE = "deliveries"
DEPLOYMENT = "-"
_DOWN = "down|"
_WAITS = "w|down|"
_HEARD = "in|"
_REASON = 1000  # characters of a reason, and of a remedy, that are kept


class Target(NamedTuple):
    """What an effect is for: a channel (`card`) or a ticket system (`ticket`), by its name in the policy."""

    kind: Literal["ticket", "card"]
    name: str

    @property
    def noun(self) -> str:
        """As people call it."""
        return f"{'channel' if self.kind == 'card' else 'ticket system'} {self.name}"


def target_of(effect: Effect) -> Target:
    return Target(effect.kind, effect.target)


@dataclass(frozen=True, slots=True)
class Outage:
    """A target that is down.

    `settings`: the fingerprint of its settings in the policy when it went down. `probe_at`: when it is tried next,
    after `tries` that failed. `notified`: the process owner was told, or cannot be; until `notifying` somebody is at
    it. `probing`: until then somebody tries. `back`: it answered, and only what waits must still be sent on.
    """

    target: Target
    since: datetime
    reason: str
    remedy: str
    settings: str
    probe_at: datetime
    tries: int = 0
    notified: bool = False
    notifying: datetime | None = None
    probing: datetime | None = None
    back: bool = False


class OutageRecord(NamedTuple):
    """An outage as it stands in storage, with the version of its row."""

    outage: Outage
    etag: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """That an effect waits for its target. The effect's own row decides; this only points at it."""

    target: Target
    change_id: str
    effect: str
    since: datetime


def outage_row(outage: Outage, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "kind": outage.target.kind,
        "target": outage.target.name,
        "since": outage.since.isoformat(),
        "reason": outage.reason[:_REASON],
        "remedy": outage.remedy[:_REASON],
        "settings": outage.settings,
        "probe_at": outage.probe_at.isoformat(),
        "tries": outage.tries,
        "notified": outage.notified,
        "notifying": _iso(outage.notifying),
        "probing": _iso(outage.probing),
        "back": outage.back,
    }
    return Row(DEPLOYMENT, _DOWN + _place(outage.target), values, etag)


def read_outage(row: Row) -> Outage:
    v: Mapping[str, Any] = row.values
    return Outage(
        target=Target(v["kind"], v["target"]),
        since=datetime.fromisoformat(v["since"]),
        reason=v["reason"],
        remedy=v["remedy"],
        settings=v["settings"],
        probe_at=datetime.fromisoformat(v["probe_at"]),
        tries=v["tries"],
        notified=v["notified"],
        notifying=when(v["notifying"]),
        probing=when(v["probing"]),
        back=v["back"],
    )


def waiting_row(entry: Waiting) -> Row:
    # An effect's key holds kind and target, which the partition says; a card's edition stays: it has a row for each.
    occasion = entry.effect.removeprefix(f"{entry.target.kind}|{entry.target.name}").removeprefix("|") or "ticket"
    values: dict[str, Value] = {
        "kind": entry.target.kind, "target": entry.target.name, "change": entry.change_id, "effect": entry.effect,
        "since": entry.since.isoformat(),
    }  # fmt: skip
    return Row(_place(entry.target), f"{_WAITS}{ids.key(entry.change_id)}|{occasion}", values)


def read_waiting(row: Row) -> Waiting:
    v: Mapping[str, Any] = row.values
    return Waiting(Target(v["kind"], v["target"]), v["change"], v["effect"], datetime.fromisoformat(v["since"]))


async def outages(tables: Tables) -> list[OutageRecord]:
    """Every target that is down: one range query."""
    return outages_in(await tables.range(TABLE, DEPLOYMENT, _DOWN, _DOWN + END))


def outages_in(rows: Sequence[Row]) -> list[OutageRecord]:
    """Those among rows of the deployment."""
    return [OutageRecord(read_outage(row), row.etag) for row in rows if row.key.startswith(_DOWN)]


async def outage_of(tables: Tables, target: Target) -> OutageRecord | None:
    row = await tables.get(TABLE, DEPLOYMENT, _DOWN + _place(target))
    return OutageRecord(read_outage(row), row.etag) if row else None


async def write_outage(tables: Tables, outage: Outage, before: OutageRecord | None = None) -> OutageRecord:
    """The outage in place of the one that was read, or as a new one. ConflictError where somebody was faster."""
    write = Write("replace" if before else "insert", outage_row(outage, before.etag if before else ""))
    (etag,) = await tables.commit(TABLE, [write])
    return OutageRecord(outage, etag)


async def end_outage(tables: Tables, record: OutageRecord) -> bool:
    """Forget an outage; False where its row was written meanwhile."""
    return await write_or_skip(tables, TABLE, Write("delete", outage_row(record.outage, record.etag)))


async def insert_waiting(tables: Tables, entry: Waiting) -> bool:
    """Say that an effect waits; False where that stands already."""
    return await write_or_skip(tables, TABLE, Write("insert", waiting_row(entry)))


async def waiting_for(tables: Tables, target: Target) -> list[tuple[Waiting, Row]]:
    """What waits for a target, oldest first: one range query."""
    rows = await tables.range(TABLE, _place(target), _WAITS, _WAITS + END)
    return sorted(((read_waiting(row), row) for row in rows), key=lambda entry: (entry[0].since, entry[1].key))


async def delete_waiting(tables: Tables, rows: Sequence[Row]) -> None:
    """Forget that effects of one target wait: one transaction for a hundred. What is gone already is left out."""
    for writes in transactions([Write("delete", row)] for row in rows):
        if not await write_or_skip(tables, TABLE, *writes):
            for write in writes:
                await write_or_skip(tables, TABLE, write)


def _place(target: Target) -> str:
    """A channel's name as it is; a ticket system may have the same one."""
    return target.name if target.kind == "card" else f"ticket|{target.name}"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


async def was_heard(tables: Tables, system: str, message: str) -> bool:
    """Whether a ticket system's call with this id was taken before: one read."""
    return await tables.get(TABLE, _HEARD + system, _key_of_message(message)) is not None


async def keep_heard(tables: Tables, system: str, message: str, at: datetime) -> None:
    """Remember a call that was taken; of two at once, one does."""
    row = Row(_HEARD + system, _key_of_message(message), {"at": at})
    await write_or_skip(tables, TABLE, Write("insert", row))


async def forget_heard(tables: Tables, before: datetime) -> int:
    """Forget the calls that were taken before a moment; how many."""
    old = [
        row
        async for row in tables.scan(TABLE, only=("at",))
        if row.partition.startswith(_HEARD) and isinstance(at := row.values.get("at"), datetime) and at < before
    ]
    return sum([await write_or_skip(tables, TABLE, Write("delete", row)) for row in old])


def _key_of_message(message: str) -> str:
    """An id of anybody's making, as a key that storage takes."""
    return sha256(message.encode(errors="surrogatepass")).hexdigest()
