"""What two reads of a task tell: whether a person moved it in between, and how it stands after both."""

from dataclasses import dataclass
from datetime import datetime

from shared.core.tasks.task import Task, TaskState

_DONE = 100  # percent


@dataclass(frozen=True, slots=True)
class LastRead:
    """What the last read said. `at`: when that was; `gone`: when the plan had the task no more.

    `bucket`, `progress` and `assignees` are None where a version before this one read it, which kept none of them;
    `done` and `assigned` are known of all.
    """

    etag: str
    done: bool = False
    assigned: bool = False
    bucket: str | None = None
    progress: int | None = None
    assignees: frozenset[str] | None = None
    moved: datetime | None = None
    gone: datetime | None = None
    turns: int = 0
    at: datetime | None = None
    by_us: bool = False


@dataclass(frozen=True, slots=True)
class OurHand:
    """What we ourselves wrote into a task: whom we gave it to, and whether we completed it."""

    assignees: frozenset[str] = frozenset()
    completed: bool = False


NOT_OURS = OurHand()


def is_news(last: LastRead | None, task: Task, observed: datetime) -> bool:
    """Whether a read says more than the last one: a newer etag, or that a task which was gone is there."""
    if last is None or task.etag > last.etag:
        return True
    return task.etag == last.etag and last.gone is not None and observed > last.gone


def state_after(last: LastRead | None, tenant: str, task: Task, observed: datetime, ours: OurHand) -> TaskState:
    """The task beside its change, as a read that is news leaves it."""
    moved = last.moved if last else None
    if last and not moved and was_moved(last, task, ours):
        moved = observed
    # Messages overtake each other: one that is older than the sight of its end does not bring a task back.
    gone = last.gone if last and last.gone and observed <= last.gone else None
    same = last is not None and last.etag == task.etag
    turns = (last.turns if last else 0) + 1 if same or gone else 0
    opened = task.created or observed
    by_us = bool(task.assignees) and task.assignees <= ours.assignees
    if last and ours == NOT_OURS and last.assignees == task.assignees:
        by_us = last.by_us  # nobody had to ask again
    return TaskState(tenant, task.id, task.etag, opened, task.assigned, task.completed, moved, gone, turns, by_us)


def was_moved(last: LastRead, task: Task, ours: OurHand = NOT_OURS) -> bool:
    """Whether a person moved the task since, gave it to somebody, worked on it or opened it again.

    What we wrote ourselves is no act of a person.
    """
    if last.bucket is not None and last.bucket != task.bucket:
        return True
    if _given(last, task, ours):
        return True
    done = task.progress == _DONE
    if last.done != done:
        return not (done and ours.completed)
    return last.progress is not None and task.progress > last.progress


def _given(last: LastRead, task: Task, ours: OurHand) -> bool:
    """Whether a person gave it to somebody or took it away; where only those stand that we gave it to, it was we."""
    if task.assignees and task.assignees <= ours.assignees:
        return False
    if last.assignees is None:
        return bool(task.assignees) and not last.assigned
    return bool((last.assignees ^ task.assignees) - ours.assignees)


def may_be_moved(last: LastRead | None, task: Task) -> bool:
    """Whether it depends on what we wrote ourselves if a person moved it, or gave it to whoever has it."""
    return last is not None and was_moved(last, task) and (last.moved is None or last.assignees != task.assignees)
