"""How to stay out of a change, and until when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from shared.core.classify.dates.cues import dates
from shared.core.classify.dates.phrases import may_name_days
from shared.core.classify.document import Document
from shared.core.posts.particulars import WayOut
from shared.core.terms import WayOutKind
from shared.core.text.wording import Wording, any_of, folded, has_any, sentences

_MOST = 8
_WIDEST = 1_000  # characters of a sentence that are read; those of real posts end at 700
_LONGEST_WORDS = 500
_STOPS = frozenset({"opt_out", "turn_off"})  # two words for one way

# Parts of all the wordings below: quickly seen to be missing.
_SIGNS = (
    *("pt out", "pt-out", "pting out", "pting-out", " off", "isabl", "eactivat", "witch", "evert", "eep", "etain"),
    *("classic", "oggle", "xempt", "xtension", "efer", "ostpon", "elay", "to block", "prevent", "controls", "to pause"),
    *(
        "not want ",
        "don't want ",
        "always ",
        "not control",
        " no action",
        "action is taken",
        " to maintain",
        "override",
        "remain",
        "no longer be able",
        "oll back",
        "rolled back",
        "preserve",
        "restore",
        "undone",
        "evious",
        "egacy",
    ),
)
_ANSWER_SIGNS = ("isabl", "urned off", "urn off", "witch", "oggle", "pt out", "pt-out", "verride")
_IT = (
    r"(?:it|them|(?:the|this|these|that|its|new|any) (?:[\w'/-]+ ){0,6}?[\w'/-]+"
    r"|(?:[A-Z][\w'/()-]* ){1,6}?|[a-z]+ [a-z]+|\w+)"
)
_NONE_SIGNS = ("no ", "No ", "not", "n't", "no-", "No-", "unable", "always", "without")
_NONE = any_of(
    r"(?:there (?:is|will be|are)(?: currently)?|with) no "
    r"(?:[\w-]+ ){0,5}?(?:way|option|ability|opt[- ]?out|admin controls?"
    r"|controls?"
    r"|settings?|policy|toggle|tenant[- ]level controls?)(?: [\w-]+){0,6}?(?: to (?:\w+, ){0,2}(?:\w+,? or )?"
    r"(?:opt[- ]?out|disable|turn|switch|delay|postpone|defer|revert|block|prevent)|(?<=opt-out)|(?<=opt out))\b",
    r"(?:this|it|the (?:[\w-]+ ){0,4}?(?:change|feature|update|rollout|experience|behavior|setting|migration"
    r"|retirement))"
    r"(?: \w+){0,2} (?:cannot|can't|can not|will not be able to|won't be able to) be (?:\w+ )?(?:turned off"
    r"|disabled|opted out"
    r"|switched off|delayed|postponed|deferred|reverted|rolled back|undone|reversed)",
    r"(?:you|admins?|administrators|organi[sz]ations|customers|tenants|users|developers)(?: \w+)? (?:cannot|can't"
    r"|will not be"
    r" able to|won't be able to|are not able to|are unable to|will no longer be able to"
    r"|can no longer) (?:\w+ )?(?:opt[- ]out"
    r"|switch back|revert (?:to|back)|go back to the (?:old|classic|previous|legacy)|return to the (?:old|classic"
    r"|previous"
    r"|legacy)|(?:disable|turn off|delay|postpone|defer) (?:this|the) (?:change|feature|update|rollout|experience"
    r"|migration))",
    r"(?:and|but|which|that) (?:cannot|can't|can not) be (?:turned off|disabled|switched off|opted out)",
    r"no admin(?:istrator)? controls (?:exist|are available|to (?:manage|turn|disable)|for this)",
    r"there are no admin(?:istrator)? controls(?:$| or\b)",
    r"will always (?:remain|stay|be) (?:that way|so|on|enabled|active)",
    r"(?:you|admins?|administrators|organi[sz]ations|customers|tenants)(?: \w+)? (?:cannot|can't|can not|will not be"
    r" able to) (?:control (?:the availability|whether|this|it\b|access)|(?:disable|turn off|block) it\b"
    r"|turn it off)",
    r"no (?:\w+ ){0,2}(?:settings|controls|options)(?: (?:or|and) \w+)? to (?:manage|change) (?:this|the|it)\b",
    r"(?:with|has|have) no admin(?:istrator)? controls?$",
    r"(?:(?:there (?:is|are|will be)|has|have) no (?:\w+ )?(?:additional|separate|new|dedicated|specific|admin|global"
    r"|tenant-(?:level|wide))(?: [\w-]+){0,3} (?:on/off )?(?:toggles?|(?:kill |off )?switch)\b"
    r"(?! (?:to|for) (?:enabl|turn on))"
    r"|no (?:new |additional |separate |dedicated |specific |admin |tenant[\w-]* ){1,4}(?:user )?toggles? "
    r"(?:is|are|will be) (?:introduced|available|provided|added|offered)\b)",
    r"cannot be (?:\w+ly )?(?:managed|controlled|hidden)(?: or \w+)? (?:[\w ]{1,40} )?by admin\w*",
    r"opt(?:ing)?[- ]?out (?:is|will) (?:not|no longer) (?:be )?(?:available|possible|supported|offered)",
    r"no opt[- ]?out\b",
    r"users cannot disable or \w+ (?:this|the) (?:change|update|feature|experience)\b",
    r"(?:no|without an?) option to (?:opt[- ]out|disable|turn (?:it |this )?off|revert|switch back|toggle back)",
)
_OPT_OUT = any_of(
    r"(?:can|may) [^.]{3,140}? to override the (?:new |stricter |\w+ )?default\b",
    r"opt(?:ing)?[- ]out (?:of (?:this|the|automatic|auto\w*|having|being|receiving|having)\b|by\b|before"
    r"|at any time|until"
    r"|through|using|via|,|if|in\b|prior)",
    r"(?:to|can|may|could|and|or|wish to|want to|choose to|prefer to|able to|option to"
    r"|ability to) (?:\w+ )?opt[- ]?out\b",
    r"opt[- ]?out (?:option|setting|control|toggle|policy|is available|is possible|period|window|process|form)",
    r"(?:to|can|may|could|able to|option to|request to) (?:temporarily )?(?:delay|postpone|defer|exempt"
    r"|pause) (?:this|the|your|its"
    r"|their|enforcement|migration|automatic)",
    r"(?:request|apply for|granted) (?:an? )?(?:exemption|extension|exception|deferral|postponement)\b",
)
_OPT_OUT_MODEL = Wording(r"\(opt-out(?: \w+)?\)")
_TURN_OFF = any_of(
    r"if you (?:do not|don't|prefer not to|would rather not)(?: want| wish)?(?: for)?(?: (?:your|the|these|any|all))?"
    r"(?: \w+){0,2} to (?:access|use|see|have|be able|receive|get|view|share|create)\b[^,;]{0,90}, (?:please "
    r"|you can "
    r"|you may |admins can |consider )?(?:remov|restrict|disabl|block|turn|unassign|hid|uncheck|clear|exclud"
    r"|unpin|set|us"
    r"|manag|configur|creat)\w*",
    r"(?:can|may|could|to|or|and|able to|by|option to|please) (?:\w+ly |also |still |later |easily |choose to "
    r"|easily )?(?:turn(?:ing)?"
    r"|switch(?:ing)?|toggl(?:e|ing)) (?:off|" + _IT + r" off)\b",
    r"(?:want|need|wish|like|prefer|choose) to turn off\b",
    r"if your organi[sz]ation (?:prefers|wants|wishes|needs|chooses) to (?:disable|turn off)\b",
    r"can enable \(or disable\)",
    r"^to (?:enable/|enable or )?(?:disable|turn off)\b[^.]{3,80}:$",
    r"(?:can|may|could|able to|option to|want to|prefer to|wish to|like to|choose to|ability to|enable or|enable/"
    r"|enabled? and)"
    r" ?(?:\w+ly |also |still |later |choose to |enable or |enable/|enable and )?(?:disable|deactivate)\b",
    r"^(?:optionally,? |if (?:needed|necessary|desired|required|preferred|you [^,]{3,90}"
    r"|your [^,]{3,90}),? )?(?:to )?(?:disable|deactivate)"
    r" (?:it|this|the (?:setting|feature|policy|toggle|experience|agent|option|app|new))\b",
    r"can be (?:\w+ly |also )?(?:turned (?:on or )?off|disabled|switched off|toggled off|deactivated"
    r"|enabled or disabled"
    r"|enabled/disabled|turned on/off|turned on and off|hidden by)",
    r"(?:to|can) (?:prevent|block) (?:this|the) (?:feature|change|update|experience|rollout|automatic \w+|new \w+)\b",
    r"(?:set|setting|configure|change)(?: \w+)? (?:it|this|the|that) (?:[\w'/-]+ ){0,8}?to (?:\"|')?(?:disabled"
    r"|off\b|do not)",
)
_KEEP_OLD = any_of(
    r"can (?:still |always )?switch between [^.]{3,60} and (?:the )?(?:standard|classic|manual|old|previous|legacy)\b",
    r"(?:if|unless|as long as) (?:no|you make no|you do not make|you don't make)(?: \w+)? (?:changes?|action"
    r"|configuration)"
    r"(?: (?:is|are))?(?: (?:made|taken|configured))?,? (?:the|your) (?:\w+ ){0,6}?(?:remains?|stays?|continues?|will"
    r" (?:remain|stay|continue))\b",
    r"(?:existing|current|classic|legacy|older) (?!(?:\w+ ){0,2}(?:polic|setting|permission|control"
    r"|configuration))(?:\w+ ){1,3}"
    r"(?:remains?|will remain|continues? to be|will continue to be) (?:fully )?supported\b",
    r"(?:the )?(?:classic|legacy|older) (?:\w+ ){1,3}(?:remains?|will remain) available\b",
    r"(?:can|may|able to|option to|to|and|will be able to|continue to) (?:still |temporarily |easily |always "
    r"|also )?(?:switch|toggle"
    r"|revert|go|move|return|roll) (?:back )?to (?:the |their |your )?(?:\w+ )?(?:old|classic|previous|existing"
    r"|current|legacy|original"
    r"|prior|earlier)\b",
    r"(?:can|may|able to|option to|will be able to) (?:\w+ )?(?:switch|toggle|revert|roll) back\b",
    r"(?:can|may|could|able to|ability to|option to|want to|wish to|prefer to|like to|choose to"
    r"|to)(?: \w+)? (?:keep|retain|maintain"
    r"|preserve|stay on|remain on) (?:using )?(?:the|their|your|its)? ?(?:old|classic|previous|existing|current"
    r"|legacy|original"
    r"|same) (?:\w+ )?(?:behaviou?r|experience|version|setting|settings|view|default|defaults|design|state"
    r"|configuration|format"
    r"|model|layout|editor|app|interface|ui)\b",
    r"(?:if you (?:want|prefer|wish|would like|need)|to) (?:to )?(?:\w+ )?(?:keep|retain|preserve|maintain"
    r"|restore) (?:using )?(?:the )?"
    r"(?:old|classic|previous|existing|current|legacy|prior)\b",
    r"(?:can|may) (?:still |temporarily |continue to )?(?:use|access) the (?:old|classic|previous"
    r"|legacy) (?:\w+ )?(?:experience|version"
    r"|view|design|editor|ui|interface|layout) (?:by|until|through|via|using|with)\b",
)
# The old is kept where nobody does anything.
_STAYS = any_of(
    r"no (?:\w+ )?action (?:is|will be) (?:required|needed|necessary) to (?:maintain|keep|retain|preserve|stay on"
    r"|continue (?:using|with))(?: using)?(?: the| your| its| their)? ?"
    r"(?:current|existing|classic|previous|legacy|original|today's|present)\b",
    r"if (?:you take no action|no action is taken|you do nothing|you do not take(?: any)? action), [^.]{3,120}? "
    r"(?:will )?(?:continues?|remains?|keeps?) [^.]{0,80}\b"
    r"(?:original|existing|current|unchanged|as (?:they|it) (?:do|does|is|are)|as (?:before|today))\b",
)
_STAYS_SIGNS = ("action", "you do nothing")
_UNLESS = any_of(r"unless you (?:wish|want|choose|prefer|decide|need) to (?:disable|turn off)\b")
_ROLL_BACK = any_of(r"temporarily (?:roll back|undo|revert|reverse|bypass) (?:the|this) \w+", lead=r"(?:^|[\s,(])")
# What says in a line of its own how long a way lasts.
_EXPIRES = any_of(
    r"(?:temporary|registry|transition\w*|interim) (?:\w+ )?"
    r"(?:workaround|option|exception|opt-out|rollback|key|setting)"
    r"(?: \w+)? (?:will )?(?:expires?|ends?|be removed|no longer be (?:supported|available|honou?red))\b",
)
# No way out of this change: another thing is turned off, or it is how things were.
_ASIDE = any_of(
    r"(?:previously|until now|today|in the past|historically|before this|currently|used to|already|formerly)\b",
    r"(?:will|would) (?:automatically )?(?:be )?(?:disabl|turn|switch|revert)\w*",
    r"(?:camera|microphone|video|audio|mic|captions?|notifications?|sound|lights?|effects?)\b[^.]{0,30} off\b",
    r"off (?:their|your) (?:own )?(?:camera|microphone|video|audio|mic|captions|sound|incoming)",
    r"we (?:will|are|have|can)\b",
    r"microsoft (?:will|can)\b",
    r"(?:turn|switch|toggle)\w* (?:back )?on\b(?! (?:or|and) off|/off)",
    r"(?:don't|do not|not) (?:disable|turn off)",
    r"learn more",
    r"no (?:\w+ )?(?:action|change)s? (?:is|are) (?:required|needed)",
    r"(?:option|ability|possibility) to (?:\w+ ){1,2}[^.]{3,60}(?:removed|retired|going away)",
    r"previous state of",
    r"can now roll back\b",
    r"will no longer be available",
    r"(?:see|refer|visit)\b[^.]{0,60}\b(?:turn|disabl|opt)",
    r"admins? can(?:not)? (?:now |also )?(?:configure|enable) (?:new )?(?:retention|dlp)",
    r"(?:disable|turn off) or delete\b",
    r"(?:disabl\w*|turn\w* off) the (?:default|built-in)\b(?! (?:setting|state|behavio))",
    r"(?:attackers?|malicious|threat|users who have|was|were|has been|have been) (?:\w+ )?(?:disabl|turned|opted)\w*",
)
_NOT_USERS = any_of(r"no (?:end[- ])?user[- ](?:control|toggle|setting|option)s?\b")
_ONLY_WAY = any_of(r"only way to [^.,;]{3,60} is to (?:disable|turn off|block|remove)\b")
_ONE_BY_ONE = any_of("individually", "separately", r"at the \w+ level")
_NEGATED = any_of(
    r"(?:cannot|can't|can not|not be able to|won't|no longer|no option to|unable to|never"
    r"|without)\b(?:[^.,;]{0,25}\b)?"
    r"(?:disabl|turn|switch|opt|revert|toggl|delay|postpon|keep|retain|roll)\w*",
    r"(?:no|not?) (?:\w+ ){0,3}(?:needed|required|need|have) to (?:opt|disable|turn)",
)
# "However, if layouts are turned off by admins, there are none."
_HOWEVER = any_of(r"however,? .{0,200}\b(?:disabl|turn(?:ed|ing)? off|block|remov|unassign|restrict)\w*", lead="^")
_NO = Wording(r"\W{0,3}(?:no|none|n/?a)\b(?! (?:\w+ ){0,4}(?:toggle|switch))", re.IGNORECASE)
_IF_OFF = any_of(
    r"(?:if|when|unless|where|while|once|after|because|since) [^.,]{0,70}\b(?:is|are|was|were|been|has|have|had|be"
    r"|gets)\b[^.,]{0,25}"
    r"(?:disabled|turned off|opted out|switched off|off\b)",
)
_LAST = Wording(
    r"\b(?:until|till|through|by|before|prior to|no later than|up to|ahead of|ends? on|expires? on"
    r"|for tenants by)\s+(?:the\s+)?"
    r"(?:end of\s+)?(?:\w+ (?:begins|starts|default) (?:on|in)\s+)?$",
    re.IGNORECASE,
)
_LEAD_WIDTH = 60


def read_way_out(document: Document) -> tuple[WayOut, ...]:
    """The ways out, in the order of the post; one sentence for each kind and day."""
    ways: dict[tuple[WayOutKind, date | None], WayOut] = {}
    for way in _ways(document):
        ways.setdefault((way.kind, way.last_day), way)
        if len(ways) == _MOST:
            break
    if ways and not any(way.last_day for way in ways.values()) and (last := _expiry(document)):
        ways = {key: replace(way, last_day=last) if _ROLL_BACK.search(way.words) else way for key, way in ways.items()}
    dated = {way.kind for way in ways.values() if way.last_day}
    return tuple(way for way in ways.values() if way.last_day or way.kind not in dated)


def _ways(document: Document) -> Iterator[WayOut]:
    """The ways of the text; behind them those of the compliance table, which tells once more what the text tells."""
    has_way = False
    for line in document.lines:
        if line.role not in {"compliance", "more"} and line.kind != "heading" and has_any(line.text, _SIGNS):
            for way in _of_text(line.lead_free, document.day):
                has_way |= way.kind in _STOPS
                yield way
    for line in document.of("compliance"):
        if line.kind != "heading" and has_any(line.text, _ANSWER_SIGNS):
            for way in _of_answer(line.text, document.day):
                if not has_way or way.kind not in _STOPS or way.last_day:
                    yield way


def _of_text(text: str, day: date | None) -> Iterator[WayOut]:
    told = sentences(text)
    for index, sentence in enumerate(told):
        kind = _kind(sentence[:_WIDEST]) if has_any(sentence, _SIGNS) else None
        words = sentence.strip()
        if kind == "none" and (but := _but(told[index + 1 : index + 2])):
            kind, words = "turn_off", f"{words} {but}"
        if kind:
            yield WayOut(kind, words[:_LONGEST_WORDS], _last_day(sentence, day))


def _but(following: Sequence[str]) -> str:
    """The sentence behind a "cannot" where it tells what can be done all the same; empty where it does not."""
    return following[0].strip() if following and _HOWEVER.match(following[0]) else ""


def _of_answer(text: str, day: date | None) -> Iterator[WayOut]:
    """The ways in the answer of a row, or in a line that is no row; none where the answer is a no."""
    answer = text.rpartition(" | ")[2]
    if not answer.rstrip().endswith("?") and not _NO.match(answer):
        yield from _of_text(answer, day)


def _kind(sentence: str) -> WayOutKind | None:
    """The way that a sentence tells, if it tells one of this change."""
    if sentence.endswith("?"):
        return None
    if "no " in sentence and _NOT_USERS.search(sentence):
        return None
    if has_any(sentence, _NONE_SIGNS) and _NONE.search(sentence.rstrip(". ")) and not _ONE_BY_ONE.search(sentence):
        return "turn_off" if _ONLY_WAY.search(sentence) else "none"
    lower = folded(sentence)
    if has_any(lower, _STAYS_SIGNS) and _STAYS.search(sentence):
        return "keep_old"
    if "unless you" in lower and _UNLESS.search(sentence):
        return "turn_off"
    if _ASIDE.search(sentence) or _NEGATED.search(sentence) or _IF_OFF.search(sentence):
        return None
    for kind, wordings in _KINDS:
        if wordings.search(sentence):
            return kind
    return None


_KINDS: tuple[tuple[WayOutKind, Wording], ...] = (
    ("opt_out", _OPT_OUT),
    ("opt_out", _OPT_OUT_MODEL),
    ("keep_old", _KEEP_OLD),
    ("keep_old", _ROLL_BACK),
    ("turn_off", _TURN_OFF),
)


def _expiry(document: Document) -> date | None:
    """The day on which a temporary way ends, where a line of its own tells it."""
    for line in document.lines:
        if line.role not in {"compliance", "more"} and "emporary" in line.text and _EXPIRES.search(line.text):
            for _, _, days in dates(line.text, document.day):
                return days.last
    return None


def _last_day(sentence: str, day: date | None) -> date | None:
    """The last day that a sentence names for its way: "until June" is the last of June, "before May 1" is May 1."""
    if not may_name_days(sentence):
        return None
    for phrase, _, days in dates(sentence, day):
        lead = _LAST.search(sentence, max(0, phrase.start - _LEAD_WIDTH), phrase.start)
        if lead:
            whole = lead[0].lower().startswith(
                ("until", "till", "through", "up to")
            ) or phrase.words.lower().startswith("end")
            return days.last if whole else days.first
    return None
