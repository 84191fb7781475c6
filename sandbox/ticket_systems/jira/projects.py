"""Two projects of the sandbox's Jira, with their workflows and the fields on their screens.

Transitions have ids of their own in each workflow, and statuses one of three categories:
developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues (transitions), .../api-group-workflow-statuses.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Status:
    """`category`: new, indeterminate or done, as `statusCategory.key`."""

    id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Transition:
    """`before`: the statuses that it leads away from, none for all. `resolution`: absent, optional or required."""

    id: str
    name: str
    to: str
    before: frozenset[str] = frozenset()
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field on the screen of an issue type.

    `kind`: string, text (a document), date, datetime, option, priority, components, user.
    """

    id: str
    name: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": {"text": "string"}.get(self.kind, self.kind), "system": self.id}
        if self.id.startswith("customfield_"):
            type_of = {"text": "textarea", "string": "textfield", "option": "select", "date": "datepicker"}
            del schema["system"]
            schema["custom"] = f"com.atlassian.jira.plugin.system.customfieldtypes:{type_of.get(self.kind, self.kind)}"
        return {
            "fieldId": self.id, "key": self.id, "name": self.name, "required": self.required,
            "hasDefaultValue": False, "schema": schema,
            "allowedValues": [
                {"id": str(at), "value": option} for at, option in enumerate(self.options, 1) if self.kind != "user"
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """`kind`: software or service_desk; the first status is that of a new issue. `subtask`: its type of sub-tasks."""

    id: str
    key: str
    name: str
    kind: str
    types: tuple[tuple[str, str], ...]
    statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...]
    fields: tuple[Field, ...] = ()
    subtask: tuple[str, str] | None = None

    def every_type(self) -> tuple[tuple[str, str, bool], ...]:
        """Id, name, and whether it is one of sub-tasks."""
        under = ((*self.subtask, True),) if self.subtask else ()
        return (*((*each, False) for each in self.types), *under)

    def status(self, name: str) -> Status | None:
        return next((status for status in self.statuses if status.name == name), None)


PEOPLE = {
    "5b10a2844c20165700ede21a": "ana@contoso.example",
    "5b10a2844c20165700ede21b": "sam@contoso.example",
    "5b10a2844c20165700ede21c": "chidi@contoso.example",
    "5b10a2844c20165700ede21d": "emre@contoso.example",
    "5b10a2844c20165700ede21e": "goran@contoso.example",
    "5b10a2844c20165700ede21f": "ines@contoso.example",
    "5b10a2844c20165700ede220": "kofi@contoso.example",
}
"""Account ids, each with the person's address: those of the sandbox's policy."""
_COMMON = (
    Field("duedate", "Due date", "date"),
    Field("priority", "Priority", "priority", options=("Highest", "High", "Medium", "Low", "Lowest")),
    Field("assignee", "Assignee", "user", options=tuple(PEOPLE)),
    Field("reporter", "Reporter", "user", options=tuple(PEOPLE)),
)
_OVER = frozenset({"Completed", "Declined", "Failed", "Canceled"})
CHANGES = Project(
    "10001", "CRB", "Change board", "service_desk", (("10011", "[System] Change"), ("10012", "Task")),
    (
        Status("10100", "Planning", "new"),
        Status("10101", "Awaiting CAB approval", "indeterminate"),
        Status("10102", "Awaiting implementation", "indeterminate"),
        Status("10103", "Implementing", "indeterminate"),
        Status("10104", "Completed", "done"),
        Status("10105", "Declined", "done"),
        Status("10106", "Failed", "done"),
        Status("10107", "Canceled", "done"),
        Status("10108", "Waiting for the vendor", "indeterminate"),
    ),
    (
        Transition("711", "Request approval", "Awaiting CAB approval", frozenset({"Planning"})),
        Transition("721", "Approve", "Awaiting implementation", frozenset({"Awaiting CAB approval"})),
        Transition("731", "Decline", "Declined", frozenset({"Awaiting CAB approval"}), "optional"),
        Transition("741", "Implement", "Implementing", frozenset({"Awaiting implementation"})),
        Transition("751", "Complete", "Completed", frozenset({"Implementing"}), "optional"),
        Transition("761", "Fail", "Failed", frozenset({"Implementing"}), "optional"),
        Transition(
            "771", "Cancel change", "Canceled",
            frozenset({"Planning", "Awaiting CAB approval", "Awaiting implementation", "Implementing"}), "required",
        ),
        Transition("781", "Reopen", "Planning", _OVER),
    ),
    (
        *_COMMON,
        Field("customfield_10050", "Change risk", "option", options=("Low", "Medium", "High", "Critical")),
        Field("customfield_10051", "Implementation plan", "text"),
        Field("customfield_10052", "Planned start", "datetime"),
        Field("customfield_10053", "Planned end", "datetime"),
        Field("customfield_10054", "Affected services", "string"),
    ),
    ("10013", "Sub-task"),
)  # fmt: skip
"""A project of Jira Service Management with approvals, and a workflow like that of its changes."""
SIMPLE = Project(
    "10002", "OPS", "Operations", "software", (("10021", "Task"), ("10022", "Bug")),
    (Status("1", "To Do", "new"), Status("3", "In Progress", "indeterminate"), Status("10003", "Done", "done")),
    (
        Transition("11", "To Do", "To Do"),
        Transition("21", "In Progress", "In Progress"),
        Transition("31", "Done", "Done"),
    ),
    _COMMON,
)  # fmt: skip
"""A project with the simplified workflow: every status leads to every other, and nothing is ever cancelled."""
RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce")
