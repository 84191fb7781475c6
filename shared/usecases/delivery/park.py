"""Parking: what failed for good is kept whole with its reason, said, and can be replayed (design.md section 2)."""

import base64
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from shared.core import ids
from shared.core.errors import ConflictError, PermanentError
from shared.core.messages import Envelope, decode, encode
from shared.core.ports.storage import Row, Value, Write
from shared.core.sources.batches import OVERSIZE, read_blob
from shared.record import changes
from shared.record.effects import effect_key
from shared.record.packing import pack
from shared.record.parked import TABLE, parked_row, read_parked
from shared.record.redo import redo
from shared.usecases.deps import Deps

_BATCHED = ("posts", "gone", "blobs", "broken", "tasks", "waiting", "ids")
_LOG = logging.getLogger("foresignal.parked")
_SAID = 2000  # characters of a reason that are kept


async def park(deps: Deps, queue: str, body: Mapping[str, Any], first_seen: datetime, reason: str) -> None:
    """Keep the body under a key made of queue and item, so that parking twice is parking once."""
    data = json.dumps(body, sort_keys=True).encode()
    month = f"{first_seen:%Y-%m}"
    key = f"{queue}|{hashlib.sha256(data).hexdigest()[:24]}"
    item, reason = _plain(_item(body)), _plain(reason)[:_SAID]
    values: dict[str, Value] = {
        "queue": queue,
        "item": item,
        "reason": reason,
        "parked_at": deps.clock(),
        "observed": first_seen,
        **await _content(deps, key, body, data),
    }
    _LOG.error("parked %s from queue %s: %s (foresignal parked show '%s:%s')", item, queue, reason, month, key)
    try:
        await deps.tables.commit(TABLE, [Write("insert", Row(month, key, values))])
    except ConflictError:
        return


async def _content(deps: Deps, key: str, body: Mapping[str, Any], data: bytes) -> dict[str, Value]:
    packed = pack("body", body)
    if len(packed) <= 12:  # 720 KiB: with the rest of the row under 1 MiB
        return packed
    name = f"parked/{key.replace('|', '/')}.json"
    await deps.blobs.put(OVERSIZE, name, data)
    return pack("body", {"blobs": [name], "parked_blob": True})


async def park_message(deps: Deps, queue: str, data: bytes, reason: str) -> None:
    """A message as it was found: an envelope of ours, or anything else as base64."""
    try:
        envelope = decode(data)
    except PermanentError:
        await park(deps, queue, {"base64": base64.b64encode(data).decode()}, deps.clock(), reason)
        return
    await give_up(deps, queue, envelope, reason)


async def give_up(deps: Deps, queue: str, envelope: Envelope, reason: str) -> None:
    """Park what failed for good.

    A batch is not parked: its items are sent again one by one, so that only the one that fails alone is.
    """
    alone = list(_alone(envelope.body))
    if len(alone) > 1:
        _LOG.warning("a batch of %d from queue %s is tried again one by one: %s", len(alone), queue, reason)
        for body in alone:
            await deps.queues.send(queue, replace(envelope, body=body))
        return
    await mark(deps, queue, envelope.body, reason)
    await park(deps, queue, envelope.body, envelope.first_seen, reason)


def _alone(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A body for every single item of a batch."""
    lists = [name for name in _BATCHED if isinstance(body.get(name), list)]
    head = {name: value for name, value in body.items() if name not in lists}
    for name in lists:
        for item in body[name]:
            yield {**head, name: [item]}


async def mark(deps: Deps, queue: str, body: Mapping[str, Any], reason: str) -> None:
    """Say it in the change's or effect's own row, so that `mend` leaves it alone; what is done by now is not parked."""
    for change_id in _changes(queue, body):
        await _mark_one(deps, change_id, str(body.get("effect", "")), _plain(reason)[:1000])


def _changes(queue: str, body: Mapping[str, Any]) -> list[str]:
    """The changes whose own rows say that they are parked."""
    if queue not in {"changes", "tickets", "cards"}:
        return []
    named = [str(item) for item in ([body["id"]] if "id" in body else body.get("ids", []))]
    return [change_id for change_id in named if ids.is_one(change_id)]


async def _mark_one(deps: Deps, change_id: str, effect: str, reason: str) -> None:
    key = effect_key(change_id, effect) if effect else changes.change_key(change_id)
    row = await deps.tables.get(changes.TABLE, ids.partition(change_id), key)
    if row is None or not (row.values["due"] if effect else row.values["stage"] == "classify"):
        return
    values: dict[str, Value] = {"pending": "", "parked": reason}
    values |= {} if effect else {"stage": "parked"}
    try:
        await deps.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, values, row.etag))])
    except ConflictError:
        _LOG.warning("%s moved on while it was being parked; it is parked all the same", change_id)


async def replay(deps: Deps, key: str) -> bool:
    """Send it again as new (attempts 0), and forget that it was parked; False where there is no such key.

    Raises PermanentError for a message that is not ours: nothing could handle it.
    """
    row = await parked_row(deps.tables, key)
    if row is None:
        return False
    parked = read_parked(row)
    body = dict(parked.content)
    if "base64" in body:
        raise PermanentError(f"{key} is not a message of ours; it can be looked at, not replayed")
    if body.pop("parked_blob", False):
        held = await deps.blobs.get(OVERSIZE, body["blobs"][0])
        if held is None:
            raise PermanentError(f"{key} was put into the blob {OVERSIZE}/{body['blobs'][0]}, and that is gone")
        body = read_blob(held)
    await _unmark(deps, parked.queue, body)
    await deps.queues.send(parked.queue, await _fitting(deps, Envelope(body, deps.clock())))
    try:
        await deps.tables.commit(TABLE, [Write("delete", row)])
    except ConflictError:
        return True
    return True


async def _fitting(deps: Deps, envelope: Envelope) -> Envelope:
    """The envelope, its posts or tasks as blobs where they fit no message."""
    try:
        encode(envelope)
    except PermanentError:
        body = dict(envelope.body)
        names = list(body.get("blobs", []))
        for item in [*body.pop("posts", []), *body.pop("tasks", [])]:
            data = json.dumps(item).encode()
            names.append(f"replayed/{hashlib.sha256(data).hexdigest()[:24]}.json")
            await deps.blobs.put(OVERSIZE, names[-1], data)
        return replace(envelope, body={**body, "blobs": names})
    return envelope


async def _unmark(deps: Deps, queue: str, body: Mapping[str, Any]) -> None:
    for change_id in _changes(queue, body):
        effect = str(body.get("effect", ""))
        key = effect_key(change_id, effect) if effect else changes.change_key(change_id)
        await redo(partial(_unmark_one, deps, change_id, key, {} if effect else {"stage": "classify"}))


async def _unmark_one(deps: Deps, change_id: str, key: str, stage: Mapping[str, Value]) -> None:
    row = await deps.tables.get(changes.TABLE, ids.partition(change_id), key)
    if row and row.values["parked"]:
        again = {"pending": "yes", "parked": "", **stage}
        await deps.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, again, row.etag))])


def _item(body: Mapping[str, Any]) -> str:
    """What it is about, for a list: ids where there are some, not longer than ids are."""
    posts = [item for item in body.get("posts", []) if isinstance(item, Mapping)]
    named = [str(body["id"])] if "id" in body else [str(item) for item in body.get("ids", [])]
    named += [str(item.get("id")) for item in posts] + [str(item) for item in body.get("gone", [])]
    where = f" ({body['tenant']})" if "tenant" in body else ""
    shown = ", ".join(name[:40] for name in named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    return (shown or "an item") + where


def _plain(text: str) -> str:
    """Text that storage takes: half of a surrogate pair becomes a question mark."""
    return text.encode(errors="replace").decode()
