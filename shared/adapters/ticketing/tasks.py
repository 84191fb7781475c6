"""The tasks under a ticket: one for each step of its plan, made once and never touched again."""

from collections.abc import Sequence

from shared.adapters.ticketing.document import bare, cut_utf16, value
from shared.adapters.ticketing.outcome import because
from shared.core.tickets.ticket import PlanStep, Ticket

MOST = 20
"""Tasks of one ticket."""


def pending(ticket: Ticket, made: Sequence[str]) -> tuple[PlanStep, ...]:
    """The steps that have no task yet, as far as a ticket may have more. `made`: the keys of those that have one."""
    if not ticket.has_tasks or ticket.cancelled:
        return ()
    return tuple(step for step in ticket.steps if step.key not in made)[: max(0, MOST - len(made))]


def key_of(ticket: Ticket, step: PlanStep) -> str:
    """By what a task is known: never the ticket's own key."""
    return f"{ticket.key}-{step.key}"


def title_of(step: PlanStep, limit: int) -> str:
    """One line of at most `limit` UTF-16 units."""
    return cut_utf16(" ".join(bare(value(step.text)).split()), limit) or step.key


def by_hand(system: str, let: str, why: str = "") -> str:
    """The line about tasks that the system does not take. `let`: what would let us; `why`: what the system says."""
    return because(f"{system} did not take the tasks of the plan: please add them by hand, or {let}", why)
