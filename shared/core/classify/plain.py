"""What a post says in so many words: it decides whatever the weights make of the rest.

Each wording here was right for nine in ten labelled posts at least; what is said less plainly is for the weights.
"""

from shared.core.classify.clauses import sentence_of
from shared.core.classify.deciding import Decision
from shared.core.classify.document import Document
from shared.core.classify.effects import asked_of_users_of_the_old, fails_without, lost_to_users, opened_by_default
from shared.core.classify.findings import Findings
from shared.core.classify.plan import Plan
from shared.core.classify.titles import plain_kind
from shared.core.posts.classification import Why
from shared.core.text.wording import any_of

_PLAIN = 0.9  # how sure such words are
# How it has been until now, and how it will be.
_OTHER = {"new_feature": "feature_change", "feature_change": "new_feature"}
_SO_FAR = {
    "feature_change": any_of(
        r"used to be\b",
        r"(?:so far|until now|up to now|today|currently)\b[^.]{5,80}\. (?:we(?:'re| are| will)|from (?:now|then)"
        r"|they will|it will|soon)",
        r"(?:gets?|are getting) (?:bigger|larger|smaller|shorter|longer|simpler|wider|darker)\b",
        r"gets? (?:another|a different|a new) (?:name|place|icon|colou?r|look)\b",
        r"from now on\b[^.]{3,80}\binstead",
        r"(?:limit|quota|size|number|period)s?\b[^.]{0,40} (?:rises?|increases?|drops?|goes|changes?|grows?) from\b",
        r"which\b[^.,]{0,60}\b(?:today|now|currently), (?:moves?|opens?|changes?|becomes?)\b",
    ),
    "new_feature": any_of(
        r"(?:a|an|the) new [\w ]{2,30}? (?:answers?|shows?|lets?|allows?|helps?|lists?|creates?)\b",
        r"learns? to\b",
        r"could only\b[^.]{0,60}\b(?:until now|so far|before)\b",
        r"(?:until now|so far|before),? [^.]{0,40} could (?:only|not)\b",
    ),
}
_OFF, _ON = "text: off by default ...", "text: on by default ..."
# Two lists, because a long one cannot be led by its letters.
_ARRIVES_OFF = (
    any_of(
        r"(?:nothing |no (?:\w+ ){0,2})changes? (?:\w+ ){0,4}(?:unless|until)\b",
        r"(?:keeps?|retains?|stays?|remains?|continues?)\b[^.;\n]{0,60}\b(?:unless|until) (?:an?|your|the) admin",
        r"(?:only )?(?:if|when|once) an? admin\w* (?:enables?|turns? (?:it|this) on|configures?|switches it on)",
        r"(?:ships?|arrives?|comes?|delivered|released|ship the \w+) (?:\w+ )?(?:disabled|off|inactive|switched off)\b",
        r"does not (?:come|ship|arrive) (?:\w+ )?(?:enabled|on|active)\b",
        r"(?:do|does|will) not enable [^.;\n]{1,30} by default\b",
        r"initial state\b[^.;\n]{0,40} (?:off|disabled)\b",
        r"out of the box,? [^.;\n]{0,40}\b(?:inactive|off|disabled)\b",
        r"default (?:value|state|setting)\b[^.;\n]{0,40} (?:is|will be) (?:set to )?"
        r"\W?(?:off|disabled|not configured)\b",
        r"as long as you (?:leave|keep|have) (?:the|no|this)\b",
        r"only (?:tenants|organi[sz]ations) (?:whose|that|where) [^.;\n]{0,40}"
        r"\b(?:enabled|turned|opted|set|configured)\b",
        r"(?:you|tenants|admins|organi[sz]ations) (?:need|have) to (?:buy|purchase|license)\b",
    ),
    any_of(
        r"(?:has|have) no effect (?:as long as|unless|until)\b",
        r"(?:if|where) (?:you|admins|an admin) (?:set|configure|assign|create)s? no\b[^.;\n]{0,40}"
        r"\b(?:nothing|not|no)\b",
        r"(?:isn't|aren't|is not|are not|won't be|will not be) (?:\w+ )?(?:turned on|switched on|enabled"
        r"|active|activated) by default",
        r"by default,? [^.;\n]{0,60} (?:isn't|aren't|is not|are not|won't be|will not be) (?:turned on"
        r"|switched on|enabled|active|activated)\b",
        r"an admin\w* (?:must|has to|needs to) first (?:enable|configure|connect|assign|set up|activate|turn)\b",
        r"(?:works?|is available|starts?|appears?) (?:only )?(?:once|after|when) you (?:have )?"
        r"(?:configure|enable|assign|set up|connect|turn on)d?\b",
        r"(?:admins?|administrators) (?:must|have to|need to) opt in before\b",
    ),
)
# For each list, what one of is in all of its wordings; quickly seen to be missing.
_OFF_SIGNS = (
    (
        *("unless", "until", "an admin", "disabled", " off", "inactive", "does not ", "not enable", "initial state"),
        *("default value", "default state", "default setting", "as long as", "only tenants", "only organi"),
        *("out of the box", "to buy", "to purchase", "to license"),
    ),
    (
        "no effect",
        *(f"{end} no " for end in "tesn"),
        "by default",
        " first ",
        "once you",
        "after you",
        "when you",
        "opt in",
    ),
)
_ARRIVES_ON = any_of(
    r"becomes? the (?:new )?default\b",
    r"(?:default|setting|policy)\b[^.;\n]{0,60}\bfrom (?:on to off|off to on|enabled to|disabled to)\b",
)
# "A new setting lets admins limit who may share": something to decide on, though nothing has to be done.
_CONTROL = any_of(
    r"(?:setting|policy|control|option|toggle) (?:that )?(?:lets|allows|enables) (?:an |the |your )?admin\w*",
    r"you (?:can|may) (?:restrict|limit|disable|block|turn (?:it|this|them) off|switch (?:it|this|them) off)\b",
    r"(?:(?:that|which) (?:is|are)|can be) (?:managed|controlled|set|configured) by (?:an )?admin\w*",
    r"(?:owners?|admin\w*) may (?:\w+ )?(?:switch|turn|disable|restrict|limit)\b",
    r"admin\w* (?:can|may|decides?) [^.\n]{0,60}\b(?:turn|disable|limit|restrict|block|control|configure|enablement)\b",
)
_ACT = any_of(r"(?:immediate )?action required\b", r"(?:please )?take (?:immediate )?action\b")
_NO_ACTION = any_of(r"no (?:\w+ ){0,2}action", r"action (?:may|might) be")
# The words are also the heading above what is to be done: "Action required: None."
_NOTHING_REQUIRED = any_of(r"(?:immediate )?action required\W*(?:$|no\b|none\b|nothing\b|n/a\b|optional)")
# "To keep live events working, admins must configure the policy."
_MUST = any_of(
    r"to (?:keep|continue|avoid|prevent|maintain)\b[^.;\n]{3,80}, (?:you|\w* ?admins?|\w* ?administrators|organizations"
    r"|tenants|customers) (?:must|have to)\b"
)


def settle_kind(title: str, decision: Decision, findings: Findings) -> Decision:
    """A title that speaks plainly decides, unless something ends: that comes first in the definition."""
    plain = plain_kind(title)
    if plain is None or decision.value in {"retirement", plain}:
        return decision
    if plain == "feature_change" and decision.value == "security":
        return decision  # a default that changes for protection
    return _settled("kind", plain, title, decision, findings)


def settle_novelty(document: Document, decision: Decision, findings: Findings) -> Decision:
    """Between new and changed, the first lines decide where they say how it has been until now."""
    other = _OTHER.get(decision.value)
    if other is None or plain_kind(document.title):
        return decision
    told = (sentence_of(found) for line in document.of("intro")[:3] if (found := _SO_FAR[other].search(line.text)))
    words = next(told, "")
    return _settled("kind", other, words, decision, findings) if words else decision


def settle_default(kind: str, decision: Decision, findings: Findings) -> Decision:
    """What is off by default, and nowhere on by default, arrives off; a default that changes arrives by itself."""
    if kind not in {"new_feature", "feature_change"} or decision.value not in {"on", "off"}:
        return decision
    text = findings.places.lower.get("text", "")
    told = (
        wordings.search(text)
        for signs, wordings in zip(_OFF_SIGNS, _ARRIVES_OFF, strict=True)
        if decision.value == "on" and any(sign in text for sign in signs)
    )
    off = next((found for found in told if found), None)
    told_off = _OFF in findings.signals and _ON not in findings.signals
    if decision.value == "off" or off or told_off:
        on = _ARRIVES_ON.search(text)
        if on:
            return _settled("default", "on", findings.places.sentence("text", *on.span()), decision, findings)
    if off:
        return _settled("default", "off", findings.places.sentence("text", *off.span()), decision, findings)
    if told_off:
        return _settled("default", "off", findings.sentence(_OFF), decision, findings)
    return decision


def settle_need(kind: str, decision: Decision, plan: Plan, document: Document, findings: Findings) -> Decision:
    """A day by which something is demanded, or words that demand it, make action required."""
    if decision.value == "required" or not plan.verdict.stands:
        return decision
    words = plan.demand or _demand(document, findings)
    if not words and kind not in {"new_feature", "info"}:  # nobody fails without what is only now there
        words = fails_without(document)
    if not words and kind != "new_feature" and any(window.phase == "retirement" for window in plan.verdict.windows):
        words = asked_of_users_of_the_old(document)
    if words:
        return _settled("need", "required", words, decision, findings)
    control = _CONTROL.search(findings.places.lower.get("text", "")) if decision.value == "none" else None
    if control:
        words = findings.places.sentence("text", *control.span())
        return _settled("need", "optional", words, decision, findings)
    return decision


def settle_user(kind: str, decision: Decision, document: Document, findings: Findings) -> Decision:
    """What users lose of their work, where something ends, is felt strongly."""
    words = lost_to_users(document) if kind == "retirement" and decision.value != "high" else ""
    return _settled("user", "high", words, decision, findings) if words else decision


def settle_board(kind: str, need: Decision, default: str, decision: Decision, document: Document) -> Decision:
    """For the board is what is enforced or changed so that admins must act, and what opens data by default."""
    if decision.value == "yes":
        return decision
    words = ""
    if need.value == "required" and kind in {"security", "feature_change"}:
        words = need.why.words
    elif need.value == "required" and kind == "maintenance":
        words = fails_without(document)
    elif default == "on":
        words = opened_by_default(document)
    return Decision("yes", {"no": 1 - _PLAIN, "yes": _PLAIN}, Why(words, _PLAIN)) if words else decision


def _demand(document: Document, findings: Findings) -> str:
    """The words that demand something without naming a day."""
    act = _ACT.search(document.title)
    if act and not _NO_ACTION.search(document.title):
        return document.title
    prepare = document.of("prepare")
    labelled = next((line.text for line in prepare if _ACT.match(line.text)), "")
    if labelled and not _NO_ACTION.search(labelled) and not _NOTHING_REQUIRED.match(labelled):
        return labelled
    text = findings.places.lower.get("text", "")
    must = _MUST.search(text) if " must " in text or " have to " in text else None
    return findings.places.sentence("text", *must.span()) if must else ""


def _settled(field: str, value: str, words: str, decision: Decision, findings: Findings) -> Decision:
    """The decision that plain words make, which is a mark for the fields behind it like any other."""
    rest = (1 - _PLAIN) / (len(decision.likely) - 1)
    likely = {other: _PLAIN if other == value else rest for other in decision.likely}
    findings.marks.update({f"{field}:{other}": share for other, share in likely.items()})
    return Decision(value, likely, Why(words, _PLAIN))
