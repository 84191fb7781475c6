"""What was closed, a partition a month (table `closings`)."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.core import ids
from shared.core.changes.change import Change, Days
from shared.core.life.closing import CLOSED_BEFORE, REOPENED
from shared.core.life.entries import ClosedChange
from shared.core.life.moments import Moments
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_day, stored_moment
from shared.record.packing import END, words
from shared.record.picked import every_row
from shared.record.redo import write_apart, write_or_skip

TABLE = "closings"


_MOMENTS = ("published", "triaged", "ticketed", "decided", "communicated")
_DAYS = ("act_by", "rollout_start", "rollout_end")


def closing_row(closing: ClosedChange) -> Row:
    values: dict[str, Value] = {
        "change": closing.id,
        "number": closing.number,
        "title": closing.title,
        "team": closing.team,
        "workloads": ",".join(closing.workloads),
        "announced": closing.announced,
        "opened": closing.opened,
        "closed": closing.closed,
        "through": closing.through,
        "reference": closing.reference,
        "kind": closing.kind,
        "impact": closing.impact,
        "private": closing.private,
        "by": closing.by,
        "stood": int(closing.stood.total_seconds()),
        "worked": json.dumps(closing.worked),
        "target": json.dumps(closing.target),
        "before": closing.before,
    }
    if closing.assigned:
        values["assigned"] = closing.assigned
    if closing.reopened:
        values["reopened"] = closing.reopened
    if moments := closing.moments:
        values |= {name: at for name in _MOMENTS if (at := getattr(moments, name))}
        values |= {name: day.isoformat() for name in _DAYS if (day := getattr(moments, name))}
    return Row(*_place(closing.id, closing.closed, closing.number), values)


def _place(change_id: str, closed: datetime, number: int) -> tuple[str, str]:
    return f"{closed:%Y-%m}", f"{ids.key(change_id)}|{number:03d}"


def read_closing(row: Row) -> ClosedChange:
    """The closing in a row, also in one of an earlier version, which has no moments."""
    v: Mapping[str, Any] = row.values
    announced, opened, assigned = stored_moment(v["announced"]), stored_moment(v["opened"]), _moment(v, "assigned")
    return ClosedChange(
        v["change"], v["number"], v["title"], v["team"], words(v["workloads"]), announced, opened, assigned,
        stored_moment(v["closed"]), v["through"], v["reference"],
        _moments(v, announced, opened, assigned) if "worked" in v else None,
        v.get("kind", ""), v.get("impact", ""), v.get("private", False), v.get("by", ""),
        timedelta(seconds=v.get("stood", 0)), Days(*json.loads(v.get("worked", "[]"))),
        Days(*json.loads(v.get("target", "[]"))), v.get("before", False), _moment(v, "reopened"),
    )  # fmt: skip


def _moments(values: Mapping[str, Any], seen: datetime, opened: datetime, assigned: datetime | None) -> Moments:
    moments = {name: _moment(values, name) for name in _MOMENTS}
    days = {name: stored_day(values.get(name, "")) for name in _DAYS}
    return Moments(seen, opened, assigned=assigned, **moments, **days)  # type: ignore[arg-type]  # days and moments


def _moment(values: Mapping[str, Any], name: str) -> datetime | None:
    return stored_moment(values[name]) if values.get(name) else None


async def note_reopened(tables: Tables, change: Change) -> None:
    """Say of the last closing of an open change that it was undone: at most two calls. `mend` does it where nobody did.

    None where it was never closed, or the version before opened it again.
    """
    closed = change.moments.get(CLOSED_BEFORE)
    row = await tables.get(TABLE, *_place(change.id, closed, change.closings)) if closed else None
    if row and not row.values.get("reopened"):
        await write_or_skip(tables, TABLE, _with_reopened(row, change))


def _with_reopened(row: Row, change: Change) -> Write:
    at = change.moments.get(REOPENED) or change.first_seen
    return Write("merge", Row(row.partition, row.key, {"reopened": at}, row.etag))


async def closings_in(tables: Tables, month: str, through: str = "") -> list[ClosedChange]:
    """What was closed in a month (`2026-05`); `through`: only by a ticket, or a task."""
    rows = await tables.range(TABLE, month, "", END, {"through": through} if through else None)
    return [read_closing(row) for row in rows]


async def insert_closing(tables: Tables, closing: ClosedChange) -> bool:
    """Write a closing; False where it was written before."""
    return await write_or_skip(tables, TABLE, Write("insert", closing_row(closing)))


async def insert_closings(tables: Tables, closings: Iterable[ClosedChange]) -> None:
    """The same for many: one range query a month, and a call for each hundred that are not there."""
    by_month: dict[str, dict[str, Row]] = defaultdict(dict)
    for closing in closings:
        row = closing_row(closing)
        by_month[row.partition][row.key] = row
    for month, rows in by_month.items():
        written = await tables.range(TABLE, month, min(rows), max(rows) + END)
        missing = rows.keys() - {row.key for row in written}
        await write_apart(tables, TABLE, (Write("insert", rows[key]) for key in sorted(missing)))


async def count_closings(tables: Tables) -> int:
    """How often changes were closed, without those that lapsed."""
    return sum([row.values["through"] != "lapsed" async for row in tables.scan(TABLE)])


class ClosingIndex:
    """Which closings are written, compared by `mend` with every change."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._places = set[tuple[str, str]]()
        self._standing = defaultdict[str, list[Row]](list)  # by change: the closings that nothing has undone
        for row in rows:
            self._places.add((row.partition, row.key))
            if not row.values.get("reopened"):
                self._standing[str(row.values["change"])].append(row)

    @classmethod
    async def read(cls, tables: Tables, change_ids: Collection[str] | None = None) -> "ClosingIndex":
        """One scan; of a few changes one for each dozen."""
        return cls([row async for row in every_row(tables, TABLE, "change", change_ids)])

    async def mend(self, tables: Tables, closing: ClosedChange) -> bool:
        """Whether the closing was missing."""
        row = closing_row(closing)
        return (row.partition, row.key) not in self._places and await insert_closing(tables, closing)

    async def mend_reopened(self, tables: Tables, change: Change) -> int:
        """Say of closings that their change was opened again since; of how many nobody had said so."""
        latest = change.closed.number if change.closed else 0
        undone = [row for row in self._standing[change.id] if row.values["number"] != latest]
        return sum([await write_or_skip(tables, TABLE, _with_reopened(row, change)) for row in undone])
