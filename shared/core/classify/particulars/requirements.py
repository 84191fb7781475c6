"""What must be there for a change to concern anybody: versions, channels, a thing that a feature requires, a region."""

import re
from collections.abc import Iterator

from shared.core.classify.particulars.people import denies, trimmed
from shared.core.text.wording import Wording, has_any

_PRODUCT = r"(?<![\w.-])(?:(?:i?[A-Z][\w.+]{0,24}|\d{1,3}|for|on)[ ,]{1,2}){0,7}"
_LATER = r"(?:or|and) (?:later|higher|above|newer|greater|up)\b"
_VERSION = Wording(
    rf"(?P<name>{_PRODUCT}(?:on |running |client |app )?(?:[Vv]ersion|[Bb]uild|iOS|Android|macOS|v)\.? ?\d[\w.]{{0,24}}"
    rf"(?: \([^()]{{1,40}}\))? (?:{_LATER}|\+))",
)
_OR_LATER = Wording(rf" {_LATER}|\d\+")
#: With what a sentence begins before the name of the product.
_BEFORE_PRODUCT = Wording(
    r"^(?:on|running|client|app|for|Deploy|Update|Upgrade|Use|Install|Ensure|Verify|Requires?|The|This|All|Your|Only|With"
    r"|Devices?|Note|Minimum) ",
    re.IGNORECASE,
)
_NEEDS = Wording(
    r"\b(?:requires?|required|needs?|must|only|running|minimum|supported|on|prerequisites?|ensure|available|with)\b",
    re.IGNORECASE,
)
_NEEDS_OF_LIST = Wording(
    r"\b(?:minimum|requirements?|prerequisites?|required|requires|supported) ?[^:]{0,60}:$", re.IGNORECASE
)
_RELEASE = r"\d\dH\d"
_JOINT = r"(?:, and |, or |, |/| and | or )"
_EDITION = r"(?: (?:Enterprise|Pro|Education|Home))?"
_WINDOWS = (
    rf"Windows (?:10(?: and |/)11|10|11|Server 20\d\d(?: R2)?){_EDITION}"
    rf"(?:,? versions? {_RELEASE}(?:{_JOINT}{_RELEASE}){{0,4}}| {_RELEASE}| 20\d\d LTS[BC])?"
)
_NO_MORE = rf"(?!,? versions?\b| {_LATER}|{_EDITION},? version)\b"
_WINDOWS_NAME = Wording(rf"\b{_WINDOWS}{_NO_MORE}(?! Autopatch)")
_ON_WINDOWS = Wording(
    rf"\b(?:(?:available|applies|apply|supported|affects?|impacts?|only)(?: only| soon)? (?:in|on|for|to)"
    rf"|(?:[Dd]evices|PCs|[Cc]lients|[Ee]ndpoints) (?:that are )?(?:running|on|with))"
    rf" (?:(?:all|supported|eligible|both|versions|editions|devices|of|on|running) ){{0,5}}"
    rf"(?P<windows>{_WINDOWS}(?:{_JOINT}(?:both )?{_WINDOWS}){{0,9}}){_NO_MORE}"
)
_NO_WINDOWS = Wording(
    r"\b(?:if|continue|remain|earlier|older|upgrad\w+|consider|inventory|recommend|latest version|identify|instead)\b",
    re.IGNORECASE,
)
_TO_WINDOWS = Wording(r"\b(?:to|upgrade|ineligible for) $", re.IGNORECASE)
_WINDOWS_UPDATE = Wording(
    r"(?P<name>Windows (?:1|Server)[^:;]{1,60}(?:: Azure Edition)?): .{0,60}\bKB\d{6,9}\b.{0,200}"
)
_CHANNEL = Wording(
    r"\W{0,2}(?P<name>(?:Current|Monthly Enterprise|Semi-Annual Enterprise|Beta) Channel(?: \(Preview\))?)\W{0,2}"
)
_FEATURE = (
    r"(?:[Tt]his|[Tt]hese|[Tt]he)(?: [\w-]{1,20}){0,3}? (?:feature|skill|capability|update|option|experience|agent"
    r"|integration|functionality|setting)s?"
)
_REQUIRES = Wording(rf"{_FEATURE} (?:also |only |now )*requires? (?:the |an? )?(?P<what>[A-Z][^.;:]{{2,80}})")
_NO_THING = Wording(r"licen[sc]e|subscription|\bversion\b|\d or (?:later|newer|higher)|\bto be\b", re.IGNORECASE)
_ON = Wording(
    r"\brequires? (?:that )?(?P<what>[^.;,:]{4,60}?) to be (?P<state>enabled|turned on|installed|configured)\b"
    r"|\bto use (?:this|it|the)(?: [\w-]{1,20}){0,3},? (?:you (?:must|need to) |first )?"
    r"(?P<verb>enable|install|turn on) (?P<thing>[^.;,:]{4,60}?)(?=[,.;]|$| from | in | then | and )",
    re.IGNORECASE,
)
_STATES = {"enable": "enabled", "install": "installed", "turn on": "turned on"}
_ORGANISATIONS = r"(?:tenants|organi[sz]ations|customers|environments|users|devices)"
#: "For tenants in Europe, admins must ...".
_FOR = Wording(
    rf"For (?:all |any )?(?P<who>{_ORGANISATIONS} (?:with|that|who|using|in|enrolled|based|located|creating|running)"
    r" [^:;]{4,110}?), (?:IT |tenant |your )?(?:admins?|administrators?|you|users|organi[sz]ations|customers)\b"
    r"[^.;:]{0,40}?\b(?:needs?|must|required)\b",
    re.IGNORECASE,
)
#: "Devices enrolled in hotpatch updates".
_DEVICES = Wording(
    r"\bdevices (?:that are )?(?:enrolled in|managed (?:by|with|through)|running hotpatch|joined to) [^.,;:()]{4,90}"
)
#: "It is on for tenants with pins disabled".
_FOR_WHICH = Wording(
    r"\b(?:enabled|disabled|on|off|applied|required|retired|removed|blocked|available) (?:by default )?(?:for|in)"
    r" (?:all |only |any )*(?P<who>(?:tenants|organi[sz]ations|customers|environments)"
    r" (?:with|that|who|where) (?!eligible|relevant|these|this|such)[^.,;:()]{4,90})",
    re.IGNORECASE,
)
#: "Your Intune tenant on Europe 0101".
_ON_UNIT = Wording(
    r"\byour (?P<what>(?:[A-Z]\w{1,20} )?tenant)s? on (?P<unit>[A-Z][a-zA-Z]{1,20}(?: [A-Z][a-z]{1,20})? \d{3,5})\b"
)
_REGION = (
    r"(?:EU|EEA|EFTA|UK|US|USA|Europe|European|United|Egypt|Germany|France|Italy|Spain|Japan|India|China|Korea|Australia"
    r"|Canada|Brazil|Mexico|Switzerland|Norway|Israel|Qatar|South|New Zealand|Asia|Africa|North America|Latin America)"
)
#: "For devices in Egypt, ...".
_IN_REGION = Wording(
    r"For (?:all |any )?(?P<who>(?:[A-Z]\w{1,20} )?(?:devices|customers|tenants|users|organi[sz]ations|environments)"
    rf" in (?:the )?{_REGION}\b(?:[^,:;.]|, (?:EFTA|EEA|EU|UK|and|or)\b){{0,60}}),",
    re.IGNORECASE,
)
#: "This change does not apply to agents created elsewhere".
_NOT_FOR = Wording(
    r"(?:Note: |Important: )?(?:This|The|These)(?: [\w-]{1,20}){0,3} (?:does|do|will) not (?:apply to|affect|impact)"
    r" (?P<who>(?:existing(?: \w{2,20}){0,2} (?:devices|tenants|organi[sz]ations|customers|users|environments|agents)"
    r"|(?:[\w-]{2,20} ){0,2}(?:users|devices|tenants|organi[sz]ations|customers|agents|environments|accounts|admins)"
    r" (?:already|created|using|running|accessing|that|who|in|on|with|managed|registered)\b[^.;:]{3,120}))\.?",
    re.IGNORECASE,
)
_ORGANISATION_WORDS = ("tenants ", "rganizations ", "rganisations ", "ustomers ", "nvironments ")
_NEW = Wording(
    rf"\b(?P<who>{_ORGANISATIONS} (?:creating|configuring|setting up) (?:any |a )?new (?:[\w-]{{2,20}} )?"
    r"(?:tenants?|organi[sz]ations?|environments?|sites?|polic(?:y|ies)|workspaces?))\b"
    r"|\b(?:only|by default for|applies to|for|in) (?:all |any |only )*(?P<new>new (?:tenants|organi[sz]ations"
    r"|customers|environments))\b(?! (?:and|will manage))",
    re.IGNORECASE,
)
_NO_NEW = Wording(r"\b(?:onboarding|end of|learn more|blocked)\b", re.IGNORECASE)


def versions_of(sentence: str, lead: str) -> Iterator[str]:
    """Each "version 4.2 or later" that the sentence asks for, or the sentence with the colon above its list."""
    if not _OR_LATER.search(sentence) or denies(sentence) or "continue" in sentence:
        return
    if not (_NEEDS.search(sentence) or _NEEDS_OF_LIST.search(lead)):
        return
    for match in _VERSION.finditer(sentence):
        name = match["name"].strip(" ,")
        while (less := _BEFORE_PRODUCT.sub("", name)) != name:
            name = less
        yield name[:1].upper() + name[1:] if name[:1] in "vb" else name


def windows_of(sentence: str) -> Iterator[str]:
    """Each release of Windows on which something is: "Windows 11, version 24H2"."""
    if "Windows 1" not in sentence and "Windows Server" not in sentence:
        return
    if _NO_WINDOWS.search(sentence) or denies(sentence):
        return
    for match in _ON_WINDOWS.finditer(sentence):
        yield from (name[0] for name in _WINDOWS_NAME.finditer(match["windows"]))


def windows_of_title(title: str) -> Iterator[str]:
    """Each release of Windows in a title, but not the one to which something is upgraded."""
    for name in _WINDOWS_NAME.finditer(title):
        if not _TO_WINDOWS.search(title[: name.start()]):
            yield name[0]


def windows_of_update(line: str) -> str:
    """The release of Windows of a line that gives its update: "Windows 11, version 24H2: KB5000000"."""
    match = _WINDOWS_UPDATE.fullmatch(line)
    return match["name"].strip() if match else ""


def channel_of(line: str) -> str:
    """The update channel that a line names, and nothing else."""
    match = _CHANNEL.fullmatch(line)
    return match["name"] if match else ""


def requirements_of(sentence: str) -> Iterator[str]:
    """What a feature requires, and the organizations of which something is required."""
    if "require" in sentence and (match := _REQUIRES.match(sentence)) and not _NO_THING.search(match["what"]):
        yield trimmed(match["what"])
    yield from _places_of(sentence)
    if ("equire" in sentence or "o use " in sentence) and (match := _ON.search(sentence)):
        what = match["what"] or match["thing"]
        state = match["state"] or _STATES[match["verb"].lower()]
        if not denies(sentence) and not _NO_THING.search(what):
            what = re.sub(r"^(?:the|an?) ", "", what)
            yield f"{what[:1].upper()}{what[1:]} {state.lower()}"
    yield from _organisations_of(sentence)


def _places_of(sentence: str) -> Iterator[str]:
    """Those at one place, and those that a sentence leaves out."""
    if "your " in sentence and (match := _ON_UNIT.search(sentence)):
        yield f"{match['what']}s on {match['unit']}"
    if sentence.startswith("For ") and (match := _IN_REGION.match(sentence)):
        yield match["who"][:1].upper() + match["who"][1:]
    if " not " in sentence and (match := _NOT_FOR.fullmatch(sentence)):
        yield f"Not affected: {match['who']}"


def _organisations_of(sentence: str) -> Iterator[str]:
    """The organizations and devices of which something is required, or for which something is on."""
    if sentence.startswith("For ") and (match := _FOR.match(sentence)) and not denies(sentence):
        yield match["who"][:1].upper() + match["who"][1:]
    if (
        "devices " in sentence
        and (match := _DEVICES.search(sentence))
        and not (denies(sentence) or _NO_WINDOWS.search(sentence))
    ):
        yield f"D{trimmed(match[0])[1:]}"
    if has_any(sentence, _ORGANISATION_WORDS) and (match := _FOR_WHICH.search(sentence)) and not denies(sentence):
        yield trimmed(match["who"][:1].upper() + match["who"][1:])
    if "new " in sentence and not denies(sentence) and not _NO_NEW.search(sentence):
        for match in _NEW.finditer(sentence):
            who = match["who"] or match["new"]
            yield who[:1].upper() + who[1:]
