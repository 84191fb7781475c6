"""Paths through an admin centre: "Teams admin center > Meetings > Meeting policies"."""

import re
from collections.abc import Iterator

from shared.core.text.wording import Wording, any_of, has_any

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
    + r")\(| (?:to|then|where|page|section|tab|when|for|in|on(?! (?!the|your|a|this|all|each|my"
    r"|any)[a-z]+(?: [a-z]+)?[.:]?$)|or(?= [a-z])|by|if|using|blade|menu|with|you|will"
    r"|as|is|can|until|area|option)\b"
    r"| and (?![A-Z]|[a-z-]{2,20}(?: tab| page)?(?:$|[.,;:)])"
    r"|(?!(?:select|choose|click|enable|turn|set|toggle|open|review|use|filter|look|find|then|check|disable"
    r"|configure|go"
    r"|[a-z]+ing|add|create|search|edit|assign|scroll|uncheck|locate|follow|navigate|verify|confirm|switch"
    r"|update|manage|is|are)\b)"
    r"[a-z-]+(?: [\w-]+){0,3}[.:]?$))"
)
_PATH = Wording(rf"(?P<path>{_FIRST}(?:{_ARROW}{_MIDDLE}(?={_ARROW})){{0,7}}{_ARROW}{_LAST})")
_ARROWS = Wording(_ARROW)
_ARROW_SIGNS = (">", "→", "›", "»")
_PLACE = Wording(
    r"\b(?P<place>(?:(?:Microsoft|Teams|SharePoint|Exchange|Online|Power|Platform|M365|365|Intune|Entra|Purview"
    r"|Defender"
    r"|Viva|Engage"
    r"|Apps|Fabric|Azure|Copilot|[Ss]ecurity|[Cc]ompliance|[Gg]overnance|XDR|Office|Edge|Pro|Management|Rooms"
    r"|OneDrive|Glint|Learning|Insights"
    r"|Privileged|Cloud|Places) ){1,5}(?:[Aa]dmin(?:istration)? ?[Cc]ent(?:er|re)|[Aa]dmin [Pp]ortal|[Pp]ortal"
    r"|[Mm]anagement"
    r" [Pp]ortal)|PPAC|TAC|Cloud Policy(?: service)?|Azure portal|Microsoft Purview|Microsoft Intune"
    r"|Microsoft Entra(?: ID)?)\b"
)
PLACE = _PLACE.pattern.removeprefix(r"\b")
_IN_CENTRE = Wording(
    r"(?:\b(?:(?:[Aa]dmin(?:istrator)?s?|[Yy]ou|[Oo]rgani[sz]ations) (?:can|may|will be able to)"
    r"|(?<!attempting )[Tt]o"
    r"|[Uu]se|[Mm]ust|[Nn]eed to|[Ww]ill) (?:\w+ ){0,3}?|^|\b(?:and|will) )"
    r"(?i:enable|disable|turn|block|restrict|opt"
    r"|(?:manage|control|configure|customi[sz]e|adjust) (?:this|it\b|them|access|availability|how|whether|which|who"
    r"|(?:the |these |its )?(?:\w+ (?:and \w+ )?)?(?:features?|settings?|polic(?:y|ies)|behaviou?r|experience"
    r"|capability)))\b"
    r"[^.;]{0,100}? (?:in|via|through|from|using|at|within) (?:the )?(?:new )?" + PLACE
)
_DONE_IN_CENTRE = Wording(
    r"\b(?:can|may|must|should|will|needs? to|has to) (?:also |now |then )?be (?:\w+ly )?(?:managed|controlled"
    r"|configured"
    r"|enabled|disabled|turned (?:on|off)|adjusted|blocked(?! from)|restricted|customi[sz]ed)\b[^.;]{0,60}? "
    r"(?:in|via|through|from|using|at|within) (?:the )?(?:new )?" + PLACE
)
_CENTRE = Wording(r"cent(?:er|re)$|portal$|PPAC|TAC", re.IGNORECASE)
_HOME = Wording(r"(?:Microsoft )?(?:Entra(?: ID)?|Defender(?: XDR)?|Purview|Intune|Fabric|Azure)")
# Products whose settings have no admin center in their name.
_HEAD = Wording(
    r"(?:Microsoft )?(?:(?:Viva )?(?:Glint|Goals|Engage|Pulse|Amplify|Learning|Insights)|Power Platform"
    r"|Copilot Studio"
    r"|Insider [Rr]isk [Mm]anagement|Data [Ll]oss [Pp]revention|eDiscovery|Azure DevOps|Lifecycle Services"
    r"|(?:Org|Tenant|Admin) [Ss]ettings)"
)
_WORKED = any_of(
    r"(?:manag(?:e|ed|ing)\b(?! >)|configur|control|enabl|disabl|turn|toggl|adjust|allow|block|restrict|customi"
    r"|set up"
    r"|opt|org settings >|tenant settings >)\w*"
)
# What says that a path without an admin center is an admin's.
_ADMINS = any_of(r"(?:admin|tenant|organi[sz]ation|org-wide|org settings|environment)\w*")
_PAGE = Wording(
    r"\b(?:[Gg]o to|[Nn]avigate to|[Oo]pen|[Uu]sing|[Vv]ia|[Ff]rom|[Ii]n|[Oo]n|[Uu]nder|[Tt]hrough) the (?:new )?"
    r"(?P<page>[A-Z][\w&/-]*(?: (?:[A-Z][\w&/-]*|and|of|for|settings|&)){0,6}"
    r"|(?<=[Oo]n the )[a-z-]{4,20}(?: [a-z-]{4,20}){1,2}) "
    r"(?:tab|page|section|blade|pane|area) (?:in|of|on|under|within) "
    r"(?:the (?P<above>[A-Z][\w&/-]*(?: [A-Z&][\w&/-]*){0,4}) (?:section|area|tab|page|menu) (?:in|of|on"
    r"|under) )?(?:the )?"
    r"(?:new )?" + PLACE
)
# "on the Page settings page under the setting Pins"
_UNDER = Wording(
    r"\b(?:[Oo]n|[Ii]n|[Ff]rom) the (?P<page>[A-Z][\w&/-]*(?: [\w&/-]+){0,4}? [Ss]ettings) (?:page|pane|tab|blade)"
    r",? (?:under|via|with|through) the (?:setting|toggle|control) "
    r"\"?(?P<name>[A-Z][\w&/'-]*(?: [\w&/'()-]+){0,10})\"?[.]?$"
)
_WORKS = any_of(
    r"(?:manag(?:e|ing) (?!users page)|configur|control|enabl|disabl|turn|toggl|adjust|allow|block|restrict|upload"
    r"|customi|set up|activat|opt|go to|navigate to)\w*"
)
# What the next step says, where it only goes on: "Select Meeting policies."
_NEXT = Wording(
    r"(?:[Tt]hen,? |[Aa]nd |[Nn]ext,? )?(?:[Ss]elect|[Cc]lick|[Oo]pen|[Cc]hoose|[Gg]o to|[Nn]avigate to) (?:on "
    r"|the )?"
    r"\"?(?P<name>[A-Z][\w'&/()-]*(?: [\w'&/()-]+){0,8}?)\"?(?: (?:tab|page|section|pane|blade|menu|option))?[.:]?"
)
_FIELD = Wording(r"[A-Z][a-z]+[A-Z]\w+(?: \([\w ]+\))?")  # a new name of a column, behind its old one
_ONLY_HOME = Wording(r"(?:the |[Ii]n the |[Vv]ia the )?" + _PLACE.pattern + r"(?: \([^()]{1,60}\))?[.:;,]?")
_VIA = Wording(r"\b(?:via|in|using|through|from)(?: (?:either|one|any|the following)(?: of)?)?(?: the following)?:$")
_HOMES = ("enter", "entre", "ortal", "PPAC", "TAC")
#: One of these stands in each name of a place.
_PLACES = (*_HOMES, "Cloud Policy", "Microsoft Purview", "Microsoft Intune", "Microsoft Entra")
_ALONG = Wording(r"\b[Pp]ath\b(?: \([^()]{1,60}\))?:?$")
_PLAIN_STEP = Wording(r"[A-Z][\w&/'-]*(?: (?:[\w&/'()-]+|>)){0,14}")
_PICTURE = any_of(r"(?:screenshot|figure|image|example)\b")
_OPENS = Wording(
    r"(?:[Gg]o to|[Nn]avigate to|[Oo]pen|[Ss]ign in to|[Ll]og in to|[Vv]isit) (?:the )?(?:new )?"
    + _PLACE.pattern
    + r"(?: \([^()]{1,60}\))?[.:]?"
)
_BUTTON = Wording(
    r"(?:Save|Next|Apply|OK|Ok|Create|Add|Confirm|Done|Submit|Publish|Finish|Deploy|Assign|Yes|No|On|Off|Enable"
    r"|Disable"
    r"|Edit|Start|Download|Upload|Export|Install|Request|Delete|Remove|Update|Review)\b"
)
_SETS = any_of(
    r"(?:manag|configur|control|enabl|disabl|turn|toggl|adjust|allow|block|restrict|creat|polic|setting|assign"
    r"|govern|rules?"
    r"|opt|set|roles?|permissions?|choose|select|go to|navigate)\w*"
)
_SHOWS = any_of(
    r"(?:will|is|are|can|may|not|to|simply) (?:simply )?(?:not )?(?:appear|be (?:visible|viewed|found)|displayed"
    r"|found)\b",
    r"(?:appears?|remains? available|visible|viewed)\b",
    r"export of\b",
)
# Where an admin center shows what its admins are to look at.
_UNDER_PLACE = Wording(_PLACE.pattern + r" under [A-Z]")
_SHOWN = any_of(
    _SHOWS.pattern,
    r"available (?:on|in|from|under)\b",
    r"(?:view|review|see|find|track|removing)\w*\b(?! and (?:manage|edit))",
)
_LEAD_OUT = Wording(
    r"^(?:.*\b(?:[Gg]o to|[Nn]avigat(?:e|ing) to|[Ss]elect|[Oo]pen|[Vv]isit|[Uu]nder|[Ff]rom|[Vv]ia|[Uu]se|[Ii]n"
    r"|[Aa]t|[Tt]hrough) )"
    r"(?:the |your )?(?=[A-Z\"+])"
)
_PAGES = (" tab ", " page ", " section ", " blade ", " pane ", " area ")
_GOES = any_of(r"(?:go|navigat\w*) to\b", r"under\b")
_LONGEST_STEP = 120
_AROUND = " \"'.,;:"
_PRESSED = Wording(r"(?:toggle|select|click|choose|turn|set|decide|explore more)\b", re.IGNORECASE)
_TAIL = Wording(rf"(?: (?:{_SMALL}|then|&|-))+$")
_USERS_OWN = any_of(
    r"(?:users?|you|they|people|owners|organizers) (?:can|may|will)\b", r"(?:file|insert|view|help|home) >"
)


def place_in(text: str) -> str:
    """The admin centre that a text names, its longest name; empty where it names none."""
    if not has_any(text, _PLACES):
        return ""
    return max((found["place"] for found in _PLACE.finditer(text)), key=len, default="")


def home_in(text: str) -> str:
    """The admin center that a text names, by its whole name; empty where it names none."""
    place = place_in(text) if has_any(text, _HOMES) else ""
    return place if _CENTRE.search(place) else ""


def paths(sentence: str, above: str) -> Iterator[str]:
    """Ways through an admin centre to where something is set; where users or reports are looked at is none.

    `above`: the admin centre of which the words before speak.
    """
    if not has_any(sentence, _ARROW_SIGNS):
        return
    place = place_in(sentence)
    shown = _UNDER_PLACE.search(sentence) if place else None
    for match in _PATH.finditer(sentence):
        steps = [step for step in map(_step, _ARROWS.split(match["path"])) if step and not _PRESSED.match(step)]
        if (
            len(steps) < 2
            or (len(steps) == 2 and _FIELD.fullmatch(steps[1]))
            or (not shown and (_SHOWS.search(sentence) or not _SETS.search(sentence)))
        ):
            continue
        own = _PLACE.search(steps[0])
        if own:
            steps[0] = own["place"]
        elif not _HOME.fullmatch(steps[0]):
            if _USERS_OWN.search(sentence) and not place:
                continue
            if place or above:
                steps.insert(0, place or above)
            elif not _stands_alone(steps, sentence):
                continue
        yield " > ".join(steps)


def _stands_alone(steps: list[str], sentence: str) -> bool:
    """Whether a path that begins in no admin center is one of an admin's all the same."""
    if not _WORKED.search(sentence):
        return False
    return bool(_HEAD.fullmatch(steps[0]) or (_ADMINS.search(sentence) and (len(steps) > 2 or _GOES.search(sentence))))


def pages(sentence: str, above: str) -> Iterator[str]:
    """A page of an admin center that a sentence names in words, as a path: "the Notes page of the Pages portal".

    `above`: the admin centre of which the words before speak.
    """
    if above and " setting" in sentence and (under := _UNDER.search(sentence)):
        yield " > ".join((above, under["page"], under["name"]))
        return
    if not has_any(sentence, _PAGES) or not _WORKS.search(sentence) or _SHOWN.search(sentence):
        return
    for match in _PAGE.finditer(sentence):
        yield " > ".join(filter(None, (match["place"], match["above"], _page(match["page"]))))


def _page(name: str) -> str:
    """A page's name; one in small letters is none without the word."""
    return name if name[0].isupper() else f"{name} page"


def listed_home(sentence: str) -> str:
    """The admin center that an item of a list is, and nothing else; empty otherwise."""
    found = _ONLY_HOME.fullmatch(sentence.strip()) if len(sentence) <= _LONGEST_STEP else None
    return found["place"] if found and _CENTRE.search(found["place"]) else ""


def leads_to_homes(sentence: str) -> bool:
    """Whether a list of places follows in which something is managed: "Admins can opt in via:"."""
    return sentence.endswith(":") and _VIA.search(sentence) is not None and _WORKED.search(sentence) is not None


def plain_step(sentence: str) -> str:
    """The pages that an item names, where it is nothing else: "Pages > Layouts"; empty otherwise."""
    return sentence if len(sentence) <= _LONGEST_STEP and _PLAIN_STEP.fullmatch(sentence) else ""


def leads_along(sentence: str) -> bool:
    """Whether the items of a list that follows are the steps of one path: "Configuration path:"."""
    return "ath" in sentence and _ALONG.search(sentence) is not None


def at_home(sentence: str) -> str:
    """The admin center that a step opens, where it says nothing else; empty otherwise."""
    found = _OPENS.fullmatch(sentence.strip()) if len(sentence) <= _LONGEST_STEP else None
    return found["place"] if found else ""


def next_step(sentence: str) -> str:
    """The page that a step opens, where it says nothing else; empty otherwise."""
    found = _NEXT.fullmatch(sentence.strip()) if len(sentence) <= _LONGEST_STEP else None
    return "" if found is None or _BUTTON.match(found["name"]) else found["name"]


def centre(sentence: str) -> str:
    """The admin centre in which, as a sentence says, something can be managed; empty where it says none."""
    if not has_any(sentence, _HOMES):
        return ""
    found = None if _PICTURE.match(sentence) else _IN_CENTRE.search(sentence) or _DONE_IN_CENTRE.search(sentence)
    return found["place"] if found and _CENTRE.search(found["place"]) else ""


def _step(text: str) -> str:
    """A step of a path without the words around it."""
    text = _TAIL.sub("", _LEAD_OUT.sub("", text.strip()).strip(_AROUND))
    return text.strip(_AROUND) if text.count("(") == text.count(")") else text.strip(_AROUND + "()")
