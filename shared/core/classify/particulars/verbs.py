"""The verbs with which posts ask for something: a closed list, so that no noun is taken for an order."""

VERBS = frozenset((
    "activate", "add", "adjust", "adopt", "advise", "align", "allow", "allowlist", "amend", "analyze", "apply",
    "approve", "archive", "assess", "assign", "audit", "avoid", "back", "begin", "block", "bookmark", "brief",
    "build", "change", "check", "choose", "clean", "clear", "click", "communicate", "complete", "conduct",
    "configure", "confirm", "connect", "consider", "consolidate", "contact", "continue", "convert", "copy", "create",
    "customize", "decide", "define", "delegate", "delete", "deploy", "deselect", "design", "determine", "develop",
    "direct", "disable", "disconnect", "document", "download", "edit", "educate", "enable", "encourage", "enforce",
    "engage", "enroll", "ensure", "establish", "evaluate", "exclude", "exempt", "export", "extend", "familiarize",
    "fill", "find", "finish", "follow", "generate", "give", "go", "grant", "halt", "identify", "implement", "import",
    "include", "incorporate", "inform", "install", "instruct", "inventory", "investigate", "invite", "keep", "leave",
    "let", "limit", "link", "locate", "maintain", "make", "manage", "map", "mark", "migrate", "mitigate", "modify",
    "monitor", "move", "navigate", "notify", "obtain", "open", "opt", "optimize", "partner", "pick", "pilot", "pin",
    "plan", "point", "populate", "postpone", "prepare", "prevent", "prioritize", "prohibit", "promote", "provide",
    "provision", "publish", "purchase", "push", "raise", "re-acquire", "re-create", "re-deploy", "re-enable",
    "re-enroll", "re-register", "re-run", "reassure", "rebuild", "recompile", "reconfigure", "recreate", "redeploy",
    "redirect", "reduce", "refactor", "refresh", "register", "reinstall", "remediate", "remind", "remove", "rename",
    "renew", "reopen", "replace", "replan", "republish", "request", "require", "rerun", "reset", "resolve", "restart",
    "restore", "restrict", "retain", "retest", "retrain", "retrieve", "return", "reupload", "revert", "review",
    "revise", "revoke", "rewrite", "rotate", "run", "save", "schedule", "scope", "search", "secure", "select", "send",
    "set", "share", "sign", "specify", "start", "stay", "stop", "submit", "switch", "sync", "tag", "take", "target",
    "tell", "test", "toggle", "train", "transfer", "transition", "trigger", "turn", "uncheck", "understand",
    "uninstall", "unpin", "update", "upgrade", "upload", "use", "validate", "verify", "whitelist", "work",
))  # fmt: skip
_DOUBLED = {"stop", "plan", "run", "set", "map", "tag", "opt", "pin", "reset", "submit", "begin"}


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + "ing"


GERUNDS = {_gerund(verb): verb for verb in VERBS}
