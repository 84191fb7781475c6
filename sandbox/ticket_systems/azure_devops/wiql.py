"""WIQL, as far as looking a work item up needs it (learn.microsoft.com/azure/devops/boards/queries/wiql-syntax)."""

import re
from collections.abc import Callable

from sandbox.ticket_systems.azure_devops.answers import Refused
from sandbox.ticket_systems.azure_devops.items import Item
from sandbox.ticket_systems.azure_devops.processes import FIELDS

_SHAPE = re.compile(
    r"\s*select\s+\[System\.Id\]\s+from\s+workitems\s+where\s+(?P<where>.+?)(\s+order\s+by\s+\[System\.Id\](\s+asc)?)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(r"\[([\w.]+)\]\s*(=|contains)\s*('(?:[^']|'')*'|@project|@me|\d+)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def parse(query: str, project: str, who: str) -> Callable[[Item], bool]:
    """Whether an item is found by `who` asks; conditions are joined by AND.

    Raises Refused in the words of Azure DevOps.
    """
    shape = _SHAPE.fullmatch(query)
    if not shape or len(query) > 32_000:
        raise _bad(f"TF51006: The query statement is missing a clause. The error is caused by «{query[:40]}».")
    where, at = shape["where"], 0
    conditions: list[tuple[str, str, str]] = []
    while at < len(where):
        clause = _CLAUSE.match(where, at)
        if not clause:
            raise _bad(f"Expecting field name or expression. The error is caused by «{where[at : at + 40]}».")
        name, how, value = clause[1], clause[2].lower(), clause[3]
        if name not in FIELDS:
            raise _bad(f"TF51005: The query references a field that does not exist. The error is caused by «[{name}]».")
        macros = {"@project": project, "@me": who}
        text = macros.get(value.lower(), value.strip("'").replace("''", "'"))
        conditions.append((name, how, text.casefold()))
        joined = _AND.match(where, clause.end())
        if not joined and clause.end() < len(where):
            raise _bad(f"Expecting end of string. The error is caused by «{where[clause.end() : clause.end() + 40]}».")
        at = joined.end() if joined else clause.end()
    return lambda item: all(_holds(item, *condition) for condition in conditions)


def _holds(item: Item, name: str, how: str, text: str) -> bool:
    if name == "System.Tags":
        return text in [tag.casefold() for tag in item.tags()]
    system_fields = {
        "System.TeamProject": item.project,
        "System.WorkItemType": item.kind.name,
        "System.Id": str(item.id),
    }
    there = item.fields.get(name, "")
    there = there.get("displayName", "") if isinstance(there, dict) else there
    value = str(system_fields.get(name, there)).casefold()
    return text in value if how == "contains" else text == value


def _bad(message: str) -> Refused:
    return Refused(400, message, "VssPropertyValidationException")
