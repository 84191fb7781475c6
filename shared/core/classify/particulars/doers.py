"""The people whom a sentence lets do something: "Makers can now pin pages", "This allows makers to pin pages"."""

import re

from shared.core.text.wording import Wording

#: Nouns of people with a part to play. "Users", "customers" and "everyone" have none.
_ROLE = (
    r"(?:admin(?:istrator)?s|makers|pro-developers|developers|(?:co-)?organi[sz]ers|presenters|(?:co-)?owners|managers"
    r"|analysts|investigators|delegates|engineers|educators|teachers|students|creators|authors|operators|approvers"
    r"|reviewers|supervisors|representatives|planners|architects|auditors|buyers|sellers|salespeople|technicians"
    r"|workers|accountants|dispatchers|schedulers|marketers|moderators|contributors|editors|leaders|producers"
    r"|attendees|participants|testers|cashiers|recruiters|professionals|specialists|advisors|leads|responders|members|integrators|scientists)"
)
#: The words of `_ROLE`, in small letters, each as it ends.
DOERS = frozenset(
    (
        *("admins", "administrators", "makers", "developers", "organizers", "organisers", "presenters", "owners"),
        *("managers", "analysts", "investigators", "delegates", "engineers", "educators", "teachers", "students"),
        *("creators", "authors", "operators", "approvers", "reviewers", "supervisors", "representatives", "planners"),
        *("architects", "auditors", "buyers", "sellers", "salespeople", "technicians", "workers", "accountants"),
        *("dispatchers", "schedulers", "marketers", "moderators", "contributors", "editors", "leaders", "producers"),
        *("attendees", "participants", "testers", "cashiers", "recruiters", "professionals", "specialists", "advisors"),
        *("leads", "responders", "members", "integrators", "scientists"),
    )
)
#: Where a sentence has none of `DOERS` and none of these, in small letters, `doer` names nobody.
DOER_SIGNS = (" role", "permission", "as a")
_LET = Wording(
    r"\b(?:enabl(?:es?|ing)|(?:allow|empower)(?:s|ing)?) (?P<who>[^.;:()]{5,110}?) (?:to|the ability to) [a-z]"
    r"|\b(?:lets?|helps?|gives?|giving|provides?|providing) (?P<given>[^.;:()]{5,110}?)"
    r" (?:to|the|an?|more|full|with|(?!and\b)[a-z]{3,9})\b"
    r"|\b(?:ability|way|option|easier) for (?P<for>[^.;:()]{5,110}?) to [a-z]"
    r"|\b(?:can|may|must) be [a-z]{3,12}ed (?:only )?by (?!\w+ing\b)(?P<by>[^.;:()]{5,80}?)"
    r"(?= (?:to|when|via|in|through|if|from|using|on)\b|[.,;:]|$)"
    r"|\b(?:so|so that|while|where) (?P<so>[^.,;:()]{5,80}?) can [a-z]",
    re.IGNORECASE,
)
_CAN = Wording(
    r"(?:[A-Z][\w -]{3,50}: )?"
    r"(?:(?:with|in|when|using|through|starting|beginning|after|once|as of|for example)[^,:;.]{3,90}, (?:20\d\d, )?)?"
    r"(?P<who>[^.;:()]{5,110}?) (?:can|cannot|will|may|must|now have|need to)\b"
    r"(?! (?:not|no(?! longer)|continue|still)\b)",
    re.IGNORECASE,
)
_AS = Wording(r"As an? (?P<who>[^.,;:]{3,60}), you (?:can|will|may|must)\b")
#: "Users with the Reader role can ...".
_HOLDERS = Wording(
    r"(?:only )?(?P<who>(?:users|admin(?:istrator)?s|people|those|members) (?:with|assigned|in|who have)(?: the)?"
    r" [^.;:]{4,90}? (?:roles?|permissions?)) (?:can|will|may|must)\b",
    re.IGNORECASE,
)
#: "eDiscovery managers": the first word is a name, or has a capital within it.
_PRODUCT_ROLE = Wording(
    r"(?!(?:Microsoft 365|IT|Global|Tenant) )(?:[a-zA-Z]+[A-Z]\w* )+(?:admin|manager|analyst|owner|organizer|maker|"
    r"developer|investigator|reviewer|operator)"
)
_VAGUE_HOLDERS = Wording(
    r"\b(?:this|appropriate|required|selected|necessary|these|sufficient|proper|right|following|no)\b", re.IGNORECASE
)
_SPLIT = Wording(r",? (?:and|or) |, |/")
_ARTICLE = Wording(
    r"(?:all |both |any |the |your |those |eligible |authorized |an? |existing |designated |even |other |tenant's )+",
    re.IGNORECASE,
)
_PART = Wording(rf"(?P<more>(?:[\w&'.-]{{2,24}} ){{0,4}}){_ROLE}", re.IGNORECASE)
#: "Makers define a list": any verb, in small letters.
_SUBJECT = Wording(
    rf"(?:[A-Z][\w -]{{3,50}}: )?(?P<who>(?:[\w&'.-]{{2,24}} )?{_ROLE}"
    rf"(?:(?:, and |, | and | or )(?:[\w&'.-]{{2,24}} )?{_ROLE}){{0,3}})"
    r" (?!(?-i:of|in|with|and|or|who|for|to|that|at|on|by|from|are|were|is|as|should|might|could|would|do|using)\b)"
    r"(?-i:[a-z]{3,14})\b",
    re.IGNORECASE,
)
_INSTRUCTION = Wording(
    r"(?:inform|notify|let|tell|train|ask|ensure|remind|help|encourage|share|assign|review|add|enable|allow"
    r"|communicate|alert|educate|make|identify|direct|update|prepare|consider|remove|see|view)\b",
    re.IGNORECASE,
)
#: Of "tenant and environment admins": the first.
_KIND = Wording(
    r"(?:tenant|environment|site|team|app|flow|agents?|security|compliance|network|community|global|system"
    r"|report|event|meeting|call|channel|workspace|capacity|teams|sharepoint|exchange|ai|data|process|project|sales"
    r"|service|agents|warehouse|production|finance)",
    re.IGNORECASE,
)
_NO_PART = Wording(
    r"\b(?:to|of|in|on|for|by|with|from|at|as|who|that|which|is|are|was|will|can|users?|customers|it|this|these|you|they"
    r"|when|where|if|how|not|no|only|fewer|more|new|many|multiple|other|their|its|so|previously|currently|today"
    r"|organi[sz]ations?|each|also|now|then|there|while|both|what|why)\b",
    re.IGNORECASE,
)
#: Who may be anybody's admin or everybody: alone they say nothing.
_BARE = Wording(
    r"(?:it |tenant |microsoft 365 |global |organi[sz]ation |participants|attendees|members|professionals)*"
    r"(?:admin(?:istrator)?s)?",
    re.IGNORECASE,
)


def special(sentence: str) -> str:
    """The holders of a role or permission, or the people of a named product, who may do something new."""
    holders = _HOLDERS.match(sentence)
    if holders and not _VAGUE_HOLDERS.search(holders["who"]):
        return holders["who"][:1].upper() + holders["who"][1:]
    match = _CAN.match(sentence) if " can " in sentence else None
    who = _roles(match["who"]) if match else ""
    return who if _PRODUCT_ROLE.match(who) else ""


def doer(sentence: str) -> str:
    """The roles that may do something new; empty where a sentence names none, or only admins in general."""
    holders = _HOLDERS.match(sentence)
    if holders and not _VAGUE_HOLDERS.search(holders["who"]):
        return holders["who"][:1].upper() + holders["who"][1:]
    if (one := _AS.match(sentence)) and (who := _roles(f"{one['who']}s")):
        return who
    for match in (_CAN.match(sentence), _SUBJECT.match(sentence), *_LET.finditer(sentence)):
        if match:
            named = match.groupdict()
            if who := _roles(next((each for each in named.values() if each), "")):
                return who
    return ""


def _roles(words: str) -> str:
    """The words where they are a list of roles and nothing else."""
    words = _ARTICLE.sub("", words, count=1) if _ARTICLE.match(words) else words
    parts = [_ARTICLE.sub("", part, count=1) if _ARTICLE.match(part) else part for part in _SPLIT.split(words)]
    if all(_BARE.fullmatch(part) for part in parts):
        return ""
    if _INSTRUCTION.match(words):
        return ""
    for part in parts:
        whole = _PART.fullmatch(part)
        if _NO_PART.search(whole["more"] if whole else part) or not (whole or _KIND.fullmatch(part)):
            return ""
    if _PART.fullmatch(parts[-1]) is None:
        return ""
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]
