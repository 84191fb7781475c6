"""Phase and clouds: for whom a rollout line speaks."""

import re

from shared.core.classification import Cloud, Phase

_PHASES = re.compile(
    r"\b(?:"
    r"(?P<preview>(?:public|private|limited)[\s-]+preview|preview\b|\bbeta\b|frontier|early access|insiders?\b)"
    r"|(?P<targeted>targeted?[\s-]+release|first[\s-]+release)"
    r"|(?P<ga>general(?:ly)?[\s-]+availab\w+|standard[\s-]+release|GA\b|production)"
    r")",
    re.IGNORECASE,
)
_ORDER: tuple[Phase, ...] = ("preview", "targeted", "ga")

# What the end of something is called; whatever these verbs say of it, it is gone afterwards.
ENDS = re.compile(
    r"\b(?:retir(?:e|es|ed|ing|ement)\b|remov(?:e|es|ed|ing|al)\b|deprecat\w+|discontinu\w+|sunset\w*|decommission\w*"
    r"|end[\s-]of[\s-](?:support|life|service|servicing)|no longer\b|stop(?:s|ped)? (?:work|support|function|be|display|receiv)\w*"
    r"|(?:be|is|are|being|start|begin) (?:block(?:ed|ing)|disabl(?:ed|ing)|shut|turned off|deleted|delet(?:ed|ing)|phased out|unavailable)"
    r"|shut(?:ting)? ?down|phas(?:ed|ing) out|cease\w*|turn(?:ed|ing)? off|support (?:will )?ends?|reach(?:es)? end)",
    re.IGNORECASE,
)

_CLOUDS: tuple[tuple[Cloud, re.Pattern[str]], ...] = (
    (
        "worldwide",
        re.compile(
            r"\b(?:world[\s-]?wide|WW|global(?:ly)?|all (?:clouds|environments)|commercial|standard multi-tenant)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "gcc",
        re.compile(
            r"\bGCC\b(?![\s-]*(?:H\b|High))|\b(?:all clouds|all environments|gov(?:ernment)? clouds?)\b", re.IGNORECASE
        ),
    ),
    (
        "gcch",
        re.compile(
            r"\bGCC[\s-]*(?:H\b|High\b)|\b(?:all clouds|all environments|gov(?:ernment)? clouds?)\b", re.IGNORECASE
        ),
    ),
    ("dod", re.compile(r"\bDoD\b|\b(?:all clouds|all environments|gov(?:ernment)? clouds?)\b", re.IGNORECASE)),
    ("china", re.compile(r"\b(?:China|Gallatin|21Vianet)\b", re.IGNORECASE)),
)


def phases(text: str) -> list[tuple[int, Phase]]:
    """Every phase that a text names, with its place."""
    return [(match.start(), phase) for match in _PHASES.finditer(text) for phase in _ORDER if match[phase]]


def clouds(text: str) -> tuple[Cloud, ...]:
    """The clouds that a text names, in the order of LABELS.md; empty where it names none."""
    return tuple(cloud for cloud, pattern in _CLOUDS if pattern.search(text))
