"""In table `deliveries`: how far each channel is, what waits for its digests, and the digest that is being sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from shared.core import ids
from shared.core.cards.delivery import ChannelState, Slot, Why
from shared.core.changes.change import Place
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_moment, when
from shared.record.deliveries import DEPLOYMENT, TABLE, OutageRecord, outages_in
from shared.record.packing import END, pack, unpack
from shared.record.redo import transactions, write_or_skip

_DIGEST = "d|open"
_WAITS = "w|"
_AFTER_SLOTS = "w|a"  # slots begin with a digit; what waits while a channel is down stands behind them


class ChannelRecord(NamedTuple):
    """A channel as it stands in storage, with the version of its row."""

    state: ChannelState
    etag: str


@dataclass(frozen=True, slots=True)
class KeptCard:
    """That a card waits for a digest of `channel`. The effect's own row decides; this only points at it."""

    channel: str
    slot: Slot
    change_id: str
    effect: str
    why: Why
    since: datetime

    @property
    def place(self) -> Place:
        return Place(self.channel, self.slot.key)


class KeptRecord(NamedTuple):
    """A card that waits, with the row that points at it."""

    card: KeptCard
    row: Row


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest that a channel gets now, of which there is one at a time: the effects that it stands for, frozen.

    `begun`: when it was first tried. `claimed`: until then somebody sends it. `done`: it was sent, and its effects are
    being recorded.
    """

    channel: str
    effects: tuple[tuple[str, str], ...]
    begun: datetime
    claimed: datetime
    done: bool = False


class DigestRecord(NamedTuple):
    """A digest as it stands in storage, with the version of its row."""

    digest: Digest
    etag: str


def channel_row(state: ChannelState, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "kind": "channel",
        "made": state.made.isoformat(),
        "free_at": _iso(state.free_at),
        "day": state.day,
        "sent": state.sent,
        "digest_at": _iso(state.digest_at),
        "look_at": _iso(state.look_at),
    }
    return Row(DEPLOYMENT, state.name, values, etag)


def read_channel(row: Row) -> ChannelState:
    v: Mapping[str, Any] = row.values
    return ChannelState(
        name=row.key,
        made=stored_moment(v["made"]),
        free_at=when(v["free_at"]),
        day=v["day"],
        sent=v["sent"],
        digest_at=when(v["digest_at"]),
        look_at=when(v["look_at"]),
    )


def kept_row(card: KeptCard) -> Row:
    values: dict[str, Value] = {
        "change": card.change_id, "effect": card.effect, "why": card.why, "since": card.since.isoformat(),
        "at": card.slot.at.isoformat(),
    }  # fmt: skip
    return Row(card.channel, f"{_WAITS}{card.slot.key}|{ids.key(card.change_id)}|{_occasion(card)}", values)


def read_kept(row: Row) -> KeptCard:
    v: Mapping[str, Any] = row.values
    slot = Slot(row.key.split("|")[1], stored_moment(v["at"]))
    return KeptCard(row.partition, slot, v["change"], v["effect"], cast(Why, v["why"]), stored_moment(v["since"]))


def digest_row(digest: Digest, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "begun": digest.begun.isoformat(),
        "claimed": digest.claimed.isoformat(),
        "done": digest.done,
        **pack("effects", digest.effects),
    }
    return Row(digest.channel, _DIGEST, values, etag)


def read_digest(row: Row) -> Digest:
    v: Mapping[str, Any] = row.values
    effects = tuple((str(change_id), str(effect)) for change_id, effect in unpack("effects", v))
    return Digest(row.partition, effects, stored_moment(v["begun"]), stored_moment(v["claimed"]), v["done"])


async def channels(tables: Tables) -> dict[str, ChannelRecord]:
    """Every channel that was ever seen, by name: one range query."""
    return (await channels_and_outages(tables))[0]


async def channels_and_outages(tables: Tables) -> tuple[dict[str, ChannelRecord], list[OutageRecord]]:
    """Every channel that was ever seen, by name, and every target that is down: one range query for both."""
    rows = await tables.range(TABLE, DEPLOYMENT, "", END)
    known = {row.key: ChannelRecord(read_channel(row), row.etag) for row in rows if row.values.get("kind") == "channel"}
    return known, outages_in(rows)


async def channel_of(tables: Tables, name: str) -> ChannelRecord | None:
    row = await tables.get(TABLE, DEPLOYMENT, name)
    return ChannelRecord(read_channel(row), row.etag) if row else None


async def write_channel(tables: Tables, state: ChannelState, before: ChannelRecord | None = None) -> ChannelRecord:
    """The channel in place of what was read, or as a new one. ConflictError where somebody was faster."""
    write = Write("merge" if before else "insert", channel_row(state, before.etag if before else ""))
    (etag,) = await tables.commit(TABLE, [write])
    return ChannelRecord(state, etag)


async def delete_channel(tables: Tables, record: ChannelRecord) -> bool:
    """Forget a channel; False where its row was written meanwhile."""
    return await write_or_skip(tables, TABLE, Write("delete", channel_row(record.state, record.etag)))


async def insert_kept(tables: Tables, card: KeptCard) -> bool:
    """Say that a card waits; False where that stands already."""
    return await write_or_skip(tables, TABLE, Write("insert", kept_row(card)))


async def waiting_in(tables: Tables, channel: str) -> tuple[DigestRecord | None, list[KeptRecord]]:
    """The digest that is being sent, and what waits for one, by slot and change: one range query."""
    rows = await tables.range(TABLE, channel, _DIGEST, _AFTER_SLOTS)
    digest = next((DigestRecord(read_digest(row), row.etag) for row in rows if row.key == _DIGEST), None)
    return digest, [KeptRecord(read_kept(row), row) for row in rows if row.key.startswith(_WAITS)]


async def write_digest(tables: Tables, digest: Digest, before: DigestRecord | None = None) -> DigestRecord:
    """The digest in place of what was read, or as a new one. ConflictError where another run is at it."""
    write = Write("replace" if before else "insert", digest_row(digest, before.etag if before else ""))
    (etag,) = await tables.commit(TABLE, [write])
    return DigestRecord(digest, etag)


async def end_digest(tables: Tables, record: DigestRecord, rows: Sequence[Row]) -> None:
    """Forget a digest that was recorded, with the pointers that it stood for; the digest goes with the last of them."""
    await delete_kept(tables, [*rows, digest_row(record.digest, record.etag)])


async def delete_kept(tables: Tables, rows: Sequence[Row]) -> None:
    """Forget that cards of one channel wait. What is gone already is left out."""
    for writes in transactions([Write("delete", row)] for row in rows):
        if not await write_or_skip(tables, TABLE, *writes):
            for write in writes:
                await write_or_skip(tables, TABLE, write)


def _occasion(card: KeptCard) -> str:
    """What the key ends with: the edition or occasion, and before it the effect's own channel where that is another."""
    _, target, occasion = card.effect.split("|", 2)
    return occasion if target == card.channel else f"{target}|{occasion}"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
