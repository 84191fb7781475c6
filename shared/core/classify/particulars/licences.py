"""The licences and plans that a sentence asks for."""

import re
from collections.abc import Iterator

from shared.core.text.wording import Wording

_MORE = r"[\w+./&'-]{0,40}"
#: Words with capitals, and small ones between them: "Microsoft Entra ID P1 or P2". Bounded, so that it stays linear.
_NAME = (
    rf"(?P<name>[A-Z]{_MORE}(?:(?:,? (?:(?:and|or|for|of|plus|with)(?: the| an?)? )?|, (?:and |or )?)"
    rf"(?:\([A-Z]{_MORE}\)|[A-Z0-9]{_MORE})){{0,11}})"
)
_LICENCE = (
    r"(?:(?:per-user|user|paid|premium|add-on|tenant|service|device) ){0,2}(?:[Ll]icen[sc](?:es?|ing)"
    r"|subscriptions?|SKUs?|[Ss]uite)\b"
)
_COUNT = (
    r"(?:(?:an?|the|at least|one|either|both|any|active|valid|eligible|paid|full|assigned|appropriate|of"
    r"|\d[\d,]{0,9}\+?"
    r"|or more|minimum) ){0,5}"
)
_PEOPLE = (
    r"(?:[Uu]sers?|[Tt]enants?|[Oo]rgani[sz]ations?|[Cc]ustomers?|[Aa]dmin(?:istrator)?s?|[Oo]rgani[sz]ers?"
    r"|[Pp]eople|[Tt]hose"
    r"|[Ee]mployees|[Mm]embers|[Ii]ndividuals|[Mm]akers|[Dd]evices|[Rr]ooms|[Aa]ccounts|Windows|Android|scope"
    r"|organization)"
)
_WITH = (
    rf"(?:\b{_PEOPLE}(?: [\w/-]{{1,24}}){{0,4}}? (?:(?:who|that) )?(?:with|have|has|hold|having|assigned)"
    r"|\b(?:[Rr]equires?|[Rr]equired|[Rr]equiring|[Nn]eeds?|must have|must hold|[Ii]ncluded (?:with|in)|part of"
    r"|[Aa]vailable (?:only )?with|requirements?:|rerequisites?:))"
)
_ALIKE = r"(?P<alike> or (?:equivalent|higher|above|similar)| \(or (?:equivalent|higher|above)\))?"
_PLANS = r"(?P<name>(?:Microsoft 365|Office 365) [EFAG][1357](?:(?:/|, | or | and |, or )[EFAG][1357]){0,4})"
_PATTERNS = tuple(
    Wording(pattern)
    for pattern in (
        rf"{_WITH} {_COUNT}{_NAME}{_ALIKE} {_LICENCE}",
        rf"\bsubject to (?:(?:the|usual|standard|existing|normal|applicable) ){{1,3}}{_NAME} {_LICENCE}",
        rf"\b(?:who|and) (?:have|hold) {_COUNT}{_NAME} {_LICENCE}",
        rf"\b(?:included (?:with|in)|part of) {_COUNT}(?:your )?(?:existing )?{_PLANS}",
        (
            rf"{_NAME} {_LICENCE}(?=(?:[^.;]{{0,90}}licen[sc]es?|,? or the [^.;,]{{4,80}})?"
            r" (?:is|are|will be) (?:required|needed))"
        ),
        rf"\b(?:with|have|has|requires?|needs?) {_COUNT}licen[sc]es? for {_COUNT}{_NAME}",
        rf"\b[Aa] licen[sc]e for {_COUNT}{_NAME}(?= (?:is|are) (?:required|needed))",
        rf"\b[Ll]icensed (?:for|with|under) {_COUNT}{_NAME}",
        rf"{_NAME}[ –-]{{1,3}}licensed\b",
        rf"\b{_PEOPLE} (?:with|on) {_COUNT}{_PLANS}",
        rf"(?:\b[Tt]o|\b[Ff]or|\b[Aa]ll|\b[Aa]s an?) {_NAME} (?:subscribers?|licen[sc]e holders?)\b",
    )
)
_WORTH = Wording(r"[Ll]icen[sc]|subscri|SKU|[Ss]uite|365 [EFAG][1357]")
#: A licence of which the sentence says that it is not needed, or of which it only supposes something.
_NOT = Wording(
    r"\b(?:without|not|no|never|regardless|lacks?|unless|if|when|whether|requests?|requesting|previously|instead|even"
    r"|unlicensed|except|already|currently|existing|example|until|(?:may|might|could) need)\b|n't\b|[Uu]nlike",
    re.IGNORECASE,
)
_NOT_BEHIND = Wording(
    r"[^.;]{0,40}?\b(?:(?:is|are) (?:not|no longer)|isn't|aren't|remain|continue|not (?:required|needed|affected"
    r"|impacted)|will not"
    r"|won't|expire|cannot|can't|requests?|unaffected|no change)",
    re.IGNORECASE,
)
#: A name that says itself which plan it is; another plan beside it would do, too.
_PREMIUM = Wording(r"\bMicrosoft 365 Copilot \(Premium\)(?! or\b)")
_SPLIT = Wording(r",? (?:and|or|plus)(?: the| an?)? |, ")
_PLAN = Wording(r"[EFAGP][1-7](?:/[EFAGP][1-7]){0,5}")
_NO_PLAN = Wording(
    r"(?:Pro|Premium|Standard|Basic|Enterprise|Azure|Linked|Microsoft|The|This|A|An|Full|Plan|\d+"
    r"|Online Services|Users?|Admins?|Visual Studio|Eligible|Required|Teams|Manage.*|Your)"
)
#: With what the names of licences begin; what stands before it belongs to the sentence.
_BRAND = Wording(
    r"\b(?:Microsoft|M365|O365|Office 365|Teams|Copilot|Viva|Defender|Purview|Entra|Intune|Power|Dynamics|Windows"
    r"|SharePoint|Exchange|Planner"
    r"|Project|Visio|Security|Shared (?:Space|Device)|Business|Enterprise|Insider|[EFAG][1357]\b)"
)
_FOR_COPILOT = Wording(r"^.{1,60} for (?=(?:Microsoft|M)[ 0-9]{0,4} ?365 Copilot)")
_SMALL = Wording(
    r"^(?:The|A|An|With|Requires?|All|Only|For|Any|Active|Valid|Users?|Organizations|Tenants|Per|If|When|Both) "
)


def licences_of(sentence: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each licence, with the place from its name to the end of what says that it is one."""
    if not _WORTH.search(sentence) or "o change" in sentence:
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            before = sentence[max(0, match.start() - 90) : match.start("name")]
            if _NOT.search(before) or _NOT_BEHIND.match(sentence, match.end()) or "without a" in sentence:
                continue
            alike = match.groupdict().get("alike") or ""
            for name in _names(match["name"]):
                yield f"{name}{alike}", (match.start("name"), match.end())


def premium_of(phrase: str) -> str:
    """The plan that stands in the name of the product: "Microsoft 365 Copilot (Premium)"."""
    match = _PREMIUM.search(phrase)
    return match[0] if match else ""


def _names(words: str) -> Iterator[str]:
    """The licences of a list: "Microsoft Entra ID P1 or P2" are two."""
    brand = _BRAND.search(words)
    if not brand:
        return
    words = words[brand.start() :] if brand.start() and not words.startswith("Shared") else words
    words = _FOR_COPILOT.sub("", words)
    parts = _parts(words.rstrip(" .,'/&-"))
    if any(_NO_PLAN.fullmatch(part) for part in parts[1:]) or parts[0] == "Microsoft":
        parts = [words]
    lead = ""
    for part in parts:
        name = _SMALL.sub("", part.replace("M365", "Microsoft 365")).strip(" .,")
        if lead and _PLAN.fullmatch(name):
            name = f"{lead} {name}"
        else:
            lead = _PLAN.sub("", name).strip()
        if len(name) > 1 and not _NO_PLAN.fullmatch(name):
            yield name


def _parts(words: str) -> list[str]:
    """A list, parted only where another licence begins: "Personal or Family" stay together."""
    parts: list[str] = []
    begin = 0
    for mark in _SPLIT.finditer(words):
        if _BRAND.match(words, mark.end()) or _PLAN.match(words, mark.end()) or words[mark.end() :].isdigit():
            parts.append(words[begin : mark.start()])
            begin = mark.end()
    return [part for part in (*parts, words[begin:]) if part] or [words]
