"""How much administrators feel a change: the signals of `admin_impact`."""

from shared.core.classify.signals import signal

ADMIN_BASE = {"low": 0.25, "medium": -0.65, "high": -0.85}
ADMIN = (
    signal(
        "compliance",
        "admin control|admins can|administrators can",
        medium=0.6,
    ),
    signal(
        "audience",
        "admins managing|administrators managing|admin|analyst|developer|it professional|security team",
        medium=0.5,
    ),
    signal(
        "intro",
        "administrator|admins |admin control|admin toggle|admin setting|tenant setting",
        medium=0.5,
    ),
    signal(
        "marks",
        "act:yes",
        high=5.0,
    ),
    signal(
        "marks",
        "kind:retirement",
        medium=1.05,
        high=1.65,
    ),
    signal(
        "marks",
        "kind:security",
        medium=0.8,
        high=1.0,
    ),
    signal(
        "marks",
        "family:business",
        low=0.2,
    ),
    signal(
        "tags",
        "admin impact",
        medium=0.5,
    ),
    signal(
        "marks",
        "major:yes",
        medium=1.2,
        high=1.0,
    ),
    signal(
        "marks",
        "category:planforchange",
        medium=0.5,
    ),
    signal(
        "marks",
        "status:cancelled|status:on_hold|status:withdrawn",
        low=1.25,
    ),
    signal(
        "marks",
        "advice:none",
        low=1.0,
    ),
    signal(
        "prepare",
        "no admin action|no action|nothing to|not need to do anything|no administrator action",
        low=0.65,
        high=-1.1,
    ),
    signal(
        "advice",
        "review|verify|assess|evaluate|check |decide|determine|identify|plan ",
        medium=0.6,
    ),
    signal(
        "advice",
        "training|helpdesk|help desk|support team|support staff|admin team",
        medium=0.8,
    ),
    signal(
        "advice",
        "policy|policies|setting|configur|powershell|enable |disable |permission|assign|license|turn off|"
        "turn on|manage ",
        medium=0.45,
    ),
    signal(
        "title",
        "admin|policy|policies|setting| control|cmdlet|powershell|report|purview|dlp|compliance|"
        "permission|label|protection|insights|analytics|role|default",
        medium=0.75,
    ),
    signal(
        "text",
        "admins can |administrators can |admins will be able to|admin can |you can configure|"
        "for admins to|it admins|it administrators|administrators to|admins may |administrators with|"
        "allow administrators|admins to ",
        medium=0.8,
    ),
    signal(
        "summary",
        "admins can|admins should|administrators can|organizations should|admins may|admins to|review",
        medium=0.9,
    ),
    signal(
        "summary",
        "no admin action|no action|requires no admin",
        low=0.5,
        high=-0.8,
    ),
    signal(
        "text",
        "pay-as-you-go|billing|external|opt out|opt-out|privacy|sensitivity label|audit",
        medium=0.4,
    ),
    signal(
        "text",
        "install these updates|review your environment|any dependencies|test the update|may affect|"
        "interoperab|prepare for this update|requires admin|must ensure|deploy",
        medium=0.65,
    ),
    signal(
        "text",
        "admins can select|administrators to configure|allows administrators|allows admins|"
        "enables admins|admin control|new admin|administrator control|controls for admins",
        medium=0.75,
    ),
    signal(
        "marks",
        "default:off",
        medium=0.7,
    ),
)
