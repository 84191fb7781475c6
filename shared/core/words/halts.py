"""Which part of a plan does not go on while the rest stands, and whether it is ours."""

from collections.abc import Mapping, Sequence

from shared.core.posts.classification import POSTPONED, Halt
from shared.core.terms import Cloud
from shared.core.words.dates import listed
from shared.core.words.language import say

_ONLY = "only "


def halt_lines(halts: Sequence[Halt], tenants: Mapping[str, Cloud]) -> tuple[str, ...]:
    """One line a part: "Cancelled for GCC only (the cloud of northwind)". `tenants`: ours, each with its cloud."""
    return tuple(dict.fromkeys(_line(halt, tenants) for halt in halts))


def _line(halt: Halt, tenants: Mapping[str, Cloud]) -> str:
    if halt.scope == POSTPONED:
        return say("Postponed to other dates")
    verb = say("Cancelled" if halt.kind == "cancelled" else "On hold")
    part = halt.scope.removeprefix(_ONLY)
    if not halt.clouds:
        return say("{} for a part only: {}", verb, part)
    ours = [name for name, cloud in tenants.items() if cloud in halt.clouds]
    others = say("none of our clouds" if len(halt.clouds) > 1 else "not our cloud")
    return say("{} for {} only ({})", verb, part, say("the cloud of {}", listed(ours)) if ours else others)
