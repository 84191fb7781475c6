"""Reads one tenant's whole feed, sends on what is new, edited or gone, and remembers the rest."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.core.errors import ConflictError, PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Tenant
from shared.core.ports.storage import Write
from shared.core.sources import batches
from shared.core.sources.snapshot import BELIEVED_AFTER, DoubtedError, Pull, compare, is_broken
from shared.core.sources.source import Source, source_of
from shared.record.tenants import SourceRecord, commit, source_record
from shared.usecases import telling
from shared.usecases.deps import Deps

_log = logging.getLogger("foresignal.fetch")
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
    for name, tenant in (await deps.here.policy.current()).tenants.items():
        if source_of(tenant, source):
            await deps.storage.queues.send("fetches", Envelope({"tenant": name, "source": source}, now))


async def fetch_tenant(deps: Deps, envelope: Envelope) -> FetchResult:
    """One run for one tenant and source.

    Raises nothing for a failure: the tenant's row has it, and the next timer asks again.
    """
    name, source = str(envelope.body.get("tenant")), str(envelope.body.get("source"))
    try:
        tenant = (await deps.here.policy.current()).tenants.get(name)
        feed = source_of(tenant, source) if tenant else None
        if tenant is None or feed is None:
            _log.warning("tenant %s: the policy names no such tenant with source %s; dropped", name, source)
            return FetchResult(name, source, "dropped")
        last = await source_record(deps.storage.tables, name, source)
    except (TransientError, PermanentError) as error:
        _log.warning("tenant %s: %s not fetched, and that could not be noted: %s", name, source, error)
        return FetchResult(name, source, "failed", failure=str(error)[:_SHOWN])
    if last.not_before and last.not_before > deps.here.clock():
        return FetchResult(name, source, "waiting")
    try:
        write, result = await _fetch(deps, tenant, feed, last)
    except (TransientError, PermanentError, RefusedError) as error:
        write, result = _failed(deps, error, last), FetchResult(name, source, "failed", failure=str(error)[:_SHOWN])
    except Exception as fault:  # noqa: BLE001 - health must say it, and the next timer asks again
        _log.exception("tenant %s: a fault of Foresignal's own while fetching %s. Please report it", name, source)
        ours = PermanentError(f"a fault of Foresignal's own ({type(fault).__name__}); the functions' log has it whole")
        write, result = _failed(deps, ours, last), FetchResult(name, source, "failed", failure=str(ours))
    return await _write(deps, last, write, result)


async def _fetch(deps: Deps, tenant: Tenant, source: Source, last: SourceRecord) -> tuple[Write, FetchResult]:
    """Pull, compare, send; the row to write, which must be written last: a run that dies before is done again."""
    now, name, feed = deps.here.clock(), last.tenant, source.feed_of(tenant) or ""
    snapshot = last.snapshot(feed)  # under another plan or organisation nothing is known, and nothing is lost
    pull = Pull(snapshot, source.know)
    async for page in deps.outside.feeds[source.name].pages(name, tenant):
        for raw in page:
            pull.take(raw)
    believe = last.doubted is not None and now - last.doubted >= BELIEVED_AFTER
    difference = compare(snapshot, pull.watches.items(), believe=believe)
    posts = sum(1 for number in pull.watches if not is_broken(number))
    counts = len(difference.new), len(difference.edited), len(difference.gone)
    # before anything is sent: this says when there are too many
    first = source.queue == "posts" and not snapshot.posts and posts > 0
    write = last.write_fetch(difference.next_snapshot, feed, now, posts, counts, first_load=first)
    cut = source.cut(name, tenant, now, pull.changed, difference.gone, first_load=first)
    for blob, data in cut.blobs.items():
        await deps.storage.blobs.put(batches.OVERSIZE, blob, data)
    for body in cut.bodies:
        await deps.storage.queues.send(source.queue, Envelope(body, now))
    return write, FetchResult(name, source.name, "done", posts, *counts, messages=len(cut.bodies))


def _failed(deps: Deps, error: Exception, last: SourceRecord) -> Write:
    """What a failure writes: when the source may be asked again."""
    now = deps.here.clock()
    failures = last.failures + 1
    delay = min(_FIRST_BACK_OFF * 2.0 ** min(failures - 1, 10), _LONGEST_BACK_OFF)
    if isinstance(error, TransientError) and error.retry_after is not None:
        delay = min(error.retry_after, _LONGEST_WAIT)
    not_before = now + timedelta(seconds=delay * deps.here.pace)
    doubted = last.doubted or now if isinstance(error, DoubtedError) else None
    _log.warning("tenant %s: %s failed, next try after %s: %s", last.tenant, last.source, not_before, error)
    return last.write_failure(str(error)[:_SHOWN], now, failures, not_before, doubted)


async def _write(deps: Deps, last: SourceRecord, write: Write, result: FetchResult) -> FetchResult:
    """The one conditional write of a run; none where it found what the last one did, and that is noted lately."""
    try:
        if not last.says(write, deps.here.clock()):
            await commit(deps.storage.tables, write)
    except ConflictError:
        _log.info("tenant %s: another run of %s was faster; this one is dropped", result.tenant, result.source)
        return FetchResult(result.tenant, result.source, "overtaken")
    except (TransientError, RefusedError) as error:
        _log.warning("tenant %s: the state of %s was not written: %s", result.tenant, result.source, error)
        return FetchResult(result.tenant, result.source, "failed", failure=str(error)[:_SHOWN])
    outcome: telling.Outcome = "fetched" if result.outcome == "done" else "fetch_failed"
    telling.tell(deps, outcome, tenant=result.tenant, target=result.source)
    return result
