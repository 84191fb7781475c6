"""Effects of a change: rows `c|<id>|x|<effect>` of table `changes`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.ports.storage import Row, Value
from shared.core.times import when
from shared.record import codec


def effect_key(change_id: str, effect: str) -> str:
    return f"c|{ids.key(change_id)}|x|{effect}"


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


SEEN = ("number", "url", "state", "remote_state", "decision", "decided_by", "decided_at")


def intent(row: Row) -> Row:
    """Of an effect that exists, only what is due is raised; claim and done are left alone (state.md)."""
    return replace(row, values={name: row.values[name] for name in ("effect", "due", "pending", "parked")})


OUTCOME = frozenset(
    {
        "done",
        "done_at",
        "opened_at",
        "due",
        "pending",
        "claim_owner",
        "claim_until",
        "number",
        "url",
        "state",
        "applied",
        "followed_by",
        "adopted_from",
        "key",
        "remote_state",
        "decision",
        "decided_by",
        "decided_at",
    }
)
