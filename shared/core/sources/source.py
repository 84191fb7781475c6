"""What the feeds of a tenant have in common: a source is a value, so that another one is an entry and its adapter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.core import ids
from shared.core.sources.batches import Batches, of_posts, of_tasks
from shared.core.sources.snapshot import FeedItem, is_broken, known_post, known_task


class FeedOwner(Protocol):
    """A tenant as far as its feeds go."""

    @property
    def tenant_id(self) -> str: ...

    @property
    def plan(self) -> str: ...


Cut = Callable[[str, FeedOwner, datetime, Mapping[int, Any], frozenset[int]], Batches]
"""Tenant's name, tenant, time, items by number that are new or edited, numbers that are gone: the bodies to send."""


@dataclass(frozen=True, slots=True)
class Source:
    """One feed. `name` stands in messages, rows and the policy's words; `queue` takes what the feed brings.

    `feed_of`: which feed a tenant has there; None where it has none. `know`: what is remembered of one item.
    """

    name: str
    queue: str
    feed_of: Callable[[FeedOwner], str | None]
    know: Callable[[Any], FeedItem]
    cut: Cut


def _cut_posts(name: str, _: FeedOwner, now: datetime, changed: Mapping[int, Any], gone: frozenset[int]) -> Batches:
    return of_posts(
        name,
        now,
        [raw for number, raw in changed.items() if not is_broken(number)],
        [ids.from_key(str(number)) for number in gone],
        [raw for number, raw in changed.items() if is_broken(number)],
    )


def _cut_tasks(name: str, tenant: FeedOwner, now: datetime, changed: Mapping[int, Any], _: frozenset[int]) -> Batches:
    return of_tasks(name, tenant.plan, now, changed.values())


MESSAGES = Source("messages", "posts", lambda tenant: tenant.tenant_id, known_post, _cut_posts)
PLANNER = Source("planner", "tasks", lambda tenant: tenant.plan or None, known_task, _cut_tasks)


def source_of(tenant: FeedOwner, name: str) -> Source | None:
    """The source of that name where the tenant has a feed there."""
    source = SOURCES.get(name)
    return source if source and source.feed_of(tenant) is not None else None


SOURCES: Mapping[str, Source] = {source.name: source for source in (MESSAGES, PLANNER)}
