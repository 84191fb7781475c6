"""The names of settings that stand in a sentence without quotation marks."""

from collections.abc import Iterator

from shared.core.classify.particulars.paths import PLACE
from shared.core.classify.particulars.setting_names import own_words
from shared.core.terms import ControlKind
from shared.core.text.wording import Wording, any_of, has_any

_WORD = r"[\w'&/()-]+"
_TURNS = (
    r"(?:[Tt]urn(?:s|ing)? (?:on|off)|[Ee]nabl(?:e|es|ing)|[Dd]isabl(?:e|es|ing)|[Ss]witch(?:ing)? (?:on|off)"
    r"|[Tt]oggl(?:e|ing)(?: on| off)?|[Cc]onfigur(?:e|es|ing)|[Aa]djust(?:ing)?|[Ss]et(?:ting)?|[Uu]s(?:e|es|ing)"
    r"|[Cc]heck|[Vv]erify|[Cc]lear|[Ss]elect|[Uu]ncheck|[Vv]ia|[Tt]hrough|[Rr]eview)"
)
_LED = Wording(
    rf"\b{_TURNS} (?:the|your|a) (?:new )?(?P<name>[A-Z][\w'&/()-]*(?: {_WORD}){{1,12}}?) "
    r"(?P<noun>toggle(?: switch)?|setting|property|checkbox|switch|feature flag)\b"
)
_LED_POLICY = Wording(
    r"\b(?:[Uu]s(?:e|ing)|[Vv]ia|[Tt]hrough|[Mm]anag(?:e|ing)|[Cc]onfigur(?:e|ing)|[Ss]et|[Ee]nable|[Dd]isable"
    r"|[Ww]ith) the (?P<name>[A-Z][\w'&/-]*(?: [\w'&/-]+){1,4}?) policy\b"
)
_SMALL_LED = Wording(
    r"\b(?:[Tt]urn(?:ing)? (?:on|off)|[Ee]nabl(?:e|ing)|[Dd]isabl(?:e|ing)|[Cc]onfigur(?:e|ing)|[Ss]et(?:ting)?"
    r"|[Ww]ith"
    r"|[Uu]s(?:e|ing)) the (?:new )?(?P<name>[a-z]+-[a-z-]{2,30}(?: [a-z-]{3,20})?|[a-z-]{4,20} [a-z-]{4,20}) "
    r"(?P<noun>property|toggle|flag|attribute)\b"
)
_APPOSED = Wording(
    r"\b(?:setting|toggle|policy|property|preference|control|option|parameter)"
    rf"(?:, (?P<name>[A-Z][\w'&/()-]*(?: {_WORD}){{2,12}}?),| \((?P<inside>[A-Z][\w'&/-]*(?: [\w'&/-]+){{2,12}})\)"
    rf"| (?:called|named|titled|labell?ed) (?P<titled>[A-Z][\w'&/()-]*(?: {_WORD}){{1,14}}?)"
    r"(?=[,.;:)]|$| (?:will|is|are|has|can|that|which|appears|under|lets|allows)\b))"
)
_AFTER_COLON = Wording(
    r"\b(?:[Ee]nable|[Dd]isable|[Tt]urn (?:on|off)|[Uu]s(?:e|ing)|[Cc]onfigure|[Ss]et|[Rr]eview)\b[^:.]{0,60}\b"
    rf"(?P<noun>setting|toggle|policy|property): (?P<name>[A-Z][\w'&/()-]*(?: {_WORD}){{1,16}})(?=[.;]?$| [|])"
)
_PREFIXED = Wording(
    r"\b(?:setting|toggle|preference|property|policy) (?P<name>(?:Show|Allow|Enable|Disable|Turn|Block|Require"
    r"|Prevent"
    rf"|Let|Hide|Include|Restrict|Manage|Send|Configure|Control)(?: {_WORD}){{1,10}}?)"
    r"(?=[.,;:]|$| (?:is|will|to (?:on|off|enabled|disabled)|in the)\b)"
)
_ADMIN_CONTROL = Wording(r"(?<![\w-])(?P<name>(?:[A-Z][\w&/-]* ){1,4}Admin (?:Control|Toggle|Setting))s?\b(?! [A-Z])")
_IN_ITS_CENTRE = Wording(
    r"\b(?:[Rr]eview|[Cc]onfigure|[Mm]anage|[Cc]heck|[Aa]djust|[Uu]pdate|[Vv]erify|[Cc]hange)(?: (?:and|or) \w+)? "
    r"(?:your|the|their) (?:organi[sz]ation's |tenant's )?(?:new |existing |current |relevant )?"
    r"(?P<name>(?!(?:new|existing|current|relevant|tenant|admin|toggle|default|these|policy|following)\b)"
    r"[a-z][\w-]*(?: [\w-]+){0,4}? "
    r"(?:settings?|polic(?:y|ies)))(?: (?:in|via|through) (?:the )?" + PLACE + ")"
)
_VIA_SETTINGS = Wording(
    r"\b(?:[Vv]ia|[Ii]n|[Tt]hrough|[Uu]sing|[Ff]rom) (?:the )?(?P<name>[A-Z][\w-]*(?: [\w-]+){0,3}? [Ss]ettings)"
    r" (?:in|of|on) (?:the )?" + PLACE
)
_OF_A_PRODUCT = Wording(
    r"\b(?:[Rr]eview|[Cc]onfigure|[Mm]anage|[Cc]heck|[Aa]djust|[Uu]pdate|[Vv]erify) (?:and \w+ )?"
    r"(?P<name>(?!(?:new|existing|current|relevant|tenant|admin|toggle|default|these|policy|following|all|any|and"
    r"|your|the|their)\b)"
    r"[a-z][\w-]*(?: [a-z-]+){1,3}? settings) in [A-Z]"
)
_OF_A_PAGE = Wording(
    r"\b(?:through|via|using|with|use) the (?P<name>[a-z-]{3,20} [a-z-]{3,20}) setting (?:in|on|under)\b"
)
_OPTION = Wording(r"\b[Tt]he (?P<name>[A-Z][\w'-]*(?: [a-z'-]+){1,8}?) (?:meeting|chat|event) option\b")
_BY_ADMINS = Wording(
    r"\b[Ii]f (?:the |an? )?(?P<name>[A-Z][\w'-]*(?: [\w'-]+){1,4}?) (?:is|are) (?:disabled|turned off|blocked)"
    r"(?: for (?:a|the|your) tenant)? by (?:the |your |their )?(?:\w+ )?admin"
)
_MUST_BE_ON = Wording(
    r"(?:^|, )(?P<name>[A-Za-z][a-z-]+ [a-z-]{3,20}(?: [a-z-]{3,20})?) must be (?:enabled|turned on) "
    r"(?:in|for|on) (?:your|the) (?:environment|tenant|organi)"
)
_PERMISSIONS = Wording(
    r"\b(?:manag|chang|break|adjust|edit|review)(?:e|ing) (?P<name>[Pp]ermission(?:s| inheritance) (?:on|of) the "
    r"[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,3} (?:library|list|folder|group))\b"
)
_DEFAULT_FOR = Wording(r"\b(?:default|value) (?:for|of) (?:the )?\"(?P<name>[A-Z]\w* [^\"]{4,120}?)[.,]?\"")
_RARE = ((" settings in ", _OF_A_PRODUCT), (" setting ", _OF_A_PAGE), (" option", _OPTION))
_SETTINGS_PAGE = Wording(
    r"\b(?:the|a|your) (?:new )?(?P<name>[A-Z][\w&/-]*(?: [\w&/-]+){0,4}? [Ss]ettings) (?:page|pane|tab|blade)\b"
)
_KNOWN = Wording(
    r"\b(?:[Uu]sing|[Vv]ia|[Tt]hrough|[Ii]n|[Cc]onfigur(?:e|ing)|[Cc]reat(?:e|ing)|[Uu]pdat(?:e|ing)|[Rr]eview"
    r"|[Aa]djust(?:ing)?|[Nn]ew|[Ll]ink \w+ to|[Ee]dit(?:ing)?|[Mm]odify(?:ing)?)"
    r"(?: (?:the|a|an|your|this|new|current|calling and|meeting and|and update|or update|and adjust)){0,3} "
    r"(?P<name>(?:(?:Microsoft|Exchange(?: Online)?|Teams|Outlook|Defender|Intune|Entra) )?"
    r"(?:(?:anti-(?:spam|phishing|malware)|[Mm]eetings?|[Mm]essaging|[Cc]alling|[Aa]pp (?:permission|setup|protection"
    r"|configuration)|[Cc]onditional access) polic(?:y|ies)(?: settings?)?|(?:[Tt]ransport|[Mm]ail flow) rules?))\b"
)
# What is named without a noun, and spoken of in many posts.
_BY_ITS_NAME = Wording(
    r"\b(?P<name>(?:Anthropic (?:models )?as an? (?:\w+ )?subprocessor"
    r"|AI providers (?:operating )?as Microsoft subprocessors)s?)\b"
)
_KNOWN_SIGNS = ("olic", "rule")
# A policy that is managed says only who someone is; one that is kept, or in a pair of old ones, controls nothing new.
_WHO = any_of(
    r"(?:manag|configur|overs|administ)\w*ing\b",
    r"(?:who|that) (?:manage|configure|use|have)\b",
    r"existing\b",
    r"respect\w*",
    r"(?:not governed|continue|remain|unchanged|stay|honor)\w*",
)
_ASKED = Wording(r"\W*(?:Review|Check|Verify|Update|Adjust|Configure|Confirm)\b")
_HUMP = r"[A-Z][a-z0-9]+"
_SWITCHES = (
    r"Enabl|Allow|Disabl|Block|Show|Hide|Hidden|Deny|Prevent|Restrict|Require|OptIn|OptOut|AccessLevel|Configure"
)
_CAMEL = Wording(
    rf"(?<![\w.$/@#-])(?=\w{{0,60}}?(?:{_SWITCHES}))(?!Enabled|Disabled)(?P<name>{_HUMP}(?:{_HUMP}"
    rf"|[A-Z]{{2,6}}(?=[A-Z]|\b)){{2,14}})(?![\w(/@-]|\.\w)"
)
_ENDING = any_of(
    r"(?:retir|deprecat|remov|decommission|discontinu)\w*",
    r"(?:will|can|should) no longer\b",
    r"no longer need\w*",
    r"(?:do|does|did|will) not (?:affect|change|impact|work)",
    r"didn't work",
)
_CLAUSE = any_of(
    r"and (?:ensure|select|set|enable|disable|turn|configure|review|verify|check|use|make)",
    r"(?:is|are|was|were|will|that|which|who|can|may|if|when|then|you|your|this|these|their)\b",
    tail=r"(?=\W|$)",
)
_CAMEL_HUMP = Wording(r"[a-z][A-Z]")
_NOUN_AFTER = Wording(
    r"[\"']? (?:(?:policy|tenant|admin|group|org-wide) )?(?:setting|toggle|polic(?:y|ies)|property|preference"
    r"|checkbox"
    r"|switch|parameter|control)\b"
)
_NOUN_BEFORE = Wording(
    r"\b(?:setting|toggle|policy|property|preference|control|checkbox|option)(?:,|:| called| named| titled"
    r"| labell?ed| for)?"
    r" [\"']?$"
)
_NO_NAME = any_of(r"(?:default|on|off|enabled|disabled|new)\b")
_SENTENCE_LIKE = 3  # gaps in a name that needs no more to be one
_LEAD_WIDTH = 30
_NOUNS = (
    "etting",
    "oggle",
    "olic",
    "ropert",
    "reference",
    "heckbox",
    "witch",
    "lag",
    "option",
    "ontrol",
    "ttribute",
    "arameter",
)
_TAIL = Wording(r"(?: (?:using|via|through|in|on|for|to|by|with|from|at|of|and|or|the|a))+$")
_NO_NAMES = frozenset({"cloud policy", "group policy", "intune", "microsoft teams", "microsoft 365", "global"})
_LONGEST = 120


def bare_names(sentence: str) -> Iterator[tuple[ControlKind, str]]:
    """The names of settings that a noun beside them gives away, and those written as programs write them."""
    if has_any(sentence, _NOUNS):
        yield from _beside_a_noun(sentence)
    if has_any(sentence, _KNOWN_SIGNS) and (_ASKED.match(sentence) or not _WHO.search(sentence)):
        yield from (("policy", found["name"]) for found in _KNOWN.finditer(sentence))
    if "subprocessor" in sentence and "Learn more" not in sentence[:12]:
        yield from (("setting", found["name"]) for found in _BY_ITS_NAME.finditer(sentence))
    if " must be " in sentence:
        yield from (("setting", found["name"]) for found in _MUST_BE_ON.finditer(sentence))
    if " by " in sentence and "admin" in sentence:
        yield from (("setting", found["name"]) for found in _BY_ADMINS.finditer(sentence))
    if "ermission" in sentence:
        yield from (("setting", found["name"]) for found in _PERMISSIONS.finditer(sentence))
    yield from identifiers(sentence)


def _beside_a_noun(sentence: str) -> Iterator[tuple[ControlKind, str]]:
    for wording in (_LED, _LED_POLICY, _APPOSED, _AFTER_COLON, _PREFIXED):
        for match in wording.finditer(sentence):
            name = _TAIL.sub("", next(filter(None, (match[group] for group in wording.groupindex if group != "noun"))))
            if _is_name(name):
                yield "policy" if "policy" in match[0] else "setting", name
    yield from (("setting", f"{found['name']} {found['noun']}") for found in _SMALL_LED.finditer(sentence))
    yield from (("setting", found["name"]) for found in _ADMIN_CONTROL.finditer(sentence))
    wordings = [_IN_ITS_CENTRE, _VIA_SETTINGS, _DEFAULT_FOR]
    wordings += [wording for sign, wording in _RARE if sign in sentence]
    for wording in wordings:
        for match in wording.finditer(sentence):
            yield "policy" if "olic" in match["name"] else "setting", match["name"]
    yield from (("setting", f"{found['name']} page") for found in _SETTINGS_PAGE.finditer(sentence))


def _is_name(text: str) -> bool:
    """Whether words before "setting" are its name: no half sentence, no default, no product alone."""
    return not (
        len(text) > _LONGEST
        or text.lower() in _NO_NAMES
        or _CLAUSE.search(text)
        or _NO_NAME.match(text)
        or not own_words(text)
    )


def bold_settings(sentence: str, bold: tuple[str, ...]) -> Iterator[tuple[ControlKind, str]]:
    """The names in bold that stand beside "setting", "toggle", "policy" and their like."""
    if not bold or not has_any(sentence, _NOUNS):
        return
    for name in bold:
        at = sentence.find(name)
        if at < 0 or not (" " in name or _CAMEL_HUMP.search(name)) or not _is_name(name):
            continue
        after = _NOUN_AFTER.match(sentence, at + len(name))
        before = None if after else _NOUN_BEFORE.search(sentence, max(0, at - _LEAD_WIDTH), at)
        noun = after or before
        if noun is None:
            continue
        kind: ControlKind = "policy" if "olic" in noun[0] else "setting"
        if kind == "setting" or name.count(" ") >= _SENTENCE_LIKE or " " not in name:
            yield kind, name


def identifiers(text: str) -> Iterator[tuple[ControlKind, str]]:
    """Names as programs write them, in which it is said that they switch something: `IsNotesPaneEnabled`."""
    found = list(_CAMEL.finditer(text))
    if found and not _ENDING.search(text):
        yield from (("setting", match["name"]) for match in found)
