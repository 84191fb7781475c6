"""Rows of table `changes`: how changes, editions, copies and effects are kept (state.md, Tables)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.backtest.play import Version
from shared.core.changes.change import Change, Copy, Edition, EffectState
from shared.core.ports.storage import Row, Tables, Value
from shared.core.posts.post import read_post
from shared.core.tasks.task import TaskState
from shared.core.times import stored_moment
from shared.record import codec
from shared.record.effects import read_effect
from shared.record.packing import END, pack, unpack
from shared.record.tasks import read_task_state

TABLE = "changes"


def change_key(change_id: str) -> str:
    return f"c|{ids.key(change_id)}"


def edition_key(change_id: str, edition: str) -> str:
    return f"e|{ids.key(change_id)}|{edition}"


def copy_key(change_id: str, tenant: str) -> str:
    return f"t|{ids.key(change_id)}|{tenant}"


def id_of(key: str) -> str:
    """The change that a row of any kind belongs to."""
    return ids.from_key(key.split("|", 2)[1])


def span(kind: str, change_ids: Iterable[str]) -> tuple[str, str]:
    """The range of keys of one kind over these changes, as `Tables.range` takes it."""
    numbers = sorted(ids.key(change_id) for change_id in change_ids)
    return f"{kind}|{numbers[0]}", f"{kind}|{numbers[-1]}{END}"


def change_row(change: Change, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "title": change.read().title[:500],
        "stage": change.stage,
        "pending": "yes" if change.stage == "classify" else "",
        "parked": change.parked[:1000],
        "revision": change.revision,
        "closed": change.closed is not None,
        **pack("state", codec.change_to_json(change)),
        **pack("post", change.post),
    }
    return Row(ids.partition(change.id), change_key(change.id), values, etag)


def read_change(row: Row) -> Change:
    """The change as its row says; parking writes the row's properties only."""
    v: Mapping[str, Any] = row.values
    return replace(codec.change_from_json(unpack("state", v), unpack("post", v)), stage=v["stage"], parked=v["parked"])


def edition_row(change_id: str, edition: Edition, raw: Mapping[str, Any]) -> Row:
    values: dict[str, Value] = {
        "modified": edition.modified,
        "observed": edition.observed,
        "tenant": edition.tenant,
        **pack("post", raw),
    }
    return Row(ids.partition(change_id), edition_key(change_id, edition.id), values)


def read_edition(row: Row) -> Mapping[str, Any]:
    """The raw JSON of an edition."""
    raw: Mapping[str, Any] = unpack("post", row.values)
    return raw


def edition_seen(row: Row) -> tuple[datetime, str]:
    """When an edition was first seen, and in which tenant."""
    return stored_moment(row.values["observed"]), str(row.values["tenant"])


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
    )


def read_variant(row: Row) -> Mapping[str, Any] | None:
    """The raw JSON of a tenant's own text; None where it shows an edition."""
    return read_edition(row) if row.values.get("variant") and "post0" in row.values else None


@dataclass(slots=True)
class ChangeRecord:
    """One change as it stands in storage, with the version of each row."""

    change: Change
    row: Row
    effects: dict[str, tuple[EffectState, Row]] = field(default_factory=dict)
    tasks: dict[str, tuple[TaskState, Row]] = field(default_factory=dict)

    @property
    def states(self) -> tuple[EffectState, ...]:
        return tuple(state for state, _ in self.effects.values())

    @property
    def task_states(self) -> tuple[TaskState, ...]:
        return tuple(state for state, _ in self.tasks.values())


def read_changes(rows: Iterable[Row], wanted: Iterable[str] | None = None) -> dict[str, ChangeRecord]:
    """Changes with their effects (and tasks) from rows in order of key; only the wanted ones are unpacked."""
    only = None if wanted is None else set(wanted)
    held: dict[str, ChangeRecord] = {}
    for row in rows:
        change_id = id_of(row.key)
        if only is not None and change_id not in only:
            continue
        if row.key.startswith("k|"):
            if change_id in held:
                task = read_task_state(row)
                held[change_id].tasks[row.key] = (task, row)
        elif "|x|" in row.key:
            if change_id in held:
                state = read_effect(row)
                held[change_id].effects[state.effect.key] = (state, row)
        else:
            held[change_id] = ChangeRecord(read_change(row), row)
    return held


async def read_with_tasks(tables: Tables, change_id: str) -> ChangeRecord | None:
    """The change with its effects and its tasks: two range queries."""
    partition = ids.partition(change_id)
    found = await tables.range(TABLE, partition, *span("c", [change_id]))
    if not found:
        return None
    tasks = await tables.range(TABLE, partition, *span("k", [change_id]))
    return read_changes([*found, *tasks]).get(change_id)


async def read_with_effects(tables: Tables, change_id: str) -> ChangeRecord | None:
    """The change with all its effects: one range query."""
    found = await tables.range(TABLE, ids.partition(change_id), *span("c", [change_id]))
    return read_changes(found).get(change_id)


async def past(tables: Tables, since: datetime | None = None) -> list[list[Version]]:
    """The versions of every change of which something was seen since then; of those, everything from the beginning."""
    found: dict[str, list[Version]] = defaultdict(list)
    async for row in tables.scan(TABLE, low="e|", high=f"e|{END}"):
        raw, (observed, tenant) = read_edition(row), edition_seen(row)
        found[read_post(raw).id].append(Version(observed, raw, tenant))
    return [
        versions for versions in found.values() if since is None or any(each.observed >= since for each in versions)
    ]
