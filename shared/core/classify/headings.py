"""Headings: which part of a post begins, in the wordings of 2021 to 2026, of Microsoft 365, Dynamics and Windows."""

import re
from typing import Literal

from shared.core.text.wording import Wording

Role = Literal["banner", "intro", "when", "impact", "prepare", "compliance", "more"]

_YOUR = r"(?: (?:me|my|our|you\w*|your users))?(?: organi[sz]ation| org| users| tenant)?(?: and users)?"
_WORDINGS: dict[Role, tuple[str, ...]] = {
    "when": (
        r"when (?:will )?this (?:will )?happens?",
        r"when will this (?:affect|impact)" + _YOUR,
        r"when (?:is|does) this (?:change )?(?:happening|happen|take effect)",
        r"when (?:will )?this (?:will )?(?:take effect|roll ?out)",
        r"(?:roll ?out|release|maintenance) schedule",
        r"(?:roll ?out|release )?timelines?",
        r"roll ?out (?:schedule|timeline) ?/ ?\w+",
        r"what is the timeline",
        r"key dates",
    ),
    "impact": (
        r"how (?:will |does |do |is )?(?:this|these changes|it) (?:changes? )?(?:will )?(?:affects?|impacts?|benefits?)"
        + _YOUR,
        r"impact (?:on|to) your (?:organi[sz]ation|users)",
        r"what will (?:happen|change)",
        r"who is (?:affected|impacted)",
        r"what to expect",
        r"(?:user|admin) impact",
    ),
    "prepare": (
        (
            r"what (?:do |does |should |can |will )?(?:you|i|we|admins?) (?:can |should |need to |must |have to )?"
            r"(?:do )?(?:need )?(?:to )?(?:do |prepare )?(?:to prepare|to do|prepare|do)?"
            r"(?: for this (?:change|update|roll ?out))?(?: now)?"
        ),
        r"what to do to prepare(?: for this change)?",
        (
            r"what actions? (?:do (?:i|you) need to take|(?:is|are) (?:required|needed)(?: on my part)?"
            r"|should (?:i|you) take)"
        ),
        r"(?:recommended )?actions?(?: required| needed| steps)?(?: ?/ ?recommendations)?",
        r"recommendations",
        r"next steps",
        r"how (?:to|can i|can you|should i|should you) prepare",
        r"preparation",
    ),
    "compliance": (r"compliance (?:considerations?|area|impact)",),
    "intro": (
        r"introduction",
        r"what and why",
        r"what(?:'s| is) (?:changing|new|coming|happening)",
        r"overview",
        r"summary",
        r"why (?:is )?this (?:change|is happening)(?: happening)?",
        r"background",
    ),
    "more": (
        r"additional (?:information|resources|details)",
        r"more information",
        r"learn more",
        r"related information",
        r"resources",
        r"references",
        r"(?:known )?limitations.{0,40}",
        r"frequently asked questions",
        r"faqs?",
        r"need help",
        r"help and support",
    ),
}
_EDGE = r"[\s\[\]*:?.!]*"
_HEADING = Wording(
    _EDGE + "(?:" + "|".join(f"(?P<{role}>{'|'.join(each)})" for role, each in _WORDINGS.items()) + ")" + _EDGE + "$",
    re.IGNORECASE,
)
# The main headings also stand before their text, on one line with it.
_LED = Wording(
    r"\[?(?:(?P<when>when (?:will )?this (?:will )?happen|rollout schedule)"
    r"|(?P<impact>how (?:will )?this (?:will )?affects? your organization)"
    r"|(?P<prepare>what (?:do )?you (?:need to|can) do to prepare)"
    r"|(?P<compliance>compliance considerations))\s*[:\]?]+\s*(?=\w)",
    re.IGNORECASE,
)
_LONGEST = 110


def heading(text: str) -> Role | None:
    """The part that begins with a line that is nothing but a heading."""
    return _role(_HEADING.match(text)) if len(text) <= _LONGEST else None


def leading_heading(text: str) -> tuple[Role, int] | None:
    """The part that begins with a line, and where its text goes on behind the heading."""
    match = _LED.match(text)
    role = _role(match)
    return (role, match.end()) if match and role else None


def _role(match: re.Match[str] | None) -> Role | None:
    if match is None:
        return None
    return next(role for role in _WORDINGS if role in match.re.groupindex and match[role] is not None)
