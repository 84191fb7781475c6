"""Fakes of the storage ports: in memory, with ETags and the limits that the real ones have."""

import hashlib
import itertools
import operator
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shared.core.changes.change import Effect, EffectState, TicketState
from shared.core.errors import ConflictError, PermanentError, RefusedError
from shared.core.messages import Envelope, decode, encode
from shared.core.policy.model import Policy, Route, Team, Tenant
from shared.core.ports.deployment import SecretState
from shared.core.ports.storage import Blob, Condition, QueueState, Row, Value, Write
from shared.usecases.deps import (
    ChannelMemory,
    Deps,
    DownMemory,
    Here,
    ListMemory,
    OutsidePorts,
    Place,
    StoragePorts,
    Untold,
)

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class DiedError(BaseException):
    """The process is no more: nothing of ours catches this."""


class Lifetime:
    """How many calls to storage a process makes before it dies; `calls` counts them over all ports that share it.

    It dies before the next call, or `after` it, when storage has done what nobody hears of any more.
    """

    def __init__(self, calls: int | None = None, *, after: bool = False) -> None:
        self.left = calls
        self.after = after
        self.calls = 0

    def dies(self) -> bool:
        """Whether this call is the last one; the process that comes next lives."""
        self.calls += 1
        last = self.left is not None and self.calls > self.left
        if last:
            self.left = None
        return last


class Mortal:
    """A port whose process dies at one call of its lifetime."""

    _CALLS = frozenset(
        {
            "get",
            "range",
            "scan",
            "read_keys",
            "written_at",
            "commit",
            "send",
            "look",
            "put",
            "delete",
            "read",
            "replace",
        }
    )

    def __init__(self, inner: object, life: Lifetime) -> None:
        self._inner = inner
        self._life = life

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if name == "scan":
            return lambda *args, **named: self._scan(found(*args, **named))
        return (lambda *args, **named: self._call(found(*args, **named))) if name in self._CALLS else found

    async def _scan(self, rows: AsyncIterator[object]) -> AsyncIterator[object]:
        if self._life.dies():
            raise DiedError
        async for row in rows:
            yield row

    async def _call(self, running: Coroutine[object, object, object]) -> object:
        dies = self._life.dies()
        if dies and not self._life.after:
            running.close()
            raise DiedError
        result = await running
        if dies:
            raise DiedError
        return result


class FakeExamined:
    """What the doctor asks of storage: everything is there and allowed, but what a test names.

    `faults`: what asking for something raises, by its name; `unwritable`: the same of trying to write it.
    """

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        self.unwritable: dict[str, Exception] = {}
        self.ahead: float | None = 0.0

    async def inspect(self, name: str) -> float | None:
        if name in self.faults:
            raise self.faults[name]
        return self.ahead

    async def try_write(self, name: str) -> None:
        if name in self.unwritable:
            raise self.unwritable[name]


class FakeTables(FakeExamined):
    """Table storage in memory. `refuse` names keys that it never takes; `interfere` runs once before a commit.

    `looked_at` counts the rows that storage looks at to answer (all in a range, filtered or not), `returned` those
    that it sends. `clock`: when a row is written, by this storage's own clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock: Callable[[], datetime] = lambda: NOW
        self.stamps: dict[tuple[str, str, str], datetime] = {}
        self.rows: dict[tuple[str, str, str], tuple[dict[str, Value], str]] = {}
        self._keys: dict[tuple[str, str], set[str]] = {}  # of each partition, those deleted too
        self.refuse: set[str] = set()
        self.interfere = None
        self.calls = self.looked_at = self.returned = 0
        self._versions = itertools.count(1)

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        self.calls += 1
        found = self.rows.get((table, partition, key))
        self.looked_at += 1
        self.returned += found is not None
        return Row(partition, key, dict(found[0]), found[1]) if found else None

    async def range(
        self,
        table: str,
        partition: str,
        low: str,
        high: str,
        equal: Mapping[str, str] | None = None,
        *,
        limit: int = 0,
        only: Collection[str] | None = None,
        any_of: Sequence[Condition] = (),
    ) -> list[Row]:
        self.calls += 1
        rows: list[Row] = []
        for key in sorted(key for key in self._keys.get((table, partition), ()) if low <= key < high):
            if (table, partition, key) not in self.rows:
                continue
            self.looked_at += 1
            values, etag = self.rows[table, partition, key]
            row = Row(partition, key, values, etag)
            if _equal(values, equal) and _is_any(row, any_of, self.stamps[table, partition, key]):
                rows.append(_only(row, only))
                if len(rows) == limit:
                    break
        self.returned += len(rows)
        return rows

    async def scan(
        self,
        table: str,
        equal: Mapping[str, str] | None = None,
        low: str = "",
        high: str = "",
        *,
        only: Collection[str] | None = None,
        where: Sequence[Condition] = (),
        any_of: Sequence[Condition] = (),
        limit: int = 0,
    ) -> AsyncIterator[Row]:
        self.calls += 1
        returned = 0
        for (t, p, k), (values, etag) in sorted(self.rows.items(), key=lambda item: item[0]):
            if t != table or (high and not low <= k < high):
                continue
            self.looked_at += 1
            row, at = Row(p, k, values, etag), self.stamps[t, p, k]
            if _equal(values, equal) and all(_holds(row, each, at) for each in where) and _is_any(row, any_of, at):
                self.returned += 1
                returned += 1
                yield _only(row, only)
                if returned == limit:
                    return

    async def read_keys(
        self, table: str, which: Literal["PartitionKey", "RowKey"], where: Sequence[Condition] = (), *, limit: int = 0
    ) -> list[str]:
        rows = FakeTables.scan(self, table, only=(), where=where, limit=limit)
        return [row.partition if which == "PartitionKey" else row.key async for row in rows]

    async def written_at(self, table: str, partition: str, key: str) -> datetime | None:
        self.calls += 1
        return self.stamps.get((table, partition, key))

    async def commit(self, table: str, writes: Sequence[Write]) -> list[str]:
        self.calls += 1
        if self.interfere:
            interfere, self.interfere = self.interfere, None
            await interfere()
        assert 0 < len(writes) <= 100, "a transaction holds 1 to 100 rows"
        assert len({w.row.partition for w in writes}) == 1, "a transaction is of one partition"
        assert len({w.row.key for w in writes}) == len(writes), "a row stands once in a transaction"
        for write in writes:
            if write.row.key in self.refuse:
                raise RefusedError(write.row.key, "refused by the test")
            _check_size(write.row)
            held = self.rows.get((table, write.row.partition, write.row.key))
            if (write.how == "insert") != (held is None) or (held and write.row.etag != held[1]):
                raise ConflictError(write.row.key)
        for write in writes:
            place = (table, write.row.partition, write.row.key)
            old = self.rows.get(place, ({}, ""))[0] if write.how == "merge" else {}
            if write.how == "delete":
                del self.rows[place], self.stamps[place]
            else:
                self.stamps[place] = self.clock()
                self.rows[place] = ({**old, **write.row.values}, str(next(self._versions)))
                self._keys.setdefault(place[:2], set()).add(place[2])
        places = ((table, write.row.partition, write.row.key) for write in writes)
        return [self.rows[place][1] if place in self.rows else "" for place in places]

    def put(self, table: str, row: Row) -> None:
        """A row that was there before the test."""
        self.rows[table, row.partition, row.key] = (dict(row.values), str(next(self._versions)))
        self.stamps[table, row.partition, row.key] = self.clock()
        self._keys.setdefault((table, row.partition), set()).add(row.key)

    def keys(self, table: str) -> list[str]:
        return [key for (t, _, key) in sorted(self.rows) if t == table]


def _check_size(row: Row) -> None:
    sizes = [
        len(value) if isinstance(value, bytes) else 2 * len(value) if isinstance(value, str) else 8
        for value in row.values.values()
    ]
    if max(sizes, default=0) > 64 * 1024 or sum(sizes) > 1024 * 1024 or len(sizes) > 252:
        raise RefusedError(row.key, f"{sum(sizes)} bytes are too many")


def _only(row: Row, only: Collection[str] | None) -> Row:
    values = {name: value for name, value in row.values.items() if only is None or name in only}
    return Row(row.partition, row.key, values, row.etag)


_COMPARE = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}


def _holds(row: Row, condition: Condition, at: datetime) -> bool:
    """Storage's own rule: what a row lacks, or has in another type, is neither more nor less than anything."""
    values = {**row.values, "PartitionKey": row.partition, "RowKey": row.key, "Timestamp": at}
    held = values.get(condition.name)
    return type(held) is type(condition.value) and bool(_COMPARE[condition.how](held, condition.value))


def _is_any(row: Row, any_of: Sequence[Condition], at: datetime) -> bool:
    return not any_of or any(_holds(row, each, at) for each in any_of)


def _equal(values: Mapping[str, Value], equal: Mapping[str, str] | None) -> bool:
    return all(values.get(name) == value for name, value in (equal or {}).items())


class FakeQueues(FakeExamined):
    """Queues in memory; messages go through the real encoding, so that its limit holds."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, Envelope, float]] = []

    async def send(self, queue: str, envelope: Envelope, delay: float = 0.0) -> None:
        self.sent.append((queue, decode(encode(envelope)), delay))

    async def look(self, queue: str) -> QueueState:
        there = [(envelope, delay) for name, envelope, delay in self.sent if name == queue]
        return QueueState(len(there), min((each.first_seen for each, delay in there if not delay), default=None))

    def bodies(self, queue: str) -> list[Mapping[str, object]]:
        return [envelope.body for name, envelope, _ in self.sent if name == queue]

    def take(self, queue: str) -> list[Envelope]:
        """The messages of a queue, removed from it."""
        taken = [envelope for name, envelope, _ in self.sent if name == queue]
        self.sent = [item for item in self.sent if item[0] != queue]
        return taken


class FakeBlobs(FakeExamined):
    """Blobs in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], bytes] = {}
        self.calls = 0

    async def put(self, container: str, name: str, data: bytes) -> None:
        self.calls += 1
        self.held[container, name] = data

    async def get(self, container: str, name: str) -> bytes | None:
        self.calls += 1
        return self.held.get((container, name))

    async def read(self, container: str, name: str, known: str = "") -> Blob | None:
        self.calls += 1
        held = self.held.get((container, name))
        if held is None:
            return None
        etag = hashlib.sha256(held).hexdigest()
        return Blob(b"", etag, modified=False) if etag == known else Blob(held, etag)

    async def replace(self, container: str, name: str, data: bytes, etag: str) -> None:
        before = await self.read(container, name)  # the one call that this is
        if (before.etag if before else "") != etag:
            raise ConflictError(f"{container}/{name}")
        self.held[container, name] = data

    async def names(self, container: str, prefix: str) -> list[str]:
        return sorted(name for held, name in self.held if held == container and name.startswith(prefix))

    async def delete(self, container: str, name: str) -> None:
        self.held.pop((container, name), None)


class FakeSecrets:
    """Secrets from a mapping."""

    def __init__(self, held: Mapping[str, str]) -> None:
        self.held = held

    async def get(self, name: str, host: str = "") -> str:
        if name not in self.held:
            raise PermanentError(f"secret {name} is not set")
        return self.held[name]

    async def inspect(self, name: str) -> SecretState | None:
        return SecretState(self.held[name]) if name in self.held else None


class FakePolicy:
    """A policy that is in force."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.failure = ""

    async def current(self) -> Policy:
        return self.policy


def a_policy(**over: object) -> Policy:
    """A small valid policy; named fields replace its own."""
    fields = {
        "tenants": {"contoso": Tenant(), "fabrikam": Tenant()},
        "teams": {"workplace": Team(owner="ana@contoso.example")},
        "routes": Route(team="workplace"),
    }
    return Policy(**(fields | over))


async def no_token(scope: str, host: str) -> str:
    """Of an identity that nothing in the test may use."""
    raise AssertionError(f"nobody should have asked for a token for {scope}")


async def no_pause(seconds: float) -> None:
    """Of a test that does not wait."""


def deps_of(**ports: Any) -> Deps:
    """Deps of the ports that a test names; the others are None, so that a test which needs one says so."""
    known = {group: {f.name for f in fields(group)} for group in (StoragePorts, OutsidePorts, Here)}
    unknown = set(ports) - set().union(*known.values())
    if unknown:
        raise TypeError(f"Deps has no {', '.join(sorted(unknown))}")
    given = {
        "claim_seconds": 120.0,
        "pace": 1.0,
        "down": DownMemory(),
        "lists": ListMemory(),
        "channels": ChannelMemory(),
        "pause": no_pause,
        "telemetry": Untold(),
        "place": Place(),
        **ports,
    }
    return Deps(*(group(**{name: given.get(name) for name in names}) for group, names in known.items()))


def deps_with(deps: Deps, **ports: Any) -> Deps:
    """The same Deps with other ports."""
    groups = (deps.storage, deps.outside, deps.here)
    return deps_of(**{f.name: getattr(group, f.name) for group in groups for f in fields(group)} | ports)


def effect_state(effect: Effect, **values: Any) -> EffectState:
    """The state of an effect, with what belongs to its ticket named beside the rest."""
    of_ticket = {f.name for f in fields(TicketState)} & set(values)
    ticket = TicketState(**{name: values.pop(name) for name in of_ticket})
    return EffectState(effect, ticket=ticket, **values)
