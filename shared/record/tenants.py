"""What was last read of each tenant's sources and of the roadmap, and what was said of the policy (table `tenants`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.core.policy.model import Tenant
from shared.core.ports.storage import Condition, Row, Tables, Value, Write
from shared.core.sources.snapshot import Snapshot
from shared.core.sources.source import SOURCES, source_of

TABLE = "tenants"
DEPLOYMENT = "-"
"""The partition of what is no tenant's: no tenant can be called so."""
LOADING, LOAD_BEGAN = "loading", "load_began"
"""Columns of a source's row whose first load is open."""
SNAPSHOT = "snapshot|"
"""How the key of what is remembered of a feed begins."""
ROADMAP = "roadmap|"
_POLICY = "policy|told"

STALE = timedelta(hours=2)
"""What is older is not well: fetches come every 15 minutes, and are noted at least hourly; the lists every ten."""
LISTED = 100
"""So many sources of tenants are read one by one; of more, those that are well are counted."""
NAMED = 30
"""Of more, so many that are not well are read in full."""
_TRIES = 4
_STATE = ("fetched", "failure", "failures", "not_before", "posts")
_NOTED = timedelta(minutes=50)
"""A fetch that finds what the last one found is noted once it is so old: of four in an hour one."""


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

    def is_fresh(self, now: datetime) -> bool:
        """Whether it was read lately, whatever failed since."""
        return self.fetched is not None and now - self.fetched < STALE

    def is_well(self, now: datetime) -> bool:
        return not self.failure and self.is_fresh(now)


Place = tuple[str, str]
"""A tenant and one of its sources."""


@dataclass(frozen=True, slots=True)
class TenantsState:
    """How the sources of all tenants are. `states`: each of them, or of very many some that are not well.

    `well`: how many are; `not_well`: every other one.
    """

    states: tuple[TenantState, ...]
    well: int
    not_well: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is remembered of a tenant's source, with the version of its row; `row` is None before the first fetch."""

    tenant: str
    source: str
    row: Row | None

    @property
    def not_before(self) -> datetime | None:
        return _moment(self._values.get("not_before"))

    @property
    def failures(self) -> int:
        """How many fetches in a row have failed."""
        return _count(self._values.get("failures"))

    @property
    def doubted(self) -> datetime | None:
        """Since when the feed has lost more than is believed."""
        return _moment(self._values.get("doubted"))

    def snapshot(self, feed: str) -> Snapshot:
        """What was seen of this feed; nothing of another one. PermanentError where it is damaged."""
        same = self._values.get("feed", feed) == feed
        return Snapshot.from_properties(self._values if same else {})

    def write_fetch(
        self,
        snapshot: Snapshot,
        feed: str,
        at: datetime,
        posts: int,
        counts: tuple[int, int, int],
        *,
        first_load: bool = False,
    ) -> Write:
        """A fetch that went well, in place of the row. `counts`: new, edited and gone.

        `first_load`: it begins the first load of this feed, which is open until `record/first_load.py` ends it.
        PermanentError where there are more posts than a row can remember.
        """
        new, edited, gone = counts
        values: dict[str, Value] = {
            **snapshot.to_properties(), "feed": feed, "fetched": at, "failure": "", "failures": 0,
            "posts": posts, "new": new, "edited": edited, "gone": gone,
        }  # fmt: skip
        if first_load:
            values |= {LOADING: "yes", LOAD_BEGAN: at}
        elif self._values.get(LOADING):
            values |= {LOADING: "yes", LOAD_BEGAN: self._values.get(LOAD_BEGAN, at)}
        return self._write(values, "replace")

    def write_failure(
        self, failure: str, at: datetime, failures: int, not_before: datetime, doubted: datetime | None
    ) -> Write:
        """A fetch that failed; the snapshot, the last good fetch and its counts stay."""
        values: dict[str, Value] = {"failure": failure, "failed_at": at, "failures": failures, "not_before": not_before}
        if doubted:
            values["doubted"] = doubted
        return self._write(values, "merge")

    def says(self, write: Write, now: datetime) -> bool:
        """Whether the row says all of it, but for when, and that is lately: then it need not be written again."""
        fetched = _moment(self._values.get("fetched"))
        if write.how != "replace" or fetched is None or now - fetched > _NOTED:
            return False
        before, after = (
            {k: v for k, v in values.items() if k != "fetched"} for values in (self._values, write.row.values)
        )
        return before == after

    def _write(self, values: Mapping[str, Value], how: Literal["replace", "merge"]) -> Write:
        row = Row(self.tenant, SNAPSHOT + self.source, values, self.row.etag if self.row else "")
        return Write(how if self.row else "insert", row)

    @property
    def _values(self) -> Mapping[str, Value]:
        return self.row.values if self.row else {}


async def source_record(tables: Tables, tenant: str, source: str) -> SourceRecord:
    return SourceRecord(tenant, source, await tables.get(TABLE, tenant, SNAPSHOT + source))


async def commit(tables: Tables, write: Write) -> None:
    """The one conditional write of a run. ConflictError where another run was faster."""
    await tables.commit(TABLE, [write])


@dataclass(frozen=True, slots=True)
class RoadmapRecord:
    """What is remembered of the last reading of the roadmap, with the version of its row."""

    row: Row | None

    @property
    def fetched(self) -> datetime | None:
        """The last good reading."""
        return _moment(self._values.get("fetched"))

    @property
    def failure(self) -> str:
        return str(self._values.get("failure", ""))

    @property
    def doubted(self) -> datetime | None:
        return _moment(self._values.get("doubted"))

    @property
    def items(self) -> int:
        return _count(self._values.get("items"))

    def write_reading(self, at: datetime, items: int, differ: int) -> Write:
        return self._write({"failure": "", "fetched": at, "items": items, "differ": differ})

    def write_failure(self, failure: str, at: datetime, doubted: datetime | None) -> Write:
        """A reading that failed; the last good one stays."""
        values = {**self._values, "failure": failure, "failed_at": at}
        if doubted:
            values["doubted"] = doubted
        return self._write(values)

    def _write(self, values: Mapping[str, Value]) -> Write:
        row = Row(DEPLOYMENT, ROADMAP, values, self.row.etag if self.row else "")
        return Write("replace" if self.row else "insert", row)

    @property
    def _values(self) -> Mapping[str, Value]:
        return self.row.values if self.row else {}


async def roadmap_record(tables: Tables) -> RoadmapRecord:
    return RoadmapRecord(await tables.get(TABLE, DEPLOYMENT, ROADMAP))


@dataclass(frozen=True, slots=True)
class PolicyNotice:
    """The last notice about the policy. `fault`: the fingerprint of what was wrong; empty where all was well."""

    fault: str
    etag: str


async def policy_notice(tables: Tables) -> PolicyNotice:
    row = await tables.get(TABLE, DEPLOYMENT, _POLICY)
    return PolicyNotice(str(row.values.get("told", "")), row.etag) if row else PolicyNotice("", "")


async def write_policy_notice(tables: Tables, before: PolicyNotice, fault: str) -> PolicyNotice:
    """Raises ConflictError where another process was faster."""
    write = Write("merge" if before.etag else "insert", Row(DEPLOYMENT, _POLICY, {"told": fault}, before.etag))
    (etag,) = await tables.commit(TABLE, [write])
    return PolicyNotice(fault, etag)


async def tenant_states(tables: Tables, tenants: Mapping[str, Tenant]) -> list[TenantState]:
    """Every source of these tenants, also those that were never fetched: about 350 bytes each."""
    states = {place: TenantState(*place) for place in _places(tenants)}
    where: list[Condition] = []
    if tenants:
        where = [Condition("PartitionKey", "ge", min(tenants)), Condition("PartitionKey", "le", max(tenants))]
    async for row in tables.scan(TABLE, only=_STATE, where=where):
        place = _place(row)
        if row.key.startswith(SNAPSHOT) and place in states:
            states[place] = _state(row)
    return list(states.values())


async def tenants_state(tables: Tables, tenants: Mapping[str, Tenant], now: datetime) -> TenantsState:
    """The same in short: of more than 100 sources the names of those that are well are read, and 30 of the others."""
    places = _places(tenants)
    if len(places) <= LISTED:
        states = await tenant_states(tables, tenants)
        not_well = tuple((state.name, state.source) for state in states if not state.is_well(now))
        return TenantsState(tuple(states), len(states) - len(not_well), not_well)
    well: set[Place] = set()
    for source in sorted({source for _, source in places}):
        where = [
            Condition("RowKey", "eq", SNAPSHOT + source),
            Condition("failures", "eq", 0), Condition("fetched", "gt", now - STALE),
        ]  # fmt: skip
        well |= {(tenant, source) for tenant in await tables.read_keys(TABLE, "PartitionKey", where)}
    others = [place for place in places if place not in well]
    states = await _not_well(tables, others, now) if others else []
    return TenantsState(tuple(states), len(places) - len(others), tuple(others))


async def _not_well(tables: Tables, others: Sequence[Place], now: datetime) -> list[TenantState]:
    """The first of these as their rows say; those without a row were never fetched. A tenant that left has one, too."""
    bad = (Condition("failures", "gt", 0), Condition("fetched", "le", now - STALE))
    wanted, found = frozenset(others), dict[Place, TenantState]()
    names, whole = [tenant for tenant, _ in others], False
    after, last = min(names), max(names)
    for _ in range(_TRIES):
        where = [
            Condition("PartitionKey", "ge", after), Condition("PartitionKey", "le", last),
            Condition("RowKey", "ge", SNAPSHOT),
        ]  # fmt: skip
        rows = [row async for row in tables.scan(TABLE, only=_STATE, where=where, any_of=bad, limit=NAMED)]
        found |= {_place(row): _state(row) for row in rows if _place(row) in wanted}
        whole = len(rows) < NAMED
        if whole or len(found) >= NAMED:
            break
        after = rows[-1].partition
    if whole:
        found |= {place: TenantState(*place) for place in others if place not in found}
    return list(found.values())[:NAMED]


def _places(tenants: Mapping[str, Tenant]) -> list[Place]:
    return [(name, source) for name, tenant in tenants.items() for source in SOURCES if source_of(tenant, source)]


def _place(row: Row) -> Place:
    return row.partition, row.key.removeprefix(SNAPSHOT)


def _state(row: Row) -> TenantState:
    return TenantState(
        *_place(row),
        fetched=_moment(row.values.get("fetched")),
        failure=str(row.values.get("failure", "")),
        failures=_count(row.values.get("failures")),
        not_before=_moment(row.values.get("not_before")),
        posts=_count(row.values.get("posts")),
    )


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
