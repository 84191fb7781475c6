"""Whether Azure DevOps lets us do what tickets need, found out without changing anything."""

from collections.abc import Collection
from urllib.parse import quote

from shared.adapters.clients.http import redact
from shared.adapters.ticketing.calls import SHOWN
from shared.adapters.ticketing.settings import SAMPLE
from shared.adapters.tickets.azure_devops.calls import Calls
from shared.adapters.tickets.azure_devops.item import creation, state_of
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.adapters.tickets.azure_devops.shapes import KIND, NAMED
from shared.core.errors import PermanentError

_ABSENT = frozenset({404})
_UNREADABLE = frozenset({400, 401, 403, 404})
# learn.microsoft.com/azure/devops/organizations/security/namespace-reference
_AREAS, _TAGGING = "83e28ad4-2d72-4ceb-97b0-c7726d5502c3", "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2"
_READ, _WRITE, _CREATE = 16, 32, 2


async def ping(calls: Calls, settings: Settings, rich: Collection[str]) -> str:
    """A line that says as whom we work where. PermanentError names what is missing, and where to give it."""
    connection = await calls.ask("GET", "/_apis/connectionData", version="7.1-preview.1")
    who = calls.read_part(connection, "authenticatedUser").get("providerDisplayName") or "an unnamed user"
    project = quote(settings.project)
    answer = await calls.ask("GET", f"/_apis/projects/{project}", allowed=_ABSENT)
    if not answer.is_success:
        raise PermanentError(
            f"{calls.what}: {settings.organization} has no project {settings.project!r}, or {who} may not see it "
            "(Project settings, Permissions: be a member of Contributors)"
        )
    project_id = str(calls.read_part(answer, "id"))
    kind = await _kind(calls, settings)
    missing = await _missing(calls, project, project_id)
    if missing:
        raise PermanentError(f"{calls.what}: {who} lacks in project {settings.project}: {', '.join(missing)}")
    await _try(calls, settings, rich)
    odd = [
        str(state["name"])
        for state in kind["states"]
        if state_of(settings, str(state["name"]), state.get("category", "")) is None
    ]
    rest = f"; say under `states` what these states mean: {', '.join(odd)}" if odd else ""
    where = f"{redact(settings.api)}, organisation {settings.organization}"
    return f"Azure DevOps at {where} as {who}: project {settings.project}, type {settings.work_item_type}{rest}"


async def _kind(calls: Calls, settings: Settings) -> dict[str, list[dict[str, str]]]:
    path = f"/{quote(settings.project)}/_apis/wit/workitemtypes"
    answer = await calls.ask("GET", f"{path}/{quote(settings.work_item_type)}", allowed=_ABSENT)
    if answer.is_success:
        kind: dict[str, list[dict[str, str]]] = calls.read_whole(answer, KIND)
        return kind
    names = [str(each.get("name", "")) for each in calls.read_part(await calls.ask("GET", path), "value", NAMED)]
    raise PermanentError(
        f"{calls.what}: project {settings.project} has no work item type {settings.work_item_type!r} (it has: "
        f"{', '.join(sorted(names))})"
    )


async def _missing(calls: Calls, project: str, project_id: str) -> list[str]:
    """The permissions that we lack, as far as Azure DevOps tells us."""
    answer = await calls.ask("GET", f"/{project}/_apis/wit/classificationnodes/areas", allowed=_UNREADABLE)
    permissions = [
        (_TAGGING, _CREATE, f"/{project_id}", "create tag definitions (access level Basic, not Stakeholder)")
    ]
    if answer.is_success:
        token = f"vstfs:///Classification/Node/{calls.read_part(answer, 'identifier')}"
        permissions += [
            (_AREAS, _READ, token, "view work items in this node (Project settings, Project configuration, Areas)"),
            (_AREAS, _WRITE, token, "edit work items in this node (Project settings, Project configuration, Areas)"),
        ]
    missing = []
    for namespace, bit, token, name in permissions:
        path = f"/_apis/permissions/{namespace}/{bit}"
        answer = await calls.ask("GET", path, allowed=_UNREADABLE, params={"tokens": token})
        if answer.is_success and calls.read_part(answer, "value") == [False]:
            missing.append(name)
    return missing


async def _try(calls: Calls, settings: Settings, rich: Collection[str]) -> None:
    """A work item as we would make it, to be validated only: rules and required fields speak up."""
    path = f"/{quote(settings.project)}/_apis/wit/workitems/${quote(settings.work_item_type)}"
    patch = creation(settings, SAMPLE, rich)
    answer = await calls.patch("POST", path, patch, allowed=frozenset({400, 403}), params={"validateOnly": "true"})
    if not answer.is_success:
        raise PermanentError(
            f"{calls.what}: a {settings.work_item_type} as we would make it is not taken: "
            f"{calls.complaint_of(answer)[:SHOWN]} (set the field under `fields` in the policy, or take it out there)"
        )
