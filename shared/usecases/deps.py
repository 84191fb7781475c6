"""What use cases are given: storage, what lies outside, and where we are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from shared.core.ports.deployment import Clock, PolicySource, Secrets, Telemetry
from shared.core.ports.outside import Access, Channel, Feed, Reader, RoadmapSource, TaskSource, TicketSystem
from shared.core.ports.storage import Blobs, Queues, Tables

if TYPE_CHECKING:  # a process that handles one kind of message loads nothing for the others
    from shared.core.life.line import Line
    from shared.core.life.lives import Life, Remembered
    from shared.core.life.overview import Overview
    from shared.core.life.scope import Scope
    from shared.core.life.shown import Shown
    from shared.core.policy.model import Policy
    from shared.record.deliveries import Target
    from shared.record.digests import ChannelRecord
    from shared.record.lists import Listing


@dataclass(frozen=True, slots=True)
class StoragePorts:
    """Where the deployment keeps its state."""

    tables: Tables
    queues: Queues
    blobs: Blobs


@dataclass(frozen=True, slots=True)
class OutsidePorts:
    """Every system that is not ours. `feeds` has them by the source's name; the factories take a name of the policy.

    `secret_names`: every secret that a policy names, as where in it and how it is called. `reader`: the second reader
    of a policy that has one; None where none was deployed.
    """

    feeds: Mapping[str, Feed]
    tasks: TaskSource
    roadmap: RoadmapSource
    ticket_system: Callable[[Policy, str], Awaitable[TicketSystem]]
    channel: Callable[[Policy, str], Awaitable[Channel]]
    access: Access
    secret_names: Callable[[Policy], Sequence[tuple[str, str]]]
    reader: Callable[[Policy], Awaitable[Reader]] | None = None


@dataclass(slots=True)
class DownMemory:
    """The targets that are down, as this process read them last."""

    targets: frozenset[Target] = frozenset()
    read_at: datetime | None = None


@dataclass(slots=True)
class ListMemory:
    """The blobs of lines as this process read them last; `both`: the versions of the two, and their lines in one.

    `lives`: what measures made of lines, under which policy, in which quarter of an hour.
    `whole`: the lines that were asked for last, all and the live ones, and those of them that are whole. `shown`: the
    lines that were shown last, with posts on data privacy and without, all and the live ones, and what was made of
    them. `overview`: what was counted last, of which scope, in which quarter of an hour, of which changes.
    """

    live: Listing | None = None
    rest: Listing | None = None
    both: tuple[str, str, Mapping[str, Line]] | None = None
    lives: tuple[Policy, int, Remembered] | None = None
    whole: dict[bool, tuple[Mapping[str, Line], Mapping[str, Line]]] = field(default_factory=dict)
    shown: dict[tuple[bool, bool], tuple[Mapping[str, Line], Shown]] = field(default_factory=dict)
    overview: tuple[Scope, int, tuple[Life, ...], Overview] | None = None


@dataclass(slots=True)
class ChannelMemory:
    """The channels as this process wrote or read them last; a write over an older version is refused by storage.

    `lock`: of several messages of one process, one at a time writes a channel's row.
    """

    records: dict[str, ChannelRecord] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Untold:
    """The port `Telemetry` where nobody listens."""

    def count(self, name: str, by: int, about: Mapping[str, str]) -> None:
        """Counts nothing."""

    def trace(self) -> str:
        return ""

    def within(self, name: str, trace: str, about: Mapping[str, str]) -> AbstractContextManager[None]:  # noqa: ARG002 - nobody listens
        return nullcontext()


@dataclass(frozen=True, slots=True)
class Place:
    """What commands that mend something need to name. `account`, `vault`: of storage and secrets; empty for none.

    `bound_secrets`: a secret goes only where its tag says. `is_app`: this is the app itself, not an admin's machine.
    """

    account: str = ""
    vault: str = ""
    bound_secrets: bool = False
    is_app: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """This deployment and this process.

    `deployment`: its name, part of every ticket key. `worker`: this process, as the owner of claims.
    `claim_seconds`: how long a claim holds, longer than every call's timeout. `pace`: factor on every delay (the
    sandbox shortens them). `secrets`: by the names that the policy uses; None where there are none. `down`, `lists`,
    `channels`: what is remembered of targets that are down, of the lists, and of channels. `pause`: waits for seconds.
    `telemetry`: counters and traces. `place`: what of Azure is around.
    """

    policy: PolicySource
    clock: Clock
    deployment: str
    public_url: str
    worker: str
    claim_seconds: float = 120.0
    pace: float = 1.0
    secrets: Secrets | None = None
    down: DownMemory = field(default_factory=DownMemory)
    lists: ListMemory = field(default_factory=ListMemory)
    channels: ChannelMemory = field(default_factory=ChannelMemory)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    telemetry: Telemetry = field(default_factory=Untold)
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Deps:
    """The ports by what they reach."""

    storage: StoragePorts
    outside: OutsidePorts
    here: Here
