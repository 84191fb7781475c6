"""How a change differs between tenants, in lines: "contoso, fabrikam: early May 2026"."""

from collections.abc import Iterable, Mapping, Sequence

from shared.core.terms import Cloud
from shared.core.words.dates import CLOUDS
from shared.core.words.language import say

_MOST_NAMES = 5
_MOST_LINES = 10
GONE = "no longer shows the post"


def tenant_name(name: str, cloud: Cloud, *, targeted: bool) -> str:
    """The tenant, and what tells it from most others: "northwind (GCC, targeted release)"."""
    apart = ["" if cloud == "worldwide" else say(CLOUDS[cloud]), say("targeted release") if targeted else ""]
    kinds = ", ".join(filter(None, apart))
    return f"{name} ({kinds})" if kinds else name


def services_words(services: Sequence[str]) -> str:
    return say("services: {}", ", ".join(services) or say("none"))


def still_shows(dates: str) -> str:
    """Of a tenant whose copy is an older edition."""
    return say("still shows an older edition of the post: {}", dates)


def grouped(texts: Mapping[str, str]) -> Iterable[tuple[tuple[str, ...], str]]:
    """Names by what is said of them, in the order of the names; those of whom nothing is said are left out."""
    groups: dict[str, list[str]] = {}
    for name, text in texts.items():
        if text:
            groups.setdefault(text, []).append(name)
    return [(tuple(names), text) for text, names in groups.items()]


def tenant_lines(texts: Mapping[str, str]) -> tuple[str, ...]:
    """One line for all tenants of whom the same is said; the last says how many more differ. At most 10."""
    lines = [f"{_names(names)}: {text}" for names, text in grouped(texts)]
    if len(lines) <= _MOST_LINES:
        return tuple(lines)
    left = len(lines) - (_MOST_LINES - 1)
    return (*lines[: _MOST_LINES - 1], say("… and {} more groups of tenants that differ", left))


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (say(" and {} more", more) if more > 0 else "")
