"""`deduplicate`: merges a batch of one tenant's posts into the organisation's changes (design.md section 1)."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.changes.change import Change, Copy
from shared.core.changes.merge import Arrival, Merged, gone_everywhere, merge, went
from shared.core.changes.tenants import with_scope
from shared.core.errors import PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope
from shared.core.ports.storage import Row, Write
from shared.core.times import when
from shared.record import changes
from shared.record.changes import read_changes
from shared.record.packing import END
from shared.record.redo import redo, transactions
from shared.usecases.delivery.oversize import put_aside
from shared.usecases.delivery.park import park
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.deduplicate")


@dataclass(slots=True)
class _Batch:
    """A message of queue `posts`, its items by partition."""

    tenant: str
    observed: datetime
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
    batch = _Batch(str(body["tenant"]), observed)
    for raw in [*body.get("posts", []), *body.get("broken", []), *await put_aside(deps, body)]:
        try:
            arrival = Arrival.of(batch.tenant, observed, raw)
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
    """Merge, and where storage refuses a row, park that post alone and do the rest again (rule 4)."""
    left = arrivals
    while left:
        current = left
        try:
            fresh = await redo(lambda: _merge(deps, batch.tenant, partition, current))  # noqa: B023 - called at once
        except RefusedError as refused:
            bad = changes.id_of(refused.key)
            for arrival in [a for a in left if a.post.id == bad]:
                body = _alone(batch, posts=[arrival.post.raw])
                await park(deps, "posts", body, envelope.first_seen, f"storage will not take it: {refused.reason}")
            left = [arrival for arrival in left if arrival.post.id != bad]
            continue
        await _take_up_waiting(deps, fresh)
        return


async def _merge(deps: Deps, tenant: str, partition: str, arrivals: Sequence[Arrival]) -> list[str]:
    """One read, the pure step, as few transactions as hold the rows; returns the changes that are (still) new."""
    wanted = [arrival.post.id for arrival in arrivals]
    found = await deps.tables.range(changes.TABLE, partition, *changes.span("c", wanted))
    own = await deps.tables.range(changes.TABLE, partition, *changes.span("t", wanted), {"tenant": tenant})
    held = read_changes(found, wanted)
    copies = {changes.id_of(row.key): (changes.read_copy(row), row) for row in own}
    asks_tenants = (await deps.policy.current()).matches_on_tenants
    groups, due, fresh = [], [], []
    newest = {arrival.post.id: arrival for arrival in sorted(arrivals, key=lambda arrival: arrival.post.modified)}
    for change_id, arrival in sorted(newest.items()):
        before, copy = held.get(change_id), copies.get(change_id)
        merged = merge(before.change if before else None, copy[0] if copy else None, arrival)
        repeated = copy is not None and arrival.observed <= copy[0].observed  # or its successor was faster
        if merged.change.stage == "classify" and (merged.change_differs or repeated):
            due.append(change_id)
        if merged.outcome == "new" or (repeated and merged.change.stage == "classify"):
            fresh.append(change_id)
        merged = _with_scope(merged, copy[0] if copy else None)
        if merged.change.stage == "decided" and asks_tenants and (copy is None or (repeated and copy[0].due)):
            merged = replace(merged, copy=replace(merged.copy, due=True))
            due.append(change_id)
        groups.append(_writes(before.row if before else None, copy[1] if copy else None, merged, arrival))
    for writes in transactions(group for group in groups if group):
        await deps.tables.commit(changes.TABLE, writes)
    await _send_due(deps, due)
    return fresh


def _with_scope(merged: Merged, copy: Copy | None) -> Merged:
    """That this tenant's services are others than in its own earlier copy is news of the change: one write more."""
    after = with_scope(merged.change, copy, merged.copy)
    return merged if after is merged.change else replace(merged, change=after, change_differs=True)


def _writes(change: Row | None, copy: Row | None, merged: Merged, arrival: Arrival) -> list[Write]:
    writes = []
    if merged.change_differs:
        writes.append(_put(change, changes.change_row(merged.change, change.etag if change else "")))
    if merged.edition:
        writes.append(Write("insert", changes.edition_row(merged.change.id, merged.edition, arrival.post.raw)))
    if merged.copy_differs:
        own = arrival.post.raw if merged.copy.variant else None  # a text of its own is kept with the copy
        writes.append(_put(copy, changes.copy_row(merged.change.id, merged.copy, copy.etag if copy else "", own)))
    return writes


def _put(before: Row | None, after: Row) -> Write:
    return Write("replace" if before else "insert", after)


async def _send_due(deps: Deps, due: Iterable[str]) -> None:
    """The pointer to what has just been recorded as due for classification."""
    wanted = list(dict.fromkeys(due))
    if wanted:
        await deps.queues.send("changes", Envelope({"ids": wanted}, deps.clock()))


async def _lose(deps: Deps, batch: _Batch, partition: str, gone: Sequence[str]) -> None:
    """The posts that this tenant no longer shows: its own rows first, then whether any tenant still has them."""
    own = await deps.tables.range(changes.TABLE, partition, *changes.span("t", gone), {"tenant": batch.tenant})
    copies = {changes.id_of(row.key): (changes.read_copy(row), row) for row in own}
    lost = {i: (after, row) for i, (copy, row) in copies.items() if i in gone and (after := went(copy, batch.observed))}
    for writes in transactions([Write("merge", changes.copy_row(i, c, row.etag))] for i, (c, row) in lost.items()):
        await deps.tables.commit(changes.TABLE, writes)
    for change_id in [i for i in gone if i in copies]:
        await _mark_gone(deps, partition, change_id)


async def _mark_gone(deps: Deps, partition: str, change_id: str) -> None:
    """The change's row is read before its copies: one that comes back meanwhile writes it, and we meet a conflict."""
    row = await deps.tables.get(changes.TABLE, partition, changes.change_key(change_id))
    if row is None:
        raise TransientError(f"{change_id} has copies and no change yet; trying again", 30)
    every = await deps.tables.range(changes.TABLE, partition, *changes.span("t", [change_id]))
    lost = [copy.gone for copy in map(changes.read_copy, every) if copy.gone]
    before: Change = changes.read_change(row)
    after = gone_everywhere(before, max(lost)) if len(lost) == len(every) else before
    if after is not before:
        await deps.tables.commit(changes.TABLE, [Write("replace", changes.change_row(after, row.etag))])
        _LOG.info("%s is gone from every tenant; it stays as it is here", change_id)


async def _take_up_waiting(deps: Deps, fresh: Sequence[str]) -> None:
    """Tasks that came before their change: send them again now that it is known (state.md, tasks)."""
    if not fresh or not any(tenant.plan for tenant in (await deps.policy.current()).tenants.values()):
        return
    low, high = min(map(ids.key, fresh)), max(map(ids.key, fresh)) + END
    waiting = await deps.tables.range("tasks", "waiting", low, high)
    wanted = {ids.key(change_id) for change_id in fresh}
    keys = [row.key for row in waiting if row.key.split("|")[0] in wanted]
    if keys:
        await deps.queues.send("tasks", Envelope({"waiting": keys}, deps.clock()))


def _alone(batch: _Batch, **items: Any) -> dict[str, Any]:
    """The body of a message with one item only, as it is parked."""
    return {"tenant": batch.tenant, "source": "messages", "observed": batch.observed.isoformat(), **items}
