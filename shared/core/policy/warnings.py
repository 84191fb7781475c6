"""What in a policy is no fault but looks like a mistake: dead routes, what nothing reaches, misspelt services (pure).

Never a false accusation: a route is called dead only where no change whatever can reach it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from shared.core.policy.check import Fault, did_you_mean
from shared.core.policy.model import ANY_SPELLING, OWNER, Match, Policy, Roles, Route, service_key, walk
from shared.core.policy.never import never_met
from shared.core.policy.seen import Seen, never_seen
from shared.core.posts.services import known_names
from shared.core.terms import IMPACT_RANK

_ONE_VALUE = (
    "workload", "kind", "status", "admin_impact", "user_impact", "action", "default", "category", "crb", "training",
    "major",
)  # fmt: skip
"""Keys of which a change has one value in a walk, so that two conditions on one can exclude each other."""
_AT_LEAST = {"admin_impact_at_least": ("admin_impact",), "user_impact_at_least": ("user_impact",)}
_LONG_OVER = timedelta(days=90)
_WITHIN = ("starts_within", "act_by_within")


def warnings(policy: Policy, seen: Seen | None = None, today: date | None = None) -> list[Fault]:
    """Each as (path, what). `seen`: real posts that the policy is held against; `today`: the same for its days."""
    seen = seen or Seen()
    return [
        *_dead(policy, policy.routes, "routes", ()),
        *_unreached(policy),
        *_unreminded(policy),
        *_misspelt(policy),
        *(_over(policy, today) if today else ()),
        *never_met(policy, seen),
        *never_seen(policy, seen),
    ]


# Dead routes


def _dead(
    policy: Policy, node: Route, path: str, above: tuple[Match, ...], taken: tuple[tuple[str, Match], ...] = ()
) -> Iterator[Fault]:
    """`taken`: routes before this one, or before one above it, that keep what they match."""
    for index, child in enumerate(node.routes):
        here = f"{path}.routes[{index}]"
        mine = (*above, child.match or Match())
        taker = next((at for at, match in taken if _takes_all(match, mine)), None)
        if why := _contradiction(policy, mine):
            yield f"{here}.match", f"can never match: {why}"
        elif taker:
            yield here, f"is never reached: {taker} takes all that it could, and does not continue"
        else:
            yield from _dead(policy, child, here, mine, taken)
        if not child.continue_:
            taken = (*taken, (here, child.match or Match()))


def _takes_all(match: Match, mine: tuple[Match, ...]) -> bool:
    """Whether whatever meets all of `mine` meets this match, too."""
    wanted = {name: value for name in Match.model_fields if (value := getattr(match, name)) is not None}
    return all(_implied(name, value, mine) for name, value in wanted.items())


def _implied(name: str, wanted: Any, mine: tuple[Match, ...]) -> bool:
    for match in mine:
        own = getattr(match, name)
        if own is not None and _within(name, own, wanted):
            return True
        for exact in _AT_LEAST.get(name, ()):
            levels = getattr(match, exact)
            if levels is not None and all(IMPACT_RANK[level] >= IMPACT_RANK[wanted] for level in levels):
                return True
    return False


def _within(name: str, own: Any, wanted: Any) -> bool:
    """Whether what meets `own` meets `wanted`."""
    if name.endswith("_at_least"):
        return IMPACT_RANK[own] >= IMPACT_RANK[wanted]
    if name in _WITHIN:
        return bool(own <= wanted)
    return set(_spelt(name, own)) <= set(_spelt(name, wanted))


def _spelt(name: str, values: Any) -> tuple[Any, ...]:
    listed = values if isinstance(values, tuple) else (values,)
    return tuple(service_key(value) for value in listed) if name in ANY_SPELLING else listed


def _contradiction(policy: Policy, mine: tuple[Match, ...]) -> str:
    """Why no change can meet all of these; empty where one might."""
    for name in _ONE_VALUE:
        common: set[Any] | None = None
        for match in mine:
            values = getattr(match, name)
            if values is None:
                continue
            here = set(_spelt(name, values))
            if common is not None and not common & here:
                return f"{name} cannot be {_either(here)} below a route for {_either(common)}"
            common = here if common is None else common & here
    for name, (exact,) in _AT_LEAST.items():
        named_levels = (level for match in mine if (level := getattr(match, name)))
        least = max(named_levels, key=IMPACT_RANK.__getitem__, default="low")
        for match in mine:
            levels = getattr(match, exact) or ()
            if levels and all(IMPACT_RANK[level] < IMPACT_RANK[least] for level in levels):
                return f"{exact} cannot be {_either(set(levels))} and at least {least}"
    return _another_workload(policy, mine)


def _another_workload(policy: Policy, mine: tuple[Match, ...]) -> str:
    """A walk is for one workload's services: a route for another's service never meets them together."""
    workloads = next((set(match.workload) for match in mine if match.workload), None)
    for match in mine:
        services = match.service or ()
        owners = [policy.workload_of(service) for service in services]
        if any(owner is None or policy.workloads[owner].catch_all for owner in owners):
            continue  # by its title, such a service can be any workload's
        if workloads and owners and not workloads & set(owners):
            return f"{_either(set(services))} belongs to {_either(set(owners))}, not to {_either(workloads)}"
    return ""


def _either(values: set[Any]) -> str:
    return " or ".join(sorted(str(value).lower() if isinstance(value, bool) else str(value) for value in values))


# What nothing reaches


def _unreached(policy: Policy) -> Iterator[Fault]:
    routes = [route for _, route in walk(policy.routes)]
    cards = {card for route in routes for card in route.cards or ()}
    teams = {load.team for load in policy.workloads.values()} | {route.team for route in routes if route.team}
    covering = {name for name, team in policy.teams.items() if set(team.cover_for) & teams}
    channels = cards & set(policy.channels)
    channels |= {role.channel for name in Roles.model_fields if (role := policy.roles.get(name)) and role.channel}
    if OWNER in cards:
        channels |= {policy.teams[name].channel for name in teams | covering if name in policy.teams}
    if any(days is not None for days in (policy.reminders.owner, policy.reminders.deputy, policy.impact.ask_after)):
        channels |= {policy.teams[name].channel for name in teams | covering if name in policy.teams}
    channels |= {channel.fallback for channel in policy.channels.values() if channel.fallback}
    for name in policy.channels:
        if name not in channels:
            yield (
                f"channels.{name}",
                "nothing is sent there: no route names it, nor any team or role that gets cards",
            )
    for name in policy.teams:
        if name not in teams | covering:
            yield f"teams.{name}", "owns no workload, and no route hands anything to it"
    tickets = {route.ticket for route in routes if route.ticket}
    for name in policy.tickets:
        if name not in tickets:
            yield f"tickets.{name}", "no route files tickets there"


def _unreminded(policy: Policy) -> Iterator[Fault]:
    """A step for deputies where no team has one."""
    if policy.reminders.deputy is not None and not any(team.deputy for team in policy.teams.values()):
        yield "reminders.deputy", "reminds nobody: no team has a `deputy`"


# Services


def _misspelt(policy: Policy) -> Iterator[Fault]:
    names = known_names()
    by_plain = {service_key(name) for name in names}
    for name, load in policy.workloads.items():
        for index, service in enumerate(load.services):
            if service_key(service) not in by_plain and (meant := did_you_mean(service, names)):
                yield f"workloads.{name}.services[{index}]", f"Microsoft has no service {service!r} so far{meant}"


# Days


def _over(policy: Policy, today: date) -> Iterator[Fault]:
    for index, freeze in enumerate(policy.calendar.freezes):
        if freeze.until < today - _LONG_OVER:
            yield (
                f"calendar.freezes[{index}]",
                f"{freeze.name!r} ended on {freeze.until}: remove it, or give it the days of the next one",
            )
