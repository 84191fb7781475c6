"""How a control stands where nobody touches it, in the words of a sentence."""

import re
from collections.abc import Sequence

from shared.core.posts.particulars import ControlDefault
from shared.core.text.wording import Wording, any_of

_STATE = (
    r"on|off|enabled|disabled|not configured|not enabled|turned on|turned off|active|inactive|blocked|allowed"
    r"|true|false"
)
_DEFAULT = Wording(
    rf"\b(?P<a>{_STATE})\b,? by default\b"
    rf"|\bby default,? (?:[\w'\"-]+ ){{0,12}}?(?:is|are|will be|stays?|remains?) (?:set to )?\"?(?P<b>{_STATE})\b"
    rf"|\bdefault(?:s| setting| value| state| status| behavior)?(?: is| will be| to|:| =|s to"
    rf"| set to){{1,2}} \"?(?P<c>{_STATE})\b"
    rf"|\bset to \"?(?P<d>(?-i:[A-Z])[\w ]{{1,40}}?)\"?,? by default\b"
    rf"|\b(?:is|are|will be) \"?(?P<e>Not configured|(?-i:[A-Z])\w{{1,20}})\"? by default\b"
    rf"|\b(?P<f>{_STATE}|(?-i:[A-Z])\w{{1,30}}) \(default\)"
    rf"|^\W*(?P<g>(?:{_STATE})(?=: )).{{3,120}} \(default\)\W*$",
    re.IGNORECASE,
)
_NEGATION = Wording(r"\b(?:not|no longer|never|isn't)\s+(?:\w+\s+)?$", re.IGNORECASE)
_CLOUD = (
    r"(?:GCC(?:[ -]?High|H)?|DoD|EDU|[Ee]ducation|[Gg]overnment|[Ww]orldwide|[Cc]ommercial|[Ee]nterprise|(?:US )?Gov"
    r"|EU(?:DB)?|EEA|EFTA|UK|US|European Union|United (?:Kingdom|States)|Switzerland|Norway)\b"
)
_CLOUDS = rf"(?:the )?{_CLOUD}(?:(?:, (?:and |or )?| and | or | & |/)(?:the )?{_CLOUD})*"
_OTHERS = (
    r"(?:new|existing|other|all other) (?:tenants|customers|organi[sz]ations|users|policies|devices|regions|clouds)"
)
_SCOPE = Wording(
    rf"\b(?:[Ff]or|[Ii]n) (?P<scope>(?:(?:all|new|existing) )?(?:(?:tenants|customers|organi[sz]ations|users)"
    rf" (?:based )?(?:in|outside|within)(?: of)? )?{_CLOUDS}(?: \([A-Z]{{2,5}}\))?(?: [a-z/-]{{2,20}}){{0,4}}?"
    rf"|{_OTHERS})"
    r"(?= (?:by|is|are|will|and|but|at|when|where)\b|[.,;:)]|$)"
    rf"|^(?P<label>{_CLOUDS}|[Aa]ll other \w{{4,20}}|[Oo]ther \w{{4,20}}|(?:[Nn]ew|[Ee]xisting) \w{{4,20}}) ?[:–-] "
)
_EXCEPT = Wording(
    r"\b(?P<scope>(?:except(?:ing)?|excluding|other than|outside)(?: of)?(?: for)?"
    rf"(?: (?:those|tenants|customers|organi[sz]ations|users))?(?: (?:based )?in)? {_CLOUDS})"
)
_OPEN = any_of(
    r"depending on\b",
    r"(?:on or off|enabled or disabled)\b",
    r"varies\b",
    r"default (?:state|setting|value)s? (?:depends|varies)",
)
_ALIKE = {"enabled": "on", "disabled": "off", "not enabled": "off", "active": "on", "inactive": "off"}
_NO_SCOPE = frozenset(("the", "and", "or", "in", "all", "tenants", "customers", "organizations", "users", "for"))
_BARE = Wording(rf"\W*(?:{_STATE})(?:,? by default\W*|: .{{3,120}} \(default\)\W*)", re.IGNORECASE)
_LOWER = {"on", "off", "enabled", "disabled", "turned on", "turned off", "active", "inactive"}


def speaks_of_a_default(text: str) -> bool:
    return "efault" in text


def known(default: ControlDefault, defaults: Sequence[ControlDefault]) -> bool:
    """Whether a default is among others, if in other words: "off" for "tenants in the EU" is "disabled" for "EU"."""
    return any(_key(default) == _key(other) for other in defaults)


def _key(default: ControlDefault) -> tuple[str, frozenset[str]]:
    scope = frozenset(re.findall(r"\w+", default.scope.lower())) - _NO_SCOPE
    return _ALIKE.get(default.state, default.state), scope


def is_on(default: ControlDefault) -> bool:
    """Whether a default is that something works."""
    return _ALIKE.get(default.state, default.state) == "on"


def is_bare(sentence: str) -> bool:
    """Whether a sentence is nothing but a default, as it stands under a heading."""
    return _BARE.fullmatch(sentence) is not None or _SCOPE.match(sentence) is not None


def default_of(sentence: str) -> ControlDefault | None:
    """The state that a sentence gives as the default; None where it gives none, or a denied one."""
    found = _DEFAULT.search(sentence)
    if found is None or _OPEN.search(sentence):
        return None
    group = found.lastgroup or "a"
    state = found[group].strip()
    if state.lower() in _LOWER:
        state = state.lower().removeprefix("turned ")
        if _NEGATION.search(sentence, max(0, found.start(group) - 20), found.start(group)):
            state = f"not {state}"
    scope = _SCOPE.search(sentence)
    apart = _EXCEPT.search(sentence)
    if apart and (scope is None or "outside" not in scope[0]):
        return ControlDefault(state[:60], apart["scope"][:100])
    return ControlDefault(state[:60], (scope["scope"] or scope["label"]).strip(" ,")[:100] if scope else "")
