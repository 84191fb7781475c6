"""What stands in other tables beside a change: who opened its cards, and what its Planner tasks are called."""

from dataclasses import dataclass
from datetime import datetime

from shared.core import ids
from shared.core.changes.change import Change
from shared.core.life.effectiveness import SentCard, sent_cards
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private
from shared.core.tasks.task import TaskState
from shared.record.changes import read_with_tasks
from shared.record.opens import month_of, opened_of
from shared.record.tasks import known_task
from shared.usecases.deps import Deps

_MOST_MONTHS = 6
"""Channels and months that are counted: a call each."""
_MOST_PLANS = 3
"""Plans in which a task is looked up: a call each."""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card that was sent. `opened`: by how many people; None where that is not counted any more."""

    card: SentCard
    opened: int | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A Planner task. `plan`, `title`: empty where it was not looked up.

    `progress`: in percent; `assignees`: how many people have it; None where nothing is known of that.
    """

    state: TaskState
    plan: str = ""
    title: str = ""
    progress: int | None = None
    assignees: int | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Both of one change, the newest first; nothing of a post on data privacy."""

    change: Change
    cards: tuple[CardView, ...]
    tasks: tuple[TaskView, ...]
    is_private: bool = False


async def beside(deps: Deps, text: str) -> Beside | None:
    """What stands beside a change; None where there is none. At most 12 calls, one of them for the policy."""
    change_id = ids.normalise(text)
    record = await read_with_tasks(deps.storage.tables, change_id)
    if record is None:
        return None
    if is_private(record.change.read()):
        return Beside(record.change, (), (), is_private=True)
    sent = sorted(sent_cards(record.change, record.states), key=lambda card: card.sent, reverse=True)
    tasks = sorted(record.task_states, key=lambda task: task.opened, reverse=True)
    policy = await deps.here.policy.current()
    return Beside(record.change, await _cards(deps, change_id, sent), await _tasks(deps, policy, tasks))


async def _cards(deps: Deps, change_id: str, sent: list[SentCard]) -> tuple[CardView, ...]:
    """The months in which a card can have been opened are those from its own on; rows older than two are forgotten."""
    this = _month_number(deps.here.clock())
    wanted = dict.fromkeys(
        (card.key.channel, month)
        for card in sent
        for month in range(this, max(_month_number(card.sent), this - 1) - 1, -1)
    )
    counted = list(wanted)[:_MOST_MONTHS]
    opened = {
        (channel, month): await opened_of(deps.storage.tables, _month(month), channel, change_id)
        for channel, month in counted
    }
    views = []
    for card in sent:
        months = [each for (channel, _), each in opened.items() if channel == card.key.channel]
        views.append(CardView(card, sum(each.get(card.key.occasion, 0) for each in months) if months else None))
    return tuple(views)


async def _tasks(deps: Deps, policy: Policy, tasks: list[TaskState]) -> tuple[TaskView, ...]:
    views, calls = [], 0
    for state in tasks:
        view = TaskView(state)
        tenant = policy.tenants.get(state.tenant)
        for plan in tenant.plan if tenant else ():
            if calls == _MOST_PLANS:
                break
            calls += 1
            if known := await known_task(deps.storage.tables, state.tenant, plan, state.id):
                had = known.read.assignees
                view = TaskView(state, plan, known.title, known.read.progress, None if had is None else len(had))
                break
        views.append(view)
    return tuple(views)


def _month_number(at: datetime) -> int:
    year, month = month_of(at).split("-")
    return int(year) * 12 + int(month) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
