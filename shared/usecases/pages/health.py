"""How we are: tenants, roadmap, policy, what is down, what is parked, and what stands in the queues."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.cards.delivery import sent_today
from shared.core.errors import TransientError
from shared.core.names import QUEUES, VERSION
from shared.core.policy.model import Policy
from shared.core.words.labels import waiting_words
from shared.record.audit import Entry, insert_entry
from shared.record.deliveries import OutageRecord, outages, waiting_for
from shared.record.digests import ChannelRecord, channels_and_outages
from shared.record.first_load import roadmap_and_waiting
from shared.record.lists import LIVE, read_listing
from shared.record.parked import COUNTED, ParkedHead, count_parked, is_key, newest_first, parked_heads
from shared.record.people import KnownPerson
from shared.record.reader_months import month_of, reader_month
from shared.record.tenants import LISTED, STALE, TenantState, tenant_states, tenants_state
from shared.usecases.delivery import park
from shared.usecases.delivery.down import probe_soon
from shared.usecases.deps import Deps
from shared.usecases.people import meet
from shared.usecases.posts.roadmap import roadmap_state

PAGE = 50
"""Parked items on a page."""


def _required(policy: Policy, tenant: str) -> bool:
    entry = policy.tenants.get(tenant)
    return entry.required if entry else True


@dataclass(frozen=True, slots=True)
class ParkedView:
    """What is parked, or a page of it. `total`, `queues`: how much, and of each queue; `capped`: or more than that.

    `heads`: everything, newest first, or where that is too much for a page those that follow in order of month and
    queue, of one `queue` where one is named. `next`: the key after which the next page begins; empty for the last one.
    """

    heads: tuple[ParkedHead, ...] = ()
    total: int = 0
    queues: Mapping[str, int] = field(default_factory=dict)
    capped: bool = False
    queue: str = ""
    next: str = ""

    @property
    def whole(self) -> bool:
        return len(self.heads) == self.total and not self.capped


@dataclass(frozen=True, slots=True)
class TenantsPage:
    """A page of the list of every tenant's sources. `tenants`: as in the report."""

    tenants: tuple[Mapping[str, Any], ...]
    page: int
    pages: int
    total: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HealthView:
    """How we are, for the page. `report`: as programs get it. `parked`: what the page shows of it."""

    report: Mapping[str, Any]
    parked: ParkedView
    at: datetime
    deployment: str
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue: about how many messages, since when the oldest is on its way, or why nobody knows."""

    name: str
    messages: int = 0
    oldest: datetime | None = None
    failure: str = ""


async def health(deps: Deps) -> Mapping[str, Any]:
    """How we are: `status` is `ok` or `degraded`, and what is wrong is named; holds no secret."""
    return await _report(deps, (await count_parked(deps.storage.tables)).total())


async def status(deps: Deps) -> str:
    """`ok` or `degraded`, and nothing else: of what is parked one key is read."""
    report = await _report(deps, (await count_parked(deps.storage.tables, 1)).total())
    return str(report["status"])


async def health_view(deps: Deps) -> HealthView:
    """The same with what is parked: 5 calls, and at most 9 of very many tenants and items.

    One more for each target that is down, and the policy once a minute.
    """
    parked = await parked_view(deps)
    report = await _report(deps, parked.total)
    return HealthView(report, parked, deps.here.clock(), deps.here.deployment)


async def parked_view(deps: Deps, queue: str = "", after: str = "") -> ParkedView:
    """What is parked: one call where it fits a page, else one for the page and one for the counts.

    `queue`, `after`: as a browser sends them; what is none counts for nothing.
    """
    tables = deps.storage.tables
    queue, after = queue if queue in QUEUES else "", after if is_key(after) else ""
    heads = await parked_heads(tables, queue, after, PAGE + 1)
    if not queue and not after and len(heads) <= PAGE:
        return ParkedView(tuple(newest_first(heads)), len(heads), Counter(head.queue for head in heads))
    counts = await count_parked(tables)
    following = heads[PAGE - 1].key if len(heads) > PAGE else ""
    return ParkedView(
        tuple(heads[:PAGE]),
        counts.total(),
        counts,
        counts.total() >= COUNTED,
        queue if queue in counts else "",
        following,
    )


async def tenants_page(deps: Deps, page: int) -> TenantsPage:
    """Every tenant by name, 100 a page: one call."""
    policy, now = await deps.here.policy.current(), deps.here.clock()
    names = sorted(policy.tenants)
    pages = max(1, -(-len(names) // LISTED))
    at = min(max(page, 1), pages)
    shown = {name: policy.tenants[name] for name in names[(at - 1) * LISTED : at * LISTED]}
    states = await tenant_states(deps.storage.tables, shown)
    return TenantsPage(tuple(_told_tenant(policy, state, now) for state in states), at, pages, len(names), now)


async def queue_views(deps: Deps) -> list[QueueView]:
    """What stands in each queue: two calls a queue, so only for who asks."""
    views = []
    for name in QUEUES:
        try:
            state = await deps.storage.queues.look(name)
        except TransientError as error:
            views.append(QueueView(name, failure=str(error)))
        else:
            views.append(QueueView(name, state.messages, state.oldest))
    return views


def shown_parked(deps: Deps, heads: Sequence[ParkedHead], *, privacy: bool) -> list[ParkedHead]:
    """What is parked as somebody may see it: of what could be a post on data privacy, no reason.

    A reason can quote what an outside system said. Lines that this process has just read decide: no call more.
    """
    live = deps.here.lists.live
    lines = live.lines if live else {}

    def is_shown(head: ParkedHead) -> bool:
        named = ids.ids_in(head.item.upper())
        known = bool(named) or head.queue not in _OF_POSTS
        return privacy or (known and not any(each not in lines or lines[each].private for each in named))

    return [head if is_shown(head) else _without_reason(head) for head in heads]


_OF_POSTS = frozenset({"posts", "changes", "tickets", "cards"})
"""Queues whose items are of one post, also where an item does not name it."""


def _without_reason(head: ParkedHead) -> ParkedHead:
    return head._replace(
        reason="Privacy readers see the reason: the lists do not say that the post is none on data privacy."
    )


async def replay(deps: Deps, key: str, by: KnownPerson) -> bool:
    """Send a parked item again; False where there is no such key. The audit says who wanted it."""
    await meet(deps, by)
    return await park.replay(deps, key, by.id, "page")


async def probe(deps: Deps, by: KnownPerson) -> list[str]:
    """Let the timer's next run try everything that is down; what that is."""
    targets = await probe_soon(deps)
    if targets:
        await meet(deps, by)
        for target in targets:
            await insert_entry(deps.storage.tables, Entry(deps.here.clock(), target, "probe", by.id, "page"))
    return targets


async def _report(deps: Deps, parked: int) -> Mapping[str, Any]:
    now = deps.here.clock()
    policy = await deps.here.policy.current()  # read first, so that what is wrong with the newest one is known
    failure = deps.here.policy.failure
    tenants = await tenants_state(deps.storage.tables, policy.tenants, now)
    records, down = await _channels_and_down(deps)
    read, kept = await roadmap_and_waiting(deps.storage.tables)
    roadmap = roadmap_state(policy, read)
    lists = await lists_state(deps)
    well = not any(_required(policy, tenant) for tenant, _ in tenants.not_well) and roadmap["ok"]
    well = well and lists["ok"] and not (parked or failure or down or policy.asleep)
    return {
        "status": "ok" if well else "degraded",
        "asleep": policy.asleep,
        "now": now.isoformat(),
        "tenants": [_told_tenant(policy, state, now) for state in tenants.states],
        "tenants_well": tenants.well,
        "tenants_not_well": len(tenants.not_well),
        "roadmap": roadmap,
        "down": down,
        "limited": _limited(deps, policy, records),
        "parked": parked,
        "parked_or_more": parked >= COUNTED,
        "policy": failure or "in force",
        "lists": lists,
        **await _reader(deps, policy, now),
        "first_load": [
            {"kind": kind, "target": target, "waiting": count, "words": waiting_words(kind, target, count)}
            for (kind, target), count in kept.items()
        ],
    }


async def _reader(deps: Deps, policy: Policy, now: datetime) -> Mapping[str, Any]:
    """What the second reader was asked this month: one call, and nothing where there is none.

    It is no part of being well: where it fails, our own reading stands.
    """
    if policy.reader is None:
        return {}
    if deps.outside.reader is None:
        return {"reader": {"deployed": False}}
    month = await reader_month(deps.storage.tables, month_of(now))
    return {
        "reader": {
            "deployed": True,
            "month": month.month,
            "budget": policy.reader.budget,
            "asked": month.asked,
            "answered": month.answered,
            "tokens_in": month.tokens_in,
            "tokens_out": month.tokens_out,
            "fault": month.fault,
        }
    }


def _told_tenant(policy: Policy, state: TenantState, now: datetime) -> Mapping[str, Any]:
    return {
        "tenant": state.name,
        "required": _required(policy, state.name),
        "source": state.source,
        "posts": state.posts,
        "fetched": state.fetched.isoformat() if state.fetched else None,
        "failure": state.failure,
        "failures": state.failures,
        "not_before": state.not_before.isoformat() if state.not_before else None,
        "ok": state.is_well(now),
    }


async def lists_state(deps: Deps) -> Mapping[str, Any]:
    """Up to when the lists reach that pages are made of, and what to do where they are missing or stand still."""
    kept = deps.here.lists
    try:
        kept.live = await read_listing(deps.storage.blobs, LIVE, kept.live)
        failure = ""
    except TransientError as error:
        failure = str(error)
    mark = kept.live.mark if kept.live and not failure else None
    if mark and deps.here.clock() - mark < STALE:
        return {"mark": mark.isoformat(), "failure": "", "ok": True}
    if not failure:
        failure = f"the timer `index` has not run since {mark:%Y-%m-%d %H:%M}" if mark else "they are not built yet"
        failure += "; it runs every ten minutes. Look at its log; after an upgrade, run `azd provision`"
    return {"mark": mark.isoformat() if mark else None, "failure": failure, "ok": False}


def _limited(deps: Deps, policy: Policy, records: Mapping[str, ChannelRecord]) -> list[Mapping[str, Any]]:
    """Every channel that had its cards of the day: what comes after them is joined. That is no fault."""
    sent = {
        name: sent_today(policy.channels[name], record.state, deps.here.clock())
        for name, record in records.items()
        if name in policy.channels
    }
    return [
        {
            "channel": name,
            "sent": count,
            "words": f"channel {name} had its cards of the day ({count}): the others share one",
        }
        for name, count in sent.items()
        if count >= policy.channels[name].most_a_day
    ]


async def targets_down(deps: Deps) -> list[Mapping[str, Any]]:
    """Every channel and ticket system that is down: since when and why, what to do, and how many effects wait.

    A table that cannot be read is an entry, too: an upgrade without `azd provision` looks so.
    """
    try:
        down = await outages(deps.storage.tables)
    except TransientError as error:
        return _unread(deps, error)
    return await _told(deps, down)


async def _channels_and_down(deps: Deps) -> tuple[Mapping[str, ChannelRecord], list[Mapping[str, Any]]]:
    """The channels, and the same."""
    try:
        records, down = await channels_and_outages(deps.storage.tables)
    except TransientError as error:
        return {}, _unread(deps, error)
    return records, await _told(deps, down)


def _unread(deps: Deps, error: TransientError) -> list[Mapping[str, Any]]:
    now = deps.here.clock().isoformat()
    what_to_do = "Run `azd provision`, which makes the tables of this version."
    lost = {"target": "the list of what is down", "since": now, "reason": str(error), "waiting": 0, "next_try": now}
    return [{**lost, "what_to_do": what_to_do}]


async def _told(deps: Deps, down: Sequence[OutageRecord]) -> list[Mapping[str, Any]]:
    return [
        {
            "target": outage.target.noun,
            "since": outage.since.isoformat(),
            "reason": outage.reason,
            "what_to_do": outage.remedy,
            "waiting": len(await waiting_for(deps.storage.tables, outage.target)),
            "next_try": outage.probe_at.isoformat(),
        }
        for outage, _ in down
    ]
