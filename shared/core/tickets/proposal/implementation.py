"""The implementation plan: the steps that the post names, each with its day and owner."""

import hashlib
import re
from collections.abc import Iterator

from shared.core.classify.particulars.clear import clear_steps
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.tickets.ticket import PlanStep
from shared.core.words.dates import day
from shared.core.words.particulars import dated

MOST = 20
_NO_WORD = re.compile(r"[^\w]+|\d+")


def plan_steps(case: Case, address: str) -> tuple[PlanStep, ...]:
    """The steps that can still be taken, in the post's order, at most MOST. `address`: the owner's; "" for a group."""
    if not case.stands or case.stage == "past":
        return ()
    ahead = (step for step in clear_steps(case.particulars.steps) if step.day is None or step.day >= case.as_of)
    steps = {step_key(step.text): PlanStep(step_key(step.text), step.text, step.day, address) for step in ahead}
    return tuple(steps.values())[:MOST]


def step_key(text: str) -> str:
    """The same for the same step, however its numbers, days and marks are written: 12 hex digits."""
    return hashlib.sha256(_NO_WORD.sub(" ", text.casefold()).strip().encode()).hexdigest()[:12]


def implementation_plan(case: Case, steps: tuple[PlanStep, ...]) -> Iterator[Part]:
    """One numbered line a step. Where action is asked for and no step was read, who should find out."""
    words = {step_key(step.text): step.words for step in case.particulars.steps}
    for number, step in enumerate(steps, 1):
        owner = f" ({step.owner})" if step.owner else ""
        line = f"{number}. {dated(step.text.rstrip('.'), step.day)}{owner}"
        yield Part(line, f"the post: “{words.get(step.key, step.text)}”")
    if steps and len(clear_steps(case.particulars.steps)) < len(case.particulars.steps):
        yield Part("The post asks for more, which only its own text makes clear.", "the post")
    if not steps and _is_asked(case):
        until = f" by {day(case.deadline)}" if case.deadline else ""
        yield Part(
            f"The post asks for action{until}: {case.owner} should work out the steps from it.",
            case.source("action"),
        )


def _is_asked(case: Case) -> bool:
    asked = case.classification.action == "required" and case.sure("action")
    return asked and case.stands and case.stage != "past"
