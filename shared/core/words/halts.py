"""Which part of a plan does not go on while the rest stands, and whether it is ours."""

from collections.abc import Mapping, Sequence

from shared.core.posts.classification import POSTPONED, Halt
from shared.core.terms import Cloud
from shared.core.words.dates import listed

_ONLY = "only "


def halt_lines(halts: Sequence[Halt], tenants: Mapping[str, Cloud]) -> tuple[str, ...]:
    """One line a part: "Cancelled for GCC only (the cloud of northwind)". `tenants`: ours, each with its cloud."""
    return tuple(dict.fromkeys(_line(halt, tenants) for halt in halts))


def _line(halt: Halt, tenants: Mapping[str, Cloud]) -> str:
    if halt.scope == POSTPONED:
        return "Postponed to other dates"
    verb = "Cancelled" if halt.kind == "cancelled" else "On hold"
    part = halt.scope.removeprefix(_ONLY)
    if not halt.clouds:
        return f"{verb} for a part only: {part}"
    ours = [name for name, cloud in tenants.items() if cloud in halt.clouds]
    others = "none of our clouds" if len(halt.clouds) > 1 else "not our cloud"
    return f"{verb} for {part} only ({f'the cloud of {listed(ours)}' if ours else others})"
