"""The processes of Azure Boards: states with their categories, what leads where, and the fields of a work item.

learn.microsoft.com/azure/devops/boards/work-items/workflow-and-state-categories and .../guidance (Agile, Scrum, Basic,
CMMI). The Agile process here is an inherited one with a state of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_TITLE = 255
LONGEST_TEXT = 1_048_576


@dataclass(frozen=True, slots=True)
class Kind:
    """A work item type. `states`: name -> category, the first is that of a new one; `ways`: state -> states.

    `days`: its fields of Scheduling, by their last names; None: every one.
    """

    name: str
    states: Mapping[str, str]
    ways: Mapping[str, tuple[str, ...]]
    days: tuple[str, ...] | None = None

    def has(self, reference: str) -> bool:
        scheduling = "Microsoft.VSTS.Scheduling."
        return self.days is None or not reference.startswith(scheduling) or reference[len(scheduling) :] in self.days


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: string, html, integer, dateTime, treePath, tags, identity; `values`: those that are allowed."""

    reference: str
    name: str
    kind: str = "string"
    required: bool = False
    values: tuple[str | int, ...] = ()
    read_only: bool = False


def _any_to_any(*states: str) -> dict[str, tuple[str, ...]]:
    return {state: tuple(other for other in states if other != state) for state in states}


_AGILE = {
    "New": "Proposed", "Active": "InProgress", "Waiting for the vendor": "InProgress", "Resolved": "Resolved",
    "Closed": "Completed", "Removed": "Removed",
}  # fmt: skip
_SCRUM = {
    "New": "Proposed", "Approved": "Proposed", "Committed": "InProgress", "Done": "Completed", "Removed": "Removed",
}  # fmt: skip
_BASIC = {"To Do": "Proposed", "Doing": "InProgress", "Done": "Completed"}
_CMMI = {"Proposed": "Proposed", "Active": "InProgress", "Resolved": "Resolved", "Closed": "Completed"}
_CMMI_WAYS = {
    "Proposed": ("Active", "Resolved", "Closed"), "Active": ("Proposed", "Resolved"),
    "Resolved": ("Active", "Closed"), "Closed": ("Proposed", "Active"),
}  # fmt: skip
_AGILE_ISSUE = {"Active": "InProgress", "Closed": "Completed"}
KINDS = {
    "agile_issue": Kind("Issue", _AGILE_ISSUE, _any_to_any(*_AGILE_ISSUE)),
    "agile": Kind("User Story", _AGILE, _any_to_any(*_AGILE)),
    "scrum": Kind("Product Backlog Item", _SCRUM, _any_to_any(*_SCRUM)),
    "basic": Kind("Issue", _BASIC, _any_to_any(*_BASIC)),
    "cmmi": Kind("Change Request", _CMMI, _CMMI_WAYS),
}
"""The type of each process in which a change would be kept."""
_AGILE_TASK = {
    name: category for name, category in _AGILE.items() if name not in {"Resolved", "Waiting for the vendor"}
}
_SCRUM_TASK = {"To Do": "Proposed", "In Progress": "InProgress", "Done": "Completed", "Removed": "Removed"}
TASKS = {
    **dict.fromkeys(
        ("agile", "agile_issue"), Kind("Task", _AGILE_TASK, _any_to_any(*_AGILE_TASK), ("StartDate", "FinishDate"))
    ),
    "scrum": Kind("Task", _SCRUM_TASK, _any_to_any(*_SCRUM_TASK), ()),
    "basic": Kind("Task", _BASIC, _any_to_any(*_BASIC), ()),
    "cmmi": Kind("Task", _CMMI, _CMMI_WAYS, ("StartDate", "FinishDate")),
}
PEOPLE = {"ana@contoso.example": "Ana", "sam@contoso.example": "Sam"}
"""Who is a user of the organisation, by address."""
FIELDS = {
    field.reference: field
    for field in (
        Field("System.Title", "Title", required=True),
        Field("System.Description", "Description", "html"),
        Field("System.History", "History", "html"),
        Field("System.Tags", "Tags", "tags"),
        Field("System.State", "State", required=True),
        Field("System.Reason", "Reason"),
        Field("System.AreaPath", "Area Path", "treePath"),
        Field("System.IterationPath", "Iteration Path", "treePath"),
        Field("System.AssignedTo", "Assigned To", "identity"),
        Field("Microsoft.VSTS.Common.Priority", "Priority", "integer", values=(1, 2, 3, 4)),
        Field("Microsoft.VSTS.Common.Risk", "Risk", values=("1 - High", "2 - Medium", "3 - Low")),
        Field("Microsoft.VSTS.Scheduling.StartDate", "Start Date", "dateTime"),
        Field("Microsoft.VSTS.Scheduling.FinishDate", "Finish Date", "dateTime"),
        Field("Microsoft.VSTS.Scheduling.DueDate", "Due Date", "dateTime"),
        Field("Custom.TestPlan", "Test plan", "html"),
        Field("Custom.Services", "Services"),
        *(
            Field(f"System.{name}", name, read_only=True)
            for name in (
                "Id",
                "Rev",
                "TeamProject",
                "WorkItemType",
                "CreatedDate",
                "CreatedBy",
                "ChangedDate",
                "ChangedBy",
            )
        ),
        Field("Microsoft.VSTS.Common.StateChangeDate", "State Change Date", "dateTime", read_only=True),
        Field("Microsoft.VSTS.Common.ClosedDate", "Closed Date", "dateTime", read_only=True),
    )
}
