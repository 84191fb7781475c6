"""Parking: what failed for good is kept whole with its reason, said, and can be replayed (design.md section 2)."""

import base64
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core import ids, rows
from shared.core.errors import ConflictError, PermanentError
from shared.core.messages import Envelope, decode
from shared.core.ports import Row, Value, Write
from shared.core.post import when
from shared.usecases.deps import Deps

TABLE = "parked"
_LOG = logging.getLogger("foresignal.parked")
_SAID = 2000  # characters of a reason that are kept


@dataclass(frozen=True, slots=True)
class Parked:
    """One parked item. `key` names it for `show` and `replay`; `content` is the message's body, whole."""

    key: str
    queue: str
    item: str
    reason: str
    parked_at: datetime
    observed: datetime
    content: Mapping[str, Any]


async def park(deps: Deps, queue: str, body: Mapping[str, Any], first_seen: datetime, reason: str) -> None:
    """Keep the body under a key made of queue and item, so that parking twice is parking once."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    month = f"{first_seen:%Y-%m}"
    key = f"{queue}|{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    values: dict[str, Value] = {
        "queue": queue,
        "item": _item(body),
        "reason": reason[:_SAID],
        "parked_at": deps.clock(),
        "observed": first_seen,
        **await _content(deps, key, body, text),
    }
    _LOG.error("parked %s from queue %s: %s (foresignal parked show '%s:%s')", _item(body), queue, reason, month, key)
    try:
        await deps.tables.commit(TABLE, [Write("insert", Row(month, key, values))])
    except ConflictError:
        return


async def _content(deps: Deps, key: str, body: Mapping[str, Any], text: str) -> dict[str, Value]:
    packed = rows.pack("body", body)
    if len(packed) <= 12:  # 720 KiB: with the rest of the row under 1 MiB
        return packed
    name = f"parked/{key.replace('|', '/')}.json"
    await deps.blobs.put("oversize", name, text.encode())
    return rows.pack("body", {"blobs": [name], "parked_blob": True})


async def park_message(deps: Deps, queue: str, data: bytes, reason: str) -> None:
    """A message as it was found: an envelope of ours, or anything else as base64."""
    try:
        envelope = decode(data)
        await mark(deps, queue, envelope.body, reason)
        await park(deps, queue, envelope.body, envelope.first_seen, reason)
    except PermanentError:
        await park(deps, queue, {"base64": base64.b64encode(data).decode()}, deps.clock(), reason)


async def mark(deps: Deps, queue: str, body: Mapping[str, Any], reason: str) -> None:
    """Say it in the change's or effect's own row, so that `mend` leaves it alone."""
    for change_id in _changes(queue, body):
        await _mark_one(deps, str(change_id), str(body.get("effect", "")), reason)


def _changes(queue: str, body: Mapping[str, Any]) -> list[str]:
    """The changes whose own rows say that they are parked."""
    if queue not in {"changes", "tickets", "cards"}:
        return []
    return [str(item) for item in ([body["id"]] if "id" in body else body.get("ids", []))]


async def _mark_one(deps: Deps, change_id: str, effect: str, reason: str) -> None:
    key = rows.effect_key(change_id, effect) if effect else rows.change_key(change_id)
    row = await deps.tables.get(rows.TABLE, ids.partition(change_id), key)
    if row is None:
        return
    values: dict[str, Value] = {"pending": ""}
    values |= {"parked": reason[:1000]} if effect else {"stage": "parked"}
    try:
        await deps.tables.commit(rows.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))])
    except ConflictError:
        _LOG.warning("%s moved on while it was being parked; it is parked all the same", change_id)


async def listing(deps: Deps) -> list[Parked]:
    """Everything that is parked, newest first."""
    found = [_read(row) async for row in deps.tables.scan(TABLE)]
    return sorted(found, key=lambda item: item.parked_at, reverse=True)


async def show(deps: Deps, key: str) -> Parked | None:
    row = await _row(deps, key)
    return _read(row) if row else None


async def replay(deps: Deps, key: str) -> bool:
    """Send it again as new (attempts 0), and forget that it was parked; False where there is no such key.

    Raises PermanentError for a message that is not ours: nothing could handle it.
    """
    row = await _row(deps, key)
    if row is None:
        return False
    parked = _read(row)
    body = dict(parked.content)
    if "base64" in body:
        raise PermanentError(f"{key} is not a message of ours; it can be looked at, not replayed")
    if body.pop("parked_blob", False):
        held = await deps.blobs.get("oversize", body["blobs"][0])
        whole = json.loads(held or b"{}")
        # A single post that is too large travels as a reference; deduplicate reads a blob that holds the post.
        await deps.blobs.put("oversize", body["blobs"][0], json.dumps((whole.get("posts") or [whole])[0]).encode())
        body = {**{k: v for k, v in whole.items() if k != "posts"}, "blobs": body["blobs"]}
    await _unmark(deps, parked.queue, body)
    await deps.queues.send(parked.queue, Envelope(body, deps.clock()))
    try:
        await deps.tables.commit(TABLE, [Write("delete", row)])
    except ConflictError:
        return True
    return True


async def _unmark(deps: Deps, queue: str, body: Mapping[str, Any]) -> None:
    for change_id in _changes(queue, body):
        effect = str(body.get("effect", ""))
        key = rows.effect_key(change_id, effect) if effect else rows.change_key(change_id)
        row = await deps.tables.get(rows.TABLE, ids.partition(change_id), key)
        if row is None:
            continue
        again: dict[str, Value] = {"pending": "yes"}
        again |= {"parked": ""} if effect else {"stage": "classify"}
        await deps.tables.commit(rows.TABLE, [Write("merge", Row(row.partition, row.key, again, row.etag))])


async def _row(deps: Deps, key: str) -> Row | None:
    month, _, name = key.partition(":")
    return await deps.tables.get(TABLE, month, name) if name else None


def _read(row: Row) -> Parked:
    v: Mapping[str, Any] = row.values
    observed, parked_at = when(str(v["observed"])), when(str(v["parked_at"]))
    assert observed is not None
    assert parked_at is not None
    return Parked(
        f"{row.partition}:{row.key}", v["queue"], v["item"], v["reason"], parked_at, observed, rows.unpack("body", v)
    )


def _item(body: Mapping[str, Any]) -> str:
    """What it is about, for a list: ids where there are some."""
    posts = [item for item in body.get("posts", []) if isinstance(item, Mapping)]
    named = [str(body["id"])] if "id" in body else [str(item) for item in body.get("ids", [])]
    named += [str(item.get("id")) for item in posts] + [str(item) for item in body.get("gone", [])]
    where = f" ({body['tenant']})" if "tenant" in body else ""
    shown = ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    return (shown or "an item") + where
