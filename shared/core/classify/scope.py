"""Scope: for whom and for which phase a line speaks; and the words for the end of something."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from shared.core.classify import clouds
from shared.core.terms import Cloud, Phase
from shared.core.text.wording import Wording, any_of

_PHASES: tuple[tuple[Phase, Wording], ...] = (
    (
        "preview",
        any_of(
            r"(?:public|private|limited|early|developer) previews?\b",
            r"limited release\b",
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
    r"(?:be|is|are|being|start|begin|started|began|will start|to) (?:block(?:ed|ing)|disabl(?:ed|ing)|shut|turned off"
    r"|barred|dropped|refused|rejected|deleted|deleting|phased out|unavailable)",
    r"shut(?:ting)? ?down",
    r"phas(?:ed|ing) out",
    r"cease\w*",
    r"turn(?:ed|ing)? off",
    r"support (?:will )?ends?\b",
    r"support for [^.;:]{1,120}? (?:will end|ends|ended|has ended|is ending)\b",
    r"ending support\b",
    r"will stop\b",
    r"reach(?:es|ing)? (?:the )?end",
    r"expir(?:e|es|ed|ing)\b",
    r"lapses?\b",
    r"runs? out\b",
    r"switch(?:es|ed)? off\b",
    r"valid (?:only )?(?:until|till|through)\b",
)


_ANY_PHASE = any_of(
    "preview",
    "beta",
    "frontier",
    "early access",
    "insider",
    "limited",
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


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a line speaks; empty where it names nobody."""

    phases: tuple[Phase, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    #: Only clouds that the product does not follow.
    elsewhere: bool = False

    @property
    def any(self) -> bool:
        return bool(self.phases or self.clouds or self.elsewhere)

    @property
    def places(self) -> bool:
        return bool(self.clouds) or self.elsewhere


def merge(inner: Scope, outer: Scope) -> Scope:
    """The inner scope, with what only the outer one names."""
    placed = inner if inner.places else outer
    return Scope(inner.phases or outer.phases, placed.clouds, placed.elsewhere)


@lru_cache(maxsize=128)  # a label is asked for at each of its lines
@lru_cache(maxsize=256)
def named_scope(text: str) -> Scope:
    """The clouds and the phase that some words name; several phases where they stand side by side as one label."""
    if not text:
        return Scope()
    found = phases(text)
    named = [phase for _, _, phase in found[:1]]
    for (_, end, phase), (start, _, other) in pairwise(found):
        between = text[end:start].strip().lower()
        if between == "(" and phase == "ga":  # "General Availability (Targeted Release)" is for the targeted ones
            named = [other]
        elif between in {"/", "and", "&", ",", "+"} and other != phase:
            named.append(other)
        else:
            break
    return Scope(tuple(named), clouds.reached(text), clouds.is_elsewhere(text))
