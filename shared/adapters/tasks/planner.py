"""Planner: the plans that Message Center is synced to, through Graph."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from shared.adapters.clients.graph import Graph, Question
from shared.core.errors import TransientError
from shared.core.policy.model import Tenant

_ROLE = "Tasks.Read.All"


class Planner:
    """The port `TaskSource`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        for plan in tenant.plan:
            async for page in self._graph.pages(name, tenant, _tasks_of(plan)):
                yield page

    async def details(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        question = Question(
            f"the details of task {task}",
            _ROLE,
            lambda client: client.planner.tasks.by_planner_task_id(task).details.to_get_request_information(),
            optional=True,
        )
        details = await self._graph.ask(name, tenant, question)
        if details is None:
            return {}
        if not isinstance(details, Mapping):
            raise TransientError(f"tenant {name}: Graph's answer about {question.what} is no object")
        return details


def _tasks_of(plan: str) -> Question:
    return Question(
        f"the tasks of plan {plan}",
        _ROLE,
        lambda client: client.planner.plans.by_planner_plan_id(plan).tasks.to_get_request_information(),
    )
