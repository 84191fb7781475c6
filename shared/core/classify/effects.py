"""Plain words about what follows: what fails for those who do nothing, what users lose, what opens up by default.

Few real posts speak so plainly, but where one does, its words count more than any weights.
"""

from shared.core.classify.clauses import sentence_of
from shared.core.classify.document import Document
from shared.core.text.wording import Wording, any_of, sentences

_FAILS = (
    r"(?:fails?|breaks?|loses?|bounces?|halts?|errors?|times? out|stops?(?! (?:seeing|showing|displaying))"
    r"|(?:(?:can|will|may|could|might) |can)(?:not|no longer|fail|stop|break|lose|bounce|throw|drop)"
    r"|(?:do|does)(?: not|n't) (?:work|load|connect|start|sign|arrive)|(?:have|has|get|gets) no \w+"
    r"|(?:are|is|be|get|gets) (?:\w+ )?(?:lost|rejected|refused|blocked|locked out|interrupted|denied|unable|dropped"
    r"|cut off|unavailable|unreachable|disconnected|deleted)|(?:is|are) (?:not|no longer) \w+"
    r"|(?:comes?|brought) to a (?:halt|stop)|cuts? off|(?:is|are) going to (?:stop|fail|break))\b"
)
_FEW = r"(?:[\w'-]+ ){1,6}?"
_ASKS = any_of(
    r"(?:must|have to|has to|needs?(?<!not need) to(?! be))\b(?! (?:do|take|make))",
    r"required(?<!not required) to\b",
    r"you should\b",
)
_VERBS = (
    r"(?:install|add|change|update|replace|allow|permit|reconfigure|configure|register|switch|upgrade|migrate|move"
    r"|renew|rotate|deploy|rebuild|load|adapt|adjust|roll|grant|approve|set up(?! of)|open|make sure|ensure|issue"
    r"|create|assign|enrol|enroll|point|redirect|convert|export|save|have (?:all|your|every))\b"
    r"(?![^.;]{0,60}\b(?:documentation|training|guides?|guidance|materials?|help ?desk|instructions|pages)\b)"
)
_ORDERS = any_of(_VERBS, lead=r"(?:^|[.:;,] (?:then |and |please )?|please )")
_ORDERED = any_of(_VERBS, lead=r"^(?:please )?")
# One of these is in all that follow: quickly seen to be missing.
_MAY_FAIL = Wording(
    r"fail|break|loses?\b|lost|bounce|halt|errors?|stop|not\b|n't|no longer|have no|has no|gets? no|reject|refuse|block"
    r"|lock|interrupt|deni|unab|drop|cuts?\b|unavail|unreach|disconn|delete|to (?:keep|continue|go on|avoid)|times? out"
)
# Who wants something of it may do this: no demand.
_CHOICE = any_of(
    r"if you (?:want|need|wish|prefer|would like|choose|plan)\b", r"to take advantage\b", r"microsoft learn\b"
)
# "Install it, or mail is lost."
_OR_ELSE = any_of(rf"(?:or|or else|otherwise,?|because) {_FEW}{_FAILS}")
# Those who are not ready: "clients without it", "agents below version 4", "whoever still uses it".
_UNREADY = (
    r"(?:without|below|older than|that lack|(?:that|which|who|whoever|whatever) (?:still|only|do|does|have|has|are|is"
    r"|did)(?: not|n't|\b)|that (?:expect|use|speak|hold|rely|depend)|with (?:the |an? )?(?:old|older|weak|earlier))\b"
)
# "Install it. Without it, mail is lost." "Clients that do not have it lose their mail."
_OTHERWISE = any_of(
    rf"(?:otherwise|without|unless|until then|if (?:you do not|you don't|not)|those (?:who|that|which)"
    rf"|{_FEW}{_UNREADY})[^.]*?\b{_FAILS}",
    rf"{_FEW}{_FAILS}[^.]{{0,40}}\b(?:on|for|in) [^.]{{0,30}}{_UNREADY}",
    lead="^",
)
_UNREADY_FAIL = any_of(rf"{_UNREADY}[^.;]{{0,60}}?\b{_FAILS}")
# "You must allow it to keep getting updates."
_TO_KEEP = any_of(
    r"(?:you|admins?|administrators|organi[sz]ations|tenants|customers) (?:must|have to|need to)\b[^.;]{3,80}? to "
    r"(?:keep|continue|go on|avoid (?:losing|a loss|loss|interrupt\w*|outages?|fail\w*))\b"
)
_STOPS_THERE = any_of(
    r"(?:scripts?|integrations?|automations?|connections?|devices?|flows?|clients?|calls|requests)\b[^.;]{0,60}?"
    r" (?:(?:will |may )?(?:stop|fail|break)s?|will no longer (?:work|function|run))\b"
)
# Anything that still uses the old way breaks, unless you move it.
_UNLESS = any_of(
    r"(?:fails?|breaks?|stops? working|(?:is|are|will be) (?:lost|rejected|refused|blocked))\b[^.;]{0,60} unless"
    r" (?:you|they)\b"
)
# What an end asks of those who used what ends.
_MUST = any_of(
    r"(?:you|admins?|administrators|organi[sz]ations|customers|tenants|everybody else|all others)"
    r" (?:must|have to|need to|should) (?!do\b|review|note|inform|notify|communicate|be aware|not\b)",
    r"(?:must|have to|needs? to) be (?:moved|migrated|replaced|updated|switched|converted|rebuilt)",
)
_USERS = r"(?:users|people|employees|everyone|everybody|colleagues)"
_LOSES = any_of(
    rf"{_USERS} (?:will )?lose access to (?:their|all)\b",
    rf"{_USERS}\b[^.;]{{0,80}}?(?<!may)(?<!might)(?<!still) (?:must|have to|has to|need to)\b"
    r"(?! (?:begin|start|install and))",
    rf"{_USERS} (?:keep|have|store|saved?)\b[^.;]{{0,40}} (?:is|are|will be) (?:gone|deleted|lost)\b",
)
_OPENS = any_of(
    r"(?:copilot|ai|agents?|assistant) (?:will |can |may )?(?:also |now )?(?:be able to )?(?:read|access|search|use|see"
    r"|reach|draw on|learn from)s?\b[^.]{0,60}\b(?:mails?|mailbox\w*|content|files?|chats?|messages?|documents?"
    r"|transcripts?|recordings?)\b",
    r"(?:people|users|anyone|everyone) (?:from )?outside (?:of )?your (?:organi[sz]ation|tenant|company) (?:can|may"
    r"|will)\b",
    r"(?:partners|guests|visitors|externals?)\b[^.]{0,60} without (?:signing in|an account|an invitation|a password)\b",
    r"(?:prompts?|data|content|recordings?|files)\b[^.]{0,40} (?:sent|transferred|moved|given|stored|processed|kept)"
    r" (?:to|in|by|outside) (?:a |an |another |the )?(?:\w+ )?(?:subprocessor|company|provider|region|country|us|states"
    r"|eu)\b",
)
_BY_DEFAULT = any_of(
    r"(?:on|enabled|active) (?:by default|for (?:everybody|everyone|all))\b",
    r"by default\b",
    r"unless you (?:opt out|object|turn it off)\b",
)
# One of these is in all of them; quickly seen to be missing.
_DEFAULT_SIGNS = ("y default", "for every", "for all", "nless you")
_NOT_BY_DEFAULT = any_of(r"(?:off|disabled|inactive|not[\w ]{0,20}) by default\b")


def fails_without(document: Document) -> str:
    """The words that ask for something and say what fails for those who do not do it."""
    for line in document.of("intro", "impact", "prepare"):
        if not _MAY_FAIL.search(line.text):
            continue
        told = sentences(line.text)
        for index, sentence in enumerate(told):
            if _UNLESS.search(sentence) or _TO_KEEP.search(sentence):
                return sentence
            if _CHOICE.search(sentence) or not (_ASKS.search(sentence) or _ORDERS.search(sentence)):
                continue
            if _OR_ELSE.search(sentence) or (index + 1 < len(told) and _OTHERWISE.search(told[index + 1])):
                return sentence
    return _asked(document) if _first(_UNREADY_FAIL, document) else ""


def asked_of_users_of_the_old(document: Document) -> str:
    """What a post about an end says that somebody must do."""
    return _asked(document) or _first(_STOPS_THERE, document)


def _asked(document: Document) -> str:
    """The sentence under what to prepare that asks for something."""
    told = (each for line in document.of("prepare") for each in sentences(line.text))
    return next((each for each in told if _asks(each)), "")


def _asks(sentence: str) -> bool:
    return not _CHOICE.search(sentence) and (_MUST.search(sentence) or _ORDERED.search(sentence)) is not None


def lost_to_users(document: Document) -> str:
    """The words that tell what users lose of their work, or must do in another way."""
    return _first(_LOSES, document)


def _first(wordings: Wording, document: Document) -> str:
    told = (each for line in document.of("intro", "impact") for each in sentences(line.text))
    return next((each for each in told if wordings.search(each)), "")


def opened_by_default(document: Document) -> str:
    """The words that let new readers at data, in a paragraph that says that this is on by default."""
    for line in document.of("intro", "impact"):
        if not any(sign in line.text for sign in _DEFAULT_SIGNS):
            continue
        found = _OPENS.search(line.text)
        if found and _BY_DEFAULT.search(line.text) and not _NOT_BY_DEFAULT.search(line.text):
            return sentence_of(found)
    return ""
