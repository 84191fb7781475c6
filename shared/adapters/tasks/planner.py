"""Planner: the plans that Message Center is synced to, through Graph."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from shared.adapters.clients.graph import Graph, GraphWrite, Question
from shared.core.errors import TransientError
from shared.core.policy.model import Tenant

_ROLE, _WRITING_ROLE = "Tasks.Read.All", "Tasks.ReadWrite.All"
_LIMITS = r"Maximum[A-Za-z]{1,60}"
"""Codes of Planner's 403s that name a limit, such as MaximumReferencesOnTask."""


class Planner:
    """The port `TaskSource`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        for plan in tenant.plan:
            async for page in self._graph.pages(name, tenant, _tasks_of(plan)):
                yield page

    async def task(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        return await self._object(name, tenant, _about("task", task))

    async def details(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        return await self._object(name, tenant, _about("details", task))

    async def write(self, name: str, tenant: Tenant, task: str, part: str, body: Mapping[str, Any], etag: str) -> str:
        question = replace(
            _about(part, task), role=_WRITING_ROLE, optional=False, write=GraphWrite(body, etag, _LIMITS)
        )
        etag_now = (await self._object(name, tenant, question)).get("@odata.etag")
        return etag_now if isinstance(etag_now, str) else ""

    async def _object(self, name: str, tenant: Tenant, question: Question) -> Mapping[str, Any]:
        answer = await self._graph.ask(name, tenant, question)
        if answer is None:
            return {}
        if not isinstance(answer, Mapping):
            raise TransientError(f"tenant {name}: Graph's answer about {question.what} is no object")
        return answer


def _about(part: str, task: str) -> Question:
    """One task, or its details."""
    if part == "task":
        return Question(
            f"task {task}",
            _ROLE,
            lambda client: client.planner.tasks.by_planner_task_id(task).to_get_request_information(),
            optional=True,
        )
    return Question(
        f"the details of task {task}",
        _ROLE,
        lambda client: client.planner.tasks.by_planner_task_id(task).details.to_get_request_information(),
        optional=True,
    )


def _tasks_of(plan: str) -> Question:
    return Question(
        f"the tasks of plan {plan}",
        _ROLE,
        lambda client: client.planner.plans.by_planner_plan_id(plan).tasks.to_get_request_information(),
    )
