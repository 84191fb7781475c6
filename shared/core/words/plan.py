"""When a change comes and what is to be done, in words."""

from shared.core.posts.classification import Classification
from shared.core.terms import Action, Status
from shared.core.words.dates import NO_DATE, day, line

UNDATED: dict[Status, str] = {
    "cancelled": "Cancelled: will not be rolled out",
    "on_hold": "On hold: there is no date now",
    "superseded": "Replaced by another announcement",
    "withdrawn": "Withdrawn by Microsoft",
}
_ACTIONS: dict[Action, tuple[str, str]] = {
    "required": ("Action required", "Action required by {}"),
    "optional": ("Action is optional", "Review by {}"),
    "none": ("Nothing to do", "Deadline {}"),
}
_PROBABLE: dict[Action, tuple[str, str]] = {
    "required": ("Action is probably required", "Action is probably required, by {}"),
    "optional": ("Action is probably optional", "Probably to be reviewed, by {}"),
    "none": ("Probably nothing to do", "Probably nothing to do; deadline {}"),
}


def when_lines(classification: Classification) -> tuple[str, ...]:
    """One line per rollout; where there is none, one that says why."""
    if classification.windows:
        return tuple(line(each) for each in classification.windows)
    return (UNDATED.get(classification.status, NO_DATE.capitalize()),)


def to_do(classification: Classification) -> str:
    """What is asked of the organisation, with its day: "Action required by 14 March 2027".

    What is unsure is said to be probable; a day that is unsure, too.
    """
    plain, dated = (_PROBABLE if classification.is_unsure("action") else _ACTIONS)[classification.action]
    if not classification.act_by:
        return plain
    said = day(classification.act_by)
    return dated.format(f"{said} (not sure of the day)" if classification.is_unsure("act_by") else said)
