"""All sentences of a ticket together, each kind from its own module."""

from dataclasses import dataclass, replace
from datetime import date

from shared.core.tickets.part import Part
from shared.core.tickets.proposal.audience import affected, audience
from shared.core.tickets.proposal.backout import backout
from shared.core.tickets.proposal.case import Case, in_one_line
from shared.core.tickets.proposal.communication import communication_plan
from shared.core.tickets.proposal.implementation import implementation_plan, plan_steps
from shared.core.tickets.proposal.outcome import if_nobody_acts
from shared.core.tickets.proposal.risk import impact_why, risk_why
from shared.core.tickets.proposal.trial import test_plan
from shared.core.tickets.ticket import PlanStep


@dataclass(frozen=True, slots=True)
class Proposal:
    """The parts of each field, in their order; a field without a part stays empty."""

    audience: tuple[Part, ...]
    affected: tuple[Part, ...]
    risk_why: tuple[Part, ...]
    impact_why: tuple[Part, ...]
    if_nobody_acts: tuple[Part, ...]
    implementation_plan: tuple[Part, ...]
    test_plan: tuple[Part, ...]
    communication_plan: tuple[Part, ...]
    backout: tuple[Part, ...]
    compliance: tuple[Part, ...]
    steps: tuple[PlanStep, ...]


def propose(case: Case, address: str = "", opened: date | None = None) -> Proposal:
    """What is said of the case. `address`: who does the steps; empty where a group answers for the team.

    `opened`: the day on which its ticket was opened. The plans are those of that day: what was proposed to a board does
    not vanish because its days go by.
    """
    planned = replace(case, as_of=opened) if opened else case
    steps = plan_steps(planned, address)
    return Proposal(
        audience=tuple(audience(case)),
        affected=tuple(affected(case)),
        risk_why=tuple(risk_why(case)),
        impact_why=tuple(impact_why(case)),
        if_nobody_acts=tuple(if_nobody_acts(case)),
        implementation_plan=tuple(implementation_plan(planned, steps)),
        test_plan=tuple(test_plan(planned)),
        communication_plan=tuple(communication_plan(planned)),
        backout=tuple(backout(planned)),
        compliance=tuple(
            Part(in_one_line(f"{_asked(each.question)} {each.answer}"), "the table in the post")
            for each in case.particulars.compliance
        ),
        steps=steps,
    )


def _asked(question: str) -> str:
    """The question of a table's row, ready to be answered."""
    words = question.rstrip(" .:")
    return words if words.endswith("?") else f"{words}:"
