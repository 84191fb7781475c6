"""Azure DevOps' endpoints about work items: create, read, patch, query, comments, updates."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.ticket_systems.azure_devops.answers import Refused, no_item
from sandbox.ticket_systems.azure_devops.items import BELOW, Item, Rules, parent_in, split_tags, stamp
from sandbox.ticket_systems.azure_devops.processes import FIELDS, Kind
from sandbox.ticket_systems.azure_devops.wiql import parse

AREAS_NAMESPACE = "83e28ad4-2d72-4ceb-97b0-c7726d5502c3"
TAGGING_NAMESPACE = "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2"
PROJECT_ID = "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c"
AREA_ID = "18e445be-ca7e-4b2f-8f0b-27a6d5a1a0f3"
_READ, _WRITE, _CREATE_TAG = 16, 32, 2
_MOST_IDS = 200
_US = "Foresignal"


class Boards:
    """One project. `rights`: read, write, tags; some may be taken away while it runs. `markdown`: it is Services."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        organization: str,
        project: str,
        kind: Kind,
        rules: Rules,
        *,
        markdown: bool,
        task: Kind | None,
    ) -> None:
        self.rules, self._markdown, self.task = rules, markdown, task
        self.organization, self.project, self.kind = organization, project, kind
        self.rights = {"read", "write", "tags"}
        self.items: dict[int, Item] = {}
        self._clock = clock
        self._count = 0
        self._known_tags: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        org, project = "/{org}", "/{org}/{project}"
        return [
            web.get(f"{org}/_apis/connectionData", self._connection),
            web.get(f"{org}/_apis/projects/{{project}}", self._project),
            web.get(f"{org}/_apis/permissions/{{namespace}}/{{bits}}", self._permissions),
            web.get(f"{project}/_apis/wit/classificationnodes/areas", self._areas),
            web.get(f"{project}/_apis/wit/workitemtypes", self._types),
            web.get(f"{project}/_apis/wit/workitemtypes/{{type}}", self._type),
            web.post(f"{project}/_apis/wit/workitems/${{type}}", self._create),
            *(route for place in (org, project) for route in self._of_items(f"{place}/_apis/wit")),
        ]

    def _of_items(self, wit: str) -> list[web.RouteDef]:
        """What can be asked with and without the project."""
        return [
            web.get(f"{wit}/fields/{{name}}", self._field),
            web.post(f"{wit}/wiql", self._query),
            web.get(f"{wit}/workitems", self._list),
            web.get(f"{wit}/workitems/{{id}}", self._get),
            web.patch(f"{wit}/workitems/{{id}}", self._patch),
            web.get(f"{wit}/workitems/{{id}}/updates", self._updates),
            web.get(f"{wit}/workitems/{{id}}/comments", self._comments),
            web.post(f"{wit}/workitems/{{id}}/comments", self._comment),
        ]

    def check(self, request: web.Request) -> None:
        """The version and the place that every request must name."""
        if "api-version" not in request.query:
            message = f'No api-version was supplied for the "{request.method}" request. The version must be supplied.'
            raise Refused(400, message, "VssVersionNotSpecifiedException")
        project = request.match_info.get("project")
        if request.match_info.get("org", self.organization) != self.organization:
            raise Refused(404, f"The resource cannot be found: {request.path}", "VssServiceResponseException")
        if project and (project not in {self.project, PROJECT_ID} or "read" not in self.rights):
            message = (
                f"TF200016: The following project does not exist: {project}. Verify that the name of the project is "
            )
            message += "correct and that the project exists on the specified Azure DevOps Server."
            raise Refused(404, message, "ProjectDoesNotExistWithNameException")

    async def _connection(self, _request: web.Request) -> web.Response:
        user = {"id": "d291b0c4-a05c-4ea6-8df1-4b41d5f39eff", "providerDisplayName": _US}
        return web.json_response({"authenticatedUser": user, "authorizedUser": user})

    async def _project(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": PROJECT_ID, "name": self.project, "state": "wellFormed"})

    async def _areas(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": 1, "identifier": AREA_ID, "name": self.project, "structureType": "area"})

    async def _permissions(self, request: web.Request) -> web.Response:
        bits, token = int(request.match_info["bits"]), request.query.get("tokens", "")
        places = {
            AREAS_NAMESPACE: (f"vstfs:///Classification/Node/{AREA_ID}", {_READ: "read", _WRITE: "write"}),
            TAGGING_NAMESPACE: (f"/{PROJECT_ID}", {_CREATE_TAG: "tags"}),
        }
        place, rights = places.get(request.match_info["namespace"], ("", {}))
        if token != place or not place:
            raise Refused(400, f"The token {token} is not valid.", "InvalidSecurityTokenException")
        has = all(right in self.rights for bit, right in rights.items() if bits & bit)
        return web.json_response({"count": 1, "value": [has]})

    async def _types(self, _request: web.Request) -> web.Response:
        kinds = [{"name": kind.name} for kind in (self.kind, self.task) if kind]
        return web.json_response({"count": len(kinds), "value": kinds})

    async def _field(self, request: web.Request) -> web.Response:
        field = FIELDS.get(request.match_info["name"])
        if field is None:
            message = f"TF51535: Cannot find field {request.match_info['name']}."
            raise Refused(404, message, "WorkItemTrackingFieldDefinitionNotFoundException")
        return web.json_response({"name": field.name, "referenceName": field.reference, "type": field.kind})

    async def _type(self, request: web.Request) -> web.Response:
        kind = self._kind(request)
        ways = {"": [{"to": next(iter(kind.states))}]} | {
            state: [{"to": other} for other in others] for state, others in kind.ways.items()
        }
        states = [{"name": name, "color": "b2b2b2", "category": category} for name, category in kind.states.items()]
        fields = [{"referenceName": name, "name": each.name} for name, each in FIELDS.items() if kind.has(name)]
        return web.json_response({"name": kind.name, "states": states, "transitions": ways, "fields": fields})

    def _kind(self, request: web.Request) -> Kind:
        name = request.match_info["type"]
        kind = next((each for each in (self.kind, self.task) if each and each.name.casefold() == name.casefold()), None)
        if kind is None:
            message = f"VS402323: Work item type {name} does not exist in project {self.project} or you do not have "
            message += "permission to access it."
            raise Refused(404, message, "WorkItemTypeNotFoundException")
        return kind

    async def _query(self, request: web.Request) -> web.Response:
        body = await _json(request, dict)
        holds = parse(str(body.get("query", "")), self.project, _US)
        top = int(request.query.get("$top", 20_000))
        matches = [item for item in self._visible().values() if holds(item)][:top]
        base = _base(request)
        rows = [{"id": item.id, "url": f"{base}/_apis/wit/workItems/{item.id}"} for item in matches]
        return web.json_response(
            {"queryType": "flat", "queryResultType": "workItem", "asOf": stamp(self._clock()), "workItems": rows}
        )

    async def _create(self, request: web.Request) -> web.Response:
        kind = self._kind(request)
        operations = await self._operations(request)
        paths = {"System.AreaPath": self.project, "System.IterationPath": self.project}
        self._may_write(operations, ())
        empty = Item(self._count + 1, kind, self.project, dict(paths), formats={} if self._markdown else None)
        item = empty.patched(operations, self._clock(), _US, self.rules)
        above = next(filter(None, map(parent_in, item.relations)), 0)
        if above and above not in self._visible():
            raise no_item(str(above))
        if request.query.get("validateOnly", "").lower() != "true":
            self._count += 1
            self._keep(item)
            if above:  # which is a revision of the work item above
                parent = self.items[above].patched([], self._clock(), _US)
                url = f"{_base(request)}/_apis/wit/workItems/{item.id}"
                parent.relations.append({"rel": BELOW, "url": url, "attributes": {"isLocked": False, "name": "Child"}})
                self._keep(parent)
        return web.json_response(item.as_json(_base(request)))

    def add(self, fields: Sequence[tuple[str, str]], who: str, project: str = "") -> Item:
        """By hand: a work item that somebody makes, in our project or another."""
        project = project or self.project
        paths = {"System.AreaPath": project, "System.IterationPath": project}
        self._count += 1
        empty = Item(self._count, self.kind, project, dict(paths), formats={} if self._markdown else None)
        operations = [{"op": "add", "path": f"/fields/{name}", "value": text} for name, text in fields]
        item = empty.patched(operations, self._clock(), who)
        self._keep(item)
        return item

    async def _patch(self, request: web.Request) -> web.Response:
        item, operations = self._item_of(request), await self._operations(request)
        self._may_write(operations, item.tags())
        patched = item.patched(operations, self._clock(), _US, self.rules)
        self._keep(patched)
        return web.json_response(patched.as_json(_base(request)))

    def _keep(self, item: Item) -> None:
        self.items[item.id] = item
        self._known_tags |= {tag.casefold() for tag in item.tags()}

    def _may_write(self, operations: list[Mapping[str, Any]], there: list[str] | tuple[str, ...]) -> None:
        if "write" not in self.rights:
            message = (
                "TF237111: The current user does not have permissions to save work items under the specified area path."
            )
            raise Refused(403, message, "WorkItemUnauthorizedSavingUnderAreaException")
        tags = self._known_tags | {tag.casefold() for tag in there}
        texts = [
            str(operation.get("value", ""))
            for operation in operations
            if operation.get("path") == "/fields/System.Tags"
        ]
        new = [tag for text in texts for tag in split_tags(text) if tag.casefold() not in tags]
        if new and "tags" not in self.rights:
            message = "TF401289: The current user does not have permissions to create tags in project."
            raise Refused(403, message, "TagCreatePermissionException")

    async def _list(self, request: web.Request) -> web.Response:
        ids = [part for part in request.query.get("ids", "").split(",") if part]
        if not ids or len(ids) > _MOST_IDS or not all(re.fullmatch(r"\d{1,10}", part) for part in ids):
            message = f"VS403474: You requested {len(ids)} work items, over the limit of {_MOST_IDS}, or none."
            raise Refused(400, message, "VssPropertyValidationException")
        omit = request.query.get("errorPolicy", "").lower() == "omit"
        answers: list[Any] = []
        for part in ids:
            item = self._visible().get(int(part))
            if item is None and not omit:
                raise no_item(part)
            answers.append(item.as_json(_base(request), relations=False) if item else None)
        return web.json_response({"count": len(answers), "value": answers})

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._item_of(request).as_json(_base(request)))

    async def _updates(self, request: web.Request) -> web.Response:
        item = self._item_of(request)
        skip, top = int(request.query.get("$skip", 0)), min(int(request.query.get("$top", 200)), 200)
        page = item.updates[skip : skip + top]
        return web.json_response({"count": len(page), "value": page})

    async def _comments(self, request: web.Request) -> web.Response:
        item = self._item_of(request)
        comments = [
            {
                "id": update["id"],
                "text": update["fields"]["System.History"]["newValue"],
                "createdBy": update["revisedBy"],
            }
            for update in item.updates
            if "System.History" in update["fields"]
        ]
        return web.json_response({"totalCount": len(comments), "count": len(comments), "comments": comments})

    async def _comment(self, request: web.Request) -> web.Response:
        item, body = self._item_of(request), await _json(request, dict)
        self._may_write([], ())
        operations = [{"op": "add", "path": "/fields/System.History", "value": body.get("text")}]
        self._keep(item.patched(operations, self._clock(), _US))
        return web.json_response({"id": item.rev + 1, "text": body.get("text")})

    def children(self, number: int) -> list[Item]:
        """The work items under that one, oldest first."""
        return [item for item in self.items.values() if number in map(parent_in, item.relations)]

    def _visible(self) -> dict[int, Item]:
        return self.items if "read" in self.rights else {}

    def _item_of(self, request: web.Request) -> Item:
        number = request.match_info["id"]
        item = self._visible().get(int(number)) if re.fullmatch(r"\d{1,10}", number) else None
        if item is None:
            raise no_item(number)
        return item

    async def _operations(self, request: web.Request) -> list[Mapping[str, Any]]:
        if request.content_type != "application/json-patch+json":
            message = (
                f'The request indicated a Content-Type of "{request.content_type}" for method type "{request.method}" '
                "which is not supported. Valid content types for this method are: application/json-patch+json."
            )
            raise Refused(415, message, "VssRequestContentTypeNotSupportedException")
        operations: list[Mapping[str, Any]] = await _json(request, list)
        unknown = [operation for operation in operations if not isinstance(operation, dict)]
        if unknown or not operations:
            message = "You must pass a valid patch document in the body of the request."
            raise Refused(400, message, "VssPropertyValidationException")
        return operations


async def _json(request: web.Request, kind: type) -> Any:
    try:
        body = json.loads(await request.text())
    except ValueError:
        body = None
    if not isinstance(body, kind):
        message = "You must pass a valid patch document in the body of the request."
        raise Refused(400, message, "VssPropertyValidationException")
    return body


def _base(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}/{request.match_info['org']}"
