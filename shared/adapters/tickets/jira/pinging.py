"""Whether Jira lets us do what tickets need, found out without changing anything."""

from collections.abc import Iterator
from typing import Any

from shared.adapters.clients.http import redact
from shared.adapters.ticketing.settings import SAMPLE
from shared.adapters.ticketing.shapes import Shape
from shared.adapters.tickets.jira.calls import Calls
from shared.adapters.tickets.jira.issue import created, state_of
from shared.adapters.tickets.jira.settings import Settings
from shared.adapters.tickets.jira.shapes import KINDS, SCREEN, TYPES
from shared.core.errors import PermanentError

_API = "/rest/api/3"
_NEEDED = {
    "BROWSE_PROJECTS": "Browse projects",
    "CREATE_ISSUES": "Create issues",
    "EDIT_ISSUES": "Edit issues",
    "ADD_COMMENTS": "Add comments",
    "TRANSITION_ISSUES": "Transition issues",
}
_NOT_FIELDS = frozenset({"project", "issuetype", "reporter"})
_PAGES = 20


async def ping(calls: Calls, settings: Settings) -> str:
    """A line that says as whom we work where. PermanentError names what is missing, and where to give it."""
    me = await calls.get(f"{_API}/myself", "accountId")
    who = me.get("displayName") or me.get("emailAddress") or "an unnamed user"
    project = settings.project
    params = {"projectKey": project, "permissions": ",".join(_NEEDED)}
    answer = await calls.ask("GET", f"{_API}/mypermissions", params=params, allowed=frozenset({404}))
    if not answer.is_success:
        raise PermanentError(f"{calls.what}: there is no project {project}, or {who} may not see it (Browse projects)")
    have = calls.read_part(answer, "permissions")
    missing = [name for key, name in _NEEDED.items() if not have.get(key, {}).get("havePermission")]
    if missing:
        raise PermanentError(
            f"{calls.what}: {who} lacks in project {project}: {', '.join(missing)} (Project settings, Permissions)"
        )
    fields = await Screen(calls, settings).fields()
    _check_fields(calls, settings, fields)
    odd = await _unknown_statuses(calls, settings)
    rest = f"; say under `states` what these statuses mean: {', '.join(odd)}" if odd else ""
    return f"Jira at {redact(settings.api)} as {who}: project {project}, issue type {settings.issue_type}{rest}"


class Screen:
    """The screen on which an issue is created. What is known is kept: a call that fails costs the others nothing."""

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings
        self._type = ""
        self._subtask = ""
        self._rich: frozenset[str] | None = None

    async def rich_fields(self) -> frozenset[str]:
        """The policy's own fields that hold documents instead of text; asked only where one could."""
        if self._rich is None:
            texts = [name for name, what in self._settings.fields.items() if isinstance(what, str)]
            needed = any(name.startswith("customfield_") or name == "environment" for name in texts)
            self._rich = frozenset(_rich_of(await self.fields())) if needed else frozenset()
        return self._rich

    async def subtask_type(self) -> str:
        """The id of the first type of sub-tasks that we may create there; empty where there is none."""
        if not self._subtask:
            kinds = await _all(self._calls, self._path(), "issueTypes", TYPES)
            self._subtask = next((str(kind["id"]) for kind in kinds if kind.get("subtask") is True), "")
        return self._subtask

    def _path(self) -> str:
        return f"{_API}/issue/createmeta/{self._settings.project}/issuetypes"

    async def fields(self) -> dict[str, Any]:
        """The fields on it, by their ids; PermanentError where there is no such project or issue type."""
        calls, settings = self._calls, self._settings
        path = self._path()
        if not self._type:
            every = await _all(calls, path, "issueTypes", TYPES)
            kinds = [kind for kind in every if kind.get("subtask") is not True]
            wanted = settings.issue_type.casefold()
            fitting = [kind for kind in kinds if wanted in {str(kind["id"]), str(kind["name"]).casefold()}]
            if not fitting:
                names = ", ".join(str(kind["name"]) for kind in kinds) or "none that we may create"
                raise PermanentError(
                    f"{calls.what}: project {settings.project} has no issue type {settings.issue_type!r} "
                    f"(it has: {names})"
                )
            self._type = str(fitting[0]["id"])
        fields = await _all(calls, f"{path}/{self._type}", "fields", SCREEN)
        return {str(field.get("fieldId") or field.get("key")): field for field in fields}


def _rich_of(fields: dict[str, Any]) -> Iterator[str]:
    for name, field in fields.items():
        schema = field.get("schema") or {}
        if str(schema.get("custom", "")).endswith(":textarea") or schema.get("system") in {
            "description",
            "environment",
        }:
            yield name


async def _all(calls: Calls, path: str, name: str, shape: Shape) -> list[Any]:
    entries: list[Any] = []
    for _ in range(_PAGES):
        asked = {"startAt": str(len(entries)), "maxResults": "50"}
        answer = await calls.ask("GET", path, params=asked)
        page = calls.read_whole(answer, {"total": int, f"{name}?": shape, "values?": shape})
        some = page.get(name) or page.get("values") or []
        entries += some
        if not some or len(entries) >= page.get("total", 0):
            break
    return entries


def _check_fields(calls: Calls, settings: Settings, fields: dict[str, Any]) -> None:
    ours = created(settings, SAMPLE)
    off = sorted(ours.keys() - fields.keys() - _NOT_FIELDS)
    if off:
        raise PermanentError(
            f"{calls.what}: these fields are not on the screen on which {settings.issue_type} is created in "
            f"{settings.project}: {', '.join(off)}; put them there (Labels hold our key), or take them out of `fields`"
        )
    unset = sorted(
        f"{name} ({field.get('name', '')})"
        for name, field in fields.items()
        if field.get("required") and not field.get("hasDefaultValue") and name not in _NOT_FIELDS and name not in ours
    )
    if unset:
        raise PermanentError(
            f"{calls.what}: {settings.project} requires of a new {settings.issue_type}: {', '.join(unset)}; set "
            "them under `fields` in the policy, or make them optional in Jira"
        )


async def _unknown_statuses(calls: Calls, settings: Settings) -> list[str]:
    kinds = calls.read_whole(await calls.ask("GET", f"{_API}/project/{settings.project}/statuses"), KINDS)
    wanted = settings.issue_type.casefold()
    statuses = [
        status
        for kind in kinds
        if wanted in {str(kind["id"]), str(kind["name"]).casefold()}
        for status in kind["statuses"]
    ]
    return sorted({str(status["name"]) for status in statuses if state_of(settings, status) is None})
