"""What sort of change it is: the signals of `kind`."""

from shared.core.classify.signals import signal

KIND_BASE = {
    "new_feature": 0.9,
    "feature_change": 0.25,
    "retirement": -1.1,
    "security": -1.05,
    "maintenance": -1.05,
    "info": -1.35,
}
KIND = (
    signal(
        "tags",
        "retirement",
        retirement=4.65,
    ),
    signal(
        "tags",
        "new feature",
        new_feature=2.15,
    ),
    signal(
        "tags",
        "feature update",
        feature_change=1.35,
    ),
    signal(
        "title",
        " retir|deprecat|end of support|end of life|end of servic|end of availab|sunset|discontinu|"
        "decommission|no longer| remov|support will end|ending support|going away",
        retirement=3.25,
    ),
    signal(
        "title",
        " create | select | allow| cancel | share | resiz| join |users can|users will|reorder|forward|"
        " import| export|summariz| insert| use | pin |customiz| schedul| generat| organize| view |"
        " choose|manage |templates|filters",
        new_feature=1.3,
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
        maintenance=5.25,
    ),
    signal(
        "title",
        ": updated | changes to | changes in | change to | updates to | update to |updated user|will change|changing",
        feature_change=1.2,
    ),
    signal(
        "title",
        "maintenance|ip address|endpoint|firewall|certificate|migrat|relocation| dns | network| domain|infrastructure",
        maintenance=2.95,
    ),
    signal(
        "title",
        "office hours|get started with|take our survey|customer survey|newsletter:|frequently asked|"
        "release wave|in development for",
        info=4.35,
    ),
    signal(
        "title",
        "best practices|live q&a|readiness|get ready for|eligibility|tech community|"
        "recap|roadmap|documentation|pricing|licensing|promotion|resources to|resources for|how to |"
        "guidance|subprocessor|toolbox|faq|what it means|what you need to know",
        info=2.55,
    ),
    signal(
        "title",
        "cve-|vulnerab|harden|enforcement mode| enforce|multifactor|multi-factor| mfa| tls|authentication requirement",
        security=2.8,
    ),
    signal(
        "title",
        "secur|authenticat|permission|protection|phishing| block|spoof|malicious|compliance and",
        security=1.5,
    ),
    signal(
        "text",
        "network endpoint|allow list|allowlist|firewall rule|firewall configuration|ip range|"
        "maintenance window|planned maintenance|service build|datacenter|network configuration",
        maintenance=2.45,
    ),
    signal(
        "intro",
        "will be able to|can now|ability to|announcing the|we are announcing|introduc|now support|"
        "will allow|lets you|enables|you can now|adding|new feature|new capability|new option|"
        "will soon support|now lets|now allows",
        new_feature=1.35,
    ),
    signal(
        "intro",
        "we're updating|we are updating|we're changing|we are changing|will change|improv|making changes|"
        "renam|will be moved|behavior|streamlin|enhanc|updating|simplif|redesign|will be replaced|"
        "being updated|replac",
        feature_change=0.95,
    ),
    signal(
        "text",
        "enhance security|improve security|secure future initiative|vulnerab|unauthorized| attack|"
        "security risk|potential data exposure|security posture|impersonat|spoof|malicious",
        security=1.7,
    ),
    signal(
        "intro",
        "we will retire|we're retiring|we are retiring|will be retired|retirement of|will be removed|"
        "we will remove|deprecat|end of support|phased out|will no longer|being retired",
        retirement=2.3,
    ),
    signal(
        "text",
        "limited to|is limited|no longer be able to perform",
        retirement=0.6,
    ),
    signal(
        "marks",
        "category:preventorfixissue",
        maintenance=0.8,
        security=0.5,
        retirement=1.55,
    ),
    signal(
        "marks",
        "family:windows",
        maintenance=1.0,
        info=1.3,
        security=0.75,
    ),
    signal(
        "text",
        "being renamed|will be renamed|relocated|functionally the same|remains the same|"
        "aligns with existing|consistent experience|will now be named|will now be called|"
        "existing functionality|new default|simplified|visual refresh|will replace the|was named|"
        "only be able to|will only return",
        feature_change=1.15,
    ),
    signal(
        "intro",
        "to enhance security|to improve security|enhances security|strengthen security|"
        "security and compliance|security vulnerab|enhance compliance and security|reduce potential|"
        "more secure|required permission|will require either",
        security=2.7,
    ),
)
