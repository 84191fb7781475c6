"""`deduplicate`: merges a batch of one tenant's posts into the organisation's changes."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.changes.change import Copy
from shared.core.changes.merge import Arrival, Merged, gone_everywhere, merge, went
from shared.core.changes.tenants import with_scope
from shared.core.errors import ConflictError, PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope
from shared.core.ports.storage import Write
from shared.core.times import when
from shared.record import changes
from shared.record.changes import ChangeRecord, changes_of
from shared.record.copies import CopyRecord, copies_in, lost_everywhere, put_copy, update_copy
from shared.record.editions import insert_edition
from shared.record.redo import redo
from shared.record.tasks import waiting_for
from shared.usecases.delivery.oversize import put_aside
from shared.usecases.delivery.park import park
from shared.usecases.deps import Deps
from shared.usecases.telling import tell

_LOG = logging.getLogger("foresignal.deduplicate")


@dataclass(slots=True)
class _Batch:
    """A message of queue `posts`, its items by partition. `first_load`: nothing of the feed was known before."""

    tenant: str
    observed: datetime
    first_load: bool = False
    arrivals: dict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


async def deduplicate(deps: Deps, envelope: Envelope) -> None:
    """One message. Bad items are parked alone; the same message again changes nothing and sends what hangs."""
    batch = await _read(deps, envelope)
    for partition in sorted({*batch.arrivals, *batch.gone}):
        arrivals = batch.arrivals.get(partition, [])
        gone = batch.gone.get(partition, [])
        if arrivals:
            await _without_refused(deps, batch, partition, arrivals, envelope)
        if gone:
            await redo(lambda p=partition, g=gone: _lose(deps, batch, p, g))  # type: ignore[misc]  # bound now


async def _read(deps: Deps, envelope: Envelope) -> _Batch:
    body = envelope.body
    observed = when(body.get("observed"))
    if not body.get("tenant") or observed is None:
        raise PermanentError("a batch of posts without its tenant or its time")
    batch = _Batch(str(body["tenant"]), observed, first_load=bool(body.get("first_load")))
    for raw in [*body.get("posts", []), *body.get("broken", []), *await put_aside(deps, body)]:
        try:
            arrival = Arrival.of(batch.tenant, observed, raw, first_load=batch.first_load)
        except PermanentError as error:
            await park(deps, "posts", _alone(batch, posts=[raw]), envelope.first_seen, str(error))
            continue
        batch.arrivals[ids.partition(arrival.post.id)].append(arrival)
    for change_id in body.get("gone", []):
        batch.gone[ids.partition(change_id)].append(change_id)
    return batch


async def _without_refused(
    deps: Deps, batch: _Batch, partition: str, arrivals: list[Arrival], envelope: Envelope
) -> None:
    """Merge, and where storage refuses a row, park that post alone and do the rest again."""
    rest = arrivals
    while rest:
        current = rest
        try:
            fresh = await _merge(deps, batch, partition, current)
        except RefusedError as refused:
            bad = changes.refused_change(refused)
            for arrival in [a for a in rest if a.post.id == bad]:
                body = _alone(batch, posts=[arrival.post.raw])
                await park(deps, "posts", body, envelope.first_seen, f"storage will not take it: {refused.reason}")
            rest = [arrival for arrival in rest if arrival.post.id != bad]
            continue
        await _take_up_waiting(deps, fresh)
        return


async def _merge(deps: Deps, batch: _Batch, partition: str, arrivals: Sequence[Arrival]) -> list[str]:
    """The changes that are (still) new. What cannot stand there yet is not looked for until storage says otherwise."""
    try:
        return await _merge_once(deps, batch, partition, arrivals, sure=False)
    except ConflictError:
        return await redo(lambda: _merge_once(deps, batch, partition, arrivals, sure=True))


async def _merge_once(
    deps: Deps, batch: _Batch, partition: str, arrivals: Sequence[Arrival], *, sure: bool
) -> list[str]:
    """One read, the pure step, as few transactions as hold the rows.

    `sure`: every copy of this tenant is looked for. Otherwise it is taken for absent where the change is, or where
    nothing of the feed was known; it is then inserted in any case, and where it stands there we meet a conflict.
    """
    tenant = batch.tenant
    post_ids = [arrival.post.id for arrival in arrivals]
    records = await changes_of(deps.storage.tables, partition, post_ids)
    known = post_ids if sure else [] if batch.first_load else [each for each in post_ids if each in records]
    copies = await _copies(deps, tenant, partition, known)
    asks_tenants = (await deps.here.policy.current()).matches_on_tenants
    groups, due, fresh, told = [], [], [], []
    newest = {arrival.post.id: arrival for arrival in sorted(arrivals, key=lambda arrival: arrival.post.modified)}
    for change_id, arrival in sorted(newest.items()):
        before, own = records.get(change_id), copies.get(change_id)
        copy = own.copy if own else None
        merged = merge(before.change if before else None, copy, arrival)
        repeated = copy is not None and arrival.observed <= copy.observed  # or its successor was faster
        if merged.change.stage == "classify" and (merged.change_differs or repeated):
            due.append(change_id)
        if merged.outcome == "new" or (repeated and merged.change.stage == "classify"):
            fresh.append(change_id)
        merged = _with_scope(merged, copy)
        if merged.change.stage == "decided" and asks_tenants and (copy is None or (repeated and copy.due)):
            merged = replace(merged, copy=replace(merged.copy, due=True, first_load=arrival.first_load))
            due.append(change_id)
        groups.append(_writes(before, own, merged, arrival))
        if merged.edition:
            told.append((change_id, merged))
    await changes.commit_groups(deps.storage.tables, groups)
    for change_id, merged in told:
        tell(deps, "announced" if merged.outcome == "new" else "revised", change=change_id, tenant=tenant)
    await _send_due(deps, due)
    return fresh


async def _copies(deps: Deps, tenant: str, partition: str, change_ids: Sequence[str]) -> dict[str, CopyRecord]:
    """This tenant's own copies, by change."""
    tenants = len((await deps.here.policy.current()).tenants)
    return await copies_in(deps.storage.tables, partition, set(change_ids), tenant, tenants)


def _with_scope(merged: Merged, copy: Copy | None) -> Merged:
    """That this tenant's services are others than in its own earlier copy is news of the change: one write more."""
    after = with_scope(merged.change, copy, merged.copy)
    return merged if after is merged.change else replace(merged, change=after, change_differs=True)


def _writes(before: ChangeRecord | None, own: CopyRecord | None, merged: Merged, arrival: Arrival) -> list[Write]:
    change, raw = merged.change, arrival.post.raw
    writes = []
    if merged.change_differs:
        writes.append(before.replace_change(change) if before else changes.insert_change(change))
    if merged.edition:
        writes.append(insert_edition(change.id, merged.edition, raw))
    if merged.copy_differs:  # a text of its own is kept with the copy
        writes.append(put_copy(change.id, merged.copy, own, raw if merged.copy.variant else None))
    return writes


async def _send_due(deps: Deps, due: Iterable[str]) -> None:
    """The pointer to what has just been recorded as due for classification."""
    unique = list(dict.fromkeys(due))
    if unique:
        await deps.storage.queues.send("changes", Envelope({"ids": unique}, deps.here.clock()))


async def _lose(deps: Deps, batch: _Batch, partition: str, gone: Sequence[str]) -> None:
    """The posts that this tenant no longer shows: its own rows first, then whether any tenant still has them."""
    copies = await _copies(deps, batch.tenant, partition, gone)
    lost = (
        [update_copy(change_id, after, own)]
        for change_id, own in copies.items()
        if change_id in gone and (after := went(own.copy, batch.observed))
    )
    await changes.commit_groups(deps.storage.tables, lost)
    recorded = [change_id for change_id in dict.fromkeys(gone) if change_id in copies]
    if recorded:
        await _mark_gone(deps, partition, recorded, batch.tenant)


async def _mark_gone(deps: Deps, partition: str, change_ids: Sequence[str], tenant: str) -> None:
    """What no tenant shows any more, once this one lost it.

    The changes' versions are read before the copies: one that comes back meanwhile writes the change, and we meet a
    conflict.
    """
    tables = deps.storage.tables
    versions = await changes.versions_of(tables, partition, change_ids)
    tenants = len((await deps.here.policy.current()).tenants)
    marked = []
    for change_id, at in (await lost_everywhere(tables, partition, list(versions), tenant, tenants)).items():
        record = await changes.read_alone(tables, change_id)
        if record is None or record.row.etag != versions[change_id]:
            raise ConflictError(change_id)
        after = gone_everywhere(record.change, at)
        if after is not record.change:
            marked.append([record.replace_change(after)])
            _LOG.info("%s is gone from every tenant; it stays as it is here", change_id)
    await changes.commit_groups(tables, marked)
    if missing := [change_id for change_id in change_ids if change_id not in versions]:
        raise TransientError(f"{missing[0]} has copies and no change yet; trying again", 30)


async def _take_up_waiting(deps: Deps, fresh: Sequence[str]) -> None:
    """Tasks that came before their change: send them again now that it is known."""
    if not fresh or not any(tenant.plan for tenant in (await deps.here.policy.current()).tenants.values()):
        return
    keys = await waiting_for(deps.storage.tables, fresh)
    if keys:
        await deps.storage.queues.send("tasks", Envelope({"waiting": keys}, deps.here.clock()))


def _alone(batch: _Batch, **items: Any) -> dict[str, Any]:
    """The body of a message with one item only, as it is parked."""
    head = {"tenant": batch.tenant, "source": "messages", "observed": batch.observed.isoformat()}
    return {**head, **({"first_load": True} if batch.first_load else {}), **items}
