"""`fetch_roadmap`: reads the roadmap once a day, keeps what differs; and what is known of it."""

import json
import logging
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.core.changes.change import Change
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.ports.storage import Row, Value, Write
from shared.core.sources.roadmap import (
    RoadmapItem,
    RoadmapView,
    item_from_json,
    item_to_json,
    join,
    read_items,
    renewed,
    roadmap_ids,
)
from shared.core.sources.snapshot import BELIEVED_AFTER, DoubtedError
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.roadmap")
CONTAINER, BLOB = "config", "roadmap.json.z"
# Beside the tenants' rows, so that health finds it there; no tenant can be called so.
_TABLE, _PARTITION, _KEY = "tenants", "-", "roadmap|"
_FRESH = timedelta(hours=23)
_SHOWN = 1000

Outcome = Literal["done", "off", "fresh", "failed"]


async def fetch_roadmap(deps: Deps) -> Outcome:
    """Read it where the last good reading is a day old. A failure is logged and stands on the row; nothing is lost."""
    roadmap, now = (await deps.policy.current()).roadmap, deps.clock()
    if not roadmap.enabled:
        return "off"
    row = await deps.tables.get(_TABLE, _PARTITION, _KEY)
    last: Mapping[str, Any] = row.values if row else {}
    if not last.get("failure") and last.get("fetched") and now - last["fetched"] < _FRESH:
        return "fresh"
    doubted = last.get("doubted")
    believe = isinstance(doubted, datetime) and now - doubted >= BELIEVED_AFTER
    values: dict[str, Value] = {"failure": "", "fetched": now}
    outcome: Outcome = "done"
    try:
        values |= await _renew(deps, roadmap.url, believe=believe)
    except (TransientError, PermanentError) as error:
        _LOG.warning("the roadmap was not read, what is known of it stays: %s", error)
        values = {**last, "failure": str(error)[:_SHOWN], "failed_at": now}
        if isinstance(error, DoubtedError):
            values["doubted"] = doubted or now
        outcome = "failed"
    try:
        after = Row(_PARTITION, _KEY, values, row.etag if row else "")
        await deps.tables.commit(_TABLE, [Write("replace" if row else "insert", after)])
    except ConflictError:
        _LOG.info("another run read the roadmap at the same time")
    return outcome


async def _renew(deps: Deps, url: str, *, believe: bool) -> dict[str, Value]:
    """Read, compare item by item, and write only where one differs; how many there are and how many differ."""
    read = read_items(await deps.roadmap.items(url))
    held = await known(deps)
    after = renewed(held, read, believe=believe)
    differ = [identity for identity, item in after.items() if held.get(identity) != item]
    if differ:
        data = {identity: item_to_json(item) for identity, item in sorted(after.items())}
        await deps.blobs.put(CONTAINER, BLOB, zlib.compress(json.dumps(data, separators=(",", ":")).encode()))
    return {"items": len(read), "differ": len(differ)}


async def known(deps: Deps) -> dict[str, RoadmapItem]:
    """Every item that was ever read; one call. What cannot be read is nothing: the next fetch writes it anew."""
    held = await deps.blobs.get(CONTAINER, BLOB)
    try:
        data = json.loads(zlib.decompress(held)) if held else {}
        return {identity: item_from_json(identity, item) for identity, item in data.items()}
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        _LOG.warning("blob %s/%s is damaged and will be written anew: %s", CONTAINER, BLOB, error)
        return {}


async def roadmap_of(deps: Deps, change: Change) -> tuple[RoadmapView, ...]:
    """What the roadmap says of a change's roadmap ids; nothing where it names none or the roadmap is not read."""
    ids = roadmap_ids(change.read())
    if not ids or not (await deps.policy.current()).roadmap.enabled:
        return ()
    return join(ids, change.classification, await known(deps), deps.clock().date())


async def roadmap_state(deps: Deps) -> dict[str, Any]:
    """How the roadmap is, for `/api/health`."""
    if not (await deps.policy.current()).roadmap.enabled:
        return {"enabled": False, "ok": True}
    row = await deps.tables.get(_TABLE, _PARTITION, _KEY)
    v: Mapping[str, Any] = row.values if row else {}
    fetched, failure = v.get("fetched"), v.get("failure", "")
    return {
        "enabled": True,
        "items": v.get("items", 0),
        "fetched": fetched.isoformat() if fetched else None,
        "failure": failure,
        "ok": not failure,
    }
