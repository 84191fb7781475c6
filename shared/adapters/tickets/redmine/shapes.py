"""What Redmine's answers must look like where we look into them."""

from collections.abc import Mapping

from shared.adapters.ticketing.shapes import Shape

_NAMED: Shape = [{"id": int}]
_STATUS: Shape = {"id?": int}
_ISSUE: Shape = {
    "id": int,
    "status?": _STATUS,
    "parent?": {},
    "priority?": {},
    "project?": {},
    "custom_fields?": _NAMED,
    "journals?": [{"details?": [{}], "user?": {}}],
    "allowed_statuses?": _NAMED,
}
HOLDS: Mapping[str, Shape] = {
    "issue": _ISSUE,
    "issues": [_ISSUE],
    "project": {
        "trackers?": _NAMED,
        "issue_categories?": _NAMED,
        "issue_custom_fields?": _NAMED,
        "enabled_modules?": [{}],
    },
    "user": {"memberships?": [{"project?": {}, "roles?": _NAMED}]},
    "role": {"permissions?": [str]},
    "memberships": [{"user?": {"id": int}}],
    "issue_priorities": _NAMED,
    "issue_statuses": _NAMED,
    "custom_fields": _NAMED,
}
