"""Tenants: what was last read of each source (table `tenants`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.core.policy.model import Tenant
from shared.core.ports.storage import Tables

TABLE = "tenants"
SNAPSHOT = "snapshot|"
SOURCES = {"messages": "posts", "planner": "tasks"}  # and the queue of what they bring


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


async def tenant_states(tables: Tables, tenants: Mapping[str, Tenant]) -> list[TenantState]:
    """Every tenant and source of the policy, also those that were never fetched."""
    states = {
        (name, source): TenantState(name, source)
        for name, tenant in tenants.items()
        for source in SOURCES
        if has_source(tenant, source)
    }
    async for row in tables.scan(TABLE):
        place = (row.partition, row.key.removeprefix(SNAPSHOT))
        if row.key.startswith(SNAPSHOT) and place in states:
            states[place] = TenantState(
                *place,
                fetched=moment(row.values.get("fetched")),
                failure=str(row.values.get("failure", "")),
                failures=count(row.values.get("failures")),
                not_before=moment(row.values.get("not_before")),
                posts=count(row.values.get("posts")),
            )
    return list(states.values())


def has_source(tenant: Tenant, source: str) -> bool:
    return source == "messages" or (source == "planner" and bool(tenant.plan))


def moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def count(value: object) -> int:
    return value if isinstance(value, int) else 0
