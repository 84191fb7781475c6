"""What sort of change it is: cues of `kind`."""

from shared.core.classify.signals import signal

KIND = (
    signal("tags", "retirement"),
    signal("tags", "new feature"),
    signal("tags", "feature update"),
    signal(
        "title",
        " retir|deprecat|end of support|end of life|end of servic|end of availab|sunset|discontinu|"
        "decommission|no longer| remov|support will end|ending support|going away",
    ),
    signal(
        "title",
        " create | select | allow| cancel | share | resiz| join |users can|users will|reorder|forward|"
        " import| export|summariz| insert| use | pin |customiz| schedul| generat| organize| view | choose|"
        "manage |templates|filters",
    ),
    signal(
        "title",
        "chang| updat|improve|enhanc|renam|redesign|streamlin|simplif| default|transition|moving|refresh|"
        "modern|unified|name change|replac|performance",
    ),
    signal(
        "title",
        "security update is|preview update is|service update for|release notes|updates available|known issue|"
        "out-of-band|update is now available|update is available",
    ),
    signal(
        "title",
        ": updated | changes to | changes in | change to | updates to | update to |updated user|will change|changing",
    ),
    signal(
        "title",
        "maintenance|ip address|endpoint|firewall|certificate|migrat|relocation| dns | network| domain|infrastructure",
    ),
    signal(
        "title",
        "office hours|get started with|take our survey|customer survey|newsletter:|frequently asked|"
        "release wave|in development for",
    ),
    signal(
        "title",
        "best practices|live q&a|readiness|get ready for|eligibility|tech community|recap|roadmap|"
        "documentation|pricing|licensing|promotion|resources to|resources for|how to |guidance|subprocessor|"
        "toolbox|faq|what it means|what you need to know",
    ),
    signal(
        "title",
        "cve-|vulnerab|harden|enforcement mode| enforce|multifactor|multi-factor| mfa| tls|authentication requirement",
    ),
    signal("title", "secur|authenticat|permission|protection|phishing| block|spoof|malicious|compliance and"),
    signal(
        "text",
        "network endpoint|allow list|allowlist|firewall rule|firewall configuration|ip range|"
        "maintenance window|planned maintenance|service build|datacenter|network configuration",
    ),
    signal(
        "intro",
        "will be able to|can now|ability to|announcing the|we are announcing|introduc|now support|will allow|"
        "lets you|enables|you can now|adding|new feature|new capability|new option|will soon support|"
        "now lets|now allows",
    ),
    signal(
        "intro",
        "we're updating|we are updating|we're changing|we are changing|will change|improv|making changes|"
        "renam|will be moved|behavior|streamlin|enhanc|updating|simplif|redesign|will be replaced|"
        "being updated|replac",
    ),
    signal(
        "text",
        "enhance security|improve security|secure future initiative|vulnerab|unauthorized| attack|"
        "security risk|potential data exposure|security posture|impersonat|spoof|malicious",
    ),
    signal(
        "intro",
        "we will retire|we're retiring|we are retiring|will be retired|retirement of|will be removed|"
        "we will remove|deprecat|end of support|phased out|will no longer|being retired",
    ),
    signal("text", "limited to|is limited|no longer be able to perform"),
    signal(
        "text",
        "being renamed|will be renamed|relocated|functionally the same|remains the same|aligns with existing|"
        "consistent experience|will now be named|will now be called|existing functionality|new default|"
        "simplified|visual refresh|will replace the|was named|only be able to|will only return",
    ),
    signal(
        "intro",
        "to enhance security|to improve security|enhances security|strengthen security|"
        "security and compliance|security vulnerab|enhance compliance and security|reduce potential|"
        "more secure|required permission|will require either",
    ),
    signal("title", "available in|now available|is available|coming to|support for|: new "),
    signal(
        "summary",
        "enhance security|improve security|strengthen security|security features|stronger security|"
        "unauthorized|data exposure|protect against|secure by default|more secure",
    ),
    signal("title", "enhancement|enhanced|improvement|improved|refinement|optimiz"),
    signal("title", "new limit| limits| limit |capacity|threshold"),
    signal("title", "default to |defaults chang|will default|changing to|by default|default setting|new default"),
    signal("title", "renam|rebrand|name change|now called|terminology|new name"),
    signal("title", "migration of|migrating|will move|moving to|moves to|move to |relocat|centraliz"),
    signal("title", "streamlined|unified|simplified|redesign|modern |moderniz|new look|refresh|flattened"),
    signal(
        "title",
        "approval|permission enforcement|required permission|least privilege|high privilege|secure boot|"
        "security default|safety|safeguard|governance|agent security",
    ),
    signal(
        "title",
        " tls|certificate|root ca|cipher|dkim|dmarc|sender domain|domain setup|conditional access| mfa|"
        "passkey|sign-in|authentication|consent|content security policy|script injection|legacy auth|oauth|"
        "custom script",
    ),
    signal("title", "[reminder]|reminder:|reminder |(reminder)"),
    signal("title", " terms|billing| bill |bill for|invoice|price| licens|subscription|self-service trial|paid "),
    signal(
        "title",
        "in development|preparing |playbook| guide|get ready|extended security update| esu|experts|"
        "community live|get started",
    ),
    signal(
        "title",
        "planned maintenance|maintenance:|data relocation|scan cab|update to address|issue affecting|"
        "might be|incorrect|paused|address an issue|now available via",
    ),
    signal(
        "title",
        "removal|retiring|ending | ended|will require android|will require ios|moving to support|"
        "no longer supported|or higher|minimum version|and earlier|being removed",
    ),
    signal(
        "intro",
        "previously|until now|before this change|after this change|instead of|will now|currently,|today,|existing ",
    ),
    signal(
        "intro", "new setting|new policy|new control|new option|new capability|new tool|brand new|for the first time"
    ),
    signal(
        "summary",
        "previously|instead of|will now|existing|moves to|replacing|replaces|replaced|updates |refined|"
        "redesign|increase|default to|will default",
    ),
    signal("summary", "secure|security|authentication|permissions|certificate|enforc|blocked|blocks |blocking"),
    signal("text", "for your awareness|for awareness|informational|reminder|as a reminder"),
    signal("text", "will be enforced|enforcement|enforcing|will be blocked|hardening|hardened|not be trusted|expire"),
)
