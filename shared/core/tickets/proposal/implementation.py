"""The implementation plan: the steps that the post names, each with its day and owner."""

import hashlib
import re
from collections.abc import Iterator

from shared.core.classify.particulars.verbs import VERBS
from shared.core.posts.particulars import Step
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.tickets.ticket import PlanStep
from shared.core.words.dates import day

MOST = 20
_UNCLEAR = re.compile(
    r"^(?:To (?:access|learn|see|find|view|read|get|do this)|For (?:more|assistance|details|help|questions))\b"
    r"|\b(?:listed |described |mentioned )?(?:above|below)\b|\bthe (?:ones?|following|steps?)\b(?! \w+: )"
    r"|\bthis (?:process|guide|list|table|date|documentation|document|article|query)\b|\bthat date\b"
    r"|\bwill (?:need|have) to\b|\bfollowing (?:list|query|steps?|table)\b"
    r"|\bbefore then\b|\b(?:update|review|move|replace|check) them\b"
    r"|[:|]\s*$| \| ",
    re.IGNORECASE,
)
"""A step that only its place in the post makes clear, or that is none: a pointer, a statement, a link's title."""
_LEADS = frozenset(
    {"if", "to", "before", "when", "after", "for", "do", "don't", "as", "in", "on", "where", "once", "by", "until",
     "during", "first", "then", "from", "with", "at", "within", "optionally", "optional", "please"}
)  # fmt: skip
_NO_WORD = re.compile(r"[^\w]+|\d+")


def plan_steps(case: Case, address: str) -> tuple[PlanStep, ...]:
    """The steps that can still be taken, in the post's order, at most MOST. `address`: the owner's; "" for a group."""
    if not case.stands or case.stage == "past":
        return ()
    ahead = (step for step in _clear_steps(case) if step.day is None or step.day >= case.as_of)
    steps = {step_key(step.text): PlanStep(step_key(step.text), step.text, step.day, address) for step in ahead}
    return tuple(steps.values())[:MOST]


def _clear_steps(case: Case) -> list[Step]:
    return [step for step in case.particulars.steps if _is_clear(step.text)]


def _is_clear(text: str) -> bool:
    """Whether it is an instruction that can be followed without the rest of the post."""
    first = text.split(maxsplit=1)[0].strip(",;:").casefold() if text.strip() else ""
    return (first in VERBS or first in _LEADS) and not _UNCLEAR.search(text)


def step_key(text: str) -> str:
    """The same for the same step, however its numbers, days and marks are written: 12 hex digits."""
    return hashlib.sha256(_NO_WORD.sub(" ", text.casefold()).strip().encode()).hexdigest()[:12]


def implementation_plan(case: Case, steps: tuple[PlanStep, ...]) -> Iterator[Part]:
    """One numbered line a step. Where action is asked for and no step was read, who should find out."""
    words = {step_key(step.text): step.words for step in case.particulars.steps}
    for number, step in enumerate(steps, 1):
        until = f"by {day(step.day)}" if step.day else ""
        aside = ", ".join(filter(None, (until, step.owner)))
        line = f"{number}. {step.text.rstrip('.')}{f' ({aside})' if aside else ''}"
        yield Part(line, f"the post: “{words.get(step.key, step.text)}”")
    if steps and len(_clear_steps(case)) < len(case.particulars.steps):
        yield Part("The post asks for more, which only its own text makes clear.", "the post")
    if not steps and _is_asked(case):
        until = f" by {day(case.deadline)}" if case.deadline else ""
        yield Part(
            f"The post asks for action{until}. We read no clear steps in it: {case.owner} should find out what to do.",
            case.source("action"),
        )


def _is_asked(case: Case) -> bool:
    asked = case.classification.action == "required" and case.sure("action")
    return asked and case.stands and case.stage != "past"
