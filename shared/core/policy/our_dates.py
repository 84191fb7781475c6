"""The tenant's own dates: of a change's windows, those for its cloud and ring; the rest stays visible elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.core.policy.model import Policy, Tenant
from shared.core.posts.classification import Classification, Interval, Window


@dataclass(frozen=True, slots=True)
class OurDates:
    """When a change begins and is complete for us: the earliest beginning and the latest end of our windows."""

    start: Interval | None
    end: Interval | None
    windows: tuple[Window, ...]


def our_dates(classification: Classification, tenants: Iterable[Tenant]) -> OurDates:
    """The dates for these tenants; no window of theirs: no date, even where other clouds have one.

    A tenant on the targeted ring gets what is released to it first, where the post says so; a preview is nobody's
    date, as one must join it, unless the post announces nothing else.
    """
    chosen: dict[Window, None] = {}
    for tenant in tenants:
        chosen.update(dict.fromkeys(_of_tenant(classification.windows, tenant)))
    windows = tuple(chosen)
    starts = [window.start for window in windows if window.start]
    ends = [interval for window in windows if (interval := window.end or window.start)]
    return OurDates(
        min(starts, key=lambda interval: (interval.first, interval.last), default=None),
        max(ends, key=lambda interval: (interval.last, interval.first), default=None),
        windows,
    )


def our_dates_of(classification: Classification, policy: Policy) -> OurDates:
    """The dates over all tenants of the policy."""
    return our_dates(classification, policy.tenants.values())


def _of_tenant(windows: tuple[Window, ...], tenant: Tenant) -> tuple[Window, ...]:
    ours = [window for window in windows if tenant.cloud in window.clouds]
    if tenant.ring == "targeted":
        early = [window for window in ours if window.phase == "targeted"]
        ours = early + [window for window in ours if window.phase == "retirement"] if early else ours
    else:
        ours = [window for window in ours if window.phase != "targeted"] or ours
    return tuple([window for window in ours if window.phase != "preview"] or ours)
