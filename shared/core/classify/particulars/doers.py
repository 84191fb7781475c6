"""The people whom a sentence lets do something: "Makers can now pin pages", "This allows makers to pin pages"."""

import re

#: Nouns of people with a part to play. "Users", "customers" and "everyone" have none.
_ROLE = (
    r"(?:admin(?:istrator)?s|makers|pro-developers|developers|(?:co-)?organi[sz]ers|presenters|(?:co-)?owners|managers"
    r"|analysts|investigators|delegates|engineers|educators|teachers|students|creators|authors|operators|approvers"
    r"|reviewers|supervisors|representatives|planners|architects|auditors|buyers|sellers|salespeople|technicians"
    r"|workers|accountants|dispatchers|schedulers|marketers|moderators|contributors|editors|leaders|producers"
    r"|attendees|participants|testers|cashiers|recruiters|professionals|specialists|advisors|leads|responders)"
)
_LET = re.compile(
    r"\b(?:enabl|allow|help|empower)(?:e?s|ing)? (?P<who>[^.;:()]{5,110}?) (?:to|the ability to) [a-z]"
    r"|\b(?:lets?|gives?|provides?) (?P<given>[^.;:()]{5,110}?)"
    r" (?:to|the (?:ability|option) to|more control|with|[a-z]{3,9})\b",
    re.IGNORECASE,
)
_CAN = re.compile(
    r"(?:(?:with|using|through|starting|beginning|after|once|as of|for example)[^,:;.]{3,90}, (?:20\d\d, )?)?"
    r"(?P<who>[^.;:()]{5,110}?) (?:can now|will be able to|will now|can|now have|will have)\b"
    r"(?! (?:not|no|continue|still)\b)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r",? (?:and|or) |, |/")
_ARTICLE = re.compile(
    r"(?:all |both |any |the |your |those |eligible |authorized |an? |existing |designated |even |other |tenant's )+",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?P<more>(?:[\w&'.-]{{2,24}} ){{0,4}}){_ROLE}", re.IGNORECASE)
#: Of "tenant and environment admins": the first.
_KIND = re.compile(
    r"(?:tenant|environment|site|team|app|flow|agent|security|compliance|network|community|global|system"
    r"|report|event|meeting|call|channel|workspace|capacity|teams|sharepoint|exchange|ai|data|process|project|sales"
    r"|service|warehouse|production|finance)",
    re.IGNORECASE,
)
_NO_PART = re.compile(
    r"\b(?:to|of|in|on|for|by|with|from|at|as|who|that|which|is|are|was|will|can|users?|customers?|it|this|these|you|they"
    r"|when|where|if|how|not|no|only|fewer|more|new|many|multiple|other|their|its|so|previously|currently|today"
    r"|organi[sz]ations?|teams|each|also|now|then|there|while|both)\b",
    re.IGNORECASE,
)
#: Who may be anybody's admin or everybody: alone they say nothing.
_BARE = re.compile(
    r"(?:it |tenant |microsoft 365 |global |organi[sz]ation |participants|attendees|professionals)*"
    r"(?:admin(?:istrator)?s)?",
    re.IGNORECASE,
)


def doer(sentence: str) -> str:
    """The roles that may do something new; empty where a sentence names none, or only admins in general."""
    for match in (_CAN.match(sentence), *_LET.finditer(sentence)):
        if match:
            named = match.groupdict()
            if who := _roles(named.get("who") or named.get("given") or ""):
                return who
    return ""


def _roles(words: str) -> str:
    """The words where they are a list of roles and nothing else."""
    words = _ARTICLE.sub("", words, count=1) if _ARTICLE.match(words) else words
    parts = [_ARTICLE.sub("", part, count=1) if _ARTICLE.match(part) else part for part in _SPLIT.split(words)]
    if all(_BARE.fullmatch(part) for part in parts):
        return ""
    for part in parts:
        whole = _PART.fullmatch(part)
        if _NO_PART.search(whole["more"] if whole else part) or not (whole or _KIND.fullmatch(part)):
            return ""
    if _PART.fullmatch(parts[-1]) is None:
        return ""
    return words[:1].upper() + words[1:]
