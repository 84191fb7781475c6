"""What `foresignal sandbox` can be told."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sandbox.errors import SandboxError


@dataclass(frozen=True, slots=True)
class Options:
    """Without posts or history the sample history is played. `lock` and `claim`: seconds.

    A lock is renewed while its message is worked on, so that a short one only means that what a dead host held comes
    back soon (Azure's is 600); tests take a shorter one still.

    `first`, `last`: the days of a history to play. `board`: tickets are moved on as a board would (always with the
    samples). `tickets`: the ticket system that runs beside it, in place of those that the policy names. `pace`: factor
    on delays. `max_dequeue`: tries of a message before poison, instead of host.json's. `allow`: hosts outside this
    machine that the sandbox may call; it calls no other. `package`: the functions run from that zip, not from here.
    """

    posts: Path | None = None
    tenants: int = 2
    state: Path | None = None
    now: datetime | None = None
    history: Path | None = None
    first: date | None = None
    last: date | None = None
    once: bool = False
    json: bool = False
    policy: Path | None = None
    port: int = 0
    board: bool = False
    tickets: str = ""
    pace: float = 0.02
    lock: int = 60
    claim: float = 120.0
    max_dequeue: int | None = None
    allow: tuple[str, ...] = ()
    package: Path | None = None

    def __post_init__(self) -> None:
        if self.posts and self.history:
            raise SandboxError("give --posts or --history, not both")
        if self.tenants < 1:
            raise SandboxError("--tenants must be 1 or more")
        if self.json and not self.once:
            raise SandboxError("--json prints a summary at the end, so it needs --once")
        for host in self.allow:
            if not re.fullmatch(r"[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9:])?", host):
                raise SandboxError(f"--allow takes the name of a host, such as contoso.service-now.com, not {host!r}")
        if self.now and self.now.tzinfo is None:
            raise SandboxError("--now needs its zone: 2025-09-30T23:59Z")
