"""What use cases are given: every port in one place; a test replaces one field."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.core.policy.model import Policy
from shared.core.ports.deployment import Clock, PolicySource  # fmt: skip
from shared.core.ports.outside import Channel, Feed, RoadmapSource, TaskSource, TicketSystem
from shared.core.ports.storage import Blobs, Queues, Tables


@dataclass(frozen=True, slots=True)
class Deps:
    """The ports, and who we are.

    `feeds`: by the source's name. `deployment`: in ticket keys. `worker`: this process, as the owner of claims.
    `claim_seconds`: how long a claim holds, longer than every call's timeout. `pace`: factor on every delay (the
    sandbox shortens them).
    """

    tables: Tables
    queues: Queues
    blobs: Blobs
    policy: PolicySource
    feeds: Mapping[str, Feed]
    tasks: TaskSource
    roadmap: RoadmapSource
    ticket_system: Callable[[Policy, str], Awaitable[TicketSystem]]
    channel: Callable[[Policy, str], Awaitable[Channel]]
    clock: Clock
    deployment: str
    public_url: str
    worker: str
    claim_seconds: float = 120.0
    pace: float = 1.0
