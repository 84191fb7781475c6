"""What the marks of a post are called for a person: Graph's fields and the decisions made before, in plain words."""

_MARKS = {
    "category": {
        "planforchange": "Microsoft files it as a change to plan for",
        "preventorfixissue": "Microsoft files it as an issue to prevent or fix",
        "stayinformed": "Microsoft files it as information",
    },
    "family": {
        "business": "it is a business application",
        "windows": "it is about Windows",
        "admin": "it is in a service that administrators run",
        "engagement": "it is in Microsoft Viva",
        "everyday": "it is in something that users work with",
    },
    "major": {
        "yes": "Microsoft calls it a major change",
        "no": "Microsoft does not call it a major change",
    },
    "graph_act_by": {
        "yes": "Microsoft names a day to act by",
        "no": "Microsoft names no day to act by",
    },
    "advice": {
        "some": "it advises what to prepare",
        "none": "it advises nothing to prepare",
    },
    "impact_tags": {
        "some": "Microsoft's tags say who feels it",
        "none": "Microsoft's tags do not say who feels it",
    },
    "clients": {
        "web": "it is seen on the web only",
        "mobile": "it is seen on phones and tablets only",
        "installed": "it is seen in installed apps",
        "devices": "it is seen on some devices",
        "untold": "it is not said where it is seen",
    },
    "kind": {
        "new_feature": "it is a new feature",
        "feature_change": "it changes a feature",
        "retirement": "it is a retirement",
        "security": "it is about security",
        "maintenance": "it is maintenance",
        "info": "it is information",
    },
    "status": {
        "scheduled": "the plan stands",
        "cancelled": "the plan is cancelled",
        "on_hold": "the plan is on hold",
        "superseded": "another post replaces it",
        "withdrawn": "the post is withdrawn",
        "no_schedule": "there is no schedule",
    },
    "told": {
        "yes": "the text sets a deadline",
        "no": "the text sets no deadline",
    },
    "need": {
        "required": "somebody must act",
        "optional": "there is something to decide or to review",
        "none": "nobody must act",
    },
    "severity": {
        "normal": "Microsoft calls its severity normal",
        "high": "Microsoft calls its severity high",
        "critical": "Microsoft calls it critical",
        "untold": "Microsoft gives no severity",
    },
    "default": {
        "on": "it arrives on",
        "off": "it arrives off",
        "removed": "it takes something away",
        "n/a": "it brings nothing to turn on or off",
    },
    "user": {
        "high": "the user impact is high",
        "medium": "the user impact is medium",
        "low": "the user impact is low",
    },
}
#: A mark, as tables and `Facts` write it (`field:value`), to its words.
MARK_WORDS = {f"{field}:{value}": words for field, values in _MARKS.items() for value, words in values.items()}
_SERVICE = "service: "


def mark_words(mark: str) -> str:
    """A mark's words, or those of two; one that the table does not know still reads as a sentence."""
    first, both, second = mark.partition(" and ")
    if both:
        return f"{mark_words(first)}, and {mark_words(second)}"
    if mark.startswith(_SERVICE):
        return f"it is in the service {mark.removeprefix(_SERVICE)}"
    return MARK_WORDS.get(mark) or " is ".join(mark.replace("_", " ").split(":", 1))
