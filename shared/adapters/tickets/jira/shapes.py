"""What Jira's answers must look like where we look into them."""

import re
from collections.abc import Mapping

from shared.adapters.ticketing.shapes import Shape

KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d{1,10}", re.ASCII)
_ID = re.compile(r"\d{1,18}", re.ASCII)
_STATUS: Shape = {"name?": str, "statusCategory?": {"key?": str}}
_FIELDS: Shape = {
    "status?": _STATUS,
    "resolution?": {"name?": str},
    "labels?": [str],
    "project?": {},
    "comment?": {"comments": [{}], "total": int},
    "subtasks?": [{"key": KEY}],
}
ISSUE: Mapping[str, Shape] = {"key": KEY, "fields": _FIELDS, "names?": {}}
COMMENTS: Shape = {"comments": [{}], "total?": int}
TYPES: Shape = [{"id": object, "name": object}]
USERS: Shape = [{"accountId": str}]
KINDS: Shape = [{"id": object, "name": object, "statuses": [{"name": str, "statusCategory?": {"key?": str}}]}]
SCREEN: Shape = [{"schema?": {"custom?": object, "system?": str}}]
HOLDS: Mapping[str, Shape] = {
    "issues": [{"id": _ID, **ISSUE}],
    "transitions": [
        {
            "id": object,
            "to": _STATUS,
            "fields?": {"*": {"required?": object, "allowedValues?": [{}]}},
        }
    ],
    "values": [
        {
            "finalDecision?": object,
            "approvers?": [{"approver?": {}}],
            "completedDate?": {},
        }
    ],
    "permissions": {"*": {}},
    "total": int,
}
