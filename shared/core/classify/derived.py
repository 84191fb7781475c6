"""What follows from other fields by their definition (docs/classification.md), rather than from words."""

from typing import cast

from shared.core.classify.document import Document
from shared.core.classify.findings import Findings
from shared.core.terms import Action, Default, Impact
from shared.core.text.wording import any_of

_ADMIN: dict[str, Impact] = {"required": "high", "optional": "medium", "none": "low"}
# A banner of a fallen plan that asks for something because it fell.
_ASKED = any_of(
    r"(?:please|you (?:should|must|need to|can now)|admins (?:should|must|need to)) "
    r"(?:remove|revert|undo|restore|roll back|re-?enable|turn)",
)
_PAIRED_KINDS = ("new_feature", "feature_change", "retirement", "security", "maintenance")
_PAIRED_WITH = ("need:required", "need:optional", "user:high", "user:medium", "default:on")


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
