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
        "external|guest|anonymous|personal account|consumer|third-party|third party|sharing|federat|cross-tenant",
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
    signal(
        "text",
        "grounding|web search|data will be processed|shared with|outside your organization|anonymous|"
        "subprocessor|third-party|anthropic|eu data boundary|data residency|stored in|transcript|recording",
    ),
    signal(
        "text",
        "cannot be disabled|cannot be turned off|no admin control|cannot opt out|toggle will be removed|"
        "toggles will be removed",
    ),
    signal("text", "external users|guests|personal accounts|cross-tenant|federat|unmanaged"),
    signal(
        "text",
        "existing content|will be able to access|access to ... data|reason over|reads |uses data from|delegate",
    ),
    signal("summary", "copilot will|ai-generated|ai |agent|external|guest|share"),
)
