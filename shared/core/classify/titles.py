"""Titles that say in so many words what kind of change a post is about."""

from functools import lru_cache

from shared.core.text.wording import any_of

_TITLES = {  # the first that is found counts: an event about security is an event
    "retirement": any_of(
        r"(?:is|are|will be|being|gets?) (?:retired|discontinued|decommissioned|shut down)\b",
        r"will retire\b",
        r"(?:can|will|does|do|is|are) no longer\b",
        r"(?:refuses|rejects|blocks) (?:old|older|legacy)\b",
    ),
    "info": any_of(
        r"office hours",
        r"survey (?!tool|app|service|form)",
        r"survey$",
        r"live q&a",
        r"(?:tune|join) (?:in|us)\b",
        r"ask (?:microsoft|us) anything",
        r"community live",
        r"in development for",
        r"(?:we )?bill(?:ing|ed)? (?:for|change|update|notice|of)",
        r"(?:product|licens\w+|service) terms",
        r"(?:change|update)s? (?:to|of|in) (?:\w+ ){0,3}(?:licensing|pricing)\b",
        r"(?:licensing|price|pricing) (?:change|update|increase)s?\b",
        r"invoices?\b",
        r"(?:your|the|monthly) bill\b",
        r"(?:is|are|be) (?:charged|billed)\b",
        r"costs? (?:more|less)\b",
        r"pay-as-you-go for\b",
        r"billing periods?\b",
        r"events? to help\b",
        r"new resources\b",
        r"frequently asked questions\b",
        r"licen[cs]es?\b[^|:]{0,40}\b(?:renewed|terms|cost)\b",
        r"(?:change|update|increase)s? (?:to|of|in) (?:the )?prices?\b",
    ),
    "security": any_of(
        r"cve-\d",
        r"hardening",
        r"vulnerabilit",
        r"(?:permission|role|policy|tls) enforcement",
        r"enforcement of",
        r"(?:will be|to be|now) enforced",
        r"required permissions",
        r"requires? (?:\w+ ){0,2}approval",
        r"secure boot",
        r"(?:safety|security) defaults",
        r"script injection",
        r"(?:block|stop|prevent)\w* (?:\w+ )?(?:inject|spoof|phish|malicious)\w*",
        r"content security policy",
        r"will (?:refuse|be refused)\b",
        r"(?:strict|strong|tight)er (?:\w+ ){0,2}(?:check|validation|control|security|requirement|polic|rule)\w*",
        r"to protect (?:against|from)\b",
        r"(?:reduce|lower)\w* the risk\b",
        r"proof of possession",
        r"(?:needs?|requires|asks? \w+ \w+ for) (?:an? )?(?:\w+ )?(?:approval|consent|passkeys?|second factor|mfa"
        r"|multi-?factor)\b",
        r"(?:rejects?|refuses?|blocks?) (?:\w+ ){1,4}(?:that|which|from|without|with) (?:\w+ ){0,3}(?:fail|unsigned"
        r"|weak|unknown|untrusted|old)\w*",
        r"(?:becomes?|is|are|will be|now) (?:mandatory|compulsory) (?:for|in|on|to)\b",
    ),
    "maintenance": any_of(
        r"planned maintenance",
        r"(?:security|quality|cumulative|preview|optional) updates? (?:is|are)\b",
        r"known issues?\b",
        r"(?<!\w )(?:issues?|problems?) (?:with|when|where|after)\b",
        r"(?:shows?|sees?|gets?) (?:an? )?(?:wrong|error|blank|missing)\b",
        r"slow (?:\w+ )?(?:in|for|on|to)\b",
        r"(?:ports?|service tags|ip addresses|addresses|hosts?)\b[^|:]{0,40}\bchang\w+",
        r"(?:new|other|additional|changed) (?:\w+ )?(?:ports|service tags|addresses|hosts)\b",
        r"(?:users|devices|clients|apps|admins) (?:cannot|can't|may not|might fail|may fail|fail|are unable)\b",
        r"fix(?:es)? (?:released|available) for\b",
        r"(?:new|changed|changes to|additional) (?:ip|network) (?:range|address|endpoint)\w*",
        r"(?:ip|network|web) address(?:es)?\b[^|:]{0,60}\bchang\w+",
        r"(?:gateways?|relays?|servers?)\b[^|:]{0,60}\bmov(?:es?|ing) to (?:new|other)\b",
        r"freeze (?:of|on|for)\b",
        r"no (?:\w+ )?(?:updates|releases|deployments) (?:at|in|from|during|between|over)\b",
        r"pause (?:of|in) (?:\w+ )?(?:deployments|updates|releases|roll-?outs)\b",
    ),
    "feature_change": any_of(
        r"will (?:now )?default to\b",
        r"chang\w+ (?:the|its|their) default",
        r"(?:new|changed) default (?:for|of|in)\b",
        r"default (?:behaviou?r |view |state |layout )?(?:changes|is changing)\b",
    ),
}


@lru_cache(maxsize=2)  # asked twice for each post
def plain_kind(title: str) -> str | None:
    """The kind that a title says in so many words."""
    return next((kind for kind, wordings in _TITLES.items() if wordings.search(title)), None)
