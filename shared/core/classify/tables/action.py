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
        "will be deleted|lose access|loss of data|will not be converted|bad request|will be lost|"
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
        "ensure|make sure|update your|migrate|export|transition|replace|transfer|convert|before the |will need",
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
    signal(
        "text",
        "if you do not|if you don't|unless you|failure to|before this date|after this date|"
        "after this change ... fail|if no action is taken",
    ),
    signal(
        "text",
        "will be blocked|will be rejected|will be denied|will be prevented|prevented from|fails|"
        "cannot be used|stops working|stop receiving|will no longer function|not be able to access|interrupt",
    ),
    signal(
        "text",
        "must be|must have|must include|must trust|must set up|must configure|must accept|must verify|"
        "must ensure|must add|must deploy|must install|needs to be",
    ),
    signal("summary", "requires|or later|must update|must use|set up|to continue|to keep|will require"),
    signal(
        "advice",
        "update your scripts|update scripts|update any|update applications|update automation|"
        "update integration|update custom|update your code|modify|rewrite|replace any|deploy ",
    ),
    signal("prepare", "if applicable|as needed|if needed|if necessary|where applicable|optionally|optional"),
    signal("prepare", "recommend|consider|encourage|should review|review "),
    signal("prepare", "nothing to do|no preparation|not required to take|no changes are required|no setup|no action"),
    signal(
        "prepare",
        "can disable|can turn off|can opt out|to disable|turn off|to opt out|can block|can restrict|"
        "to prevent|to manage access",
    ),
    signal(
        "prepare",
        "inform your|communicate|notify your|update internal documentation|update documentation|"
        "update training|help desk|helpdesk|support teams|familiarize",
    ),
    signal("prepare", "inventory|identify|audit your|check whether|verify that|test "),
    signal(
        "text",
        "lose data|data will be lost|result in data loss|cause data loss|avoid data loss|permanently deleted|"
        "deleted permanently|will be deleted",
    ),
    signal("title", "take action|action required|action may be required|must |required"),
    signal("title", "reminder|update your|migrate|by january|by march|by june|by october|expir|before "),
    signal(
        "text",
        "enable the feature|feature settings|administrators can configure|admins can configure|"
        "can be configured|system administrators|administrators can enable",
    ),
)
