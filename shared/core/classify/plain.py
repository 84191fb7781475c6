"""What a post says in so many words: it decides whatever the weights make of the rest.

Each wording here was right for nine in ten labelled posts at least; what is said less plainly is for the weights.
"""

from shared.core.classify.deciding import Decision
from shared.core.classify.document import Document
from shared.core.classify.findings import Findings
from shared.core.classify.plan import Plan
from shared.core.posts.classification import Why
from shared.core.text.wording import any_of

_PLAIN = 0.9  # how sure such words are
_TITLES = {
    "security": any_of(
        r"cve-\d",
        r"hardening",
        r"vulnerabilit",
        r"(?:permission|role|policy|tls) enforcement",
        r"enforcement of",
        r"(?:will be|to be|now) enforced",
        r"required permissions",
        r"requires? (?:\w+ ){0,2}approval",
        r"secure boot",
        r"(?:safety|security) defaults",
        r"script injection",
        r"(?:block|stop|prevent)\w* (?:\w+ )?(?:inject|spoof|phish|malicious)\w*",
        r"content security policy",
    ),
    "info": any_of(
        r"office hours",
        r"survey (?!tool|app|service|form)",
        r"survey$",
        r"live q&a",
        r"(?:tune|join) (?:in|us)\b",
        r"ask (?:microsoft|us) anything",
        r"community live",
        r"in development for",
        r"(?:we )?bill(?:ing|ed)? (?:for|change|update|notice|of)",
        r"(?:product|licens\w+|service) terms",
        r"(?:change|update)s? (?:to|of|in) (?:\w+ ){0,3}(?:licensing|pricing)\b",
        r"(?:licensing|price|pricing) (?:change|update|increase)s?\b",
        r"invoices?\b",
    ),
    "maintenance": any_of(r"planned maintenance", r"known issues?\b"),
    "feature_change": any_of(
        r"will (?:now )?default to\b",
        r"chang\w+ (?:the|its|their) default",
        r"(?:new|changed) default (?:for|of|in)\b",
        r"default (?:behaviou?r |view |state |layout )?(?:changes|is changing)\b",
    ),
}
_OFF, _ON = "text: off by default ...", "text: on by default ..."
_ARRIVES_OFF = any_of(
    r"(?:nothing|no (?:\w+ ){0,2}) ?changes? (?:\w+ ){0,4}(?:unless|until)\b",
    r"(?:keeps?|retains?|stays?|remains?|continues?)\b[^.;\n]{0,60}\b(?:unless|until) (?:an?|your|the) admin",
    r"(?:only )?(?:if|when|once) an? admin\w* (?:enables?|turns? (?:it|this) on|configures?|switches it on)",
)
_OFF_PARTS = ("unless", "until", " a admin", " an admin")  # one of these is in all of them; quickly seen to be missing
_ARRIVES_ON = any_of(
    r"becomes? the (?:new )?default\b",
    r"(?:default|setting|policy)\b[^.;\n]{0,60}\bfrom (?:on to off|off to on|enabled to|disabled to)\b",
)
_ACT = any_of(r"(?:immediate )?action required\b", r"(?:please )?take (?:immediate )?action\b")
_NO_ACTION = any_of(r"no (?:\w+ ){0,2}action", r"action (?:may|might) be")
# "To keep live events working, admins must configure the policy."
_MUST = any_of(
    r"to (?:keep|continue|avoid|prevent|maintain)\b[^.;\n]{3,80}, (?:you|\w* ?admins?|\w* ?administrators|organizations"
    r"|tenants|customers) (?:must|have to)\b"
)


def plain_kind(title: str) -> tuple[str, str] | None:
    """The kind that a title says in so many words, and those words."""
    for kind, wordings in _TITLES.items():
        found = wordings.search(title)
        if found:
            return kind, found[0]
    return None


def settle_kind(title: str, decision: Decision, findings: Findings) -> Decision:
    """A title that speaks plainly decides, unless something ends: that comes first in the definition."""
    plain = plain_kind(title)
    if plain is None or decision.value in {"retirement", plain[0]}:
        return decision
    if plain[0] == "feature_change" and decision.value == "security":
        return decision  # a default that changes for protection
    return _settled("kind", plain[0], plain[1], decision, findings)


def settle_default(kind: str, decision: Decision, findings: Findings) -> Decision:
    """What is off by default, and nowhere on by default, arrives off; a default that changes arrives by itself."""
    if kind not in {"new_feature", "feature_change"} or decision.value not in {"on", "off"}:
        return decision
    text = findings.places.lower.get("text", "")
    may_be_off = decision.value == "on" and any(part in text for part in _OFF_PARTS)
    off = _ARRIVES_OFF.search(text) if may_be_off else None
    told_off = _OFF in findings.signals and _ON not in findings.signals
    if decision.value == "off" or off or told_off:
        on = _ARRIVES_ON.search(text)
        if on:
            return _settled("default", "on", findings.places.phrase("text", *on.span()), decision, findings)
    if off:
        return _settled("default", "off", findings.places.phrase("text", *off.span()), decision, findings)
    if told_off:
        return _settled("default", "off", findings.words(_OFF), decision, findings)
    return decision


def settle_need(decision: Decision, plan: Plan, document: Document, findings: Findings) -> Decision:
    """A day by which something is demanded, or words that demand it, make action required."""
    if decision.value == "required" or not plan.verdict.stands:
        return decision
    words = plan.demand or _demand(document, findings)
    return _settled("need", "required", words, decision, findings) if words else decision


def _demand(document: Document, findings: Findings) -> str:
    """The words that demand something without naming a day."""
    act = _ACT.search(document.title)
    if act and not _NO_ACTION.search(document.title):
        return act[0]
    prepare = document.of("prepare")
    labelled = next((line.text for line in prepare if _ACT.match(line.text) or _ACT.match(line.label)), "")
    if labelled and not _NO_ACTION.search(labelled):
        return labelled
    text = findings.places.lower.get("text", "")
    must = _MUST.search(text) if " must " in text or " have to " in text else None
    return findings.places.phrase("text", *must.span()) if must else ""


def _settled(field: str, value: str, words: str, decision: Decision, findings: Findings) -> Decision:
    """The decision that plain words make, which is a mark for the fields behind it like any other."""
    rest = (1 - _PLAIN) / (len(decision.likely) - 1)
    likely = {other: _PLAIN if other == value else rest for other in decision.likely}
    findings.marks.update({f"{field}:{other}": share for other, share in likely.items()})
    return Decision(value, likely, Why(words, _PLAIN))
