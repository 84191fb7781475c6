"""The clock, the secrets, the policy and the telemetry of this deployment."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.core.policy.model import Policy

Clock = Callable[[], datetime]
"""Now, in UTC."""


class PolicySource(Protocol):
    """The policy in force: read once a process, kept for a minute, the last good one when the new one is wrong.

    `failure`: why the newest one is not in force; empty where it is.
    """

    failure: str

    async def current(self) -> Policy: ...


@dataclass(frozen=True, slots=True)
class SecretState:
    """A secret as it is kept. `value`: as it stands, blanks at its ends included; it is shown nowhere.

    `hosts`: what its tag says of where it may be sent. `expires`: when whoever keeps it says that it ends.
    """

    value: str = field(repr=False)
    hosts: str = ""
    expires: datetime | None = None


class Secrets(Protocol):
    """Secrets by the names that the policy uses."""

    async def get(self, name: str, host: str = "") -> str:
        """The value; PermanentError naming the secret and where to put it when there is none.

        `host`: where it is about to be sent, if anywhere; PermanentError where it is not for that host.
        """
        ...

    async def inspect(self, name: str) -> SecretState | None:
        """The secret as it is kept now; None where there is none.

        Raises ForbiddenError where we may not read it, TransientError where the vault is not to be had.
        """
        ...


class Telemetry(Protocol):
    """Counters, and traces that go on from one queue to the next. Nothing here ever raises, or says a post's text."""

    def count(self, name: str, by: int, about: Mapping[str, str]) -> None: ...

    def trace(self) -> str:
        """In the course of what we are, as a `traceparent`; empty where nobody traces."""
        ...

    def within(self, name: str, trace: str, about: Mapping[str, str]) -> AbstractContextManager[None]:
        """A step of that name in the course of `trace`, or of what the host has begun where that is empty."""
        ...
