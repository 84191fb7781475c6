"""What pages show, read from storage; rendering is not known here."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.core import ids
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.changes.relations import Related, related
from shared.core.changes.tenants import Difference, differences, with_joined
from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.life.metrics import Metrics, measure
from shared.core.policy.model import Policy
from shared.core.sources.roadmap import RoadmapView
from shared.core.tasks.task import TaskState
from shared.core.tickets import dry_run
from shared.core.tickets.dry_run import DryTicket
from shared.core.tickets.register import Entry, change_of, from_row
from shared.record import changes
from shared.usecases.changes.relate import incoming
from shared.usecases.deps import Deps
from shared.usecases.posts.fetch import tenant_states
from shared.usecases.posts.roadmap import roadmap_of, roadmap_state

_MONTHS = 12
_STALE = timedelta(hours=2)
"""A tenant whose last good fetch is older than this is not well: fetches come every 15 minutes."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change with everything that stands beside it. `variants`: where a tenant's own text differs."""

    change: Change
    copies: tuple[Copy, ...]
    effects: tuple[EffectState, ...]
    tasks: tuple[TaskState, ...]
    roadmap: tuple[RoadmapView, ...] = ()
    variants: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    related: tuple[Related, ...] = ()


async def change(deps: Deps, text: str) -> ChangeView | None:
    """The change of an id as people write it; None where there is none. PermanentError for what is no id."""
    change_id = ids.normalise(text)
    partition = ids.partition(change_id)
    found = await deps.tables.range(changes.TABLE, partition, *changes.span("c", [change_id]))
    if not found:
        return None
    found += await deps.tables.range(changes.TABLE, partition, *changes.span("k", [change_id]))
    held = changes.read_held(found)[change_id]
    own = await deps.tables.range(changes.TABLE, partition, *changes.span("t", [change_id]))
    copies, post = tuple(changes.read_copy(row) for row in own), held.change.read()
    linked = related(held.change, await incoming(deps, change_id))
    return ChangeView(
        with_joined(held.change, copies),
        copies,
        held.states,
        held.task_states,
        await roadmap_of(deps, held.change),
        {str(row.values["tenant"]): differences(post, raw) for row in own if (raw := changes.read_variant(row))},
        linked,
    )


async def metrics(deps: Deps) -> Metrics:
    """What is open, and what was closed in the last twelve months."""
    now = deps.clock()
    opened = [
        OpenChange.from_values(ids.from_key(row.key), row.partition, row.values)
        async for row in deps.tables.scan("open")
    ]
    closed = []
    for month in _months(now):
        found = await deps.tables.range("closings", month, "", changes.END)
        closed += [ClosedChange.from_values(row.values) for row in found]
    return measure(opened, closed, now)


def _months(now: datetime) -> list[str]:
    first = now.year * 12 + now.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first - _MONTHS, first + 1)]


async def register(deps: Deps) -> list[Entry]:
    """Every ticket of the built-in register, the newest change first."""
    found = [from_row(row) async for row in deps.tables.scan("register")]
    return sorted(found, key=lambda entry: entry.number, reverse=True)


async def ticket(deps: Deps, number: str) -> Entry | None:
    change_id = change_of(number)
    row = await deps.tables.get("register", ids.partition(change_id), number) if change_id else None
    return from_row(row) if row else None


async def dry_runs(deps: Deps) -> AsyncIterator[DryTicket]:
    """What the ticket systems in a dry run would have filed."""
    async for row in deps.tables.scan(dry_run.TABLE):
        yield dry_run.from_row(row)


async def dry_runs_of(deps: Deps, text: str) -> list[DryTicket]:
    """Those of one change; PermanentError for what is no id."""
    change_id = ids.normalise(text)
    low = f"{ids.key(change_id)}|"
    found = await deps.tables.range(dry_run.TABLE, ids.partition(change_id), low, low + changes.END)
    return [dry_run.from_row(row) for row in found]


def _required(policy: Policy, tenant: str) -> bool:
    known = policy.tenants.get(tenant)
    return known.required if known else True


async def health(deps: Deps) -> Mapping[str, Any]:
    """How we are: `status` is `ok` or `degraded`, and what is wrong is named; holds no secret."""
    now = deps.clock()
    policy = await deps.policy.current()  # read first, so that what is wrong with the newest one is known
    failure = deps.policy.failure
    tenants = [
        {
            "tenant": state.name,
            "required": _required(policy, state.name),
            "source": state.source,
            "posts": state.posts,
            "fetched": state.fetched.isoformat() if state.fetched else None,
            "failure": state.failure,
            "failures": state.failures,
            "not_before": state.not_before.isoformat() if state.not_before else None,
            "ok": not state.failure and state.fetched is not None and now - state.fetched < _STALE,
        }
        for state in await tenant_states(deps)
    ]
    parked = sum([1 async for _ in deps.tables.scan("parked")])
    roadmap = await roadmap_state(deps)
    well = (
        all(tenant["ok"] for tenant in tenants if tenant["required"]) and roadmap["ok"] and not parked and not failure
    )
    return {
        "status": "ok" if well else "degraded",
        "now": now.isoformat(),
        "tenants": tenants,
        "roadmap": roadmap,
        "parked": parked,
        "policy": failure or "in force",
    }
