"""What a Redmine's own things are called, and their numbers: read when needed, kept for a while."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.tickets.redmine.calls import Calls
from shared.adapters.tickets.redmine.issue import CORE
from shared.adapters.tickets.redmine.settings import Settings
from shared.core.errors import PermanentError

_KEPT = timedelta(minutes=10)
_INCLUDE = "trackers,issue_categories,issue_custom_fields,enabled_modules"


class Names:
    """One project's trackers, categories and custom fields; statuses and priorities of the whole Redmine."""

    def __init__(self, calls: Calls, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._calls, self._settings, self._clock = calls, settings, clock
        self._kept: dict[str, tuple[datetime, Any]] = {}

    async def project(self) -> Mapping[str, Any]:
        async def read() -> Any:
            path = f"/projects/{self._settings.project}.json"
            return await self._calls.get_part(path, "project", {"include": _INCLUDE})

        found: Mapping[str, Any] = await self._once("project", read)
        return found

    async def tracker(self) -> int:
        """PermanentError where the project has no such tracker: Redmine would take another and not say so."""
        trackers = (await self.project()).get("trackers") or []
        found = _number(self._settings.tracker, trackers)
        if found is None:
            raise PermanentError(
                f"{self._calls.what}: project {self._settings.project} has no tracker {self._settings.tracker!r}; it "
                f"has {_listed(trackers)} (tickets.{self._calls.name}.settings.tracker)"
            )
        return found

    async def category(self, named: str | int) -> int:
        categories = (await self.project()).get("issue_categories") or []
        found = _number(named, categories)
        if found is None:
            raise PermanentError(
                f"{self._calls.what}: project {self._settings.project} has no issue category {named!r}; it has "
                f"{_listed(categories)} (tickets.{self._calls.name}.settings.values.group)"
            )
        return found

    async def priority(self, named: str | int, *, asked: bool) -> int | None:
        """None where there is no such priority and the policy does not ask for it."""

        async def read() -> Any:
            return await self._list("/enumerations/issue_priorities.json", "issue_priorities")

        priorities = await self._once("priorities", read)
        found = _number(named, priorities)
        if found is None and asked:
            raise PermanentError(
                f"{self._calls.what}: there is no priority {named!r}; there are {_listed(priorities)} "
                f"(tickets.{self._calls.name}.settings.values.risk)"
            )
        return found

    async def statuses(self) -> list[Mapping[str, Any]]:
        async def read() -> Any:
            return await self._list("/issue_statuses.json", "issue_statuses")

        found: list[Mapping[str, Any]] = await self._once("statuses", read)
        return found

    async def key_field(self) -> int:
        return (await self.fields([self._settings.key_field]))[str(self._settings.key_field)]

    async def fields(self, named: Iterable[str | int]) -> dict[str, int]:
        """The numbers of custom fields, by what they are called in the policy; Redmine's own are left out.

        Who is no administrator sees the project's own fields, and those "for all projects" on an issue.
        """
        wanted = [one for one in dict.fromkeys(named) if one not in CORE]
        project = await self.project()
        found = _numbers(wanted, project.get("issue_custom_fields") or [])
        if len(found) < len(wanted):
            found |= _numbers(wanted, await self._fields_seen())
        for one in wanted:
            if str(one) not in found:
                raise PermanentError(
                    f"{self._calls.what}: no custom field {one!r} is to be seen in project {self._settings.project}; "
                    f"enable it there and for the tracker, or say its number (tickets.{self._calls.name}.settings)"
                )
        return found

    async def _fields_seen(self) -> list[Mapping[str, Any]]:
        async def read() -> Any:
            seen = [
                field
                for field in await self._list("/custom_fields.json", "custom_fields")  # for administrators only
                if field.get("customized_type") == "issue"
            ]
            asked = {
                "project_id": self._settings.project, "tracker_id": str(await self.tracker()), "status_id": "*",
                "limit": "1",
            }  # fmt: skip
            issues = await self._calls.get_part("/issues.json", "issues", asked)
            return [*seen, *(field for issue in issues for field in issue.get("custom_fields") or ())]

        found: list[Mapping[str, Any]] = await self._once("fields", read)
        return found

    async def _list(self, path: str, name: str) -> list[Mapping[str, Any]]:
        """Nothing where we may not see it."""
        answer = await self._calls.ask("GET", path, allowed=frozenset({403, 404}))
        found: list[Mapping[str, Any]] = self._calls.read_part(answer, name) if answer.is_success else []
        return found

    async def _once(self, name: str, read: Callable[[], Any]) -> Any:
        at, found = self._kept.get(name, (None, None))
        if at is None or self._clock() - at > _KEPT:
            found = await read()
            self._kept[name] = (self._clock(), found)
        return found


def _numbers(wanted: Iterable[str | int], known: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    listed = list(known)
    found = {str(one): int(one) if isinstance(one, int) or one.isdigit() else _number(one, listed) for one in wanted}
    return {name: number for name, number in found.items() if number is not None}


def _number(named: str | int, known: Iterable[Mapping[str, Any]]) -> int | None:
    for one in known:
        if one.get("id") == named or str(one.get("name", "")).casefold() == str(named).casefold():
            return int(one["id"])
    return None


def _listed(known: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(str(one.get("name")) for one in known) or "none"
