"""What the doctor finds: ok, failing or not known, in words, and what mends it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from shared.core.upkeep.remedies import REMEDIES

Condition = Literal["ok", "failing", "unknown"]
Area = Literal[
    "identity", "storage", "policy", "secrets", "tenants", "channels", "tickets", "answers", "clock", "fetch", "parked",
    "lists", "settings",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's. No secret stands in it.

    `subject`: what was looked at. `words`: what was found. `remedy`: the command or the click that mends it, where it
    is failing. `cause`: which entry of `REMEDIES` that is.
    """

    area: Area
    subject: str
    condition: Condition
    words: str
    remedy: str = ""
    cause: str = ""


def ok(area: Area, subject: str, words: str) -> Finding:
    return Finding(area, subject, "ok", words)


def unknown(area: Area, subject: str, words: str) -> Finding:
    """What could not be asked; `words` say why."""
    return Finding(area, subject, "unknown", words)


def failing(area: Area, subject: str, words: str, cause: str, **values: str) -> Finding:
    """`cause`: an entry of `REMEDIES`; `values`: what its command needs."""
    return Finding(area, subject, "failing", words, REMEDIES[cause].text.format(**values), cause)


def count(findings: Sequence[Finding], condition: Condition) -> int:
    return sum(finding.condition == condition for finding in findings)


def as_report(findings: Sequence[Finding]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "failing": count(findings, "failing"),
        "unknown": count(findings, "unknown"),
        "findings": [asdict(finding) for finding in findings],
    }
