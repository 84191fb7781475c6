"""Whom a change concerns: roles, licences and platforms that the post names, and users or admins by the impact."""

import re
from collections.abc import Sequence

from shared.core.posts.classification import Classification, FieldName
from shared.core.posts.particulars import Audience
from shared.core.terms import IMPACT_RANK, OVER, AudienceKind
from shared.core.words.dates import listed
from shared.core.words.doubt import is_sure
from shared.core.words.language import say

MOST_NAMES = 5
_TORN = re.compile(
    r"[,;:]\s*$|\b(?:their|the|a|an|of|and|or|for|to|with|by|in|on|at|from)$|\b(?:those|these|such)\b", re.IGNORECASE
)
"""A name that was cut from its sentence, or points to another one."""
_LABELS: dict[AudienceKind, tuple[str, str]] = {
    "role": ("Role", "Roles"),
    "licence": ("Licence", "Licences"),
    "platform": ("Platform", "Platforms"),
}


def clear_names(audience: Sequence[Audience], kind: AudienceKind) -> tuple[Audience, ...]:
    """The names of one sort that say something by themselves; "the web" alone is mostly an example."""
    named = tuple(each for each in audience if each.kind == kind and not _TORN.search(each.name))
    return () if kind == "platform" and [each.name.casefold() for each in named] == ["web"] else named


def people_lines(classification: Classification, audience: Sequence[Audience]) -> tuple[str, ...]:
    """One line a sort: "Users and admins", "Roles: Teams administrators", "Licences: Teams Premium".

    Empty where the post says nothing, and of a plan that fell.
    """
    if classification.status in OVER:
        return ()
    lines = [_by_impact(classification)]
    for kind, (one, several) in _LABELS.items():
        names = list(dict.fromkeys(each.name for each in clear_names(audience, kind)))
        more = len(names) - MOST_NAMES
        named = ", ".join(names[:MOST_NAMES]) + (say(" and {} more", more) if more > 0 else "")
        lines.append(f"{say(one if len(names) == 1 else several)}: {named}" if names else "")
    return tuple(filter(None, lines))


def _by_impact(classification: Classification) -> str:
    """Those whom the change touches noticeably: flatly, or probably; nobody where it is unsure (decision 0017)."""
    fields: tuple[tuple[str, FieldName], ...] = (("users", "user_impact"), ("admins", "admin_impact"))
    touched = [
        (who, is_sure(classification, field))
        for who, field in fields
        if IMPACT_RANK[getattr(classification, field)] and not classification.is_unsure(field)
    ]
    sure = listed([say(who) for who, flatly in touched if flatly])
    probable = listed([say(who) for who, flatly in touched if not flatly])
    words = ", ".join(filter(None, (sure, say("probably {}", probable) if probable else "")))
    return words[:1].upper() + words[1:]
