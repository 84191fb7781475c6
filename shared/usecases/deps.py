"""What use cases are given: storage, what lies outside, and where we are."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.core.policy.model import Policy
from shared.core.ports.deployment import Clock, PolicySource
from shared.core.ports.outside import Channel, Feed, RoadmapSource, TaskSource, TicketSystem
from shared.core.ports.storage import Blobs, Queues, Tables


@dataclass(frozen=True, slots=True)
class StoragePorts:
    """Where the deployment keeps its state."""

    tables: Tables
    queues: Queues
    blobs: Blobs


@dataclass(frozen=True, slots=True)
class OutsidePorts:
    """Every system that is not ours. `feeds` has them by the source's name; the factories take a name of the policy."""

    feeds: Mapping[str, Feed]
    tasks: TaskSource
    roadmap: RoadmapSource
    ticket_system: Callable[[Policy, str], Awaitable[TicketSystem]]
    channel: Callable[[Policy, str], Awaitable[Channel]]


@dataclass(frozen=True, slots=True)
class Here:
    """This deployment and this process.

    `deployment`: its name, part of every ticket key. `worker`: this process, as the owner of claims.
    `claim_seconds`: how long a claim holds, longer than every call's timeout. `pace`: factor on every delay (the
    sandbox shortens them).
    """

    policy: PolicySource
    clock: Clock
    deployment: str
    public_url: str
    worker: str
    claim_seconds: float = 120.0
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Deps:
    """The ports by what they reach."""

    storage: StoragePorts
    outside: OutsidePorts
    here: Here
