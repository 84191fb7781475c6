"""What is told to a change board: why a change is theirs, or is not, in at most fifteen words."""

_NOT_THEIRS = {
    "new_feature": "new and optional; nothing that exists changes or breaks",
    "maintenance": "routine maintenance; nothing to decide",
    "info": "information only",
}


def board_words(status: str, kind: str, action: str, user: str, *, crb: bool) -> str:
    """One short reason. The first that holds is told."""
    if status not in {"scheduled", "no_schedule"}:
        return f"{status.replace('_', ' ')}: nothing will change now"
    if not crb:
        return _NOT_THEIRS.get(kind, "nothing breaks, and nothing has to be decided")
    if kind == "retirement":
        return "something in use is removed or stops working"
    if action == "required":
        return "existing use breaks or fails unless somebody acts"
    if user == "high":
        return "users' daily work changes"
    return "arrives by default and opens data, sharing or behaviour to review"
