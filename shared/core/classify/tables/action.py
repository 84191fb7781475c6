"""What must be done: the signals of "somebody must act" and of `action`."""

from shared.core.classify.signals import signal

# Whether somebody must act, or something breaks, is lost or falls out of compliance.
ACT_BASE = {"no": 1.95, "yes": -0.45}
ACT = (
    signal(
        "title",
        "cve-|hardening|enforc",
        yes=1.25,
    ),
    signal(
        "marks",
        "graph_act_by:yes",
        yes=3.05,
    ),
    signal(
        "marks",
        "told:yes",
        yes=2.5,
    ),
    signal(
        "title",
        "action required|take action|immediate action|prevent/fix",
        yes=1.55,
    ),
    signal(
        "text",
        "must be updated|must migrate|must update|must transition|must move|must switch|must use|"
        "must upgrade|need to migrate|need to transition|need to update|required to update|will need to|"
        "you must|must be migrated|must be converted|admins must|organizations must|customers must|"
        "are required to|admins will be required|will be required to",
        yes=0.6,
    ),
    signal(
        "text",
        "will stop working|will fail|no longer work|stop functioning|will result in|unauthorized|"
        "will break|will be deleted|lose access|data loss|loss of data|will not be converted|bad request|"
        "will be lost|access issues|may fail|not be recognized|not recognize|denied",
        yes=2.1,
    ),
    signal(
        "text",
        "to avoid disruption|to avoid interruption|uninterrupted|avoid service|to prevent ... loss|"
        "to avoid ... loss|to avoid losing|to prevent disruption|minimize disruption|avoid disruption|"
        "without disruption|to avoid |continue working|continue to work",
        yes=0.8,
    ),
    signal(
        "summary",
        "must |need to |required to|needs to|action is required|to avoid",
        yes=1.3,
    ),
    signal(
        "summary",
        "admins should|organizations should|users should",
        yes=1.3,
    ),
    signal(
        "summary",
        "no admin action|no action|requires no",
        no=1.65,
    ),
    signal(
        "prepare",
        "no admin action|no action is|no action required|nothing to|not need to do anything|"
        "no action needed|no further action|no administrator action",
        no=2.1,
    ),
    signal(
        "advice",
        "ensure|make sure|update your|migrate|export|transition|replace|transfer|convert|before the |will need",
        yes=0.5,
    ),
    signal(
        "marks",
        "kind:retirement",
        yes=0.8,
    ),
    signal(
        "marks",
        "kind:new_feature",
        no=1.3,
    ),
    signal(
        "marks",
        "category:stayinformed",
        no=0.7,
    ),
    signal(
        "marks",
        "major:yes",
        yes=0.2,
    ),
    signal(
        "marks",
        "advice:none",
        no=1.4,
    ),
    signal(
        "summary",
        "will require |or higher|or later|after which|affected|compatib",
        yes=0.75,
    ),
    signal(
        "text",
        "alternative solution|alternatives|as an alternative|replacement",
        yes=0.4,
    ),
)

# What an admin does; follows what was decided before.
ACTION_BASE = {"none": -0.35, "optional": 0.25, "required": -1.15}
ACTION = (
    signal(
        "text",
        "install this update|install these updates|how to install|download this latest update",
        optional=1.2,
    ),
    signal(
        "marks",
        "act:yes",
        required=3.95,
    ),
    signal(
        "marks",
        "admin:high",
        required=1.95,
        optional=0.7,
    ),
    signal(
        "marks",
        "admin:medium",
        optional=1.1,
    ),
    signal(
        "marks",
        "admin:low",
        none=2.45,
    ),
    signal(
        "marks",
        "kind:retirement",
        optional=0.2,
    ),
    signal(
        "marks",
        "status:cancelled|status:on_hold|status:withdrawn",
        none=2.05,
    ),
    signal(
        "marks",
        "advice:none",
        none=0.25,
    ),
    signal(
        "marks",
        "family:windows",
        optional=1.1,
    ),
    signal(
        "advice",
        "recommend|consider |verify|review|configur|enable |disable ",
        optional=0.4,
    ),
    signal(
        "text",
        "opt out|opt-out|admins can |administrators can|admins may|if you want|if you prefer|choose to",
        optional=0.6,
    ),
    signal(
        "text",
        "we recommend that you|it is recommended|it's recommended|recommend applying|recommended to|"
        "review your environment|ensure that",
        optional=1.4,
    ),
)
