"""The work items of the sandbox's Azure DevOps: fields, revisions, and what a JSON patch makes of them.

learn.microsoft.com/rest/api/azure/devops/wit/work-items (create, update), .../updates, /azure/devops/organizations/
settings/naming-restrictions (lengths count UTF-16 units), .../work/object-limits. Rules answer as in TF401320.
Markdown: devblogs.microsoft.com/devops/markdown-support-arrives-for-work-items (Services only, one way, field by field,
`/multilineFieldsFormat/<field>`), microsoft/azure-devops-mcp#775 (a format is not changed without the content) and #309
(the formats come with each answer; a value alone leaves its field's format as it is).
"""

import copy
import html as entities
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import nh3

from sandbox.ticket_systems.azure_devops.answers import Refused, rule_error
from sandbox.ticket_systems.azure_devops.processes import FIELDS, LONGEST_TEXT, LONGEST_TITLE, PEOPLE, Field, Kind
from sandbox.ticket_systems.showing import Record

_LONGEST_TAG = 400
_LONGEST_STRING = 255
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?)?")
ABOVE, BELOW = "System.LinkTypes.Hierarchy-Reverse", "System.LinkTypes.Hierarchy-Forward"
_ENDED = frozenset({"Completed", "Removed"})
_FORMATS = "/multilineFieldsFormat/"
Operation = Mapping[str, Any]


@dataclass(slots=True)
class Rules:
    """What a process does that another may not.

    `kept`: fields that stay as they are whatever is sent. `left`: (from, to) states that it answers with 200 and leaves
    (a rule or a service hook that moves the item back).
    """

    kept: frozenset[str] = frozenset()
    left: frozenset[tuple[str, str]] = frozenset()


@dataclass(slots=True)
class Item:
    """One work item; `updates` as their endpoint shows them.

    `formats`: html or markdown, by field; None on a server of one's own, which knows nothing of them.
    """

    id: int
    kind: Kind
    project: str
    fields: dict[str, Any]
    rev: int = 0
    relations: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    known_tags: set[str] = field(default_factory=set)
    formats: dict[str, str] | None = field(default_factory=dict)

    def patched(self, operations: Sequence[Operation], now: datetime, who: str, rules: Rules | None = None) -> "Item":
        """The item as the operations make it, all or none; raises Refused. `rules` are for us, not for people."""
        new = copy.deepcopy(self)
        new.set_formats(operations)
        comment = ""
        for operation in operations:
            how, path = operation.get("op"), str(operation.get("path", ""))
            if path == "/rev" and how == "test":
                if operation.get("value") != self.rev:
                    raise Refused(
                        412,
                        "TF26071: This work item has been changed by someone else since you opened it. You will need "
                        "to refresh it and discard your changes.",
                        "WorkItemRevisionMismatchException",
                    )
            elif path == "/relations/-" and how == "add":
                new.relations.append(_relation(operation.get("value"), new.relations))
            elif path.startswith("/fields/") and how in {"add", "replace", "remove"}:
                name, value = path.removeprefix("/fields/"), None if how == "remove" else operation.get("value")
                if name == "System.History":
                    comment = _html(FIELDS[name], value)
                elif rules is None or not self._is_kept(rules, name, value):
                    new.put(name, value)
            elif not (path.startswith(_FORMATS) and self.formats is not None):
                raise Refused(
                    400, f"The patch operation {how} {path} is not supported.", "VssPropertyValidationException"
                )
        if not str(new.fields.get("System.Title", "")).strip():
            raise rule_error("System.Title", "Title", "Required, InvalidEmpty")
        new.check_state(self if self.rev else None, now)
        new.log(self, comment, now, who)
        return new

    def set_formats(self, operations: Sequence[Operation]) -> None:
        """The formats that the operations ask for; raises Refused where a field's content stays as it is."""
        values = {str(each.get("path")).removeprefix("/fields/"): each.get("value") for each in operations}
        for operation in operations:
            path, wanted = str(operation.get("path", "")), str(operation.get("value")).lower()
            if self.formats is None or not path.startswith(_FORMATS):
                continue
            name = path.removeprefix(_FORMATS)
            kind = FIELDS[name].kind if name in FIELDS else ""
            if kind != "html" or wanted not in {"html", "markdown"}:
                raise Refused(400, f"The format of field {name} is not valid.", "VssPropertyValidationException")
            if wanted != self.formats.get(name, "html") and values.get(name) in {None, self.fields.get(name)}:
                raise Refused(400, f"{name}: type changed without a value", "VssPropertyValidationException")
            self.formats[name] = wanted

    def _is_kept(self, rules: Rules, name: str, value: Any) -> bool:
        return name in rules.kept or (name == "System.State" and (self.fields.get(name), value) in rules.left)

    def put(self, name: str, value: Any) -> None:
        definition = FIELDS.get(name)
        if definition is None:
            raise Refused(
                400, f"TF51535: Cannot find field {name}.", "WorkItemTrackingFieldDefinitionNotFoundException"
            )
        if definition.read_only:
            raise rule_error(name, definition.name, "ReadOnly, InvalidNotOldValue")
        if not self.kind.has(name):
            raise rule_error(name, definition.name, "InvalidNotEmpty")
        if value in {None, ""} if not isinstance(value, list | dict) else False:
            self.fields.pop(name, None)
            return
        self.fields[name] = _stored(definition, value, self.project)
        if definition.kind != "html" or self.formats is None:
            return
        if self.formats.setdefault(name, "html") == "markdown":
            self.fields[name] = _markdown(self.fields[name])

    def check_state(self, before: "Item | None", now: datetime) -> None:
        state = self.fields.get("System.State") or next(iter(self.kind.states))
        self.fields["System.State"] = state
        first, old = next(iter(self.kind.states)), before.fields["System.State"] if before else None
        if state not in self.kind.states:
            raise rule_error(
                "System.State", "State", "Required, HasValues, LimitedToValues, AllowsOldValue, InvalidListValue"
            )
        if (before is None and state != first) or (old and state != old and state not in self.kind.ways[old]):
            raise rule_error("System.State", "State", "Required, HasValues, LimitedToValues, InvalidListValue")
        if state != old:
            self.moved(now)

    def moved(self, now: datetime) -> None:
        self.fields["Microsoft.VSTS.Common.StateChangeDate"] = stamp(now)
        if self.kind.states[self.fields["System.State"]] == "Completed":
            self.fields["Microsoft.VSTS.Common.ClosedDate"] = stamp(now)
        else:
            self.fields.pop("Microsoft.VSTS.Common.ClosedDate", None)

    def log(self, before: "Item", comment: str, now: datetime, who: str) -> None:
        """A revision, as the endpoint of updates tells it."""
        self.rev = before.rev + 1
        self.fields |= {"System.ChangedDate": stamp(now), "System.ChangedBy": {"displayName": who}}
        self.fields.setdefault("System.CreatedDate", stamp(now))
        self.fields.setdefault("System.CreatedBy", {"displayName": who})
        changed = {
            name: {"oldValue": before.fields.get(name), "newValue": self.fields.get(name)}
            for name in sorted({*before.fields, *self.fields})
            if before.fields.get(name) != self.fields.get(name)
        }
        if comment:
            changed["System.History"] = {"newValue": comment}
            self.history += [line for line in text_lines(comment) if line]
        old, new = before.fields.get("System.State"), self.fields["System.State"]
        if old and old != new:
            self.history.append(f"{old} to {new} by {who}")
        self.updates.append(
            {
                "id": self.rev,
                "rev": self.rev,
                "workItemId": self.id,
                "revisedBy": {"displayName": who},
                "fields": changed,
            }
        )

    def tags(self) -> list[str]:
        return split_tags(self.fields.get("System.Tags", ""))

    def as_json(self, base: str, *, relations: bool = True) -> dict[str, Any]:
        url = f"{base}/_apis/wit/workItems/{self.id}"
        fields = {
            "System.Id": self.id,
            "System.TeamProject": self.project,
            "System.WorkItemType": self.kind.name,
            **self.fields,
        }
        body: dict[str, Any] = {"id": self.id, "rev": self.rev, "fields": fields, "url": url}
        if self.formats is not None:
            body["multilineFieldsFormat"] = {name: how for name, how in self.formats.items() if name in self.fields}
        if relations and self.relations:
            body["relations"] = self.relations
        return body | {"_links": {"html": {"href": f"{base}/{self.project}/_workitems/edit/{self.id}"}}}

    def record(self) -> Record:
        title, state = str(self.fields["System.Title"]), self.fields["System.State"]
        key = next((tag for tag in self.tags() if tag.startswith("foresignal-")), "")
        return Record(str(self.id), key, title, state, self.fields, tuple(self.history))


def converted(html: str) -> str:
    """HTML as the button "Convert to Markdown" makes it, as far as our texts go: with marks of its own."""
    text = re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', r"[\2](\1)", html)
    text = re.sub(r"<h(\d)>", lambda match: "\n\n" + "#" * int(match[1]) + " ", text)
    text = re.sub(r"<br\s*/?>", "  \n", re.sub(r"<li>", "\n* ", re.sub(r"<(p|ul|div)\b[^>]*>", "\n\n", text)))
    return re.sub(r"</[^>]*>", "", text).strip()


def split_tags(text: str) -> list[str]:
    return [tag.strip() for tag in re.split("[;,]", text) if tag.strip()]


def text_lines(html: str) -> list[str]:
    """The text of HTML, a line for each paragraph or item."""
    blocks = re.split(r"</?(?:p|li|div|ul|ol|h\d)\b[^>]*>", html)
    return [entities.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br\s*/?>", "\n", block))) for block in blocks]


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _stored(definition: Field, value: Any, project: str) -> Any:
    if definition.kind == "html":
        return _html(definition, value)
    if definition.values:
        if value not in definition.values:
            raise rule_error(definition.reference, definition.name, "HasValues, LimitedToValues, InvalidListValue")
        return value
    if not isinstance(value, str):
        raise rule_error(definition.reference, definition.name, "InvalidType")
    if definition.kind == "treePath":
        return _path(definition, value, project)
    if definition.kind in _READERS:
        return _READERS[definition.kind](definition, value)
    if re.search(r"[\x00-\x1f]", value):
        raise rule_error(definition.reference, definition.name, "InvalidCharacters")
    if length(value) > (LONGEST_TITLE if definition.reference == "System.Title" else _LONGEST_STRING):
        flags = "Required, InvalidTooLong" if definition.required else "InvalidTooLong"
        raise rule_error(definition.reference, definition.name, flags)
    return value


def _person(definition: Field, value: str) -> dict[str, str]:
    if value.casefold() not in PEOPLE:
        message = f"The identity value '{value}' for field '{definition.name}' is an unknown identity."
        raise Refused(400, message, "WorkItemFieldInvalidException")
    return {"displayName": PEOPLE[value.casefold()], "uniqueName": value.casefold()}


def _moment(definition: Field, value: str) -> str:
    if not _MOMENT.fullmatch(value):
        raise rule_error(definition.reference, definition.name, "InvalidDate")
    return f"{value}T00:00:00Z" if len(value) == 10 else value


def _path(definition: Field, value: str, project: str) -> str:
    root, *nodes = value.split("\\")
    if root != project or nodes not in ([], ["Messaging"]):
        message = f"TF401347: Invalid tree name given for work item -1, field '{definition.reference}'."
        raise Refused(400, message, "WorkItemTrackingTreeNodeNotFoundException")
    return value


def _tags(_definition: Field, value: str) -> str:
    tags = {tag.casefold(): tag for tag in reversed(split_tags(value))}
    if any(length(tag) > _LONGEST_TAG for tag in tags.values()) or len(tags) > 100:
        raise Refused(400, "TF401255: The specified tag name is invalid.", "InvalidTagNameException")
    return "; ".join(sorted(tags.values(), key=str.casefold))


_READERS: Mapping[str, Callable[[Field, str], Any]] = {"dateTime": _moment, "tags": _tags, "identity": _person}


def _html(definition: Field, value: Any) -> str:
    """As it is kept: cleaned of what could run, which also changes how it is written."""
    if not isinstance(value, str) or re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value):
        raise rule_error(definition.reference, definition.name, "InvalidCharacters")
    if length(value) > LONGEST_TEXT:
        raise rule_error(definition.reference, definition.name, "InvalidTooLong")
    return nh3.clean(value)


def _markdown(text: str) -> str:
    """As it is kept: cleaned as HTML is, and with entities for quotation marks, which HTML need not have."""
    return text.replace('"', "&quot;")


def parent_in(relation: Mapping[str, Any]) -> int:
    """The number of the work item above, which a relation names; 0 where it names none."""
    match = re.search(r"/_apis/wit/workItems/(\d{1,10})$", str(relation.get("url", "")), re.IGNORECASE)
    return int(match[1]) if match and relation.get("rel") == ABOVE else 0


def _relation(value: Any, there: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    relation = value if isinstance(value, dict) else {}
    url = relation.get("url", "")
    if relation.get("rel") == ABOVE and parent_in(relation):
        if any(each["rel"] == ABOVE for each in there):
            raise Refused(400, "TF201036: You cannot add a second parent.", "WorkItemLinkInvalidException")
        return {"rel": ABOVE, "url": url, "attributes": {"isLocked": False, "name": "Parent"}}
    if relation.get("rel") != "Hyperlink" or not re.match(r"https?://\S", url) or length(url) > 2083:
        raise Refused(400, "TF401349: The relation is not valid.", "VssPropertyValidationException")
    if any(each["url"] == url for each in there):
        raise Refused(400, "Relation already exists.", "RelationAlreadyExistsException")
    return {"rel": "Hyperlink", "url": url, "attributes": dict(relation.get("attributes") or {})}
