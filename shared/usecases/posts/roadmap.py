"""`fetch_roadmap`: reads the roadmap once a day, keeps what differs; and what is known of it."""

import json
import logging
import zlib
from datetime import timedelta
from typing import Any, Literal

from shared.core.changes.change import Change
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.policy.model import Policy
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
from shared.record.tenants import RoadmapRecord, commit, roadmap_record
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.roadmap")
CONTAINER, BLOB = "config", "roadmap.json.z"
_FRESH = timedelta(hours=23)
_SHOWN = 1000

Outcome = Literal["done", "off", "fresh", "failed"]


async def fetch_roadmap(deps: Deps) -> Outcome:
    """Read it where the last good reading is a day old. A failure is logged and stands on the row; nothing is lost."""
    roadmap, now = (await deps.here.policy.current()).roadmap, deps.here.clock()
    if not roadmap.enabled:
        return "off"
    last = await roadmap_record(deps.storage.tables)
    if not last.failure and last.fetched and now - last.fetched < _FRESH:
        return "fresh"
    believe = last.doubted is not None and now - last.doubted >= BELIEVED_AFTER
    outcome: Outcome = "done"
    try:
        items, differ = await _renew(deps, roadmap.url, believe=believe)
        write = last.write_reading(now, items, differ)
    except (TransientError, PermanentError) as error:
        _LOG.warning("the roadmap was not read, what is known of it stays: %s", error)
        doubted = last.doubted or now if isinstance(error, DoubtedError) else None
        write = last.write_failure(str(error)[:_SHOWN], now, doubted)
        outcome = "failed"
    try:
        await commit(deps.storage.tables, write)
    except ConflictError:
        _LOG.info("another run read the roadmap at the same time")
    return outcome


async def _renew(deps: Deps, url: str, *, believe: bool) -> tuple[int, int]:
    """Read, compare item by item, and write only where one differs; how many there are and how many differ."""
    items = read_items(await deps.outside.roadmap.items(url))
    before = await roadmap_items(deps)
    after = renewed(before, items, believe=believe)
    differ = [identity for identity, item in after.items() if before.get(identity) != item]
    if differ:
        data = {identity: item_to_json(item) for identity, item in sorted(after.items())}
        await deps.storage.blobs.put(CONTAINER, BLOB, zlib.compress(json.dumps(data, separators=(",", ":")).encode()))
    return len(items), len(differ)


async def roadmap_items(deps: Deps) -> dict[str, RoadmapItem]:
    """Every item that was ever read; one call. What cannot be read is nothing: the next fetch writes it anew."""
    blob = await deps.storage.blobs.get(CONTAINER, BLOB)
    try:
        data = json.loads(zlib.decompress(blob)) if blob else {}
        return {identity: item_from_json(identity, item) for identity, item in data.items()}
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        _LOG.warning("blob %s/%s is damaged and will be written anew: %s", CONTAINER, BLOB, error)
        return {}


async def roadmap_of(deps: Deps, change: Change) -> tuple[RoadmapView, ...]:
    """What the roadmap says of a change's roadmap ids; nothing where it names none or the roadmap is not read."""
    ids = roadmap_ids(change.read())
    if not ids or not (await deps.here.policy.current()).roadmap.enabled:
        return ()
    return join(ids, change.classification, await roadmap_items(deps), deps.here.clock().date())


def roadmap_state(policy: Policy, last: RoadmapRecord) -> dict[str, Any]:
    """How the roadmap is, for `/api/health`."""
    if not policy.roadmap.enabled:
        return {"enabled": False, "ok": True}
    return {
        "enabled": True,
        "items": last.items,
        "fetched": last.fetched.isoformat() if last.fetched else None,
        "failure": last.failure,
        "ok": not last.failure,
    }
