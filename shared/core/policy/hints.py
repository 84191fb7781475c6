"""What is worth a thought in a policy, and is no fault or mistake: routes without a name, long freezes (pure)."""

from collections.abc import Iterator

from shared.core.policy.check import Fault
from shared.core.policy.model import Match, Policy, service_key, walk
from shared.core.policy.parts import LONGEST_ROUTE_NAME
from shared.core.text.safe import cut

_FLAGS = {
    ("crb", True): "for the board",
    ("crb", False): "not for the board",
    ("major", True): "major",
    ("major", False): "not major",
    ("training", True): "users must be told",
    ("training", False): "users need not be told",
}
_LONG_FREEZE = 92  # days
_KEYS = {
    "kind": "{}",
    "service": "{}",
    "workload": "{}",
    "title": "{} in the title",
    "text": "{} in the text",
    "impact_at_least": "impact {} or more",
    "admin_impact": "{} impact on admins",
    "admin_impact_at_least": "impact on admins {} or more",
    "user_impact": "{} impact on users",
    "user_impact_at_least": "impact on users {} or more",
    "action": "action {}",
    "event": "{}",
    "starts_within": "starts within {} days",
    "act_by_within": "to be acted on within {} days",
    "audience": "for {}",
    "control": "controlled by {}",
    "compliance": "compliance on {}",
}
"""In which words a name says a condition; the other keys are said with their own name."""


def hints(policy: Policy) -> list[Fault]:
    """Each as (path, what): a name for every route that has none, and that no other route has; very long freezes."""
    return [*_long_freezes(policy), *_names(policy)]


def _long_freezes(policy: Policy) -> Iterator[Fault]:
    for index, freeze in enumerate(policy.calendar.freezes):
        if (days := (freeze.until - freeze.from_).days + 1) > _LONG_FREEZE:
            yield f"calendar.freezes[{index}]", f"lasts {days} days, and every rollout in them is told as in a freeze"


def _names(policy: Policy) -> Iterator[Fault]:
    taken = {service_key(route.name) for _, route in walk(policy.routes) if route.name}
    for path, route in walk(policy.routes):
        if not route.name:
            name = _free(_shortened(_described(route.match or Match(), root=path == "routes")), taken)
            taken.add(service_key(name))
            yield path, f"has no name, so reasons tell its place in the file; it could be called “{name}”"


def _described(match: Match, *, root: bool) -> str:
    """The match in a few words: "retirement, for the board"."""
    conditions = match.model_dump(exclude_none=True, by_alias=True)
    kind = conditions.pop("kind", None)
    ordered = {"kind": kind, **conditions} if kind else conditions
    words = ", ".join(_condition(name, value) for name, value in ordered.items())
    words = words or ("everything else" if root else "every change")
    return words[:1].upper() + words[1:]


def _condition(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _FLAGS[name, value]
    values = value if isinstance(value, list | tuple) else (value,)
    words = " or ".join(" ".join(str(each).replace("_", " ").split()) for each in values)
    return _KEYS.get(name, f"{name.replace('_', ' ')} {{}}").format(words)


def _shortened(name: str) -> str:
    """Short enough for a name, with room for a number behind it."""
    longest = LONGEST_ROUTE_NAME - len(" (99)")
    return cut(name, longest)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    numbered = name
    while service_key(numbered) in taken:
        numbered = f"{name} ({number})"
        number += 1
    return numbered
