"""How we are: tenants, roadmap, policy, what is down, what is parked, and what stands in the queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from shared.record.first_load import waiting_counts
from shared.record.lists import LIVE, read_listing
from shared.record.parked import ParkedHead, count_parked, parked_heads
from shared.record.people import KnownPerson
from shared.record.tenants import STALE, tenant_states
from shared.usecases.delivery import park
from shared.usecases.delivery.down import probe_soon
from shared.usecases.deps import Deps
from shared.usecases.people import meet
from shared.usecases.posts.roadmap import roadmap_state


def _required(policy: Policy, tenant: str) -> bool:
    entry = policy.tenants.get(tenant)
    return entry.required if entry else True


@dataclass(frozen=True, slots=True)
class HealthView:
    """How we are, for the page. `report`: as programs get it. `parked`: everything that is, newest first."""

    report: Mapping[str, Any]
    parked: tuple[ParkedHead, ...]
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
    return await _report(deps, await count_parked(deps.storage.tables))


async def health_view(deps: Deps) -> HealthView:
    """The same with what is parked: 6 calls, one more for each target that is down, and the policy once a minute."""
    heads = await parked_heads(deps.storage.tables)
    report = await _report(deps, len(heads))
    return HealthView(report, tuple(heads), deps.here.clock(), deps.here.deployment)


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
    tenants = [
        {
            "tenant": state.name,
            "required": _required(policy, state.name),
            "source": state.source,
            "posts": state.posts,
            "fetched": state.fetched.isoformat() if state.fetched else None,
            "failure": state.failure,
            "failures": state.failures,
            "not_before": state.not_before.isoformat() if state.not_before else None,
            "ok": not state.failure and state.is_fresh(now),
        }
        for state in await tenant_states(deps.storage.tables, policy.tenants)
    ]
    records, down = await _channels_and_down(deps)
    roadmap = await roadmap_state(deps)
    kept = await waiting_counts(deps.storage.tables)
    lists = await lists_state(deps)
    well = all(tenant["ok"] for tenant in tenants if tenant["required"]) and roadmap["ok"]
    well = well and lists["ok"] and not (parked or failure or down or policy.asleep)
    return {
        "status": "ok" if well else "degraded",
        "asleep": policy.asleep,
        "now": now.isoformat(),
        "tenants": tenants,
        "roadmap": roadmap,
        "down": down,
        "limited": _limited(deps, policy, records),
        "parked": parked,
        "policy": failure or "in force",
        "lists": lists,
        "first_load": [
            {"kind": kind, "target": target, "waiting": count, "words": waiting_words(kind, target, count)}
            for (kind, target), count in kept.items()
        ],
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
