"""Reads one tenant's whole feed, sends on what is new, edited or gone, and remembers the rest (design section 1)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.core import ids
from shared.core.errors import ConflictError, PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Tenant
from shared.core.ports.storage import Row, Value, Write
from shared.core.sources import batches
from shared.core.sources.snapshot import (
    BELIEVED_AFTER,
    DoubtedError,
    Pull,
    Snapshot,
    compare,
    is_broken,
    known_post,
    known_task,
)
from shared.record.tenants import SNAPSHOT, SOURCES, TABLE, count, has_source, moment
from shared.usecases.deps import Deps

_log = logging.getLogger(__name__)
_FIRST_BACK_OFF = 60
_LONGEST_BACK_OFF = 3600
_LONGEST_WAIT = 86_400  # a Retry-After of years is a mistake
_SHOWN = 1000

Outcome = Literal["done", "waiting", "failed", "overtaken", "dropped"]


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What one run found. `overtaken`: somebody else wrote the tenant's row meanwhile, so the run counts for nothing.

    `new`, `edited` and `gone` count posts, `messages` what was sent.
    """

    tenant: str
    source: str
    outcome: Outcome
    posts: int = 0
    new: int = 0
    edited: int = 0
    gone: int = 0
    messages: int = 0
    failure: str = ""


async def fan_out(deps: Deps, source: str, now: datetime) -> None:
    """One `fetches` message per tenant that has this source, so that one that fails does not stop the others."""
    for name, tenant in (await deps.policy.current()).tenants.items():
        if has_source(tenant, source):
            await deps.queues.send("fetches", Envelope({"tenant": name, "source": source}, now))


async def fetch_tenant(deps: Deps, envelope: Envelope) -> FetchResult:
    """One run for one tenant and source.

    Raises nothing for a failure: that stands on the tenant's row, and the next timer asks again (design rule 4).
    """
    name, source = str(envelope.body.get("tenant")), str(envelope.body.get("source"))
    try:
        tenant = (await deps.policy.current()).tenants.get(name)
        if tenant is None or not has_source(tenant, source):
            _log.warning("tenant %s: the policy names no such tenant with source %s; dropped", name, source)
            return FetchResult(name, source, "dropped")
        row = await deps.tables.get(TABLE, name, SNAPSHOT + source)
    except (TransientError, PermanentError) as error:
        _log.warning("tenant %s: %s not fetched, and that could not be noted: %s", name, source, error)
        return FetchResult(name, source, "failed", failure=str(error)[:_SHOWN])
    wait = moment(row.values.get("not_before")) if row else None
    if wait and wait > deps.clock():
        return FetchResult(name, source, "waiting")
    try:
        values, result = await _fetch(deps, name, tenant, source, row)
    except (TransientError, PermanentError, RefusedError) as error:
        values, result = _failed(deps, error, row), FetchResult(name, source, "failed", failure=str(error)[:_SHOWN])
        _log.warning("tenant %s: %s failed, next try after %s: %s", name, source, values["not_before"], error)
    return await _write(deps, row, values, result)


async def _fetch(
    deps: Deps, name: str, tenant: Tenant, source: str, row: Row | None
) -> tuple[dict[str, Value], FetchResult]:
    """Pull, compare, send; the row to write, which must be written last: a run that dies before is done again."""
    now = deps.clock()
    last = row.values if row else {}
    feed = tenant.plan if source == "planner" else tenant.tenant_id
    # under another plan or organisation nothing is known, and nothing is lost
    snapshot = Snapshot.from_properties(last if last.get("feed", feed) == feed else {})
    pull = Pull(snapshot, known_post if source == "messages" else known_task)
    pages = deps.posts.pages(name, tenant) if source == "messages" else deps.tasks.pages(name, tenant)
    async for page in pages:
        for raw in page:
            pull.take(raw)
    doubted = moment(last.get("doubted"))
    believe = doubted is not None and now - doubted >= BELIEVED_AFTER
    found = compare(snapshot, pull.watches.items(), believe=believe)
    remembered = found.next_snapshot.to_properties()  # before anything is sent: it says when there are too many
    cut = _cut(name, tenant, source, now, pull.changed, found.gone)
    for blob, data in cut.blobs.items():
        await deps.blobs.put(batches.OVERSIZE, blob, data)
    for body in cut.bodies:
        await deps.queues.send(SOURCES[source], Envelope(body, now))
    posts = sum(1 for number in pull.watches if not is_broken(number))
    new, edited, gone = len(found.new), len(found.edited), len(found.gone)
    values: dict[str, Value] = {
        **remembered, "feed": feed, "fetched": now, "failure": "", "failures": 0,
        "posts": posts, "new": new, "edited": edited, "gone": gone,
    }  # fmt: skip
    return values, FetchResult(name, source, "done", posts, new, edited, gone, len(cut.bodies))


def _cut(
    name: str, tenant: Tenant, source: str, now: datetime, changed: Mapping[int, Any], gone: frozenset[int]
) -> batches.Batches:
    if source == "planner":
        return batches.of_tasks(name, tenant.plan, now, changed.values())
    return batches.of_posts(
        name,
        now,
        [raw for number, raw in changed.items() if not is_broken(number)],
        [ids.from_key(str(number)) for number in gone],
        [raw for number, raw in changed.items() if is_broken(number)],
    )


def _failed(deps: Deps, error: Exception, row: Row | None) -> dict[str, Value]:
    """What a failure writes; the snapshot, the last good fetch and its counts are kept."""
    now = deps.clock()
    last = row.values if row else {}
    failures = count(last.get("failures")) + 1
    delay = min(_FIRST_BACK_OFF * 2.0 ** min(failures - 1, 10), _LONGEST_BACK_OFF)
    if isinstance(error, TransientError) and error.retry_after is not None:
        delay = min(error.retry_after, _LONGEST_WAIT)
    values: dict[str, Value] = {
        "failure": str(error)[:_SHOWN],
        "failed_at": now,
        "failures": failures,
        "not_before": now + timedelta(seconds=delay * deps.pace),
    }
    if isinstance(error, DoubtedError):
        values["doubted"] = last.get("doubted") or now
    return values


async def _write(deps: Deps, row: Row | None, values: Mapping[str, Value], result: FetchResult) -> FetchResult:
    """The one conditional write of a run. A success replaces the row, a failure merges into it."""
    key = SNAPSHOT + result.source
    kept: Literal["replace", "merge"] = "replace" if result.outcome == "done" else "merge"
    write = (
        Write(kept, Row(result.tenant, key, values, row.etag))
        if row
        else Write("insert", Row(result.tenant, key, values))
    )
    try:
        await deps.tables.commit(TABLE, [write])
    except ConflictError:
        _log.info("tenant %s: another run of %s was faster; this one is dropped", result.tenant, result.source)
        return FetchResult(result.tenant, result.source, "overtaken")
    except (TransientError, RefusedError) as error:
        _log.warning("tenant %s: the state of %s was not written: %s", result.tenant, result.source, error)
        return FetchResult(result.tenant, result.source, "failed", failure=str(error)[:_SHOWN])
    return result
