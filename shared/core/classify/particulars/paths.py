"""Paths through an admin centre: "Teams admin center > Meetings > Meeting policies"."""

import re
from collections.abc import Iterator

from shared.core.text.wording import any_of

_SMALL = r"of|and|for|to|in|the|on|with|your|or|by|from|via|when|at|as|a|an|into|is|not"
_BIG = r"[A-Z0-9&+(][\w'&/.+()–-]*"
_FIRST = (
    rf"\"?(?:{_BIG})(?: (?:{_BIG}|{_SMALL}|settings?|policies|policy|center|admin|portal|apps?|&|-|rules"
    rf"|[a-z]+(?= ?[>→›]))){{0,7}}\"?"
)
_ARROW = r" ?(?:>|→|›|»|->) ?"
_MIDDLE = r"[^<>→›».,;:|]{2,60}?"
# What belongs to a name: "Passkey (FIDO2)".
_BRACKETED = r"\((?!screenshot|see|figure|if|optional)[\w ]{1,20}\)"
_LAST = (
    r"(?:the |select |\+ ?)?[\"A-Z0-9](?:[^<>→›».,;:|()]|" + _BRACKETED + r"){1,70}?"
    r"(?=\s*$|[<>.,;:|)]|(?!"
    + _BRACKETED
    + r")\(| (?:to|then|where|page|section|tab|when|for|in|on|by|if|using|blade|menu|with|you|will"
    r"|as|is|area|option)\b"
    r"| and (?![A-Z]|[a-z-]{2,20}(?: tab| page)?(?:$|[.,;:)])))"
)
_PATH = re.compile(rf"(?P<path>{_FIRST}(?:{_ARROW}{_MIDDLE}(?={_ARROW})){{0,7}}{_ARROW}{_LAST})")
_ARROWS = re.compile(_ARROW)
_PLACE = re.compile(
    r"\b(?P<place>(?:(?:Microsoft|Teams|SharePoint|Exchange|Power|Platform|M365|365|Intune|Entra|Purview|Defender"
    r"|Viva|Engage"
    r"|Apps|Fabric|Azure|Copilot|[Ss]ecurity|[Cc]ompliance|[Gg]overnance|XDR|Office|Edge|Pro|Management|Rooms"
    r"|OneDrive|Glint|Learning|Insights"
    r"|Privileged|Cloud|Places) ){1,5}(?:[Aa]dmin(?:istration)? ?[Cc]ent(?:er|re)|[Aa]dmin [Pp]ortal|[Pp]ortal"
    r"|[Mm]anagement"
    r" [Pp]ortal)|PPAC|TAC|Cloud Policy(?: service)?|Azure portal|Microsoft Purview|Microsoft Intune"
    r"|Microsoft Entra(?: ID)?)\b"
)
_IN_CENTRE = re.compile(
    r"(?:\b(?:(?:[Aa]dmin(?:istrator)?s?|[Yy]ou|[Oo]rgani[sz]ations) (?:can|may|will be able to)|[Tt]o"
    r"|[Uu]se) (?:\w+ ){0,3}?|^)"
    r"(?i:enable|disable|turn|block|restrict|opt"
    r"|(?:manage|control|configure|customi[sz]e|adjust) (?:this|it\b|them|access|availability|how|whether|which|who"
    r"|(?:the |these |its )?(?:\w+ )?(?:features?|settings?|polic(?:y|ies)|behaviou?r|experience|capability)))\b"
    r"[^.;]{0,100}? (?:in|via|through|from|using|at) (?:the )?(?:new )?" + _PLACE.pattern.removeprefix(r"\b")
)
_CENTRE = re.compile(
    r"\b(?:(?:[Aa]dmin(?:istrator)?s?|[Yy]ou|[Oo]rgani[sz]ations) (?:can|may|will be able to)|[Tt]o"
    r"|[Uu]se) (?:\w+ ){0,3}?(?:manage|control|configure|enable"
    r"|disable|turn|block|restrict|opt|customi[sz]e|adjust)\b(?! (?:and|or) view)[^.;]{0,100}? (?:in|via|through"
    r"|from|using|at) (?:the )?(?:new )?" + _PLACE.pattern.removeprefix(r"\b")
)
_CENTRE = re.compile(r"cent(?:er|re)$|portal$|PPAC|TAC", re.IGNORECASE)
_HOME = re.compile(r"(?:Microsoft )?(?:Entra(?: ID)?|Defender(?: XDR)?|Purview|Intune|Fabric|Azure)")
_SETS = any_of(
    r"(?:manag|configur|control|enabl|disabl|turn|toggl|adjust|allow|block|restrict|creat|polic|setting|assign"
    r"|govern|rules?"
    r"|opt|set|roles?|permissions?|choose|select|go to|navigate)\w*"
)
_SHOWS = any_of(
    r"(?:will|is|are|can|may|not|to|simply) (?:simply )?(?:not )?(?:appear|be (?:visible|viewed|found)|displayed"
    r"|found)\b",
    r"(?:appears?|remains? available|visible|viewed)\b",
)
_LEAD_OUT = re.compile(
    r"^(?:.*\b(?:[Gg]o to|[Nn]avigat(?:e|ing) to|[Ss]elect|[Oo]pen|[Vv]isit|[Uu]nder|[Ff]rom|[Vv]ia|[Uu]se|[Ii]n"
    r"|[Aa]t|[Tt]hrough) )"
    r"(?:the |your )?(?=[A-Z\"+])"
)
_AROUND = " \"'.,;:"
_PRESSED = re.compile(r"(?:toggle|select|click|choose|turn|set)\b", re.IGNORECASE)
_TAIL = re.compile(rf"(?: (?:{_SMALL}|then|&|-))+$")
_USERS_OWN = any_of(
    r"(?:users?|you|they|people|owners|organizers) (?:can|may|will)\b", r"(?:file|insert|view|help|home) >"
)


def place_in(text: str) -> str:
    """The admin centre that a text names, its longest name; empty where it names none."""
    return max((found["place"] for found in _PLACE.finditer(text)), key=len, default="")


def paths(sentence: str, above: str) -> Iterator[str]:
    """Ways through an admin centre to where something is set; where users or reports are looked at is none.

    `above`: the admin centre of which the words before speak.
    """
    if not _ARROWS.search(sentence):
        return
    place = place_in(sentence)
    for match in _PATH.finditer(sentence):
        steps = [step for step in map(_step, _ARROWS.split(match["path"])) if step and not _PRESSED.match(step)]
        if len(steps) < 2 or not _SETS.search(sentence) or _SHOWS.search(sentence):
            continue
        own = _PLACE.search(steps[0])
        if own:
            steps[0] = own["place"]
        elif not _HOME.fullmatch(steps[0]):
            if not (place or above) or (_USERS_OWN.search(sentence) and not place):
                continue
            steps.insert(0, place or above)
        yield " > ".join(steps)


def centre(sentence: str) -> str:
    """The admin centre in which, as a sentence says, something can be managed; empty where it says none."""
    found = _IN_CENTRE.search(sentence)
    return found["place"] if found and _CENTRE.search(found["place"]) else ""


def _step(text: str) -> str:
    """A step of a path without the words around it."""
    text = _TAIL.sub("", _LEAD_OUT.sub("", text.strip()).strip(_AROUND))
    return text.strip(_AROUND) if text.count("(") == text.count(")") else text.strip(_AROUND + "()")
