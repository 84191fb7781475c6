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
    """A work item type. `states`: name -> category, the first is that of a new one; `ways`: state -> states."""

    name: str
    states: Mapping[str, str]
    ways: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: string, html, integer, dateTime, treePath, tags; `values`: those that are allowed, none for all."""

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
        Field("System.AssignedTo", "Assigned To"),
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
