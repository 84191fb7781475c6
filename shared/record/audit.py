"""The audit (table `audit`): a copy of each act of a person. Insert only: nothing here changes or deletes a row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_moment
from shared.record.packing import END, pack, unpack
from shared.record.redo import transactions, write_or_skip

TABLE = "audit"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 10**17  # microseconds; the year 5138
_LONGEST_KEY = 200  # characters of a subject, and of what was done, in a key
_CURSOR = re.compile(r"\d{4}-(0[1-9]|1[0-2]):[^\x00-\x1f/\\#?]{0,600}")
_MOST_EMPTY = 13  # months without an act, one after the other, after which the acts are thought to end


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of one person.

    `subject`: a change, a ticket, a version of the policy. `what`: what was done. `through`: command, page, or the card
    of a channel. `mark`: what tells it from another act on the same subject in the same moment. `details`: JSON.
    `topic`: what it can be looked up by, such as feedback.
    """

    at: datetime
    subject: str
    what: str
    who: str
    through: str
    mark: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    topic: str = ""


class Page(NamedTuple):
    """Some entries, newest first. `cursor`: where the next page begins; empty behind the last one."""

    entries: Sequence[Entry]
    cursor: str


def audit_row(entry: Entry) -> Row:
    utc = entry.at.astimezone(UTC)
    before = _LAST - (utc - _EPOCH) // timedelta(microseconds=1)
    subject, what = (_in_key(text) for text in (entry.subject, f"{entry.what} {entry.mark}".rstrip()))
    values: dict[str, Value] = {
        "at": utc,
        "subject": entry.subject,
        "what": entry.what,
        "mark": entry.mark,
        "who": entry.who,
        "through": entry.through,
        "topic": entry.topic,
        **pack("details", entry.details),
    }
    return Row(f"{utc:%Y-%m}", f"{before:017d}|{subject}|{what}", values)


def read_entry(row: Row) -> Entry:
    v: Mapping[str, Any] = row.values
    return Entry(
        stored_moment(v["at"]), v["subject"], v["what"], v["who"], v["through"], v["mark"], unpack("details", v),
        v.get("topic", ""),
    )  # fmt: skip


async def insert_entry(tables: Tables, entry: Entry) -> bool:
    """Keep a copy of an act; False where it stands already."""
    return await write_or_skip(tables, TABLE, Write("insert", audit_row(entry)))


async def insert_entries(tables: Tables, entries: Iterable[Entry]) -> None:
    """Copies of many acts: one transaction for a hundred of a month. What stands already is left."""
    by_month: dict[str, list[Write]] = {}
    for entry in entries:
        row = audit_row(entry)
        by_month.setdefault(row.partition, []).append(Write("insert", row))
    for month in by_month.values():
        for writes in transactions([write] for write in month):
            if not await write_or_skip(tables, TABLE, *writes):
                for write in writes:
                    await write_or_skip(tables, TABLE, write)


async def newest_entries(
    tables: Tables,
    now: datetime,
    cursor: str = "",
    limit: int = 100,
    equal: Mapping[str, str] | None = None,
    months: int = 0,
) -> Page:
    """The newest acts, or those behind the page that gave `cursor`: a call for each month that is looked into.

    `equal`: only those with these values, such as `who`. `months`: the most months that are looked into, 0 for all;
    then the page may be short, and its cursor leads on.
    """
    month, _, after = unquote(cursor).partition(":") if cursor else (f"{now.astimezone(UTC):%Y-%m}", "", "")
    entries: list[Entry] = []
    empty = looked = 0
    while len(entries) < limit and empty < _MOST_EMPTY:
        if months and looked == months:
            return Page(entries, quote(f"{month}:", safe=""))
        rows = await tables.range(TABLE, month, f"{after}!" if after else "", END, equal, limit=limit - len(entries))
        entries += [read_entry(row) for row in rows]
        if rows and len(entries) == limit:
            return Page(entries, quote(f"{month}:{rows[-1].key}", safe=""))
        empty = 0 if rows else empty + 1
        month, after, looked = _month_before(month), "", looked + 1
    return Page(entries, "")


def is_cursor(text: str) -> bool:
    """Whether a text that somebody sends may be where a page begins."""
    return bool(_CURSOR.fullmatch(unquote(text)))


async def entries_on(tables: Tables, topic: str, now: datetime, months: int = 12) -> list[Entry]:
    """The acts on a topic, newest first, of this month and so many before it: one range query a month."""
    month = f"{now.astimezone(UTC):%Y-%m}"
    entries: list[Entry] = []
    for _ in range(months + 1):
        entries += [read_entry(row) for row in await tables.range(TABLE, month, "", END, {"topic": topic})]
        month = _month_before(month)
    return entries


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


def _in_key(text: str) -> str:
    """Text of anybody's making, as a part of a key."""
    return quote(text, safe=" @.:-")[:_LONGEST_KEY]
