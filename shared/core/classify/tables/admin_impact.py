"""How much administrators feel a change: cues of controls and of what is to be reviewed."""

from shared.core.classify.signals import signal

ADMIN = (
    signal("compliance", "admin control|admins can|administrators can"),
    signal("audience", "admins managing|administrators managing|admin|analyst|developer|it professional|security team"),
    signal("intro", "administrator|admins |admin control|admin toggle|admin setting|tenant setting"),
    signal("tags", "admin impact"),
    signal("prepare", "no action|nothing to|not need to do anything|no administrator action|no admin action"),
    signal("advice", "review|verify|assess|evaluate|check |decide|determine|identify|plan "),
    signal("advice", "training|helpdesk|help desk|support team|support staff|admin team"),
    signal(
        "advice",
        "policy|policies|setting|configur|powershell|enable |disable |permission|assign|license|turn off|"
        "turn on|manage ",
    ),
    signal(
        "title",
        "admin|policy|policies|setting| control|cmdlet|powershell|report|purview|dlp|compliance|permission|"
        "label|protection|insights|analytics|role|default",
    ),
    signal(
        "text",
        "admins can |administrators can |admins will be able to|admin can |you can configure|for admins to|"
        "it admins|it administrators|administrators to|admins may |administrators with|allow administrators|"
        "admins to ",
    ),
    signal("summary", "admins can|admins should|administrators can|organizations should|admins may|admins to|review"),
    signal("summary", "no action|requires no admin|no admin action"),
    signal("text", "pay-as-you-go|billing|external|opt out|opt-out|privacy|sensitivity label|audit"),
    signal(
        "text",
        "install these updates|review your environment|any dependencies|test the update|may affect|"
        "interoperab|prepare for this update|requires admin|must ensure|deploy",
    ),
    signal(
        "text",
        "admins can select|administrators to configure|allows administrators|allows admins|enables admins|"
        "admin control|new admin|administrator control|controls for admins",
    ),
)
