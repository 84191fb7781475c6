"""What only the whole policy shows: names that are defined nowhere or twice, and what a choice needs besides (pure)."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise

from shared.core.policy.delivery import WEEKDAYS, WEEKEND, time_of
from shared.core.policy.model import OWNER, Channel, Match, Policy, Roles, Target, Targets, service_key, walk
from shared.core.times import FIRST_YEAR, LAST_YEAR

Fault = tuple[str, str]
MOST_DAYS = 3660
"""Ten years: nothing in a policy is further away."""
MOST_HOURS = 24 * 14
"""Two weeks: whoever waits longer for a channel to come back does not need another one."""
MOST_A_DAY = 1800
"""What Teams itself lets through to one channel in a day."""
MOST_AT_ONCE = 10_000
"""More changes than Message Center shows anybody at a first load."""


def undefined_names(policy: Policy) -> list[Fault]:
    """What only the whole file shows: names that are defined nowhere or twice, and what a choice needs besides.

    Each as (path, fault), all at once, in the order of the file.
    """
    return [
        *_of_tenants(policy),
        *_of_teams(policy),
        *_of_workloads(policy),
        *_of_roles(policy),
        *_of_calendar(policy),
        *_of_reports(policy),
        *_of_channels(policy),
        *_of_urgent(policy),
        *_of_reminders(policy),
        *_of_impact(policy),
        *_of_routes(policy),
    ]


def absurd_values(policy: Policy) -> list[Fault]:
    """Days and numbers of days that nobody can mean. They came to be faults late: a policy in force may have them."""
    days = [fault for path, value in _values(policy) for fault in _absurd(path, value)]
    counts = {"first_load.tickets": policy.first_load.tickets, "first_load.cards": policy.first_load.cards}
    return [
        *days,
        *_absurd_channels(policy),
        *(
            (path, f"must be at most {MOST_AT_ONCE}, as no first load brings more")
            for path, n in counts.items()
            if n > MOST_AT_ONCE
        ),
    ]


def _absurd_channels(policy: Policy) -> Iterator[Fault]:
    for name, channel in policy.channels.items():
        if channel.most_a_day > MOST_A_DAY:
            yield f"channels.{name}.most_a_day", f"must be at most {MOST_A_DAY}, as Teams takes no more"
        if channel.fallback_after > MOST_HOURS:
            yield f"channels.{name}.fallback_after", f"must be at most {MOST_HOURS} hours, which are two weeks"


def alike_names(policy: Policy) -> list[Fault]:
    """Two spellings of one name, as `Mail-Team` and `mail_team`. A policy in force may have them: keys hold them."""
    return [
        (f"{section}.{name}", f"{name!r} is {twin!r} in another spelling; people and other systems take them for one")
        for section in ("tenants", "teams", "workloads", "channels", "tickets")
        for name, twin in _twins(getattr(policy, section))
    ]


def _twins(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for name in names:
        twin = first.setdefault(name.casefold().replace("_", "-"), name)
        if twin != name:
            yield name, twin


def _values(policy: Policy) -> Iterator[tuple[str, int | date | None]]:
    yield from _calendar_days(policy)
    for level in Targets.model_fields:
        for key in Target.model_fields:
            yield f"targets.{level}.{key}", getattr(getattr(policy.targets, level), key)
    for path, route in walk(policy.routes):
        if route.match:
            yield f"{path}.match.starts_within", route.match.starts_within
            yield f"{path}.match.act_by_within", route.match.act_by_within
    for path, matches in (("urgent", policy.urgent), ("reminders.changes", policy.reminders.changes)):
        for index, match in enumerate(matches):
            yield f"{path}[{index}].starts_within", match.starts_within
            yield f"{path}[{index}].act_by_within", match.act_by_within
    for step in policy.reminders.steps:
        yield f"reminders.{step.who}", step.days
    yield "impact.ask_after", policy.impact.ask_after
    yield "first_load.days", policy.first_load.days
    for name, entry in policy.tickets.items():
        yield f"tickets.{name}.on_move_days", entry.on_move_days


def _calendar_days(policy: Policy) -> Iterator[tuple[str, date]]:
    for name, team in policy.teams.items():
        for index, absence in enumerate(team.absent):
            yield f"teams.{name}.absent[{index}].from", absence.from_
            yield f"teams.{name}.absent[{index}].until", absence.until
    for index, freeze in enumerate(policy.calendar.freezes):
        yield f"calendar.freezes[{index}].from", freeze.from_
        yield f"calendar.freezes[{index}].until", freeze.until
    for name, days in policy.calendar.holidays.items():
        for index, day in enumerate(days):
            yield f"calendar.holidays.{name}[{index}]", day


def _absurd(path: str, value: int | date | None) -> Iterator[Fault]:
    if isinstance(value, date):
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            yield path, f"must be a day between {FIRST_YEAR} and {LAST_YEAR}, not {value}"
    elif value is not None and value > MOST_DAYS:
        yield path, f"must be at most {MOST_DAYS} days, which are ten years"


def _of_tenants(policy: Policy) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for name, tenant in policy.tenants.items():
        kind = tenant.auth.kind
        needed = {"tenant_id": tenant.tenant_id, "auth.client_id": tenant.auth.client_id}
        if kind == "secret":
            needed["auth.secret"] = tenant.auth.secret
        for key in [key for key, value in needed.items() if not value and kind != "managed_identity"]:
            yield f"tenants.{name}.{key}", f"missing; a tenant signed in to with kind {kind!r} needs it"
        twin = first.setdefault(tenant.tenant_id, name)
        if tenant.tenant_id and twin != name:
            yield f"tenants.{name}.tenant_id", f"the same as tenants.{twin}; a tenant is read once"


def _of_teams(policy: Policy) -> Iterator[Fault]:
    for name, team in policy.teams.items():
        yield from _undefined(f"teams.{name}.channel", "channel", team.channel, policy.channels)
        for other in team.cover_for:
            yield from _undefined(f"teams.{name}.cover_for", "team", other, policy.teams)
            if other == name:
                yield f"teams.{name}.cover_for", "a team does not cover for itself"
        for days in team.holidays:
            yield from _undefined(f"teams.{name}.holidays", "list of holidays", days, policy.calendar.holidays)
        if not team.deputy and any(absence.who == "deputy" for absence in team.absent):
            yield f"teams.{name}.absent", "says when the deputy is away, and there is no `deputy`"


def _of_roles(policy: Policy) -> Iterator[Fault]:
    for name in Roles.model_fields:
        if role := policy.roles.get(name):
            yield from _undefined(f"roles.{name}.channel", "channel", role.channel, policy.channels)
    readers = policy.roles.privacy_readers
    if readers and not readers.channel and any(route.cards for _, route in walk(policy.routes)):
        yield "roles.privacy_readers.channel", "missing; cards about posts on data privacy go there and nowhere else"
    for name in policy.channels:
        if name in Roles.model_fields:
            yield f"channels.{name}", "in `cards` this word means the role's channel; choose another name"


def _of_calendar(policy: Policy) -> Iterator[Fault]:
    for index, freeze in enumerate(policy.calendar.freezes):
        path = f"calendar.freezes[{index}]"
        for tenant in freeze.tenants:
            yield from _undefined(f"{path}.tenants", "tenant", tenant, policy.tenants)
        for workload in freeze.workloads:
            yield from _undefined(f"{path}.workloads", "workload", workload, policy.workloads)


def _of_reports(policy: Policy) -> Iterator[Fault]:
    reports, roles = policy.reports, [name for name in Roles.model_fields if policy.roles.get(name)]
    for kind, report in (("weekly", reports.weekly), ("monthly", reports.monthly)):
        path = f"reports.{kind}.channels"
        for name in report.channels if report else ():
            if name in policy.channels:
                continue
            if name not in roles:
                yield from _undefined(path, "channel", name, [*policy.channels, *roles])
            elif not policy.channel_named(name):
                yield path, f"the role {name} has no `channel`, so its report would go nowhere"
    for team in reports.owners.teams if reports.owners else ():
        yield from _undefined("reports.owners.teams", "team", team, policy.teams)


def _of_channels(policy: Policy) -> Iterator[Fault]:
    readers = policy.roles.privacy_readers
    for name, channel in policy.channels.items():
        path = f"channels.{name}.fallback"
        yield from _undefined(path, "channel", channel.fallback, policy.channels)
        if channel.fallback == name:
            yield path, "a channel that is down is no help to itself"
        elif channel.fallback and (further := policy.channels.get(channel.fallback)) and further.fallback:
            yield path, f"{channel.fallback} has a fallback itself; name a channel that has none"
        if channel.fallback and readers and readers.channel == name:
            yield path, "cards on data privacy go to roles.privacy_readers and nowhere else, so this has no fallback"
        if fault := _never_digested(channel):
            yield f"channels.{name}.digest", fault


def _never_digested(channel: Channel) -> str:
    """Why no digest would ever be sent; empty where one is."""
    if channel.digest is None or channel.quiet is None:
        return ""
    if channel.quiet.holds_at(time_of(channel.digest.at)):
        hours = f"{channel.quiet.from_} to {channel.quiet.until}"
        return f"is at {channel.digest.at}, and `quiet` lets nothing through from {hours}"
    if channel.quiet.weekends and {WEEKDAYS.index(day) for day in channel.digest.days} <= WEEKEND:
        return "is on weekends alone, and `quiet` lets nothing through on weekends"
    return ""


def _of_urgent(policy: Policy) -> Iterator[Fault]:
    for index, match in enumerate(policy.urgent):
        yield from _of_match(policy, f"urgent[{index}]", match)


def _of_reminders(policy: Policy) -> Iterator[Fault]:
    reminders = policy.reminders
    for first, then in pairwise(reminders.steps):
        if then.days <= first.days:
            yield f"reminders.{then.who}", f"must be more than the {first.days} working days of `{first.who}`"
    for step in reminders.steps:
        path = f"reminders.{step.who}"
        if step.who in Roles.model_fields:
            yield from _unfilled(path, policy, step.who, "reminder")
        elif step == reminders.steps[0] and (silent := _unreached(policy)):  # deputies share the channel
            yield path, f"reaches nobody for {', '.join(silent)}: give them, or the root's team, a `channel`"
    for index, match in enumerate(reminders.changes):
        path = f"reminders.changes[{index}]"
        yield from _of_match(policy, path, match)
        if match.event:
            yield f"{path}.event", "nobody is reminded because of an event; leave it out"


def _of_impact(policy: Policy) -> Iterator[Fault]:
    if policy.impact.ask_after is not None and (silent := _unreached(policy)):
        path = "impact.ask_after"
        yield path, f"reaches nobody for {', '.join(silent)}: give them, or the root's team, a `channel`"


def _unreached(policy: Policy) -> list[str]:
    """Teams that have no channel where the root's team, which is next, has none."""
    root = policy.teams.get(policy.routes.team or "")
    return [] if root and root.channel else [name for name, team in policy.teams.items() if not team.channel]


def _unfilled(path: str, policy: Policy, name: str, what: str) -> Iterator[Fault]:
    role = policy.roles.get(name)
    if role is None:
        yield path, f"the role {name} is not filled; name it at roles.{name}"
    elif not role.channel:
        yield path, f"the role {name} has no `channel`, so its {what} would go nowhere"


def _of_match(policy: Policy, path: str, match: Match) -> Iterator[Fault]:
    for workload in match.workload or ():
        yield from _undefined(f"{path}.workload", "workload", workload, policy.workloads)
    for tenant in match.tenant or ():
        yield from _undefined(f"{path}.tenant", "tenant", tenant, policy.tenants)


def _of_workloads(policy: Policy) -> Iterator[Fault]:
    first: dict[str, str] = {}
    begins: dict[str, str] = {}
    for name, workload in policy.workloads.items():
        for key, named in (("services", workload.services), ("aliases", workload.aliases)):
            for index, service in enumerate(named):
                path = f"workloads.{name}.{key}[{index}]"
                twin = first.setdefault(service_key(service), path)
                if twin != path:
                    yield f"{path}", f"{service!r} is already at {twin}; a service has one owner"
        for index, begin in enumerate(workload.titles):
            path = f"workloads.{name}.titles[{index}]"
            if not service_key(begin):
                yield f"{path}", "must not be empty"
            elif (twin := begins.setdefault(service_key(begin), path)) != path:
                yield f"{path}", f"{begin!r} is already at {twin}"
        yield from _undefined(f"workloads.{name}.team", "team", workload.team, policy.teams)


def _of_routes(policy: Policy) -> Iterator[Fault]:
    if OWNER in policy.channels:
        yield f"channels.{OWNER}", "in `cards` this word means the owning team's channel; choose another name"
    if policy.routes.match is not None:
        yield "routes.match", "the root matches everything, so that nothing is lost; move `match` to a child"
    if not policy.routes.team:
        yield "routes.team", "the root must name a team: it gets what nobody owns"
    first: dict[str, str] = {}
    for path, route in walk(policy.routes):
        if route.name and (twin := first.setdefault(service_key(route.name), path)) != path:
            yield f"{path}.name", f"{route.name!r} is already the name of {twin}; a route's name is its own"
        yield from _of_match(policy, f"{path}.match", route.match or Match())
        yield from _undefined(f"{path}.team", "team", route.team, policy.teams)
        yield from _undefined(f"{path}.ticket", "ticket system", route.ticket, policy.tickets)
        yield from _of_cards(policy, path, route.cards or ())


def _of_cards(policy: Policy, path: str, cards: tuple[str, ...]) -> Iterator[Fault]:
    names = [*policy.channels, OWNER, *(name for name in Roles.model_fields if policy.roles.get(name))]
    for card in cards:
        if card not in Roles.model_fields:
            yield from _undefined(f"{path}.cards", "channel", card, names)
        if card == OWNER:
            yield from _unheard(f"{path}.cards", policy)
        elif card in Roles.model_fields:
            yield from _unfilled(f"{path}.cards", policy, card, "card")


def _unheard(path: str, policy: Policy) -> Iterator[Fault]:
    """Teams whose cards would go nowhere: they have no channel, and the root's team, which is next, has none."""
    if policy.channels and (silent := _unreached(policy)):
        yield f"{path}", f"{OWNER!r} reaches nobody for {', '.join(silent)}: give them, or the root's team, a `channel`"


def _undefined(path: str, what: str, name: str | None, names: Mapping[str, object] | list[str]) -> Iterator[Fault]:
    if name and name not in names:
        listed = ", ".join(names) or "none"
        yield path, f"undefined {what} {name!r} (known: {listed}){did_you_mean(name, names)}"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A suggestion for a misspelt name, as the end of a sentence; empty where nothing is near."""
    by_plain = {service_key(name): name for name in names}
    near = difflib.get_close_matches(service_key(name), by_plain, n=1, cutoff=0.7)
    return f"; did you mean {by_plain[near[0]]!r}?" if near else ""
