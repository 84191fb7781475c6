"""How we are: tenants, roadmap, policy, what is down, and what is parked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shared.core.cards.delivery import sent_today
from shared.core.errors import TransientError
from shared.core.policy.model import Policy
from shared.core.words.labels import waiting_words
from shared.record.deliveries import outages, waiting_for
from shared.record.digests import channels
from shared.record.first_load import waiting_counts
from shared.record.lists import LIVE, read_listing
from shared.record.parked import count_parked
from shared.record.tenants import tenant_states
from shared.usecases.deps import Deps
from shared.usecases.posts.roadmap import roadmap_state

_STALE = timedelta(hours=2)
"""A tenant whose last good fetch is older than this is not well: fetches come every 15 minutes."""


def _required(policy: Policy, tenant: str) -> bool:
    entry = policy.tenants.get(tenant)
    return entry.required if entry else True


async def health(deps: Deps) -> Mapping[str, Any]:
    """How we are: `status` is `ok` or `degraded`, and what is wrong is named; holds no secret."""
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
            "ok": not state.failure and state.fetched is not None and now - state.fetched < _STALE,
        }
        for state in await tenant_states(deps.storage.tables, policy.tenants)
    ]
    parked = await count_parked(deps.storage.tables)
    down = await targets_down(deps)
    roadmap = await roadmap_state(deps)
    kept = await waiting_counts(deps.storage.tables)
    lists = await lists_state(deps)
    well = all(tenant["ok"] for tenant in tenants if tenant["required"]) and roadmap["ok"]
    well = well and lists["ok"] and not (parked or failure or down)
    return {
        "status": "ok" if well else "degraded",
        "now": now.isoformat(),
        "tenants": tenants,
        "roadmap": roadmap,
        "down": down,
        "limited": await channels_limited(deps, policy),
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
    if mark and deps.here.clock() - mark < _STALE:
        return {"mark": mark.isoformat(), "failure": "", "ok": True}
    if not failure:
        failure = f"the timer `index` has not run since {mark:%Y-%m-%d %H:%M}" if mark else "they are not built yet"
        failure += "; it runs every five minutes. Look at its log; after an upgrade, run `azd provision`"
    return {"mark": mark.isoformat() if mark else None, "failure": failure, "ok": False}


async def channels_limited(deps: Deps, policy: Policy) -> list[Mapping[str, Any]]:
    """Every channel that had its cards of the day: what comes after them is joined. That is no fault."""
    try:
        records = await channels(deps.storage.tables)
    except TransientError:  # `down` says so
        return []
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
        now = deps.here.clock().isoformat()
        what_to_do = "Run `azd provision`, which makes the tables of this version."
        lost = {"target": "the list of what is down", "since": now, "reason": str(error), "waiting": 0, "next_try": now}
        return [{**lost, "what_to_do": what_to_do}]
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
