"""The page of what stands beside a change in other tables: who opened its cards, and its Planner tasks."""

from collections.abc import Sequence
from typing import Protocol

from shared.adapters.pages.change import private_page
from shared.adapters.pages.lengths import shortened
from shared.adapters.pages.render import render
from shared.core.changes.change import Change
from shared.core.life.effectiveness import SentCard
from shared.core.tasks.task import TaskState

_MOST = 40


class _Card(Protocol):
    @property
    def card(self) -> SentCard: ...
    @property
    def opened(self) -> int | None: ...


class _Task(Protocol):
    @property
    def state(self) -> TaskState: ...
    @property
    def plan(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def progress(self) -> int | None: ...
    @property
    def assignees(self) -> int | None: ...


def beside_page(change: Change, cards: Sequence[_Card], tasks: Sequence[_Task], *, is_private: bool = False) -> str:
    """The newest first. The page of the change puts parts of this one into its own."""
    if is_private:
        return private_page(change)
    return render(
        "beside.html.j2",
        title=f"{change.id}: cards and tasks",
        here="/api/changes",
        change=change,
        cards=shortened(cards, _MOST),
        tasks=shortened(tasks, _MOST),
    )
