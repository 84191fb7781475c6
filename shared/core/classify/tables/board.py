"""Whether a change board would want it as a formal change: the signals of `crb`."""

from shared.core.classify.signals import signal

# Only asked while the plan stands.
CRB_BASE = {"no": 1.8, "yes": 0.2}
CRB = (
    signal(
        "marks",
        "kind:new_feature",
        no=0.5,
    ),
    signal(
        "marks",
        "kind:retirement",
        yes=4.35,
    ),
    signal(
        "marks",
        "act:yes",
        yes=2.35,
    ),
    signal(
        "marks",
        "admin:high",
        yes=1.35,
    ),
    signal(
        "marks",
        "user:high",
        yes=3.0,
    ),
    signal(
        "marks",
        "admin:low",
        no=2.1,
    ),
    signal(
        "marks",
        "default:off",
        no=2.6,
    ),
    signal(
        "marks",
        "default:n/a",
        no=1.75,
    ),
    signal(
        "marks",
        "kind:info",
        no=2.0,
    ),
    signal(
        "marks",
        "major:yes",
        yes=1.25,
    ),
    signal(
        "text",
        "no behavior change|no change in behavior|no impact on functionality|purely cosmetic|"
        "no change to functionality|visual-only",
        no=1.85,
    ),
    signal(
        "title",
        "external|guest|anonymous|personal account|consumer|third-party|third party|sharing|federat|cross-tenant",
        yes=1.0,
    ),
    signal(
        "summary",
        "external|guest|anonymous|personal account|third-party|third party|cross-tenant|"
        "recording|voice|location|privacy|customer data|data access",
        yes=0.95,
    ),
    signal(
        "text",
        "if no action is taken|will be enabled by default for all|turned on by default for all|"
        "on by default for all|unless you opt out|unless admins|enabled for all tenants|"
        "will be turned on|existing ... will be honored|opt out before",
        yes=0.85,
    ),
    signal(
        "marks",
        "kind:security",
        yes=1.05,
    ),
    signal(
        "title",
        " new ... experience|new look|redesign|new navigation|new interface|new default",
        yes=1.0,
    ),
)
