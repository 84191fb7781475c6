"""What the words of a classification and of events are called on cards and pages."""

from shared.core.terms import Default, EventType, Impact, Kind, Status

# The first of these that happened in the newest edition is the headline.
HEADLINES: dict[EventType, str] = {
    "cancelled": "Cancelled",
    "superseded": "Superseded",
    "paused": "On hold",
    "gone": "Gone from Message Center",
    "resumed": "Back on plan",
    "returned": "Back in Message Center",
    "dates_moved": "Dates moved",
    "act_by_moved": "Deadline moved",
    "rollout_started": "Rollout started",
    "scope_changed": "Scope changed",
    "announced": "New",
    "tenant_joined": "In another tenant",
    "text_changed": "Text changed",
}
KINDS: dict[Kind, str] = {
    "new_feature": "New feature",
    "feature_change": "Change to a feature",
    "retirement": "Retirement",
    "security": "Security",
    "maintenance": "Maintenance",
    "info": "Information",
}
IMPACTS: dict[Impact, str] = {"high": "High", "medium": "Medium", "low": "Low"}
STATUSES: dict[Status, str] = {
    "scheduled": "Scheduled",
    "cancelled": "Cancelled",
    "on_hold": "On hold",
    "superseded": "Superseded",
    "withdrawn": "Withdrawn",
    "no_schedule": "No schedule",
}
ARRIVALS: dict[Default, str] = {
    "on": "On by default",
    "off": "Off until an admin turns it on",
    "removed": "Something is removed or retired",
    "n/a": "",
}
RELATIONS: dict[str, str] = {
    "supersedes": "Takes the place of",
    "superseded_by": "Superseded by",
    "duplicate_of": "Is a duplicate of",
    "has_duplicate": "Has a duplicate,",
    "refers_to": "Refers to",
    "referred_by": "Is referred to by",
    "reissue_of": "Announces again",
    "reissued_as": "Announced again as",
    "series": "One of a series with",
}


def waiting_words(kind: str, target: str, count: int) -> str:
    """What waits of a first load, and what to do: one sentence."""
    option = "--system" if kind == "ticket" else "--channel"
    verb = "waits" if count == 1 else "wait"
    return (
        f"{count} {kind}{'s' * (count != 1)} of the first load {verb} for release: foresignal release {option} {target}"
    )
