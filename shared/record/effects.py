"""Effects of a change: rows `c|<id>|x|<effect>` of table `changes`, and the only four ways to write a part of one.

A row has four groups of columns, which different parts of the system write: intent, claim, outcome, and what was seen.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import when
from shared.record import codec
from shared.record.change_keys import TABLE, effect_key, id_of
from shared.record.redo import write_or_skip

_INTENT = ("effect", "due", "pending", "parked")
_CLAIM = ("claim_owner", "claim_until")
_SEEN = ("number", "url", "state", "remote_state", "decision", "decided_by", "decided_at", "done_at")
_OUTCOME = (
    "done", "due", "pending", *_CLAIM, "opened_at", "applied", "followed_by", "adopted_from", "key", *_SEEN,
)  # fmt: skip


class EffectRecord(NamedTuple):
    """An effect as it stands in storage, with the version of its row."""

    state: EffectState
    row: Row


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


class EffectColumns(NamedTuple):
    """What the columns of an effect's row say while its JSON stays closed: for counting."""

    kind: str
    number: str
    state: str
    done: str
    applied: tuple[str, ...]


def effect_columns(row: Row) -> EffectColumns:
    v: Mapping[str, Any] = row.values
    return EffectColumns(v["kind"], v["number"], v["state"], v["done"], tuple(json.loads(v["applied"])))


async def effect_of(tables: Tables, change_id: str, effect: str) -> EffectRecord | None:
    """One effect of a change, by its key."""
    row = await tables.get(TABLE, ids.partition(change_id), effect_key(change_id, effect))
    return EffectRecord(read_effect(row), row) if row else None


async def insert_effects(tables: Tables, change_id: str, states: Sequence[EffectState]) -> bool:
    """Write new effects of one change; False where one of them is there."""
    return await write_or_skip(tables, TABLE, *(Write("insert", effect_row(change_id, state)) for state in states))


def write_intent(record: EffectRecord, state: EffectState) -> Write:
    """What is due is raised; claim and outcome are left alone (state.md)."""
    return _write(record, state, _INTENT)


async def write_claim(tables: Tables, record: EffectRecord, state: EffectState) -> EffectRecord:
    """Who works on the effect, and until when. Raises ConflictError where the row has been written meanwhile."""
    write = _write(record, state, _CLAIM)
    (etag,) = await tables.commit(TABLE, [write])
    row = record.row
    return EffectRecord(state, Row(row.partition, row.key, {**row.values, **write.row.values}, etag))


async def write_outcome(tables: Tables, record: EffectRecord, state: EffectState) -> None:
    """What was done, with claim and `due` as that leaves them. ConflictError where the row was written meanwhile."""
    await tables.commit(TABLE, [_write(record, state, _OUTCOME)])


def write_seen(record: EffectRecord, state: EffectState) -> Write:
    """What the ticket system says of the ticket."""
    return _write(record, state, _SEEN)


def _write(record: EffectRecord, state: EffectState, columns: Sequence[str]) -> Write:
    row = record.row
    values = effect_row(id_of(row.key), state).values
    return Write("merge", Row(row.partition, row.key, {name: values[name] for name in columns}, row.etag))
