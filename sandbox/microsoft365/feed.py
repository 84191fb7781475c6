"""The posts of every tenant as they were at a moment: what Message Center would have shown then."""

from bisect import bisect_right, insort_right
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from sandbox.microsoft365.history import Line, Post, moment, read

_OBSERVED = attrgetter("observed")


def sources(names: Sequence[str], tenants: Sequence[str]) -> dict[str, str]:
    """Whose posts each tenant of this run has: its own, else those of a named one not yet taken, else round robin."""
    spare = [name for name in names if name not in tenants]
    return {
        tenant: tenant if tenant in names else (spare.pop(0) if spare else names[index % len(names)])
        for index, tenant in enumerate(tenants)
        if names
    }


@dataclass(slots=True)
class _Tenant:
    """One tenant's lines in the order of `observed`, and the state after the first `applied` of them."""

    lines: list[Line]
    by_id: dict[str, list[Line]] = field(default_factory=dict)
    applied: int = 0
    current: dict[str, Post] = field(default_factory=dict)
    listed: list[Post] | None = None

    def __post_init__(self) -> None:
        for line in self.lines:
            self.by_id.setdefault(line.id, []).append(line)

    def advance(self, now: datetime) -> None:
        until = bisect_right(self.lines, now, key=_OBSERVED)
        if until < self.applied:  # somebody looks back
            self.reset()
        if until > self.applied:
            self.listed = None
        for line in self.lines[self.applied : until]:
            if line.post is None:
                self.current.pop(line.id, None)
            else:
                self.current[line.id] = line.post
        self.applied = until

    def reset(self) -> None:
        self.applied, self.listed = 0, None
        self.current.clear()

    def add(self, line: Line) -> None:
        insort_right(self.lines, line, key=_OBSERVED)
        insort_right(self.by_id.setdefault(line.id, []), line, key=_OBSERVED)
        self.reset()


class Feed:
    """What each tenant's Message Center shows. `source` says whose lines of the file a tenant has (see `sources`).

    Posts that are handed out are shared: they are read, never changed.
    """

    def __init__(self, lines: Iterable[Line], tenants: Sequence[str] = ()) -> None:
        """`tenants`: the names in this run; without them those in the lines."""
        lines = sorted(lines, key=_OBSERVED)
        names = list(dict.fromkeys(name for line in lines for name in line.tenants or ()))
        self.tenants: tuple[str, ...] = tuple(tenants) or tuple(names)
        self.source: Mapping[str, str] = sources(names, self.tenants)
        self._tenants = {
            tenant: _Tenant([x for x in lines if x.tenants is None or self.source.get(tenant) in x.tenants])
            for tenant in self.tenants
        }

    @classmethod
    def from_file(cls, path: Path, tenants: Sequence[str] = ()) -> "Feed":
        """A history or a plain file of posts, .jsonl or .jsonl.gz; SandboxError naming file and line of a bad one."""
        return cls(read(path), tenants)

    def posts(self, tenant: str, now: datetime) -> list[Post]:
        """The newest edition of each post that was there at `now`, newest `startDateTime` first."""
        state = self._tenants[tenant]
        state.advance(now)
        if state.listed is None:
            state.listed = sorted(
                state.current.values(), key=lambda post: (moment(post["startDateTime"]), post["id"]), reverse=True
            )
        return state.listed

    def post(self, tenant: str, post_id: str, now: datetime) -> Post | None:
        """One post as it stood at `now`; None where it was not there, or no longer."""
        lines = self._tenants[tenant].by_id.get(post_id, [])
        until = bisect_right(lines, now, key=_OBSERVED)
        return lines[until - 1].post if until else None

    def posts_ever(self, tenant: str) -> list[tuple[Post, datetime]]:
        """Every post that is ever there: its first edition, and when it came."""
        firsts = (next((x for x in lines if x.post), None) for lines in self._tenants[tenant].by_id.values())
        return [(first.post, first.observed) for first in firsts if first and first.post]

    def edit(self, tenant: str | None, post_id: str, changes: Mapping[str, Any], now: datetime) -> None:
        """Change fields of one post from `now` on, for one tenant or all (None) that have it; KeyError if none has."""
        posts = [(name, self.post(name, post_id, now)) for name in self._tenants_of(tenant)]
        if not any(post for _, post in posts):
            raise KeyError(post_id)
        for name, post in posts:
            if post:
                self._tenants[name].add(Line(now, None, post_id, deepcopy(post) | deepcopy(dict(changes))))

    def publish(self, tenant: str | None, post: Post, now: datetime) -> None:
        """A new post, or one that returns, from `now` on."""
        for name in self._tenants_of(tenant):
            self._tenants[name].add(Line(now, None, post["id"], deepcopy(post)))

    def withdraw(self, tenant: str | None, post_id: str, now: datetime) -> None:
        """The post is gone from `now` on."""
        for name in self._tenants_of(tenant):
            self._tenants[name].add(Line(now, None, post_id, None))

    def _tenants_of(self, tenant: str | None) -> tuple[str, ...]:
        return self.tenants if tenant is None else (tenant,)
