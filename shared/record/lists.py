"""Lists: a line for every change (container lists), and the parts that were changed since (table `touched`).

They are written after the record and can be rebuilt from it. A blob has a mark: everything that was touched before is
in it. `rest.z` has every line as the last `mend` found it, `live.z` those that are open or something happened to
within 13 months; a line in both is merged.
"""

import json
import logging
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from shared.core.life.figures import visible
from shared.core.life.line import Line, Part
from shared.core.life.line_parts import (
    card_part,
    change_part,
    closing_part,
    people_part,
    task_part,
    tenants_part,
    ticket_part,
)
from shared.core.life.shown import Counts, counts_of
from shared.core.policy.model import Policy
from shared.core.ports.storage import Blobs, Condition, Row, Tables, Write
from shared.core.tasks.task import TaskState
from shared.core.times import stored_moment, when
from shared.record.changes import ChangeRecord
from shared.record.copies import TenantCount
from shared.record.effects import EffectRecord, turn_of
from shared.record.line_columns import from_columns, to_columns
from shared.record.packing import END, pack, unpack
from shared.record.redo import transactions, write_or_skip

_LOG = logging.getLogger("foresignal.lists")

TABLE = "touched"
CONTAINER = "lists"
LIVE, REST = "live.z", "rest.z"
LAG = timedelta(minutes=2)
"""How much younger than its mark a blob may be: clocks differ by seconds, and a write that is tried again is late."""
KEPT = timedelta(days=3)
"""How long it is remembered what was touched."""
_BOTH = (True, False)


# Lines of what is recorded.


def line_of(
    record: ChangeRecord,
    policy: Policy,
    now: datetime,
    tasks: Iterable[TaskState] = (),
    tenants: TenantCount | None = None,
) -> Line:
    """Every part that the record can say; `tasks`: those beside the change that the record does not have.

    `tenants`: which of them have which post; None where nobody has counted them.
    """
    change = record.change
    parts = [
        change_part(change, policy, now),
        closing_part(change),
        people_part(change),
        card_part(record.states),
        None if tenants is None else tenants_part(change, tenants.by_change.get(change.id, ()), tenants.at),
        *(_ticket_part(each) for each in record.effects.values() if each.state.effect.kind == "ticket"),
        *(task_part(task) for task in (*record.task_states, *tasks)),
    ]
    return Line(change.id, tuple(sorted((part for part in parts if part), key=lambda part: part.name)))


def ticket_line(change_id: str, effect: EffectRecord) -> Line:
    """The part of the line that one ticket is."""
    return Line(change_id, (_ticket_part(effect),))


def _ticket_part(effect: EffectRecord) -> Part:
    return ticket_part(effect.state, turn_of(effect.row))


# What was touched.


async def insert_touched(tables: Tables, lines: Sequence[Line], at: datetime, token: str) -> None:
    """What one batch has changed, one row. `token` tells batches of the same moment apart."""
    row = Row(f"{at:%Y-%m-%d}", f"{_key(at)}|{token}", pack("lines", to_columns(lines)))
    await tables.commit(TABLE, [Write("insert", row)])


async def touched_on(tables: Tables, day: date, since: datetime) -> list[Line]:
    """What was touched on a day (UTC), from that moment on, oldest first; one range query."""
    low = _key(since) if day == since.date() else ""
    lines: list[Line] = []
    for row in await tables.range(TABLE, day.isoformat(), low, END):
        try:
            lines += from_columns(unpack("lines", row.values)).values()
        except (ValueError, KeyError, TypeError, IndexError, zlib.error):
            _LOG.exception("row %s of table %s is damaged; the lists lack what it says until the night", row.key, TABLE)
    return lines


async def delete_touched(tables: Tables, before: datetime) -> int:
    """Forget what was touched before that day; how many rows."""
    first = before.date().isoformat()
    old = [row async for row in tables.scan(TABLE, only=(), where=[Condition("PartitionKey", "lt", first)])]
    for _, of_day in groupby(old, lambda row: row.partition):
        for writes in transactions([Write("delete", row)] for row in of_day):
            await write_or_skip(tables, TABLE, *writes)
    return len(old)


def _key(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S.%f}"


def days(since: datetime, now: datetime) -> list[date]:
    """The days on which something may have been touched since; also by somebody whose clock is ahead."""
    first, last = since.date(), (now + LAG).date()
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


# Blobs.


@dataclass(frozen=True, slots=True)
class Listing:
    """A blob of lines. `mark`: what was touched before is in it; `rest`: the `rest.z` that was written with it.

    Of `live.z` besides, where the version that built it said so: `built`, the mark of that `rest.z`; and `older`, what
    the lines come to that are only there, by whether posts on data privacy count.
    """

    etag: str
    mark: datetime
    rest: str
    lines: Mapping[str, Line] = field(repr=False)
    header: Mapping[str, Any] = field(default_factory=dict, repr=False)
    built: datetime | None = None
    older: Mapping[bool, Counts] | None = None

    def may_be_older(self, line: Line) -> bool:
        """Whether a touched line may stand in `rest.z` alone: it is not here, and its change was seen before."""
        new = self.built and line.is_whole and line.first_seen and line.first_seen >= self.built
        return line.id not in self.lines and not new


async def read_listing(blobs: Blobs, name: str, known: Listing | None = None) -> Listing | None:
    """The blob, and `known` itself where it still is that version. None where there is none, or it is damaged."""
    blob = await blobs.read(CONTAINER, name, known.etag if known else "")
    if blob is None:
        return None
    if known and not blob.modified:
        return known
    try:
        data = json.loads(zlib.decompress(blob.data))
        header = {key: value for key, value in data.items() if key not in {"ids", "kinds"}}
        mark = stored_moment(header["mark"])
        built = when(header.get("built"))
        return Listing(blob.etag, mark, str(header["rest"]), from_columns(data), header, built, _counts(header))
    except (ValueError, KeyError, TypeError, IndexError, zlib.error):
        _LOG.exception("%s/%s is damaged, and is built anew", CONTAINER, name)
        return None


async def replace_live(
    blobs: Blobs, before: Listing, lines: Mapping[str, Line], mark: datetime, rest: Listing | None = None
) -> None:
    """`live.z` over what was read of it. ConflictError where another was faster.

    `rest`: where lines were taken from there, the whole of it, so that those that stay behind are counted again.
    """
    header = {**before.header, "mark": mark.isoformat()}
    if rest and before.older:
        header |= _older(line for name, line in rest.lines.items() if name not in lines)
    await blobs.replace(CONTAINER, LIVE, _packed(lines.values(), header), before.etag)


async def put_listings(
    blobs: Blobs, live: Collection[Line], every: Collection[Line], mark: datetime, name: str
) -> None:
    """Both blobs, whatever stands there. `name`: what the two are known by, so that a reader knows the rest it has."""
    header, alive = {"mark": mark.isoformat(), "rest": name}, {line.id for line in live}
    older = _older(line for line in every if line.id not in alive)
    await blobs.put(CONTAINER, REST, _packed(every, header))
    await blobs.put(CONTAINER, LIVE, _packed(live, {**header, "built": mark.isoformat(), **older}))


def _counts(header: Mapping[str, Any]) -> Mapping[bool, Counts] | None:
    """What the other lines come to; None where a version wrote it that counts other things, or none."""
    some = header.get("older") or ()
    if len(some) != len(_BOTH) or any(set(each) != set(asdict(Counts())) for each in some):
        return None
    return {privacy: Counts(**each) for privacy, each in zip(_BOTH, some, strict=True)}


def _older(lines: Iterable[Line]) -> dict[str, Any]:
    whole = [line for line in lines if line.is_whole]
    return {"older": [asdict(counts_of(list(visible(whole, privacy=privacy)))) for privacy in _BOTH]}


def _packed(lines: Iterable[Line], header: Mapping[str, Any]) -> bytes:
    data = {**header, **to_columns(lines)}
    return zlib.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"))
