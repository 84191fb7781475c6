"""Parking: keeps what failed for good, whole and with its reason, logs it, and can replay it."""

import base64
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.messages import Envelope, decode, encode
from shared.core.sources.batches import OVERSIZE, read_blob
from shared.record import parked
from shared.record.audit import Entry, insert_entry
from shared.record.parked import Parked
from shared.usecases.deps import Deps
from shared.usecases.telling import tell

_BATCHED = ("posts", "gone", "blobs", "broken", "tasks", "waiting", "ids")
_LOG = logging.getLogger("foresignal.parked")
_REASON = 2000  # characters of a reason that are kept


async def park(deps: Deps, queue: str, body: Mapping[str, Any], first_seen: datetime, reason: str) -> None:
    """Keep the body with its reason; parking twice is parking once."""
    data = json.dumps(body, sort_keys=True).encode()
    key = parked.parked_key(queue, data, first_seen)
    item, reason = _storable(_item(body)), _storable(reason)[:_REASON]
    content = await _content(deps, key, body, data)
    _LOG.error("parked %s from queue %s: %s (foresignal parked show '%s')", item, queue, reason, key)
    await parked.insert_parked(
        deps.storage.tables, Parked(key, queue, item, reason, deps.here.clock(), first_seen, content)
    )
    tell(deps, "parked", change=" ".join(ids.ids_in(item.upper())), target=queue)


async def _content(deps: Deps, key: str, body: Mapping[str, Any], data: bytes) -> Mapping[str, Any]:
    """The body, or where it fits no row a reference to a blob that holds it."""
    if parked.fits(body):
        return body
    name = f"parked/{key.partition(':')[2].replace('|', '/')}.json"
    await deps.storage.blobs.put(OVERSIZE, name, data)
    return {"blobs": [name], "parked_blob": True}


async def park_message(deps: Deps, queue: str, data: bytes, reason: str) -> None:
    """A message as it was found: an envelope of ours, or anything else as base64."""
    try:
        envelope = decode(data)
    except PermanentError:
        await park(deps, queue, {"base64": base64.b64encode(data).decode()}, deps.here.clock(), reason)
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
            await deps.storage.queues.send(queue, replace(envelope, body=body))
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
        if not await parked.mark(deps.storage.tables, change_id, str(body.get("effect", "")), _storable(reason)):
            _LOG.warning("%s moved on while it was being parked; it is parked all the same", change_id)


def _changes(queue: str, body: Mapping[str, Any]) -> list[str]:
    """The changes whose own rows say that they are parked."""
    if queue not in {"changes", "tickets", "cards"}:
        return []
    item_ids = [str(item) for item in ([body["id"]] if "id" in body else body.get("ids", []))]
    return [change_id for change_id in item_ids if ids.is_id(change_id)]


async def replay(deps: Deps, key: str, by: str, through: str = "command") -> bool:
    """Send it again as new (attempts 0), and forget that it was parked; False where there is no such key.

    `by`: who wants it; `through`: on a page, or by a command.
    Raises PermanentError for a message that is not ours: nothing could handle it.
    """
    record = await parked.parked_record(deps.storage.tables, key)
    if record is None:
        return False
    item = record.item
    body = dict(item.content)
    if "base64" in body:
        raise PermanentError(f"{key} is not a message of ours; it can be looked at, not replayed")
    if body.pop("parked_blob", False):
        data = await deps.storage.blobs.get(OVERSIZE, body["blobs"][0])
        if data is None:
            raise PermanentError(f"{key} was put into the blob {OVERSIZE}/{body['blobs'][0]}, and that is gone")
        body = read_blob(data)
    for change_id in _changes(item.queue, body):
        await parked.unmark(deps.storage.tables, change_id, str(body.get("effect", "")))
    await deps.storage.queues.send(item.queue, await _fitting(deps, Envelope(body, deps.here.clock())))
    details = {"key": key, "queue": item.queue, "reason": item.reason[:_REASON]}
    await insert_entry(
        deps.storage.tables, Entry(deps.here.clock(), item.item, "replay", by, through, key[-24:], details)
    )
    await parked.delete_parked(deps.storage.tables, record)
    tell(deps, "replayed", change=" ".join(ids.ids_in(item.item.upper())), target=item.queue)
    return True


async def _fitting(deps: Deps, envelope: Envelope) -> Envelope:
    """The envelope, its posts or tasks as blobs where they fit no message."""
    try:
        encode(envelope)
    except PermanentError:
        body = dict(envelope.body)
        names = list(body.get("blobs", []))
        for raw in [*body.pop("posts", []), *body.pop("tasks", [])]:
            data = json.dumps(raw).encode()
            names.append(f"replayed/{hashlib.sha256(data).hexdigest()[:24]}.json")
            await deps.storage.blobs.put(OVERSIZE, names[-1], data)
        return replace(envelope, body={**body, "blobs": names})
    return envelope


def _item(body: Mapping[str, Any]) -> str:
    """What it is about, for a list: ids where there are some, not longer than ids are."""
    posts = [item for item in body.get("posts", []) if isinstance(item, Mapping)]
    item_ids = [str(body["id"])] if "id" in body else [str(item) for item in body.get("ids", [])]
    item_ids += [str(item.get("id")) for item in posts] + [str(item) for item in body.get("gone", [])]
    where = f" ({body['tenant']})" if "tenant" in body else ""
    listed = ", ".join(name[:40] for name in item_ids[:3]) + (
        f" and {len(item_ids) - 3} more" if len(item_ids) > 3 else ""
    )
    return (listed or "an item") + where


def _storable(text: str) -> str:
    """Text that storage takes: half of a surrogate pair becomes a question mark."""
    return text.encode(errors="replace").decode()
