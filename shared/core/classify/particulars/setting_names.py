"""The names of settings and policies in a sentence."""

from collections.abc import Iterator

from shared.core.terms import ControlKind
from shared.core.text.wording import Wording, any_of, has_any

_NOUNS = ("olic", "etting", "oggle", "egistry")
_USERS_SET = any_of(
    r"users? (?:can|may|will be able to) (?:\w+ly )?(?:turn|enable|disable|toggle|choose|set|use|manage|adjust"
    r"|customi[sz]e)",
    r"users? (?:(?:can|may|will|need to|should|must) )?(?:go|navigate) to\b",
)
_QUOTED = Wording(
    r"\"(?P<before>[A-Z][^\"]{3,140}?)[.,]?\"[”']?\s(?:\w+ ){0,2}?(?P<noun>settings?|polic(?:y|ies)|toggle|option"
    r"|control|checkbox|switch"
    r"|parameter|registry)"
    r"|\b(?P<noun2>settings?|polic(?:y|ies)|toggle|option|checkbox|switch)(?: called| named| labell?ed|,"
    r"|:)? \"(?P<after>[A-Z][^\"]{3,140}?)[.,]?\""
)
_NAMED = Wording(
    r"(?P<name>(?:(?<=\bthe )|(?<=\bThe )|(?<=\byour )|(?<=\bUse )|(?<=\buse )|(?<=\bof )|(?<=\b[Ss]et )"
    r"|(?<=\bin )|(?<=\bvia )|(?<=\bnew )"
    r"|(?<=\ba )|(?<=\b[Cc]onfigure )|(?<=\bthrough )|(?<=\b[Uu]nder )|(?<=\b[Ee]nable )|(?<=\b[Dd]isable )"
    r"|(?<=\busing )|(?<=\bwith )|(?<=\b[Mm]odify )|(?<=\b[Rr]eview )|(?<=\b[Aa]djust )|(?<=\b[Uu]pdate )"
    r"|(?<=\b[Cc]reate )|(?<=\b[Cc]heck )|(?<=\bdefine ))"
    r"(?:(?:Allow|Enable|Disable|Turn|Block|Require|Prevent|Show|Let|Send|Manage|Include|Restrict|Configure"
    r"|Use|Pin|Switch|Hide|Install|Scan|Keep|Share|Display|Choose|Limit|Control)\b(?: [\w'/()-]+){2,16}?"
    r"|[A-Z][\w/&-]*(?: (?:[A-Z][\w/&()-]*|of|and|for|to|in|on|a)){0,7}))"
    r" (?P<noun>(?:(?:group|mailbox|meetings?|calling|messaging|tenant|CSP|org-wide|sharing|admin"
    r"|app (?:setup|permission|protection)|update|events|files|retention|live events|voice|(?:external )?access"
    r"|external sharing) )?(?:settings?|polic(?:y|ies)(?: settings?)?|toggle)"
    r"|registry (?:key|value|setting|entry)|registry)\b"
)
_TURNED = Wording(
    r"\b(?:(?i:turn(?:ing)?) (?:on|off)|(?i:enabl|disabl)(?:e|ing)|(?i:toggl)(?:e|ing)|(?i:configur)(?:e|ing)"
    r"|(?i:uncheck|deselect)) (?:the )?"
    r"\"(?P<name>[A-Z][^\"]{8,140}?)[.,]?\""
)
_POLICY_OBJECT = Wording(
    r"(?<![-\w])(?P<name>(?:[Cc]s[A-Z][A-Za-z]{3,50}|O[Ww][Aa]Mailbox"
    r"|(?<=custom )[a-z]{3,20}(?:[A-Z][a-z]{1,20}){1,5})Policy)\b(?!-)"
)
# A name as programs write it, with a word that says what it is; a CSP is a path of its own.
_IDENTIFIER = Wording(
    r"(?<![-\w])(?P<name>[A-Za-z][a-z]\w{0,40}[a-z][A-Z]\w{1,40}) (?:attribute|property|flag|parameter"
    r"|registry \w+)\b"
    r"|(?<=olicy )(?P<policy>(?!PowerShell|SharePoint|OneDrive|OneNote"
    r"|GitHub)[A-Z][a-z]\w{1,40}[a-z][A-Z]\w{1,40})\b|(?P<value>\./(?:Device"
    r"|User)/Vendor/MSFT/[\w/.-]{3,120}\w)"
)
_SET_TO = Wording(
    r"\b(?:[Ss]et|[Tt]oggle|[Ss]witch|[Cc]hange"
    r"|[Tt]urn) (?:the )?(?P<name>[A-Z][\w/&-]*(?: [\w/&()-]+){1,14}?)(?: (?:setting|policy|toggle|parameter))? to "
    r"(?:\"|')?(?:Disabled?|Enabled?|[Oo]ff|On|TRUE|FALSE|Allow|Block|Yes|No|None|Not [Cc]onfigured)\b"
)
_REGISTRY = Wording(
    r"\b(?P<name>HK(?:LM|CU|EY_[A-Z_]{5,20}):?"
    r"(?:\\[\w.-]{1,60}(?:(?: [\w.-]{1,30}){1,3}(?=\\)|(?: [A-Z][a-z]{1,30}){1,3}\b)?){1,12})"
)
# The key of a mobile app's configuration.
_KEY = Wording(r"(?<![\w./@-])(?P<name>com\.[a-z]\w{1,40}(?:\.\w{2,60}){2,6})\b(?![/@-])")
# Each with a part that every such name has.
_PLAIN: tuple[tuple[str, ControlKind, Wording], ...] = (
    ("HK", "setting", _REGISTRY),
    ('"', "setting", _TURNED),
    ("Policy", "policy", _POLICY_OBJECT),
    ("com.", "setting", _KEY),
)
# Words that every product has: a setting named by these alone has no name.
_GENERIC = frozenset(
    (
        *("microsoft", "teams", "copilot", "new", "admin", "org", "this", "these", "your", "our", "the", "existing"),
        *("current", "all", "tenant", "organization", "data", "security", "privacy", "microsoft-365", "outlook"),
        *("windows", "app", "apps", "user", "users", "global", "default", "custom", "edge", "sharepoint", "onedrive"),
        *("exchange", "intune", "purview", "entra", "defender", "cloud", "device", "devices", "compliance"),
        *("governance", "access", "group", "it", "ai", "sensitivity", "retention", "label", "usage", "general"),
        *("review", "update", "set", "use", "note", "no", "advanced", "account", "windows-settings", "key", "value"),
        *("type", "registry", "powershell", "policy", "mdm", "online"),
        *("of", "and", "for", "to", "in", "the", "on", "with", "your", "or", "a"),
    )
)
_CAMEL = Wording(r"[a-z][A-Z]")
_OWN_WORDS = Wording(r"[A-Za-z][\w/-]*")
_ANY_ADMIN = frozenset({"tenant", "admin", "org-wide", "group", "policy", "registry"})
_MANY = 4  # words with which a name is a sentence: it needs no "policy" behind it


def users_set(sentence: str) -> bool:
    """Whether what a sentence names is set by users, each for themselves."""
    return _USERS_SET.search(sentence) is not None


def settings(sentence: str) -> Iterator[tuple[ControlKind, str]]:
    """The settings and policies that a sentence names, but for those that users have of their own."""
    if users_set(sentence):
        return
    for sign, kind, wording in _PLAIN:
        if sign in sentence:
            yield from ((kind, match["name"]) for match in wording.finditer(sentence))
    for match in _IDENTIFIER.finditer(sentence):
        yield "policy" if match["policy"] else "setting", match["policy"] or match["name"] or match["value"]
    quoted = list(_QUOTED.finditer(sentence)) if '"' in sentence else []
    spans = [match.span() for match in quoted]
    names = ((match["before"] or match["after"], match["noun"] or match["noun2"]) for match in quoted)
    # One plain word is a value: the "Anyone" option.
    yield from ((_kind(noun), name) for name, noun in names if not name.isalpha() or _CAMEL.search(name))
    for match in _SET_TO.finditer(sentence):
        if not _IDENTIFIER.search(match[0]):
            spans.append(match.span())
            yield _kind(sentence), match["name"]
    if has_any(sentence, _NOUNS):
        for match in _NAMED.finditer(sentence):
            if not any(first <= match.start() < last for first, last in spans):
                yield from _named(match["name"].strip(), match["noun"])


def keys(text: str) -> Iterator[tuple[ControlKind, str]]:
    """The keys of a mobile app's configuration."""
    yield from (("setting", match["name"]) for match in _KEY.finditer(text))


def own_words(name: str) -> list[str]:
    """The words of a name that not every product has."""
    return [word for word in _OWN_WORDS.findall(name) if word.lower() not in _GENERIC]


def _named(name: str, noun: str) -> Iterator[tuple[ControlKind, str]]:
    """A name written in capitals before "policy" or "setting"; none where it only says whose they are."""
    words, own = _OWN_WORDS.findall(name), own_words(name)
    own += [word for word in noun.split()[:-1] if word not in _ANY_ADMIN]
    if not own or (len(own) == 1 and own[0].isupper() and own[0] != "DLP"):
        return
    yield _kind(noun), name if noun.startswith("registry") or len(words) > _MANY else f"{name} {noun}"


def _kind(noun: str) -> ControlKind:
    return "policy" if "olic" in noun else "setting"
