"""Which tenants differ where it matters: dates by cloud and ring, services, an older edition, gone (pure)."""

from collections.abc import Iterable, Sequence
from datetime import date

from shared.core.changes.change import Change, Copy
from shared.core.policy.model import Policy, Tenant
from shared.core.policy.our_dates import our_dates
from shared.core.posts.classification import Classification, Window
from shared.core.terms import OVER
from shared.core.words import tenants as words
from shared.core.words.dates import NO_DATE, PHASES
from shared.core.words.language import say
from shared.core.words.plan import window_as_of

_WINDOWS_SHOWN = 3


def lines_by_tenant(change: Change, policy: Policy, copies: Iterable[Copy], as_of: date) -> tuple[str, ...]:
    """One line for each group of tenants of which the same is to be said; none where all are the same.

    `copies`: of this change, in all tenants.
    """
    by_name = {copy.tenant: copy for copy in copies}
    showing = {name: by_name[name] for name in policy.tenants if name in by_name}
    if len(showing) < 2:
        return ()
    there = {name: copy for name, copy in showing.items() if not copy.gone}
    dates = {} if _has_no_dates(change.classification) else _dates(change.classification, policy, there, as_of)
    services = {name: words.services_words(copy.services) for name, copy in there.items()}
    told_dates, told_services = len(set(dates.values())) > 1, len(set(services.values())) > 1
    texts = {}
    for name, copy in showing.items():
        parts = [say(words.GONE)] if copy.gone else []
        if name in there:
            older = _older(change, policy.tenants[name], copy, as_of)
            parts += [words.still_shows(older)] if older else [dates[name]] if told_dates else []
            parts += [services[name]] if told_services else []
        tenant = policy.tenants[name]
        label = words.tenant_name(name, tenant.cloud, targeted=tenant.ring == "targeted")
        texts[label] = "; ".join(parts)
    return words.tenant_lines(texts)


def _has_no_dates(classification: Classification) -> bool:
    return classification.status in OVER | {"on_hold"}


def _dates(classification: Classification, policy: Policy, there: Iterable[str], as_of: date) -> dict[str, str]:
    return {name: _in_words(classification, policy.tenants[name], as_of) for name in there}


def _in_words(classification: Classification, tenant: Tenant, as_of: date) -> str:
    windows = our_dates(classification, [tenant]).windows
    if not windows:
        return say(NO_DATE)
    doubt = say(" (not sure)") if classification.is_unsure("rollouts") else ""
    shown = [_window(window, windows, as_of) for window in windows[:_WINDOWS_SHOWN]]
    more = len(windows) - _WINDOWS_SHOWN
    return ", ".join(dict.fromkeys(shown)) + (say(" and {} more", more) if more > 0 else "") + doubt


def _window(window: Window, windows: Sequence[Window], as_of: date) -> str:
    """Its dates; of several phases, which one, too."""
    dates = window_as_of(window, as_of)
    one = {each.phase for each in windows} == {"ga"}
    return dates if one else f"{say(PHASES[window.phase]).lower()} {dates}"


def _older(change: Change, tenant: Tenant, copy: Copy, as_of: date) -> str:
    """The dates that a tenant still shows, where its copy is an older edition with other ones; else nothing."""
    edition = next((each for each in change.editions[:-1] if each.id == copy.edition), None)
    before = edition.told if edition else None
    if before is None:
        return ""
    now = change.classification
    if _has_no_dates(before):
        return ""
    if not _has_no_dates(now) and our_dates(before, [tenant]).windows == our_dates(now, [tenant]).windows:
        return ""
    shown = _in_words(before, tenant, as_of)
    return shown if shown != _in_words(now, tenant, as_of) or _has_no_dates(now) else ""
