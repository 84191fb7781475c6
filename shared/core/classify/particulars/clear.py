"""Which steps of a post can be followed without the rest of it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from shared.core.classify.particulars.verbs import VERBS
from shared.core.posts.particulars import Step
from shared.core.text.wording import Wording

_UNCLEAR = Wording(
    r"^(?:To (?:access|learn|see|find|view|read|get|do this)|For (?:more|assistance|details|help|questions))\b"
    r"|\b(?:listed |described |mentioned )?(?:above|below)\b|\bthe (?:ones?|following|steps?)\b(?! \w+: )"
    r"|\bthis (?:process|guide|list|table|date|documentation|document|article|query)\b|\bthat date\b"
    r"|\bwill (?:need|have) to\b|\bfollowing (?:list|query|steps?|table)\b"
    r"|\bbefore then\b|\b(?:update|review|move|replace|check) them\b"
    r"|^By default\b|^To [^,]{2,60}, click\b"
    r"|[:|]\s*$| \| |^for example\b|^(?:\w+ ){1,4}will be\b|^(\w+ \w+)(?: \w+)?: \1\b",
    re.IGNORECASE,
)
"""A step that only its place in the post makes clear, or that is none: a pointer, a statement, a link's title."""
_LEADS = frozenset(
    {"if", "to", "before", "when", "after", "for", "do", "don't", "as", "in", "on", "where", "once", "by", "until",
     "during", "first", "then", "from", "with", "at", "within", "optionally", "optional", "please"}
)  # fmt: skip
_CONDITIONS = frozenset({"if", "when", "where", "once"})
_OR = Wording(r"\balternatively\b", re.IGNORECASE)


def clear_steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Those that are instructions by themselves; one that the post offers in place of another says so."""
    clear = (step for step in steps if is_clear(step.text) and not _is_cut(step))
    return tuple(
        replace(step, text=f"Or: {step.text}") if _OR.search(step.words) and not _OR.search(step.text) else step
        for step in clear
    )


def _is_cut(step: Step) -> bool:
    """Whether its object stands in a list below it that it did not take in."""
    return step.words.rstrip().endswith(":") and ": " not in step.text


def is_clear(text: str) -> bool:
    """Whether it is an instruction that can be followed without the rest of the post."""
    first = _first_word(text)
    if first in _CONDITIONS:
        order = re.split(r"[,:] ", text)[1:]
        if not any(_first_word(part) in VERBS for part in order):
            return False
    return (first in VERBS or first in _LEADS) and not _UNCLEAR.search(text)


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].strip(",;:").casefold() if text.strip() else ""
