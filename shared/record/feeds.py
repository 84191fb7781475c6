"""Calendar feeds (table `feeds`): the hash of each token, who made it and when it was last read. No token is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from shared.core.life.feed import Feed
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_day, stored_moment, when
from shared.record.packing import END
from shared.record.redo import redo, write_or_skip

TABLE = "feeds"
_DEPLOYMENT = "-"


class FeedRecord(NamedTuple):
    """A feed as it stands in storage, with the version of its row."""

    feed: Feed
    row: Row


def key_of(token: str) -> str:
    """Under what a feed stands; the token cannot be told from it."""
    return sha256(token.encode()).hexdigest()


def feed_row(feed: Feed, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "who": feed.who,
        "made": feed.made,
        "team": feed.team,
        "workload": feed.workload,
        "last_read": feed.last_read.isoformat() if feed.last_read else "",
        "revoked": feed.revoked.isoformat() if feed.revoked else "",
    }
    return Row(_DEPLOYMENT, feed.key, values, etag)


def read_feed(row: Row) -> Feed:
    v: Mapping[str, Any] = row.values
    return Feed(
        row.key, v["who"], stored_moment(v["made"]), v["team"], v["workload"], stored_day(v["last_read"]),
        when(v["revoked"]),
    )  # fmt: skip


async def insert_feed(tables: Tables, feed: Feed) -> None:
    await tables.commit(TABLE, [Write("insert", feed_row(feed))])


async def feeds(tables: Tables) -> list[Feed]:
    """Every feed that is not revoked, the newest first: one range query."""
    every = [read_feed(row) for row in await tables.range(TABLE, _DEPLOYMENT, "", END)]
    return sorted((feed for feed in every if not feed.revoked), key=lambda feed: feed.made, reverse=True)


async def feed_of(tables: Tables, token: str) -> FeedRecord | None:
    """The feed of a token; None where there is none, or it is revoked."""
    row = await tables.get(TABLE, _DEPLOYMENT, key_of(token))
    feed = read_feed(row) if row else None
    return FeedRecord(feed, row) if row and feed and not feed.revoked else None


async def note_read(tables: Tables, record: FeedRecord, day: date) -> None:
    """That a program read it on that day; of two at once one is written."""
    if record.feed.last_read != day:
        changed = replace(record.feed, last_read=day)
        await write_or_skip(tables, TABLE, Write("replace", feed_row(changed, record.row.etag)))


async def revoke_feed(tables: Tables, key: str, at: datetime, who: str = "") -> Feed | None:
    """The feed as revoked from now on; None where there is none. `who`: only where this person made it."""

    async def step() -> Feed | None:
        row = await tables.get(TABLE, _DEPLOYMENT, key)
        feed = read_feed(row) if row else None
        if row is None or feed is None or (who and feed.who != who):
            return None
        if feed.revoked:
            return feed
        await tables.commit(TABLE, [Write("replace", feed_row(replace(feed, revoked=at), row.etag))])
        return replace(feed, revoked=at)

    return await redo(step)
