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
    def plan(self) -> tuple[str, ...]: ...


class Cut(Protocol):
    """Cuts what one run brought into the bodies to send."""

    def __call__(
        self,
        name: str,
        tenant: FeedOwner,
        now: datetime,
        changed: Mapping[int, Any],
        gone: frozenset[int],
        *,
        first_load: bool,
    ) -> Batches:
        """`name`: of the tenant. `changed`: items by number that are new or edited; `gone`: numbers.

        `first_load`: nothing of the feed was known before.
        """
        ...


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


def _cut_posts(
    name: str,
    tenant: FeedOwner,  # noqa: ARG001 - the protocol passes it
    now: datetime,
    changed: Mapping[int, Any],
    gone: frozenset[int],
    *,
    first_load: bool,
) -> Batches:
    return of_posts(
        name,
        now,
        [raw for number, raw in changed.items() if not is_broken(number)],
        [ids.from_key(str(number)) for number in gone],
        [raw for number, raw in changed.items() if is_broken(number)],
        first_load=first_load,
    )


def _cut_tasks(
    name: str,
    tenant: FeedOwner,
    now: datetime,
    changed: Mapping[int, Any],
    gone: frozenset[int],
    *,
    first_load: bool,  # noqa: ARG001 - tasks make no ticket and no card
) -> Batches:
    """Each plan's tasks apart; of one that is gone only its number is known, so every plan is told of it."""
    by_plan: dict[str, list[Any]] = {plan: [] for plan in tenant.plan}
    for raw in changed.values():
        plan = raw.get("planId") if isinstance(raw, Mapping) else None
        by_plan[plan if plan in by_plan else tenant.plan[0]].append(raw)
    cut = [of_tasks(name, plan, now, tasks, gone) for plan, tasks in by_plan.items()]
    blobs = {blob: data for batches in cut for blob, data in batches.blobs.items()}
    return Batches(tuple(body for batches in cut for body in batches.bodies), blobs)


MESSAGES = Source("messages", "posts", lambda tenant: tenant.tenant_id, known_post, _cut_posts)
PLANNER = Source("planner", "tasks", lambda tenant: " ".join(tenant.plan) or None, known_task, _cut_tasks)


def source_of(tenant: FeedOwner, name: str) -> Source | None:
    """The source of that name where the tenant has a feed there."""
    source = SOURCES.get(name)
    return source if source and source.feed_of(tenant) is not None else None


SOURCES: Mapping[str, Source] = {source.name: source for source in (MESSAGES, PLANNER)}
