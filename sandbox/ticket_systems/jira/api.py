"""Jira's endpoints about issues: search, create, edit, comment, move."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.ticket_systems.jira import rules
from sandbox.ticket_systems.jira.answers import Refused, json_body
from sandbox.ticket_systems.jira.issues import Issue, Rules
from sandbox.ticket_systems.jira.projects import RESOLUTIONS, Project, Transition
from sandbox.ticket_systems.jira.search import BadQueryError, parse
from sandbox.ticket_systems.jira.site import Site

_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline "
    "is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
_PAGE = 5000


class Tickets:
    """The endpoints about issues."""

    def __init__(self, site: Site, clock: Callable[[], datetime], rules: Rules) -> None:
        self.site, self._clock, self._rules = site, clock, rules

    def routes(self, api: str) -> list[web.RouteDef]:
        return [
            web.route("*", f"{api}/search", self._gone),
            web.post(f"{api}/search/jql", self._search),
            web.post(f"{api}/issue", self._create),
            web.post(f"{api}/issue/bulkfetch", self._bulk),
            web.get(f"{api}/issue/{{issue}}", self._get),
            web.put(f"{api}/issue/{{issue}}", self._edit),
            web.get(f"{api}/issue/{{issue}}/comment", self._comments),
            web.post(f"{api}/issue/{{issue}}/comment", self._comment),
            web.get(f"{api}/issue/{{issue}}/changelog", self._changelog),
            web.get(f"{api}/issue/{{issue}}/transitions", self._transitions),
            web.post(f"{api}/issue/{{issue}}/transitions", self._transition),
            web.get("/rest/servicedeskapi/request/{issue}/approval", self._approvals),
        ]

    async def _gone(self, _request: web.Request) -> web.Response:
        raise Refused(410, _GONE)

    async def _search(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        reconciled = body.get("reconcileIssues", [])
        if not all(isinstance(number, int) for number in reconciled) or len(reconciled) > 50:
            raise Refused(400, "reconcileIssues takes up to 50 ids")
        try:
            query = parse(str(body.get("jql", "")))
        except BadQueryError as error:
            raise Refused(400, str(error)) from None
        matches = self.site.store.search(query, {str(number) for number in reconciled})
        if "BROWSE_PROJECTS" not in self.site.permissions:
            matches = []
        size = min(int(body.get("maxResults", 50)), _PAGE)
        token = str(body.get("nextPageToken") or "0")
        start = int(token) if re.fullmatch(r"\d{1,9}", token) else -1
        if start < 0:
            raise Refused(400, "The provided next page token is invalid or expired.")
        fields = body.get("fields", [])
        answer: dict[str, Any] = {"issues": [issue.as_json(fields) for issue in matches[start : start + size]]}
        answer["isLast"] = start + size >= len(matches)
        if not answer["isLast"]:
            answer["nextPageToken"] = str(start + size)
        return web.json_response(answer)

    async def _create(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        fields = dict(body.get("fields", {}))
        project, kind = self._place(fields)
        errors = rules.faults(project, fields, whole=True)
        if errors:
            raise Refused(400, errors=errors)
        parent = self._parent(project, kind, fields.pop("parent", None))
        taken = {name: value for name, value in fields.items() if name not in self._rules.kept}
        issue = self.site.store.add(project, kind, taken, body.get("properties", []), parent=parent)
        here = f"{request.scheme}://{request.host}/rest/api/3/issue/{issue.id}"
        return web.json_response({"id": issue.id, "key": issue.key, "self": here}, status=201)

    def _place(self, fields: Mapping[str, Any]) -> tuple[Project, tuple[str, str]]:
        named, typed = (
            value if isinstance(value := fields.get(name), dict) else {} for name in ("project", "issuetype")
        )
        project = self.site.store.project(str(named.get("key") or named.get("id") or ""))
        if project is None or "BROWSE_PROJECTS" not in self.site.permissions:
            raise Refused(400, errors={"project": "valid project is required"})
        if "CREATE_ISSUES" not in self.site.permissions:
            raise Refused(400, errors={"project": "You do not have permission to create issues in this project."})
        for number, name, _ in project.every_type():
            if typed.get("id") == number or typed.get("name") == name:
                return project, (number, name)
        raise Refused(400, errors={"issuetype": "Specify a valid issue type"})

    def _parent(self, project: Project, kind: tuple[str, str], named: Any) -> Issue | None:
        if kind != project.subtask:
            return None
        sought = str(named.get("key") or named.get("id") or "") if isinstance(named, dict) else ""
        parent = self.site.store.find(sought)
        if parent is None or parent.project != project or parent.kind == kind:
            text = "Issue type is a sub-task but parent issue key or id not specified."
            raise Refused(400, errors={"parent" if sought else "issuetype": text})
        return parent

    async def _bulk(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        ids = body.get("issueIdsOrKeys", [])
        if not ids or len(ids) > 100:
            raise Refused(400, "issueIdsOrKeys takes 1 to 100 ids or keys")
        issues = {issue.id: issue for each in ids if (issue := self.site.store.find(str(each)))}
        if "BROWSE_PROJECTS" not in self.site.permissions:
            issues = {}
        rows = [issues[number].as_json(body.get("fields", [])) for number in sorted(issues, key=int)]
        return web.json_response({"issues": rows, "issueErrors": []})

    async def _get(self, request: web.Request) -> web.Response:
        issue = self.site.issue_of(request)
        answer = issue.as_json(request.query.get("fields", "*all").split(","))
        if "names" in request.query.get("expand", ""):
            names = {field.id: field.name for field in issue.project.fields}
            answer["names"] = {name: names.get(name, name.capitalize()) for name in answer["fields"]}
        return web.json_response(answer)

    async def _edit(self, request: web.Request) -> web.Response:
        issue, body = self.site.issue_of(request, "EDIT_ISSUES"), await json_body(request)
        fields = dict(body.get("fields", {}))
        labels = list(issue.fields.get("labels", []))
        for operation in body.get("update", {}).get("labels", []):
            for how, label in operation.items():
                labels = [each for each in labels if each != label] + ([label] if how == "add" else [])
            fields["labels"] = labels
        errors = rules.faults(issue.project, fields, whole=False)
        if errors:
            raise Refused(400, errors=errors)
        taken = {name: value for name, value in fields.items() if name not in self._rules.kept}
        issue.edit(taken, self._clock(), "Foresignal")
        return web.Response(status=204)

    async def _comments(self, request: web.Request) -> web.Response:
        issue = self.site.issue_of(request)
        start, size = int(request.query.get("startAt", 0)), min(int(request.query.get("maxResults", 100)), 100)
        page = issue.comments[start : start + size]
        return web.json_response({"comments": page, "startAt": start, "maxResults": size, "total": len(issue.comments)})

    async def _comment(self, request: web.Request) -> web.Response:
        issue, body = self.site.issue_of(request, "ADD_COMMENTS"), await json_body(request)
        fault = rules.document_fault(body.get("body")) or (
            "" if body["body"]["content"] else "Comment body can not be empty!"
        )
        if fault:
            raise Refused(400, errors={"comment": fault})
        return web.json_response(issue.comment(body["body"], self._clock(), "Foresignal"), status=201)

    async def _changelog(self, request: web.Request) -> web.Response:
        issue = self.site.issue_of(request)
        start, size = int(request.query.get("startAt", 0)), min(int(request.query.get("maxResults", 100)), 100)
        page, total = issue.changes[start : start + size], len(issue.changes)
        return web.json_response(
            {"values": page, "startAt": start, "maxResults": size, "total": total, "isLast": start + size >= total}
        )

    async def _transitions(self, request: web.Request) -> web.Response:
        issue = self.site.issue_of(request)
        fields = "transitions.fields" in request.query.get("expand", "")
        allowed = issue.transitions() if "TRANSITION_ISSUES" in self.site.permissions else []
        return web.json_response(
            {"transitions": [_transition_json(issue, transition, fields=fields) for transition in allowed]}
        )

    async def _transition(self, request: web.Request) -> web.Response:
        issue, body = self.site.issue_of(request, "TRANSITION_ISSUES"), await json_body(request)
        number = str(body.get("transition", {}).get("id", ""))
        chosen = next((transition for transition in issue.transitions() if transition.id == number), None)
        if chosen is None:
            raise Refused(400, f"Transition id '{number}' is not valid for this issue.")
        resolution = (body.get("fields", {}).get("resolution") or {}).get("name", "")
        if resolution and not chosen.resolution:
            text = "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown."
            raise Refused(400, errors={"resolution": text})
        if chosen.resolution == "required" and not resolution:
            raise Refused(400, errors={"resolution": "Resolution is required."})
        if resolution and resolution not in RESOLUTIONS:
            raise Refused(400, errors={"resolution": "Resolution name is not valid"})
        if (issue.status, chosen.to) not in self._rules.left:
            issue.move(chosen.to, self._clock(), "Foresignal", resolution)
        return web.Response(status=204)

    async def _approvals(self, request: web.Request) -> web.Response:
        issue = self.site.issue_of(request)
        if issue.project.kind != "service_desk":
            raise Refused(404, "The request does not exist.")
        return web.json_response(
            {"size": len(issue.approvals), "start": 0, "limit": 50, "isLastPage": True, "values": issue.approvals}
        )


def _transition_json(issue: Issue, transition: Transition, *, fields: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": transition.id, "name": transition.name, "to": issue.status_json(transition.to), "isAvailable": True,
        "isGlobal": not transition.before, "hasScreen": bool(transition.resolution),
    }  # fmt: skip
    if fields:
        values = [{"id": str(at), "name": name} for at, name in enumerate(RESOLUTIONS, 10000)]
        needed = transition.resolution == "required"
        field = {"name": "Resolution", "key": "resolution", "required": needed, "allowedValues": values}
        data["fields"] = {"resolution": field | {"hasDefaultValue": False}} if transition.resolution else {}
    return data
