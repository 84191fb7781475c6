"""A Jira site as its requests see it: who may do what, and what it says of itself and of its projects."""

from dataclasses import dataclass, field

from aiohttp import web

from sandbox.ticket_systems.jira.answers import Refused
from sandbox.ticket_systems.jira.issues import Issue, Store, person_json
from sandbox.ticket_systems.jira.projects import PEOPLE, Project
from sandbox.ticket_systems.jira.search import US

PERMISSIONS = ("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS", "USER_PICKER")
_NEEDED = ("project", "issuetype", "summary")
_NO_ISSUE = "Issue does not exist or you do not have permission to see it."


@dataclass(slots=True)
class Site:
    """`permissions` may be taken away while it runs."""

    store: Store
    email: str
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))

    def issue_of(self, request: web.Request, permission: str = "") -> Issue:
        issue = self.store.find(request.match_info["issue"])
        if issue is None or "BROWSE_PROJECTS" not in self.permissions:
            raise Refused(404, _NO_ISSUE)
        self.may(permission)
        return issue

    def project_of(self, request: web.Request) -> Project:
        key = request.match_info["project"]
        project = self.store.project(key)
        if project is None or "BROWSE_PROJECTS" not in self.permissions:
            raise Refused(404, f"No project could be found with key '{key}'.")
        return project

    def may(self, permission: str) -> None:
        if permission and permission not in self.permissions:
            raise Refused(403, f"You do not have the permission {permission} in this project.")


class Places:
    """The endpoints about the user and the projects."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self, api: str) -> list[web.RouteDef]:
        return [
            web.get(f"{api}/myself", self._myself),
            web.get(f"{api}/mypermissions", self._mypermissions),
            web.get(f"{api}/user/search", self._people),
            web.get(f"{api}/project/{{project}}", self._project),
            web.get(f"{api}/project/{{project}}/statuses", self._statuses),
            web.get(f"{api}/issue/createmeta/{{project}}/issuetypes", self._types),
            web.get(f"{api}/issue/createmeta/{{project}}/issuetypes/{{type}}", self._create_fields),
        ]

    async def _myself(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "accountId": US,
                "displayName": "Foresignal",
                "emailAddress": self.site.email,
                "active": True,
            }
        )

    async def _people(self, request: web.Request) -> web.Response:
        """Who begins so, by address or name; nobody for who may not browse users."""
        sought = request.query.get("query", "")
        if not sought:
            raise Refused(400, "The 'query' query parameter is required.")
        people = [
            person_json(number)
            for number, address in PEOPLE.items()
            if address.startswith(sought.casefold()) and "USER_PICKER" in self.site.permissions
        ]
        return web.json_response(people)

    async def _mypermissions(self, request: web.Request) -> web.Response:
        names = request.query.get("permissions", "")
        if not names:
            raise Refused(400, "The 'permissions' query parameter is required.")
        key = request.query.get("projectKey", "")
        if key and (self.site.store.project(key) is None or "BROWSE_PROJECTS" not in self.site.permissions):
            raise Refused(404, f"No project could be found with key '{key}'.")
        unknown = [name for name in names.split(",") if name not in PERMISSIONS]
        if unknown:
            raise Refused(400, f"Unrecognized permission: {', '.join(unknown)}")
        answer = {name: {"key": name, "havePermission": name in self.site.permissions} for name in names.split(",")}
        return web.json_response({"permissions": answer})

    async def _project(self, request: web.Request) -> web.Response:
        project = self.site.project_of(request)
        types = [{"id": number, "name": name, "subtask": under} for number, name, under in project.every_type()]
        return web.json_response(
            {
                "id": project.id,
                "key": project.key,
                "name": project.name,
                "projectTypeKey": project.kind,
                "issueTypes": types,
            }
        )

    async def _statuses(self, request: web.Request) -> web.Response:
        project = self.site.project_of(request)
        statuses = [
            {"id": status.id, "name": status.name, "statusCategory": {"key": status.category}}
            for status in project.statuses
        ]
        return web.json_response(
            [
                {"id": number, "name": name, "subtask": under, "statuses": statuses}
                for number, name, under in project.every_type()
            ]
        )

    async def _types(self, request: web.Request) -> web.Response:
        project = self.site.project_of(request)
        types = [{"id": number, "name": name, "subtask": under} for number, name, under in project.every_type()]
        types_there = types if "CREATE_ISSUES" in self.site.permissions else []
        return web.json_response({"maxResults": 50, "startAt": 0, "total": len(types_there), "issueTypes": types_there})

    async def _create_fields(self, request: web.Request) -> web.Response:
        project = self.site.project_of(request)
        if request.match_info["type"] not in {each[0] for each in project.every_type()}:
            raise Refused(404, "The issue type is not to be found.")
        basic = [
            {
                "fieldId": name, "key": name, "name": name.capitalize(), "required": name in _NEEDED,
                "hasDefaultValue": False, "schema": {"system": name},
            }
            for name in (*_NEEDED, "description", "labels")
        ]  # fmt: skip
        fields = [*basic, *(field.as_json() for field in project.fields)]
        return web.json_response({"maxResults": 50, "startAt": 0, "total": len(fields), "fields": fields})
