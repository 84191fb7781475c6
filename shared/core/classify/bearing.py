"""Which sentences can be a reason for a value: those that speak of what the field is about.

Words that only happen to stand in posts of one sort tell values apart, and explain nothing to a person.
"""

import re
from collections.abc import Mapping

from shared.core.text.wording import Wording, any_of

_ARRIVES = any_of(
    r"(?:by )?default\b", r"automatic\w*",
    r"(?:enabled|turned on|switched on|active|activated|available) (?:for|to|in)\b",
    r"no (?:\w+ ){0,3}action", r"without (?:any )?(?:admin|action|further)\w*", r"nothing to (?:do|enable|configure)",
)  # fmt: skip
_WAITS = any_of(
    r"default\b", r"opt(?:ed|ing|s)?[- ]in\b", r"enabl\w+", r"turn\w* (?:\w+ ){0,3}on\b",
    r"switch\w* (?:\w+ ){0,3}on\b",
    r"configur\w+", r"set(?:ting)? (?:\w+ ){0,2}up\b", r"settings?\b", r"(?:off|disabled|inactive)\b", r"activat\w+",
    r"admin\w* (?:can|must|need|may|have|will|choose)\b", r"licen[cs]\w+", r"to use (?:this|it|the)\b", r"deploy\w*",
    r"join\w*", r"sign\w* up\b", r"request\w* access",
)  # fmt: skip
_GOES = any_of(
    r"retir\w+", r"remov\w+", r"no longer\b", r"discontinu\w+", r"deprecat\w+", r"end(?:s|ed|ing)?\b", r"delet\w+",
    r"replac\w+", r"stop\w*", r"unavailable\b", r"sunset\w*", r"disabl\w+", r"turn\w* off\b", r"phas\w+ out\b",
    r"shut\w* down\b", r"out of support\b", r"unsupported\b", r"block\w*", r"withdraw\w*", r"clos(?:e|es|ed|ing)\b",
    r"(?:is|are|be|been) going away\b", r"migrat\w+",
)  # fmt: skip
_DEMANDS = any_of(
    r"must\b", r"need\w*", r"requir\w+", r"have to\b", r"action\b", r"before\b", r"upgrad\w+",
    r"migrat\w+",
    r"mov(?:e|es|ed|ing)\b", r"replac\w+", r"stop\w*", r"fail\w*", r"no longer\b", r"ensure\b", r"block\w*",
    r"los[est]\w*",
    r"retir\w+", r"remov\w+", r"act by\b", r"deadline\b", r"expir\w+", r"end of support\b", r"install\w*",
    r"should\b",
    r"otherwise\b", r"enforc\w+", r"delet\w+", r"unless\b", r"break\w*", r"discontinu\w+", r"renew\w*", r"switch\w*",
)  # fmt: skip
_LEAVES_A_CHOICE = any_of(
    r"admin\w* (?:\w+ ){0,2}(?:can|may|could|might|should|must|need|will be able|are able|have)\b",
    r"you(?:r \w+)? (?:can|may|could|should|need|might)\b",
    r"(?:re)?configur\w+", r"enabl\w+", r"disabl\w+", r"review\w*", r"settings?\b", r"polic(?:y|ies)\b",
    r"controls?\b",
    r"opt(?:ing)?[- ](?:in|out)\b", r"ensure\b", r"should\b", r"verif\w+", r"manag\w+", r"choos\w+", r"decid\w+",
    r"recommend\w*", r"consider\w*", r"turn\w* (?:\w+ ){0,3}o(?:n|ff)\b", r"assign\w*", r"permissions?\b",
    r"check\w*",
    r"prepar\w+", r"plan\b", r"test\w*", r"validat\w+", r"evaluat\w+", r"licen[cs]\w+", r"restrict\w*",
    r"optional\w*",
)  # fmt: skip
_ASKS_NOTHING = any_of(
    r"no (?:\w+ ){0,3}(?:action|changes?|steps?|preparation)\b", r"automatic\w*", r"nothing\b", r"awareness\b",
    r"(?:does|do) not (?:need|require|have)\b",
    r"informational\b", r"for your information\b", r"not required\b", r"without (?:any )?(?:admin|action)\w*",
)  # fmt: skip
_PEOPLE = any_of(
    r"(?:users?|people|everyone|everybody|employees|organizers?|attendees|participants|presenters|members|readers|callers|guests"
    r"|authors|editors|creators|viewers|workers|customers|owners|you|they|their|your)\b",
)
_FEW = any_of(
    r"admin\w*", r"develop\w+", r"maker\w*", r"analysts?\b", r"IT\b", r"security (?:teams?|operations)\b",
    r"operators?\b",
    r"no (?:\w+ ){0,2}(?:change|impact|effect|visible|difference)\w*",
    r"(?:not|never) (?:affect|impact|change|notice|visible)\w*",
    r"(?:compliance|support) (?:teams?|officers?|managers?)\b", r"partners?\b", r"tenants? that\b",
    r"organi[sz]ations that\b",
    r"business application\b", r"optional\w*", r"opt[- ]in\b", r"preview\b", r"licen[cs]ed\b", r"back ?end\b",
)  # fmt: skip

_BEARING: Mapping[str, Mapping[str, Wording]] = {
    "default": {"on": _ARRIVES, "off": _WAITS, "removed": _GOES, "n/a": _ASKS_NOTHING},
    "need": {"required": _DEMANDS, "optional": _LEAVES_A_CHOICE, "none": _ASKS_NOTHING},
    "user": {"high": _PEOPLE, "medium": _PEOPLE, "low": _FEW},
}
# What no admin can or must do explains no demand, and what is asked of nobody says nothing of what users feel.
_SAYS_NO = any_of(
    r"remains? (?:unchanged|the same|in place)\b",
    r"(?:cannot|can't|can not|no (?:\w+ ){0,3}(?:action|changes?|steps?))\b",
    r"(?:enabled|on|available) by default\b",
)
# "No action is needed if you do not use it" asks something of the others; "after May", of all before.
_SUPPOSES = any_of(r"(?:if|unless|after|once)\b(?! (?:this |the )?(?:roll|change|update))")
_USERS = any_of(r"(?:end[- ])?users\b", r"organizers\b", r"attendees\b", r"authors\b", r"members\b", r"people\b")
_SPARES = any_of(
    r"no (?:\w+ ){0,2}(?:changes?|impact|effect) (?:to|on|for|in) (?:the |your )?(?:\w+ ){0,2}users?\b",
    r"(?:does|do|will) not (?:affect|impact|change) (?:the |your |how )?(?:\w+ ){0,2}users?\b",
    r"(?:users? (?:are|is|will be) not (?:affected|impacted)|not (?:visible|noticeable) to (?:\w+ )?users?)\b",
)
_GOES_ON = any_of(r"(?:continues? to|can still|may still|remains?)\b")
_UNCHANGED = any_of(r"(?:no|not|never|without)\b")
_NO_ACTION = any_of(r"no (?:\w+ ){0,3}action")
# The titles of pages that links lead to.
_LINKED = (" | Microsoft", "Microsoft Learn", "Microsoft Support")


def bears(field: str, value: str, sentence: str, who: str = "") -> bool:
    """Whether a sentence speaks of what a value of a field says; of fields without wordings any sentence does.

    `who`: the lines that say who is affected. One of them says that few feel it only where none names users.
    """
    if sentence.endswith(":") or any(words in sentence for words in _LINKED):  # a line that only leads to a list
        return False
    if field in {"user", "kind"} and _NO_ACTION.search(sentence):
        return False
    if field == "need" and value != "none" and _SAYS_NO.search(sentence):
        return False
    if value in {"none", "n/a", "on"} and _SUPPOSES.search(sentence):
        return False
    if sentence in who and (_USERS.search(who) if value == "low" else not sentence.startswith("All ")):
        return False
    if field == "user" and value != "low" and _GOES_ON.search(sentence):
        return False
    if field == "user" and value == "low" and _USERS.search(sentence) and not _UNCHANGED.search(sentence):
        return False
    wordings = _BEARING.get(field, {}).get(value)
    return wordings is None or wordings.search(sentence) is not None


def says_it(field: str, sentence: str) -> bool:
    """Whether a sentence names the field in so many words; then it goes before others."""
    return field == "default" and "default" in sentence


def spares_users(text: str) -> re.Match[str] | None:
    """Where a lower-case text says that users feel nothing."""
    return _SPARES.search(text) if "no " in text or "not " in text else None


def asks_nothing(sentence: str) -> bool:
    """Whether a sentence says that nothing has to be done."""
    return _NO_ACTION.search(sentence) is not None
