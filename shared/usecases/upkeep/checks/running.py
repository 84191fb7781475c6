"""What should have happened: fetches, nothing parked, lists that are made."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.core.upkeep.findings import Finding, failing, ok, unknown
from shared.record.lists import LIVE, read_listing
from shared.record.parked import COUNTED, count_parked
from shared.record.tenants import STALE, TenantState, tenant_states
from shared.usecases.upkeep.checks.asking import Examination

_DAY = timedelta(days=1)
_ASLEEP = "not asked: the deployment is asleep, so no timer works"


async def look_at_fetches(exam: Examination) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        assert exam.policy is not None
        if exam.policy.asleep:
            return [unknown("fetch", "fetches", _ASLEEP)]
        states = await tenant_states(exam.deps.storage.tables, exam.policy.tenants)
        now = exam.deps.here.clock()
        return [_fetch(state, now, required=exam.policy.tenants[state.name].required) for state in states]

    return await exam.ask("fetch", "fetches", ask)


def _fetch(state: TenantState, now: datetime, *, required: bool) -> Finding:
    subject = f"tenant {state.name}: fetch of {state.source}"
    fresh = state.is_fresh(now)
    when = f"{_ago(now - state.fetched)}, {state.fetched:%Y-%m-%d %H:%M} UTC" if state.fetched else "never"
    words = f"last good fetch: {when}"
    if state.fetched and now - state.fetched >= _DAY:
        words = f"NOT READ FOR {(now - state.fetched).days} DAY(S): every change since then is unknown. {words}"
    if state.failure:
        words = f"{words}; it fails: {state.failure}"
    if fresh:
        return ok("fetch", subject, words)
    if not required:
        return ok("fetch", subject, f"{words}; the policy does not require it")
    return failing("fetch", subject, words, "fetch_failing" if state.failure else "fetch_stale")


async def look_at_parked(exam: Examination) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        number = (await count_parked(exam.deps.storage.tables)).total()
        if number:
            more = " or more" if number == COUNTED else ""
            what = "one item is parked" if number == 1 else f"{number}{more} items are parked"
            return [failing("parked", "parked", what, "parked")]
        return [ok("parked", "parked", "nothing is parked")]

    return await exam.ask("parked", "parked", ask)


async def look_at_lists(exam: Examination) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        if exam.policy and exam.policy.asleep:
            return [unknown("lists", "lists", _ASLEEP)]
        listing = await read_listing(exam.deps.storage.blobs, LIVE, None)
        if listing is None:
            return [failing("lists", "lists", "they are not built yet", "lists_old")]
        now = exam.deps.here.clock()
        words = f"brought up to date {_ago(now - listing.mark)}"
        if now - listing.mark >= STALE:
            return [failing("lists", "lists", f"{words}: the timer `index` has not run since", "lists_old")]
        return [ok("lists", "lists", words)]

    return await exam.ask("lists", "lists", ask)


def _ago(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
