"""What a Redmine's own things are called, and their numbers: read when needed, kept for a while."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import REMEMBERED
from shared.adapters.tickets.redmine.calls import Calls
from shared.adapters.tickets.redmine.issue import CORE
from shared.adapters.tickets.redmine.settings import Settings
from shared.core.errors import PermanentError

_KEPT = timedelta(minutes=10)
_HIDDEN = frozenset({403, 404})
_MOST = 100  # members that are looked through
_EVERY = frozenset({"manage_subtasks"})  # of an administrator's rights those that we ask about
_INCLUDE = "trackers,issue_categories,issue_custom_fields,enabled_modules"


class Names:
    """One project's trackers, categories and custom fields; statuses and priorities of the whole Redmine."""

    def __init__(self, calls: Calls, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._calls, self._settings, self._clock = calls, settings, clock
        self._kept: dict[str, tuple[datetime, Any]] = {}
        self._addresses: Recent[int, set[str]] = Recent(REMEMBERED)  # and logins, by the user's number

    async def project(self) -> Mapping[str, Any]:
        async def read() -> Any:
            path = f"/projects/{self._settings.project}.json"
            with about_system():
                return await self._calls.get_part(path, "project", {"include": _INCLUDE})

        project: Mapping[str, Any] = await self._once("project", read)
        return project

    async def tracker(self) -> int:
        """PermanentError where the project has no such tracker: Redmine would take another and not say so."""
        trackers = (await self.project()).get("trackers") or []
        number = _number(self._settings.tracker, trackers)
        if number is None:
            raise PermanentError(
                f"{self._calls.what}: project {self._settings.project} has no tracker {self._settings.tracker!r}; it "
                f"has {_listed(trackers)} (tickets.{self._calls.name}.settings.tracker)"
            )
        return number

    async def category(self, category: str | int) -> int:
        categories = (await self.project()).get("issue_categories") or []
        number = _number(category, categories)
        if number is None:
            raise PermanentError(
                f"{self._calls.what}: project {self._settings.project} has no issue category {category!r}; it has "
                f"{_listed(categories)} (tickets.{self._calls.name}.settings.values.group)"
            )
        return number

    async def priority(self, priority: str | int, *, required: bool) -> int | None:
        """None where there is no such priority and the policy does not ask for it."""

        async def read() -> Any:
            return await self._list("/enumerations/issue_priorities.json", "issue_priorities")

        priorities = await self._once("priorities", read)
        number = _number(priority, priorities)
        if number is None and required:
            raise PermanentError(
                f"{self._calls.what}: there is no priority {priority!r}; there are {_listed(priorities)} "
                f"(tickets.{self._calls.name}.settings.values.risk)"
            )
        return number

    async def statuses(self) -> list[Mapping[str, Any]]:
        async def read() -> Any:
            return await self._list("/issue_statuses.json", "issue_statuses")

        statuses: list[Mapping[str, Any]] = await self._once("statuses", read)
        return statuses

    async def permissions(self) -> frozenset[str]:
        """What our roles let us do in the project, by Redmine's names; nothing where it does not say."""

        async def read() -> Any:
            me = await self._calls.get_part("/users/current.json", "user", {"include": "memberships"})
            if me.get("admin"):
                return _EVERY
            project = (await self.project()).get("id")
            roles = [
                role.get("id")
                for membership in me.get("memberships") or ()
                if (membership.get("project") or {}).get("id") == project
                for role in membership.get("roles") or ()
            ]
            have: set[str] = set()
            for role in dict.fromkeys(roles):
                answer = await self._calls.ask("GET", f"/roles/{role}.json", allowed=_HIDDEN)
                if answer.is_success:
                    have |= set(self._calls.read_part(answer, "role").get("permissions") or ())
            return frozenset(have)

        permissions: frozenset[str] = await self._once("permissions", read)
        return permissions

    async def member(self, address: str) -> int | None:
        """The user of the project with that address, as far as Redmine shows it; each user is read once.

        It shows an address to who is no administrator only where that user does not hide it, and login names.
        """
        if not address:
            return None
        wanted = address.casefold()
        for number in await self._members(wanted.partition("@")[0]):
            if number not in self._addresses:
                answer = await self._calls.ask("GET", f"/users/{number}.json", allowed=_HIDDEN)
                user = self._calls.read_part(answer, "user") if answer.is_success else {}
                self._addresses[number] = {str(user.get(name) or "").casefold() for name in ("mail", "login")}
            if wanted in self._addresses[number]:
                return number
        return None

    async def _members(self, called: str) -> list[int]:
        """The numbers of the project's users, those first whose names look like that."""

        async def read() -> Any:
            path = f"/projects/{self._settings.project}/memberships.json"
            answer = await self._calls.ask("GET", path, params={"limit": str(_MOST)}, allowed=_HIDDEN)
            listed = self._calls.read_part(answer, "memberships") if answer.is_success else []
            return [each["user"] for each in listed if each.get("user")]

        members = await self._once("members", read)
        parts = [part for part in re.split(r"[._-]+", called) if part]
        alike = {each["id"]: any(part in str(each.get("name")).casefold() for part in parts) for each in members}
        return sorted(alike, key=lambda number: not alike[number])

    async def key_field(self) -> int:
        return (await self.fields([self._settings.key_field]))[str(self._settings.key_field)]

    async def fields(self, field_names: Iterable[str | int]) -> dict[str, int]:
        """The numbers of custom fields, by what they are called in the policy; Redmine's own are left out.

        Who is no administrator sees the project's own fields, and those "for all projects" on an issue.
        """
        own = [name for name in dict.fromkeys(field_names) if name not in CORE]
        project = await self.project()
        numbers = _numbers(own, project.get("issue_custom_fields") or [])
        if len(numbers) < len(own):
            numbers |= _numbers(own, await self._fields_seen())
        for name in own:
            if str(name) not in numbers:
                raise PermanentError(
                    f"{self._calls.what}: no custom field {name!r} is to be seen in project {self._settings.project}; "
                    f"enable it there and for the tracker, or say its number (tickets.{self._calls.name}.settings)"
                )
        return numbers

    async def _fields_seen(self) -> list[Mapping[str, Any]]:
        async def read() -> Any:
            fields = [
                field
                for field in await self._list("/custom_fields.json", "custom_fields")  # for administrators only
                if field.get("customized_type") == "issue"
            ]
            params = {
                "project_id": self._settings.project, "tracker_id": str(await self.tracker()), "status_id": "*",
                "limit": "1",
            }  # fmt: skip
            issues = await self._calls.get_part("/issues.json", "issues", params)
            return [*fields, *(field for issue in issues for field in issue.get("custom_fields") or ())]

        all_fields: list[Mapping[str, Any]] = await self._once("fields", read)
        return all_fields

    async def _list(self, path: str, name: str) -> list[Mapping[str, Any]]:
        """Nothing where we may not see it."""
        answer = await self._calls.ask("GET", path, allowed=frozenset({403, 404}))
        entries: list[Mapping[str, Any]] = self._calls.read_part(answer, name) if answer.is_success else []
        return entries

    async def _once(self, name: str, read: Callable[[], Any]) -> Any:
        at, value = self._kept.get(name, (None, None))
        if at is None or self._clock() - at > _KEPT:
            value = await read()
            self._kept[name] = (self._clock(), value)
        return value


def _numbers(names: Iterable[str | int], entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    listed = list(entries)
    numbers = {
        str(each): int(each) if isinstance(each, int) or each.isdigit() else _number(each, listed) for each in names
    }
    return {name: number for name, number in numbers.items() if number is not None}


def _number(name: str | int, entries: Iterable[Mapping[str, Any]]) -> int | None:
    for entry in entries:
        if entry.get("id") == name or str(entry.get("name", "")).casefold() == str(name).casefold():
            return int(entry["id"])
    return None


def _listed(entries: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(str(entry.get("name")) for entry in entries) or "none"
