"""The tables of signals: what in a post speaks for which value, and how loudly (about 1: a hint, 3: nearly decides)."""

from shared.core.classify.signals import signal

KIND_BASE = {
    "new_feature": 0.4,
    "feature_change": 0.0,
    "retirement": -1.0,
    "security": -1.0,
    "maintenance": -1.0,
    "info": -1.0,
}
KIND = (
    signal("tags", r"\bretirement\b", retirement=4),
    signal("tags", r"\bnew feature\b", new_feature=2.0),
    signal("tags", r"\bfeature update\b", feature_change=1.2),
    signal(
        "title",
        r"\bretir\w+|deprecat\w+|end of (?:support|life|servic\w+)|sunset\w*|discontinu\w+|decommission\w*|no longer|\bremov(?:e|ed|al|ing)\b|end of",
        retirement=3,
    ),
    signal(
        "title", r"\bnew\b|introduc\w+|support for|now available|\badd\b|ability to|create|coming soon", new_feature=1.2
    ),
    signal(
        "title",
        r"\bchang(?:e|es|ing)\b|\bupdat(?:e|es|ed|ing)\b|improve\w*|enhance\w*|renam\w+|redesign\w*|streamlin\w+|simplif\w+|rebrand\w*|default|transition\w*|moving|refresh\w*",
        feature_change=1.2,
    ),
    signal(
        "title",
        r"security update|preview update|service update|release notes|maintenance|updates? available|known issue|ip address|endpoint|certificate|migrat\w+|relocation|domain|url",
        maintenance=2.6,
    ),
    signal(
        "title",
        r"office hours|survey|webinar|event|recap|roadmap|get started|reminder|newsletter|documentation|pricing|licens\w+|promotion|what's new",
        info=1.5,
    ),
    signal(
        "title",
        r"secur\w+|enforc\w+|vulnerab\w+|authentication|mfa\b|harden\w*|cve-|tls|protect\w*|block\w*|phishing|compliance",
        security=1.3,
    ),
    signal(
        "intro",
        r"we are announcing the|we(?:'re| are) (?:excited to )?(?:introduc\w+|announc\w+|adding|launching)|will be able to|new feature|can now|now support",
        new_feature=1.2,
    ),
    signal(
        "intro",
        r"will (?:change|update|no longer|be (?:renamed|moved|replaced|updated))|we(?:'re| are) (?:updating|changing|improving|enhancing|streamlining|simplifying|moving|redesigning)|improv\w+|to improve",
        feature_change=0.9,
    ),
    signal("intro", r"vulnerab\w+|security|cve-|threat|attack", security=0.6),
    signal(
        "intro",
        r"we (?:will|are|'re) (?:be )?(?:retir|remov|deprecat|discontinu)\w+|will be (?:retired|removed|deprecated|discontinued)|retirement",
        retirement=1.5,
    ),
    signal("graph", r"category:preventorfixissue", maintenance=0.8, security=0.5),
    signal("text", r"previously|before this (?:rollout|change|update)", feature_change=0.3),
)

DEFAULT_BASE = {"on": 1.0, "off": 0.0, "n/a": -0.5, "removed": -1.0}
DEFAULT = (
    signal("graph", r"kind:retirement", removed=5),
    signal("graph", r"kind:(?:info|maintenance)", n_a=2.5),
    signal("text", r"(?:on|enabled|available|turned on|active) by default|by default|default on|automatically", on=1.0),
    signal(
        "text",
        r"(?:off|disabled|not enabled|turned off) by default|default(?:s)? (?:is |to |to be )?(?:off|disabled)|opt[- ]in\b|disabled until",
        off=2.5,
    ),
    signal(
        "text",
        r"admins? (?:need|must|will need|have) to (?:enable|configure|turn|opt|create|set)|must be enabled|need to enable|once (?:configured|enabled)|you (?:need to|must|can) enable|to enable this|can be enabled|administrators? can enable|create your",
        off=1.4,
    ),
)

ADMIN_BASE = {"low": 0.6, "medium": 0.0, "high": -2.0}
ADMIN = (
    signal("graph", r"act_by:yes", high=3),
    signal("graph", r"kind:retirement", medium=1.2, high=1.2),
    signal("graph", r"kind:security", medium=0.8, high=0.6),
    signal("graph", r"family:bizapps", low=0.8),
    signal("tags", r"\badmin impact\b", medium=0.7, low=-0.4),
    signal("graph", r"major:yes", medium=0.3, high=0.6),
    signal("graph", r"category:planforchange", medium=0.3, high=0.3),
    signal(
        "prepare",
        r"no (?:admin(?:istrator)? )?action (?:is )?(?:required|needed|necessary)|no action|nothing to|do not need to do anything",
        low=1.2,
        high=-1.5,
    ),
    signal(
        "prepare",
        r"review your|review (?:and|any|the|current)|ensure|verify|configure|policy|policies|settings?|assess|update (?:any |your |internal )?(?:documentation|training)|helpdesk|help desk|support team",
        medium=0.8,
    ),
    signal(
        "text",
        r"admin(?:istrator)?s? (?:can|will be able to|may) (?:configure|manage|control|enable|disable|turn|use)|(?:policy|policies|powershell|cmdlet|tenant[- ]level|admin center)",
        medium=0.7,
    ),
    signal(
        "text",
        r"will (?:stop working|fail|no longer work|break)|must (?:migrate|update|move|transition|replace|be updated|take action|switch)|need to (?:migrate|transition|move|replace|switch)|action required|to avoid (?:disruption|interruption|loss)|you must",
        high=1.8,
    ),
)

USER_BASE = {"low": 0.5, "medium": 0.0, "high": -2.5}
USER = (
    signal("tags", r"\buser impact\b", medium=1.0),
    signal("tags", r"\badmin impact\b", low=0.4),
    signal("graph", r"family:(?:bizapps|windows|intune)", low=1.5),
    signal("graph", r"kind:retirement", low=0.4, high=0.5),
    signal(
        "title",
        r"admin\b|admin center|purview|defender|intune|cmdlet|powershell|audit|policy|api\b|compliance|insights|graph|entra",
        low=1.3,
    ),
    signal(
        "text",
        r"(?:notify|inform|educate|communicate (?:this|these|the) \w+ to) (?:your )?(?:users|employees|end users)",
        medium=0.6,
    ),
    signal("impact", r"\busers? (?:will|can|may)\b", medium=0.7),
    signal("text", r"users (?:will )?(?:no longer|lose|must|need to)|will be blocked", medium=0.4, high=0.9),
)

ACTION_BASE = {"none": 0.3, "optional": 0.0, "required": -1.5}
ACTION = (
    signal("graph", r"act_by:yes", required=3.2),
    signal("graph", r"admin:high", required=1.8),
    signal("graph", r"admin:medium", optional=1.6, none=-0.5),
    signal("graph", r"admin:low", none=1.2),
    signal(
        "prepare",
        r"no (?:admin(?:istrator)? )?action (?:is )?(?:required|needed|necessary)|no action|nothing to",
        none=0.9,
        required=-1.5,
    ),
    signal("prepare", r"(?:you|admins?) (?:can|may)\b|review|recommend\w*|consider", optional=0.8),
    signal("prepare", r"must|action required|need to|please (?:ensure|update|migrate)", required=0.6),
)
