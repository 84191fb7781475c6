"""The ports: what use cases need from outside. Adapters implement them; tests run one contract over each."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from shared.core.messages import Envelope
from shared.core.policy.model import Policy, Tenant
from shared.core.tickets.ticket import Preview, Ticket, TicketRef

Value = str | int | float | bool | bytes | datetime
Clock = Callable[[], datetime]
"""Now, in UTC."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entity of a table. `etag` is the version that was read; empty for one that is about to be inserted."""

    partition: str
    key: str
    values: Mapping[str, Value]
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """One conditional write. `insert`: only where no row is. `replace`, `merge`, `delete`: only over `row.etag`.

    `merge` sets the named values and leaves the others as they are.
    """

    how: Literal["insert", "replace", "merge", "delete"]
    row: Row


class Tables(Protocol):
    """Table storage. Every write is conditional; `commit` is one transaction in one partition."""

    async def get(self, table: str, partition: str, key: str) -> Row | None: ...

    async def range(
        self, table: str, partition: str, low: str, high: str, equal: Mapping[str, str] | None = None
    ) -> list[Row]:
        """The rows with low <= key < high, in order of key, paged to the end; `equal`: property = value besides."""
        ...

    def scan(
        self, table: str, equal: Mapping[str, str] | None = None, low: str = "", high: str = ""
    ) -> AsyncIterator[Row]:
        """Every row of a table (with low <= key < high where given), page by page; for timers and tools only."""
        ...

    async def commit(self, table: str, writes: Sequence[Write]) -> list[str]:
        """All writes or none; at most 100 rows of one partition, 4 MiB. The rows' new versions, "" for a deleted one.

        Raises ConflictError where a condition does not hold, RefusedError naming the row that storage would never
        take (over 1 MiB, a property over 64 KiB), TransientError when storage is not to be had.
        """
        ...


class Queues(Protocol):
    """Storage queues."""

    async def send(self, queue: str, envelope: Envelope, delay: float = 0.0) -> None:
        """Put one message, kept until it is handled; invisible for `delay` seconds first."""
        ...


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob as it was read; `etag` is its version."""

    data: bytes
    etag: str


class Blobs(Protocol):
    """Blob storage. `put` overwrites; `replace` is conditional."""

    async def read(self, container: str, name: str) -> Blob | None: ...

    async def replace(self, container: str, name: str, data: bytes, etag: str) -> None:
        """Write over that version; an empty `etag` writes only where there is none. ConflictError where it differs."""
        ...

    async def names(self, container: str, prefix: str) -> list[str]:
        """The names that begin so, in order."""
        ...

    async def put(self, container: str, name: str, data: bytes) -> None: ...

    async def get(self, container: str, name: str) -> bytes | None: ...

    async def delete(self, container: str, name: str) -> None: ...


class PolicySource(Protocol):
    """The policy in force: read once a process, kept for a minute, the last good one when the new one is wrong.

    `failure`: why the newest one is not in force; empty where it is.
    """

    failure: str

    async def current(self) -> Policy: ...


class Secrets(Protocol):
    """Secrets by the names that the policy uses."""

    async def get(self, name: str) -> str:
        """The value; PermanentError naming the secret and where to put it when there is none."""
        ...


class PostSource(Protocol):
    """A tenant's announcements."""

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        """Every post of the tenant's feed as raw JSON, page by page, to the end.

        Raises TransientError (429, 503, network; `retry_after` in seconds where told) or PermanentError (401 after a
        fresh token, 403, 404), both naming the tenant and what to do, and no secret.
        """
        ...


class TaskSource(Protocol):
    """A tenant's plan of synced tasks."""

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        """Every task of the plan `tenant.plan` as raw `plannerTask` JSON; errors as PostSource."""
        ...

    async def details(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        """Raw `plannerTaskDetails` of one task; an empty mapping where it is gone."""
        ...


class RoadmapSource(Protocol):
    """The public roadmap of Microsoft 365."""

    async def items(self, url: str) -> Any:
        """The API's JSON as it came, with TransientError and PermanentError as PostSource."""
        ...


class TicketSystem(Protocol):
    """A Change Review Board's ticket system. Reconciled, not told: our key is on every ticket (design rule 2).

    Every method raises TransientError (429, 5xx, network; `retry_after` where told) or PermanentError (what waiting
    does not mend), both naming the system in the policy and what to do, and no secret. None of them tries again.
    """

    searches_late: float
    """Seconds that a new ticket may take to be found by its key; 0 where look-ups see it at once."""

    async def find(self, key: str) -> TicketRef | None:
        """The ticket that carries the key, wherever it stands in its life; the oldest where there are several."""
        ...

    async def open(self, ticket: Ticket) -> TicketRef:
        """Create the ticket. Called under a claim; one that is found by the key already is amended and returned."""
        ...

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        """Make the ticket `ref.number` what it should be now, and add those `ticket.notes` that it does not have.

        What is the board's stays: state, assignment, decision. A ticket that was deleted by hand is opened again.
        `ticket.cancelled` cancels it and `ticket.reopen` opens it again, where it can be; else a note asks for it.
        """
        ...

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """The tickets of these numbers as they are now; one that no longer exists is absent."""
        ...

    def preview(self, ticket: Ticket) -> Preview:
        """What `open` would send, without a call."""
        ...

    async def ping(self) -> str:
        """Whether we may do all this, without changing anything: a line that says as whom, and where.

        Raises PermanentError naming the permission or setting that is missing.
        """
        ...


class Channel(Protocol):
    """Where cards go."""

    async def post(self, card: Mapping[str, Any]) -> None:
        """Send one Adaptive Card; returns when it was accepted."""
        ...
