"""What is written back into Planner tasks, as the policy says it."""

from typing import Literal

from shared.core.policy.parts import Many, Strict

TaskField = Literal["due", "references", "checklist", "assign", "complete"]
EVERY_TASK_FIELD: tuple[TaskField, ...] = ("due", "references", "checklist", "assign", "complete")


class PlannerWrites(Strict):
    """Whether tasks of synced plans are written, and what of them.

    `mode`: `off`, `dry_run` (`foresignal planner` lists what would be written) or `live`. `write`: the due date, the
    ticket and our page as references, the steps as a checklist, the owner as assignee, and that a task of a closed
    change is done.
    """

    mode: Literal["off", "dry_run", "live"] = "off"
    write: Many[TaskField] = EVERY_TASK_FIELD
