"""What in a policy can never be met: words that no post has, addresses of nobody, times that contradict each other."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from shared.core.policy.check import Fault, did_you_mean
from shared.core.policy.model import GROUP, People, Policy, Roles, service_key, walk
from shared.core.policy.seen import Seen

#: What Graph has sent since 2021, and what Microsoft documents (learn.microsoft.com/microsoft-365/admin/manage).
CATEGORIES = ("planForChange", "stayInformed", "preventOrFixIssue")
TAGS = (
    *("Admin impact", "User impact", "New feature", "Feature update", "Major update", "Updated message", "Retirement"),
    *("GDPR", "Data privacy"),
)
_KNOWN = {"category": CATEGORIES, "tag": TAGS}
_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)+")
_NAME_PEOPLE = "name people, such as ana@contoso.example, or assign the role in Entra"
_STEPS = ("triage", "decide", "close")
_LEVELS = ("high", "medium", "low")


def never_met(policy: Policy, seen: Seen) -> Iterator[Fault]:
    """Each as (path, what). `seen`: real posts, which may have words that we do not know."""
    yield from _never_said(policy, {"category": seen.categories, "tag": seen.tags})
    yield from _addresses(policy)
    yield from _out_of_order(policy)


def _never_said(policy: Policy, seen: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    for path, route in walk(policy.routes):
        for name, known in _KNOWN.items():
            spelt = {service_key(word) for word in (*known, *seen[name])}
            for word in (getattr(route.match, name) if route.match else None) or ():
                if service_key(word) not in spelt:
                    what = f"no post has ever had the {name} {word!r} (known: {', '.join(known)})"
                    yield f"{path}.match.{name}", what + did_you_mean(word, known)


def _addresses(policy: Policy) -> Iterator[Fault]:
    people = [
        (f"teams.{name}.{key}", who)
        for name, team in policy.teams.items()
        for key, who in (("owner", team.owner), ("deputy", team.deputy))
    ]
    for name in Roles.model_fields:
        role = policy.roles.get(name)
        people += [(f"roles.{name}.who", who) for who in (role.who if role else ())]
    for path, who in people:
        if "@" in who and not _ADDRESS.fullmatch(who.removeprefix("group:").strip()):
            yield path, f"{who!r} is no mail address, so nobody can be reached there"
    for name in People.model_fields:
        for who in getattr(policy.people, name):
            if who.startswith(GROUP):
                yield f"people.{name}", f"{who!r} is a group, and nobody is looked up in groups here: {_NAME_PEOPLE}"
            elif not _ADDRESS.fullmatch(who.strip()):
                yield f"people.{name}", f"nobody signs in as {who!r}, so it gives nobody a role: {_NAME_PEOPLE}"


def _out_of_order(policy: Policy) -> Iterator[Fault]:
    """A step cannot be due before the one ahead of it, nor sooner where the impact is lower."""
    for level in _LEVELS:
        target = getattr(policy.targets, level)
        for first, then in pairwise(_STEPS):
            if getattr(target, first) > getattr(target, then):
                days = f"{getattr(target, then)} days, before {first} with {getattr(target, first)}"
                yield f"targets.{level}.{then}", f"is due after {days}"
    for higher, lower in pairwise(_LEVELS):
        for step in _STEPS:
            more, less = getattr(getattr(policy.targets, higher), step), getattr(getattr(policy.targets, lower), step)
            if more > less:
                yield (
                    f"targets.{lower}.{step}",
                    f"is due after {less} days, sooner than for {higher} impact with {more}",
                )
