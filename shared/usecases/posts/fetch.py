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
from shared.core.ports import Row, Value, Write
from shared.core.sources import batches
from shared.core.sources.snapshot import DoubtedError, Pull, Snapshot, compare, is_broken, known_post, known_task
from shared.usecases.deps import Deps

_log = logging.getLogger(__name__)
_TABLE = "tenants"
_KEY = "snapshot|"
_SOURCES = {"messages": "posts", "planner": "tasks"}  # and the queue of what they bring
_FIRST_BACK_OFF = 60
_LONGEST_BACK_OFF = 3600
_LONGEST_WAIT = 86_400  # a Retry-After of years is a mistake
_BELIEVED_AFTER = timedelta(hours=24)
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


@dataclass(frozen=True, slots=True)
class TenantState:
    """How a tenant's source is, for health. `fetched`: the last good fetch, None before the first."""

    name: str
    source: str
    fetched: datetime | None = None
    failure: str = ""
    failures: int = 0
    not_before: datetime | None = None
    posts: int = 0


async def fan_out(deps: Deps, source: str, now: datetime) -> None:
    """One `fetches` message per tenant that has this source, so that one that fails does not stop the others."""
    for name, tenant in (await deps.policy.current()).tenants.items():
        if _has(tenant, source):
            await deps.queues.send("fetches", Envelope({"tenant": name, "source": source}, now))


async def fetch_tenant(deps: Deps, envelope: Envelope) -> FetchResult:
    """One run for one tenant and source.

    Raises nothing for a failure: that stands on the tenant's row, and the next timer asks again (design rule 4).
    """
    name, source = str(envelope.body.get("tenant")), str(envelope.body.get("source"))
    try:
        tenant = (await deps.policy.current()).tenants.get(name)
        if tenant is None or not _has(tenant, source):
            _log.warning("tenant %s: the policy names no such tenant with source %s; dropped", name, source)
            return FetchResult(name, source, "dropped")
        row = await deps.tables.get(_TABLE, name, _KEY + source)
    except (TransientError, PermanentError) as error:
        _log.warning("tenant %s: %s not fetched, and that could not be noted: %s", name, source, error)
        return FetchResult(name, source, "failed", failure=str(error)[:_SHOWN])
    wait = _moment(row.values.get("not_before")) if row else None
    if wait and wait > deps.clock():
        return FetchResult(name, source, "waiting")
    try:
        values, result = await _fetch(deps, name, tenant, source, row)
    except (TransientError, PermanentError, RefusedError) as error:
        values, result = _failed(deps, error, row), FetchResult(name, source, "failed", failure=str(error)[:_SHOWN])
        _log.warning("tenant %s: %s failed, next try after %s: %s", name, source, values["not_before"], error)
    return await _write(deps, row, values, result)


async def tenant_states(deps: Deps) -> list[TenantState]:
    """Every tenant and source of the policy, also those that were never fetched."""
    tenants = (await deps.policy.current()).tenants
    states = {
        (name, source): TenantState(name, source)
        for name, tenant in tenants.items()
        for source in _SOURCES
        if _has(tenant, source)
    }
    async for row in deps.tables.scan(_TABLE):
        place = (row.partition, row.key.removeprefix(_KEY))
        if row.key.startswith(_KEY) and place in states:
            states[place] = TenantState(
                *place,
                fetched=_moment(row.values.get("fetched")),
                failure=str(row.values.get("failure", "")),
                failures=_count(row.values.get("failures")),
                not_before=_moment(row.values.get("not_before")),
                posts=_count(row.values.get("posts")),
            )
    return list(states.values())


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
    doubted = _moment(last.get("doubted"))
    believe = doubted is not None and now - doubted >= _BELIEVED_AFTER
    found = compare(snapshot, pull.watches.items(), believe=believe)
    remembered = found.next_snapshot.to_properties()  # before anything is sent: it says when there are too many
    cut = _cut(name, tenant, source, now, pull.changed, found.gone)
    for blob, data in cut.blobs.items():
        await deps.blobs.put(batches.OVERSIZE, blob, data)
    for body in cut.bodies:
        await deps.queues.send(_SOURCES[source], Envelope(body, now))
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
    failures = _count(last.get("failures")) + 1
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
    key = _KEY + result.source
    kept: Literal["replace", "merge"] = "replace" if result.outcome == "done" else "merge"
    write = (
        Write(kept, Row(result.tenant, key, values, row.etag))
        if row
        else Write("insert", Row(result.tenant, key, values))
    )
    try:
        await deps.tables.commit(_TABLE, [write])
    except ConflictError:
        _log.info("tenant %s: another run of %s was faster; this one is dropped", result.tenant, result.source)
        return FetchResult(result.tenant, result.source, "overtaken")
    except (TransientError, RefusedError) as error:
        _log.warning("tenant %s: the state of %s was not written: %s", result.tenant, result.source, error)
        return FetchResult(result.tenant, result.source, "failed", failure=str(error)[:_SHOWN])
    return result


def _has(tenant: Tenant, source: str) -> bool:
    return source == "messages" or (source == "planner" and bool(tenant.plan))


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
