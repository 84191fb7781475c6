"""Rows of table `changes`: how changes, editions, copies and effects are kept (state.md, Tables)."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shared.core import ids
from shared.core.changes.change import Change, Copy, Edition, EffectState
from shared.core.ports import Row, Value
from shared.core.tasks.task import TaskState
from shared.core.times import when
from shared.record import codec

TABLE = "changes"
END = "~"
"""Sorts behind everything that may follow a key."""
_CHUNK = 60 * 1024  # a property holds 64 KiB


def change_key(change_id: str) -> str:
    return f"c|{ids.key(change_id)}"


def effect_key(change_id: str, effect: str) -> str:
    return f"c|{ids.key(change_id)}|x|{effect}"


def edition_key(change_id: str, edition: str) -> str:
    return f"e|{ids.key(change_id)}|{edition}"


def copy_key(change_id: str, tenant: str) -> str:
    return f"t|{ids.key(change_id)}|{tenant}"


def task_key(change_id: str, tenant: str, task: str) -> str:
    return f"k|{ids.key(change_id)}|{tenant}|{quote(task, safe='')}"


def id_of(key: str) -> str:
    """The change that a row of any kind belongs to."""
    return ids.from_key(key.split("|", 2)[1])


def span(kind: str, change_ids: Iterable[str]) -> tuple[str, str]:
    """The range of keys of one kind over these changes, as `Tables.range` takes it."""
    numbers = sorted(ids.key(change_id) for change_id in change_ids)
    return f"{kind}|{numbers[0]}", f"{kind}|{numbers[-1]}{END}"


def pack(name: str, data: object) -> dict[str, Value]:
    """Any JSON as compressed binary properties `<name>0`, `<name>1`, ... of at most 60 KiB."""
    squeezed = zlib.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"))
    return {f"{name}{at // _CHUNK}": squeezed[at : at + _CHUNK] for at in range(0, len(squeezed), _CHUNK)}


def unpack(name: str, values: Mapping[str, Any]) -> Any:
    parts: list[bytes] = []
    while (part := values.get(f"{name}{len(parts)}")) is not None:
        parts.append(part)
    return json.loads(zlib.decompress(b"".join(parts)))


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
    return _plain(row.values["observed"]), str(row.values["tenant"])


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
        first_seen=_plain(v["first_seen"]),
        observed=_plain(v["observed"]),
        modified=_plain(v["modified"]),
        variant=v.get("variant", ""),
        gone=_plain(v["gone"]) if v.get("gone") else None,
        rollout_state=v.get("rollout_state", ""),
        due=bool(v.get("due")),
    )


def read_variant(row: Row) -> Mapping[str, Any] | None:
    """The raw JSON of a tenant's own text; None where it shows an edition."""
    return read_edition(row) if row.values.get("variant") and "post0" in row.values else None


def effect_row(change_id: str, state: EffectState, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "effect": json.dumps(codec.effect_to_json(state.effect), ensure_ascii=False),
        "kind": state.effect.kind,
        "target": state.effect.target,
        "pending": "yes" if state.due and not state.parked else "",
        "due": state.due,
        "claim_owner": state.claim_owner,
        "claim_until": state.claim_until.isoformat() if state.claim_until else "",
        "done": state.done,
        "done_at": state.done_at.isoformat() if state.done_at else "",
        "opened_at": state.opened_at.isoformat() if state.opened_at else "",
        "number": state.number,
        "url": state.url,
        "state": state.state,
        "applied": json.dumps(state.applied),
        "parked": state.parked[:1000],
        "followed_by": state.followed_by,
        "adopted_from": state.adopted_from,
        "key": state.key,
        "remote_state": state.remote_state,
        "decision": state.decision,
        "decided_by": state.decided_by,
        "decided_at": state.decided_at.isoformat() if state.decided_at else "",
    }
    return Row(ids.partition(change_id), effect_key(change_id, state.effect.key), values, etag)


def read_effect(row: Row) -> EffectState:
    v: Mapping[str, Any] = row.values
    return EffectState(
        effect=codec.effect_from_json(json.loads(v["effect"])),
        due=v["due"],
        claim_owner=v["claim_owner"],
        claim_until=when(v["claim_until"]),
        done=v["done"],
        done_at=when(v["done_at"]),
        opened_at=when(v["opened_at"]),
        number=v["number"],
        url=v["url"],
        state=v["state"],
        applied=tuple(json.loads(v["applied"])),
        parked=v["parked"],
        followed_by=v.get("followed_by", ""),
        adopted_from=v.get("adopted_from", ""),
        key=v.get("key", ""),
        remote_state=v.get("remote_state", ""),
        decision=v.get("decision", ""),
        decided_by=v.get("decided_by", ""),
        decided_at=when(v.get("decided_at")),
    )


def task_row(change_id: str, task: TaskState, etag: str = "") -> Row:
    return Row(ids.partition(change_id), task_key(change_id, task.tenant, task.id), task.to_values(), etag)


@dataclass(slots=True)
class Held:
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


def read_held(rows: Iterable[Row], wanted: Iterable[str] | None = None) -> dict[str, Held]:
    """Changes with their effects (and tasks) from rows in order of key; only the wanted ones are unpacked."""
    only = None if wanted is None else set(wanted)
    held: dict[str, Held] = {}
    for row in rows:
        change_id = id_of(row.key)
        if only is not None and change_id not in only:
            continue
        if row.key.startswith("k|"):
            if change_id in held:
                task = TaskState.from_values(row.values)
                held[change_id].tasks[row.key] = (task, row)
        elif "|x|" in row.key:
            if change_id in held:
                state = read_effect(row)
                held[change_id].effects[state.effect.key] = (state, row)
        else:
            held[change_id] = Held(read_change(row), row)
    return held


def _plain(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else when(value)
    assert moment is not None
    return moment
