"""Every closed list of the domain in one place."""

from typing import Literal

Phase = Literal["preview", "targeted", "ga", "retirement"]
Cloud = Literal["worldwide", "gcc", "gcch", "dod", "china"]
Status = Literal["scheduled", "cancelled", "on_hold", "superseded", "withdrawn", "no_schedule"]
Kind = Literal["new_feature", "feature_change", "retirement", "security", "maintenance", "info"]
Impact = Literal["high", "medium", "low"]
IMPACT_RANK: dict[str, int] = {"low": 0, "medium": 1, "high": 2}
Load = Literal["none", "some", "much"]
"""How much the help desk had to do with a rollout."""
LOADS: tuple[Load, ...] = ("none", "some", "much")
Default = Literal["on", "off", "removed", "n/a"]
Action = Literal["required", "optional", "none"]
AudienceKind = Literal["role", "licence", "platform", "other"]
ControlKind = Literal["setting", "policy", "cmdlet", "path"]
WayOutKind = Literal["opt_out", "turn_off", "keep_old", "none"]
ComplianceTopic = Literal[
    "ai", "data_location", "data_processing", "data_rights", "protection", "reporting", "admin_control", "user_control",
    "communication", "third_party", "accessibility", "other",
]  # fmt: skip
OVER: frozenset[str] = frozenset({"cancelled", "withdrawn", "superseded"})
"""Statuses of plans with which Microsoft does not go on."""


Stage = Literal["classify", "decided", "parked"]
EventType = Literal[
    "announced", "dates_moved", "act_by_moved", "scope_changed", "text_changed", "cancelled", "paused", "resumed",
    "superseded", "rollout_started", "gone", "returned", "tenant_joined",
]  # fmt: skip
MATERIAL: frozenset[str] = frozenset(
    {"announced", "dates_moved", "act_by_moved", "scope_changed", "cancelled", "paused", "resumed", "superseded",
     "rollout_started"}
)  # fmt: skip
"""Events that ask people to look again; the others are shown, and wake nobody."""


FirstLoadStep = Literal["", "kept", "urgent", "released", "over"]
"""An effect of a first load: kept until a person releases it; among the most urgent, which were made due at once;
released by a person; over before anybody released it."""
State = Literal["new", "assess", "authorize", "scheduled", "implement", "review", "closed", "cancelled"]
ReaderUse = Literal["unsure", "all"]
"""Which posts a second reader is asked about: those of which we are unsure of a field, or all."""
Verdict = Literal["", "approved", "rejected"]
Level = Literal["high", "medium", "low"]
ENDED: frozenset[str] = frozenset({"closed", "cancelled"})
UNKNOWN: Literal["unknown"] = "unknown"
"""As a ticket's state: the system says a word that neither the adapter nor the policy knows. Never guessed."""
ClosedBy = Literal["page", "ticket", "task", "answer"]
"""What closes a change: a person on its page, its tickets, its Planner tasks, the answers of all its teams."""
CLOSED_BY: tuple[ClosedBy, ...] = ("page", "ticket", "task", "answer")
"""The one that weighs most first."""
ReminderRole = Literal["owner", "deputy", "process_owner", "executive_sponsor"]
"""Who is reminded of a change about which nobody says anything: of its team, then of the whole process."""
REMINDER_ROLES: tuple[ReminderRole, ...] = ("owner", "deputy", "process_owner", "executive_sponsor")
"""In the order in which they are reminded; the first one is step 1."""
Through = Literal["page", "ticket", "task", "answer", "lapsed"]
"""The same, and `lapsed`: its plan is over, and nobody filed or did anything."""
