"""What opens something by default, or only looks different: cues of the change board."""

from shared.core.classify.signals import signal

BOARD = (
    signal(
        "text",
        "no behavior change|no change in behavior|no impact on functionality|purely cosmetic|"
        "no change to functionality|visual-only",
    ),
    signal(
        "title",
        "external|guest|anonymous|personal account|consumer|third-party|third party|sharing|federat|"
        "cross-tenant",
    ),
    signal(
        "summary",
        "external|guest|anonymous|personal account|third-party|third party|cross-tenant|recording|voice|"
        "location|privacy|customer data|data access",
    ),
    signal(
        "text",
        "if no action is taken|will be enabled by default for all|turned on by default for all|"
        "on by default for all|unless you opt out|unless admins|enabled for all tenants|will be turned on|"
        "existing ... will be honored|opt out before",
    ),
    signal("title", " new ... experience|new look|redesign|new navigation|new interface|new default"),
)
