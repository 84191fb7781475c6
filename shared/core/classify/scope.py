"""Phase and clouds: for whom a rollout line speaks."""

import re

from shared.core.terms import Cloud, Phase
from shared.core.text.wording import any_of

_PHASES: tuple[tuple[Phase, re.Pattern[str]], ...] = (
    (
        "preview",
        any_of(
            r"(?:public|private|limited|early|developer) previews?\b",
            r"previews?\b(?! update)",
            r"beta\b(?! api)",
            r"frontier\b",
            r"early access\b",
            r"insiders?\b",
        ),
    ),
    ("targeted", any_of(r"target(?:ed)?[\s-]+release", r"first[\s-]+release")),
    ("ga", any_of(r"general(?:ly)?[\s-]+availab\w+", r"standard[\s-]+release", r"GA\b", r"production\b")),
)

#: What the end of something is called; whatever these words say of it, it is gone afterwards.
ENDS = any_of(
    r"retir(?:e|es|ed|ing|ement)\b",
    r"remov(?:e|es|ed|ing|al)\b",
    r"deprecat\w+",
    r"discontinu\w+",
    r"sunset\w*",
    r"decommission\w*",
    r"end[\s-]of[\s-](?:support|life|service|servicing)",
    r"(?<!may )(?<!might )no longer\b",
    r"stop(?:s|ped)? (?:work|support|function|be|display|receiv|show|accept)\w*",
    r"(?:be|is|are|being|start|begin) (?:block(?:ed|ing)|disabl(?:ed|ing)|shut|turned off|deleted|deleting|phased out"
    r"|unavailable)",
    r"shut(?:ting)? ?down",
    r"phas(?:ed|ing) out",
    r"cease\w*",
    r"turn(?:ed|ing)? off",
    r"support (?:will )?ends?\b",
    r"reach(?:es|ing)? (?:the )?end",
    r"expir(?:e|es|ed|ing)\b",
)

_EVERY = (r"all clouds\b", r"(?<=\()all environments\b")
_GOVERNMENT = (r"gov(?:ernment)? clouds?\b", r"government (?:customers|tenants|organizations)\b", *_EVERY)
_CLOUDS: tuple[tuple[Cloud, re.Pattern[str]], ...] = (
    (
        "worldwide",
        any_of(
            r"world[\s-]?wide\b", r"WW\b", r"global(?:ly)?\b(?! admin)", r"commercial\b", r"multi-?tenant\b", *_EVERY
        ),
    ),
    ("gcc", any_of(r"GCC\b(?![\s-]*(?:H\b|Hig?h|Hihg))", *_GOVERNMENT)),
    ("gcch", any_of(r"GCC[\s-]*(?:H\b|High\b|Hihg\b)", *_GOVERNMENT)),
    ("dod", any_of(r"DoD\b", *_GOVERNMENT)),
    ("china", any_of(r"China\b", r"Gallatin\b", r"21Vianet\b")),
)


_ANY_CLOUD = any_of(
    "world", "WW", "global", "commercial", "multi", "GCC", "gov", "DoD", "china", "gallatin", "21Vianet", "all "
)
_ANY_PHASE = any_of(
    "preview",
    "beta",
    "frontier",
    "early access",
    "insider",
    "target",
    "first",
    "general",
    "standard",
    "GA",
    "production",
)


def phases(text: str) -> list[tuple[int, int, Phase]]:
    """Every phase that a text names, with where its words begin and end."""
    if not _ANY_PHASE.search(text):
        return []
    found = [(match.start(), match.end(), phase) for phase, pattern in _PHASES for match in pattern.finditer(text)]
    return sorted(found)


def clouds(text: str) -> tuple[Cloud, ...]:
    """The clouds that a text names, in the order of LABELS.md; empty where it names none."""
    if not _ANY_CLOUD.search(text):
        return ()
    return tuple(cloud for cloud, pattern in _CLOUDS if pattern.search(text))
