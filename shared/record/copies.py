"""The tenants' copies of a post: rows `t|` of table `changes`."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.changes.change import Copy
from shared.core.ports.storage import Condition, Row, Tables, Value, Write
from shared.core.times import stored_moment
from shared.record.change_keys import EVERY_COPY, TABLE, copy_key, id_of, kind_of, span
from shared.record.editions import read_edition
from shared.record.packing import pack, unknown_columns

_SOMETIMES = frozenset({"due", "first_load", "gone"})
"""Columns that a row has only where there is something to say."""
_NAMED = 11
"""Tenants that a filter names at most: storage takes 15 comparisons."""
_FEW = 20
"""Tenants of which one range is read: of a partition's changes these are some thousand rows at most."""


def copy_row(change_id: str, copy: Copy, etag: str = "", raw: Mapping[str, Any] | None = None) -> Row:
    """`raw`: what the tenant's feed showed, kept where the copy is a variant."""
    values: dict[str, Value] = {
        "tenant": copy.tenant,
        "services": json.dumps(copy.services),
        "edition": copy.edition,
        "variant": copy.variant,
        "rollout_state": copy.rollout_state,
        "first_seen": copy.first_seen,
        "observed": copy.observed,
        "modified": copy.modified,
    }
    if copy.due:
        values["due"] = "yes"
    if copy.first_load:
        values["first_load"] = "yes"
    if copy.gone:
        values["gone"] = copy.gone
    if raw is not None:
        values |= pack("post", raw)
    return Row(ids.partition(change_id), copy_key(change_id, copy.tenant), values, etag)


def read_copy(row: Row) -> Copy:
    v: Mapping[str, Any] = row.values
    return Copy(
        tenant=v["tenant"],
        services=tuple(json.loads(v["services"])),
        edition=v["edition"],
        first_seen=stored_moment(v["first_seen"]),
        observed=stored_moment(v["observed"]),
        modified=stored_moment(v["modified"]),
        variant=v.get("variant", ""),
        gone=stored_moment(v["gone"]) if v.get("gone") else None,
        rollout_state=v.get("rollout_state", ""),
        due=bool(v.get("due")),
        first_load=bool(v.get("first_load")),
    )


def read_variant(row: Row) -> Mapping[str, Any] | None:
    """The raw JSON of a tenant's own text; None where it shows an edition."""
    return read_edition(row) if row.values.get("variant") and "post0" in row.values else None


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """One tenant's copy as it stands in storage, with the version of its row."""

    copy: Copy
    row: Row

    @property
    def variant(self) -> Mapping[str, Any] | None:
        return read_variant(self.row)


async def copies_of(tables: Tables, partition: str, change_ids: Collection[str]) -> dict[str, list[CopyRecord]]:
    """The tenants' copies of changes of one partition, by change: one range query."""
    copies: dict[str, list[CopyRecord]] = defaultdict(list)
    for row in await tables.range(TABLE, partition, *span("t", change_ids)):
        if kind_of(row.key) == "copy":
            copies[id_of(row.key)].append(CopyRecord(read_copy(row), row))
    return dict(copies)


async def copies_that_matter(
    tables: Tables, partition: str, change_ids: Collection[str], tenants: Collection[str]
) -> dict[str, list[CopyRecord]]:
    """The same of what is due, and of these tenants, which storage picks; everything where they are too many for it."""
    if len(tenants) > _NAMED:
        return await copies_of(tables, partition, change_ids)
    picked = [Condition("due", "eq", "yes"), *(Condition("tenant", "eq", name) for name in sorted(tenants))]
    copies: dict[str, list[CopyRecord]] = defaultdict(list)
    for row in await tables.range(TABLE, partition, *span("t", change_ids), any_of=picked):
        if kind_of(row.key) == "copy":
            copies[id_of(row.key)].append(CopyRecord(read_copy(row), row))
    return dict(copies)


async def copies_in(
    tables: Tables, partition: str, change_ids: Collection[str], tenant: str, tenants: int
) -> dict[str, CopyRecord]:
    """One tenant's copies of changes of one partition, by change. `tenants`: how many there are, about.

    Of few tenants storage picks them from one range, which holds everybody's; of many each is read by its key.
    """
    if not change_ids:
        return {}
    if tenants <= _FEW and len(change_ids) > 1:
        rows = await tables.range(TABLE, partition, *span("t", change_ids), {"tenant": tenant})
    else:
        keys = [copy_key(change_id, tenant) for change_id in sorted(change_ids)]
        rows = [row for key in keys if (row := await tables.get(TABLE, partition, key))]
    return {id_of(row.key): CopyRecord(read_copy(row), row) for row in rows if kind_of(row.key) == "copy"}


async def lost_everywhere(
    tables: Tables, partition: str, change_ids: Collection[str], tenant: str, tenants: int
) -> dict[str, datetime]:
    """When the last tenant lost each of these changes of one partition; without those that a tenant still shows.

    `tenant` has just lost them. `tenants`: how many there are, about. Reads keys and `gone` alone.
    """
    if tenants <= _FEW and len(change_ids) > 1:
        low, high = span("t", change_ids)
        found: dict[str, _Lost] = defaultdict(_Lost)
        for row in await tables.range(TABLE, partition, low, high, only=("gone",)):
            found[id_of(row.key)].take([row])
        lost = {change_id: found[change_id] for change_id in change_ids}
    else:
        lost = {change_id: await _look_around(tables, change_id, tenant) for change_id in sorted(change_ids)}
    return {change_id: max(each.times) for change_id, each in lost.items() if each.times and not each.shown}


@dataclass(slots=True)
class _Lost:
    """What was seen of the copies of a change: when tenants lost it, and whether one still shows it."""

    times: list[datetime] = field(default_factory=list)
    shown: bool = False

    def take(self, rows: Sequence[Row]) -> None:
        copies = [row for row in rows if kind_of(row.key) == "copy"]
        self.times += [stored_moment(row.values["gone"]) for row in copies if row.values.get("gone")]
        self.shown = self.shown or any(not row.values.get("gone") for row in copies)


async def _look_around(tables: Tables, change_id: str, tenant: str) -> _Lost:
    """Every copy, or as many as it takes to find one that is not gone.

    A post leaves tenants one after the other, mostly in the order of the policy or of their names. So a few are looked
    at first: those that come after this one, and the first of all. The more are gone, the more are looked at; only who
    is among the last looks at all of them.
    """
    lost, most = _Lost(), 10
    low, high = span("t", [change_id])
    own = copy_key(change_id, tenant)
    parts = [(own, high), (low, own)]
    while parts and not lost.shown:
        left = []
        for start, end in parts:
            rows = await tables.range(TABLE, ids.partition(change_id), start, end, only=("gone",), limit=most)
            lost.take(rows)
            if lost.shown:
                break
            if len(rows) == most:
                left.append((rows[-1].key, end))  # its last row is read twice, which does no harm
        parts, most = left, most * 10
    return lost


async def count_copies(tables: Tables, tenants: Collection[str]) -> Counter[str]:
    """How many posts of each of these tenants are recorded, those that are gone included: one scan."""
    one = next(iter(tenants)) if len(tenants) == 1 else ""
    rows = tables.scan(TABLE, {"tenant": one} if one else None, *EVERY_COPY, only=("tenant",))
    wanted = frozenset(tenants)
    return Counter([str(row.values["tenant"]) async for row in rows if _is_of(row, wanted)])


def _is_of(row: Row, tenants: Collection[str]) -> bool:
    return kind_of(row.key) == "copy" and row.values.get("tenant") in tenants


@dataclass(frozen=True, slots=True)
class TenantCount:
    """The tenants that had each post at a time, by change."""

    at: datetime
    by_change: Mapping[str, Sequence[str]] = field(repr=False)


async def count_tenants(tables: Tables, at: datetime) -> TenantCount:
    """One scan, which reads no more of a copy than whose it is and whether it is gone."""
    tenants: dict[str, list[str]] = defaultdict(list)
    async for row in tables.scan(TABLE, None, *EVERY_COPY, only=("tenant", "gone")):
        if kind_of(row.key) == "copy" and not row.values.get("gone"):
            tenants[id_of(row.key)].append(str(row.values.get("tenant", "")))
    return TenantCount(at, dict(tenants))


def put_copy(change_id: str, copy: Copy, before: CopyRecord | None, raw: Mapping[str, Any] | None = None) -> Write:
    """The copy in place of the one that was read. `raw`: the tenant's own text, where it has one."""
    if before is None:
        return Write("insert", copy_row(change_id, copy, raw=raw))
    row = copy_row(change_id, copy, before.row.etag, raw)
    unknown = unknown_columns(before.row.values, row.values, "post")
    kept = {name: value for name, value in unknown.items() if name not in _SOMETIMES}
    return Write("replace", replace(row, values={**row.values, **kept}))


def update_copy(change_id: str, copy: Copy, before: CopyRecord) -> Write:
    """The copy as it is now; a text of the tenant's own stays."""
    return Write("merge", copy_row(change_id, copy, before.row.etag))


def clear_due(record: CopyRecord) -> Write:
    """The policy has looked at a tenant that joined."""
    row = record.row
    return Write("merge", Row(row.partition, row.key, {"due": ""}, row.etag))
