"""What must or may be done: cues of demands, and of there being none."""

from shared.core.classify.signals import signal

DEMAND = (
    signal("title", "hardening|enforc|cve-"),
    signal("title", "action required|take action|immediate action|prevent/fix"),
    signal(
        "text",
        "must be updated|must migrate|must update|must transition|must move|must switch|must use|"
        "must upgrade|need to migrate|need to transition|need to update|required to update|will need to|"
        "you must|must be migrated|must be converted|admins must|organizations must|customers must|"
        "are required to|admins will be required|will be required to",
    ),
    signal(
        "text",
        "will stop working|will fail|no longer work|stop functioning|will result in|unauthorized|will break|"
        "will be deleted|lose access|data loss|loss of data|will not be converted|bad request|will be lost|"
        "access issues|may fail|not be recognized|not recognize|denied",
    ),
    signal(
        "text",
        "to avoid disruption|to avoid interruption|uninterrupted|avoid service|to prevent ... loss|"
        "to avoid ... loss|to avoid losing|to prevent disruption|minimize disruption|avoid disruption|"
        "without disruption|to avoid |continue working|continue to work",
    ),
    signal("summary", "must |need to |required to|needs to|action is required|to avoid"),
    signal("summary", "admins should|organizations should|users should"),
    signal("summary", "no admin action|no action|requires no"),
    signal(
        "prepare",
        "no admin action|no action is|no action required|nothing to|not need to do anything|no action needed|"
        "no further action|no administrator action",
    ),
    signal(
        "advice",
        "ensure|make sure|update your|migrate|export|transition|replace|transfer|convert|before the |"
        "will need",
    ),
    signal("summary", "will require |or higher|or later|after which|affected|compatib"),
    signal("text", "alternative solution|alternatives|as an alternative|replacement"),
    signal("text", "install this update|install these updates|how to install|download this latest update"),
    signal("advice", "recommend|consider |verify|review|configur|enable |disable "),
    signal("text", "opt out|opt-out|admins can |administrators can|admins may|if you want|if you prefer|choose to"),
    signal(
        "text",
        "we recommend that you|it is recommended|it's recommended|recommend applying|recommended to|"
        "review your environment|ensure that",
    ),
)
