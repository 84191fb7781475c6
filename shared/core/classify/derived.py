"""What follows from other fields by their definition (docs/classification.md), rather than from words."""

from typing import cast

from shared.core.classify.deciding import Decision
from shared.core.classify.document import Document
from shared.core.classify.findings import Findings
from shared.core.posts.classification import Why
from shared.core.terms import Action, Default, Impact
from shared.core.text.wording import any_of

_ADMIN: dict[str, Impact] = {"required": "high", "optional": "medium", "none": "low"}
# A banner of a fallen plan that asks for something because it fell.
_ASKED = any_of(
    r"(?:please|you (?:should|must|need to|can now)|admins (?:should|must|need to)) "
    r"(?:remove|revert|undo|restore|roll back|re-?enable|turn)",
)
# Titles that say in so many words what a post is about, whatever its tags say. Each was right for nine in ten labelled
# posts at least.
_PLAIN_TITLES = {
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
        r"content security policy",
    ),
    "info": any_of(
        r"office hours",
        r"survey",
        r"live q&a",
        r"community live",
        r"in development for",
        r"(?:we )?bill(?:ing|ed)? (?:for|change|update|notice|of)",
        r"(?:product|licens\w+|service) terms",
        r"invoices?\b",
    ),
    "maintenance": any_of(r"planned maintenance", r"known issues?\b"),
}
_PLAIN = 0.9  # how sure such a title is
_OFF, _ON = "text: off by default ...", "text: on by default ..."
_PAIRED_KINDS = ("new_feature", "feature_change", "retirement", "security", "maintenance")
_PAIRED_WITH = ("need:required", "need:optional", "user:high", "user:medium", "default:on")


def plain_kind(title: str) -> tuple[str, str] | None:
    """The kind that a title says in so many words, and those words."""
    for kind, wordings in _PLAIN_TITLES.items():
        found = wordings.search(title)
        if found:
            return kind, found[0]
    return None


def settle_kind(title: str, decision: Decision, findings: Findings) -> Decision:
    """A title that speaks plainly decides, unless something ends: that comes first in the definition."""
    plain = plain_kind(title)
    if plain is None or decision.value in {"retirement", plain[0]}:
        return decision
    rest = (1 - _PLAIN) / (len(decision.likely) - 1)
    likely = {kind: _PLAIN if kind == plain[0] else rest for kind in decision.likely}
    findings.marks.update({f"kind:{kind}": share for kind, share in likely.items()})
    return Decision(plain[0], likely, Why(plain[1], _PLAIN))


def settle_default(kind: str, decision: Decision, findings: Findings) -> Decision:
    """What is said to be off by default, and nowhere on by default, arrives off."""
    told = _OFF in findings.signals and _ON not in findings.signals
    if told and kind in {"new_feature", "feature_change"} and decision.value == "on":
        return Decision("off", decision.likely, Why(findings.words(_OFF), max(0.6, decision.likely["off"])))
    return decision


def admin_impact(action: str, user: str) -> Impact:
    """Action and admin impact are one decision; what users feel strongly, admins cannot leave to them."""
    admin = _ADMIN[action]
    return "medium" if admin == "low" and user == "high" else admin


def default_of(kind: str, default: str) -> Default:
    """A retirement removes; nothing else does so without being one, or part of a change."""
    return "removed" if kind == "retirement" else cast(Default, default)


def fallen_need(document: Document) -> Action:
    """What is asked for because the plan fell: mostly nothing."""
    return "optional" if _ASKED.search(document.banner) else "none"


def mark_pairs(findings: Findings) -> None:
    """For the board: a kind together with what it asks, who feels it, or that it arrives on; as likely as both are."""
    for kind in _PAIRED_KINDS:
        share = findings.marks.get(f"kind:{kind}", 0.0)
        for other in _PAIRED_WITH:
            findings.marks[f"kind:{kind} and {other}"] = share * findings.marks.get(other, 0.0)
