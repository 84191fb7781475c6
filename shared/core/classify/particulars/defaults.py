"""How a control stands where nobody touches it, in the words of a sentence."""

import re

from shared.core.posts.particulars import ControlDefault

_STATE = (
    r"on|off|enabled|disabled|not configured|not enabled|turned on|turned off|active|inactive|blocked|allowed"
    r"|true|false"
)
_DEFAULT = re.compile(
    rf"\b(?P<a>{_STATE})\b,? by default\b"
    rf"|\bby default,? (?:[\w'\"-]+ ){{0,12}}?(?:is|are|will be|stays?|remains?) (?:set to )?\"?(?P<b>{_STATE})\b"
    rf"|\bdefault(?:s| setting| value| state| status| behavior)?(?: is| will be| to|:| =|s to"
    rf"| set to){{1,2}} \"?(?P<c>{_STATE})\b"
    rf"|\bset to \"?(?P<d>(?-i:[A-Z])[\w ]{{1,40}}?)\"?,? by default\b"
    rf"|\b(?:is|are|will be) \"?(?P<e>Not configured|(?-i:[A-Z])\w{{1,20}})\"? by default\b"
    rf"|\b(?P<f>{_STATE}|(?-i:[A-Z])\w{{1,30}}) \(default\)",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:not|no longer|never|isn't)\s+(?:\w+\s+)?$", re.IGNORECASE)
_SCOPE = re.compile(
    r"\b(?:[Ff]or|[Ii]n) (?P<scope>(?:(?:all|new|existing|the) )?(?:GCC(?:[ -]?High|H)?|DoD|EDU|education|government"
    r"|worldwide"
    r"|commercial|enterprise|Gov|US Gov|EU|EEA|EFTA)\b[\w/, -]{0,60}?|(?:new|existing|other|all other) (?:tenants"
    r"|customers|organi[sz]ations"
    r"|users|policies|devices))(?= (?:by|is|are|will|and|but|at|when|where)\b|[.,;:)]|$)"
)
_LOWER = {"on", "off", "enabled", "disabled", "turned on", "turned off", "active", "inactive"}


def speaks_of_a_default(text: str) -> bool:
    return "efault" in text


def default_of(sentence: str) -> ControlDefault | None:
    """The state that a sentence gives as the default; None where it gives none, or a denied one."""
    found = _DEFAULT.search(sentence)
    if found is None:
        return None
    group = found.lastgroup or "a"
    state = found[group].strip()
    if state.lower() in _LOWER:
        state = state.lower().removeprefix("turned ")
        if _NEGATION.search(sentence, max(0, found.start(group) - 20), found.start(group)):
            state = f"not {state}"
    scope = _SCOPE.search(sentence)
    return ControlDefault(state[:60], scope["scope"].strip(" ,")[:100] if scope else "")
