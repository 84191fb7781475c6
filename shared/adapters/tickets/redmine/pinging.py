"""Whether Redmine lets us do what tickets need, found out without changing anything."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.ticketing.settings import SAMPLE
from shared.adapters.tickets.redmine.calls import Calls
from shared.adapters.tickets.redmine.issue import priority
from shared.adapters.tickets.redmine.names import Names
from shared.adapters.tickets.redmine.settings import Settings
from shared.core.errors import PermanentError

_NEEDED = {
    "view_issues": "View Issues",
    "add_issues": "Add issues",
    "edit_issues": "Edit issues",
    "add_issue_notes": "Add notes",
}


async def ping(calls: Calls, names: Names, settings: Settings) -> str:
    """A line that says as whom we work where. PermanentError names what is missing, and where to give it."""
    me = await calls.get_part("/users/current.json", "user", {"include": "memberships"})
    who = str(me.get("login") or "an unnamed user")
    project = await names.project()
    if not any(module.get("name") == "issue_tracking" for module in project.get("enabled_modules") or ()):
        raise PermanentError(f"{calls.what}: project {settings.project} has no issues (its settings, Modules)")
    await names.tracker()
    key = await names.key_field()
    await names.fields([*settings.fields, *([settings.decision_field] if settings.decision_field else [])])
    await _words(names, settings)
    may = "" if me.get("admin") else await _permissions(calls, me, project, who)
    unsure = await _filters(calls, settings, key)
    return f"Redmine project {settings.project} as {who}; issues can be seen, made and changed{may}{unsure}"


async def _words(names: Names, settings: Settings) -> None:
    """Priorities and categories that the policy names are there."""
    for word in settings.values.get("risk", {}).values():
        await names.priority(word, required=True)
    await names.priority(priority(settings, SAMPLE)[0], required=False)
    for word in settings.values.get("group", {}).values():
        await names.category(word)


async def _permissions(calls: Calls, me: Mapping[str, Any], project: Mapping[str, Any], who: str) -> str:
    """What our roles in the project let us do. An empty string where that is all we need, else what was not seen."""
    roles = [
        role
        for membership in me.get("memberships") or ()
        if (membership.get("project") or {}).get("id") == project.get("id")
        for role in membership.get("roles") or ()
    ]
    have: set[str] = set()
    for role in roles:
        answer = await calls.ask("GET", f"/roles/{role.get('id')}.json", allowed=frozenset({403, 404}))
        if not answer.is_success:
            return " as far as we can see (its roles are not shown to us)"
        have |= set(calls.read_part(answer, "role").get("permissions") or ())
    missing = [label for name, label in _NEEDED.items() if name not in have]
    if missing:
        listed = ", ".join(str(role.get("name")) for role in roles) or "no role"
        raise PermanentError(
            f"{calls.what}: {who} has {listed} in project {project.get('identifier')}, without: {', '.join(missing)} "
            "(Administration, Roles and permissions)"
        )
    return ""


async def _filters(calls: Calls, settings: Settings, key: int) -> str:
    """Redmine takes no notice of a filter that it does not know: a key that nobody has must find nothing."""
    params = {"project_id": settings.project, "status_id": "*", f"cf_{key}": SAMPLE.key, "limit": "1"}
    if await calls.get_part("/issues.json", "issues", params):
        raise PermanentError(
            f"{calls.what}: issues cannot be looked up by the custom field {settings.key_field!r}: tick “Used as a "
            f"filter” there, and enable it for project {settings.project} and its tracker"
        )
    return ""
