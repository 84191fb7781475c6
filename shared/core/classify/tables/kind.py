"""What sort of change it is: the signals of `kind`."""

from shared.core.classify.signals import signal

KIND_BASE = {
    "new_feature": 0.95,
    "feature_change": 0.3,
    "retirement": -1.1,
    "security": -1.15,
    "maintenance": -1.0,
    "info": -1.45,
}
KIND = (
    signal(
        "tags",
        "retirement",
        retirement=4.9,
    ),
    signal(
        "tags",
        "new feature",
        new_feature=2.15,
    ),
    signal(
        "tags",
        "feature update",
        feature_change=1.45,
    ),
    signal(
        "title",
        " retir|deprecat|end of support|end of life|end of servic|end of availab|sunset|discontinu|"
        "decommission|no longer| remov|support will end|ending support|going away",
        retirement=3.3,
    ),
    signal(
        "title",
        " create | select | allow| cancel | share | resiz| join |users can|users will|reorder|forward|"
        " import| export|summariz| insert| use | pin |customiz| schedul| generat| organize| view |"
        " choose|manage |templates|filters",
        new_feature=1.8,
    ),
    signal(
        "title",
        "chang| updat|improve|enhanc|renam|redesign|streamlin|simplif| default|transition|moving|refresh|"
        "modern|unified|name change|replac|performance",
        feature_change=1.15,
    ),
    signal(
        "title",
        "security update is|preview update is|service update for|release notes|updates available|"
        "known issue|out-of-band|update is now available|update is available",
        maintenance=5.45,
    ),
    signal(
        "title",
        ": updated | changes to | changes in | change to | updates to | update to |updated user|will change|changing",
        feature_change=1.0,
    ),
    signal(
        "title",
        "maintenance|ip address|endpoint|firewall|certificate|migrat|relocation| dns | network| domain|infrastructure",
        maintenance=3.1,
    ),
    signal(
        "title",
        "office hours|get started with|take our survey|customer survey|newsletter:|frequently asked|"
        "release wave|in development for",
        info=4.45,
    ),
    signal(
        "title",
        "best practices|live q&a|readiness|get ready for|eligibility|tech community|"
        "recap|roadmap|documentation|pricing|licensing|promotion|resources to|resources for|how to |"
        "guidance|subprocessor|toolbox|faq|what it means|what you need to know",
        info=2.65,
    ),
    signal(
        "title",
        "cve-|vulnerab|harden|enforcement mode| enforce|multifactor|multi-factor| mfa| tls|authentication requirement",
        security=2.9,
    ),
    signal(
        "title",
        "secur|authenticat|permission|protection|phishing| block|spoof|malicious|compliance and",
        security=1.6,
    ),
    signal(
        "text",
        "network endpoint|allow list|allowlist|firewall rule|firewall configuration|ip range|"
        "maintenance window|planned maintenance|service build|datacenter|network configuration",
        maintenance=2.55,
    ),
    signal(
        "intro",
        "will be able to|can now|ability to|announcing the|we are announcing|introduc|now support|"
        "will allow|lets you|enables|you can now|adding|new feature|new capability|new option|"
        "will soon support|now lets|now allows",
        new_feature=1.4,
    ),
    signal(
        "intro",
        "we're updating|we are updating|we're changing|we are changing|will change|improv|making changes|"
        "renam|will be moved|behavior|streamlin|enhanc|updating|simplif|redesign|will be replaced|"
        "being updated|replac",
        feature_change=1.05,
    ),
    signal(
        "text",
        "enhance security|improve security|secure future initiative|vulnerab|unauthorized| attack|"
        "security risk|potential data exposure|security posture|impersonat|spoof|malicious",
        security=1.85,
    ),
    signal(
        "intro",
        "we will retire|we're retiring|we are retiring|will be retired|retirement of|will be removed|"
        "we will remove|deprecat|end of support|phased out|will no longer|being retired",
        retirement=2.45,
    ),
    signal(
        "text",
        "limited to|is limited|no longer be able to perform",
        retirement=0.7,
    ),
    signal(
        "marks",
        "category:preventorfixissue",
        maintenance=0.8,
        security=0.5,
        retirement=1.65,
    ),
    signal(
        "marks",
        "family:windows",
        maintenance=1.25,
        info=1.45,
        security=0.75,
    ),
    signal(
        "text",
        "being renamed|will be renamed|relocated|functionally the same|remains the same|"
        "aligns with existing|consistent experience|will now be named|will now be called|"
        "existing functionality|new default|simplified|visual refresh|will replace the|was named|"
        "only be able to|will only return",
        feature_change=1.3,
    ),
    signal(
        "intro",
        "to enhance security|to improve security|enhances security|strengthen security|"
        "security and compliance|security vulnerab|enhance compliance and security|reduce potential|"
        "more secure|required permission|will require either",
        security=3.1,
    ),
    signal(
        "title",
        "available in|now available|is available|coming to|support for|: new ",
        new_feature=0.05,
    ),
    signal(
        "summary",
        "enhance security|improve security|strengthen security|security features|stronger security|"
        "unauthorized|data exposure|protect against|secure by default|more secure",
        security=1.35,
    ),
)
