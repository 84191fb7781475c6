"""Plain words about what follows: what fails for those who do nothing, what users lose, what opens up by default.

Few real posts speak so plainly, but where one does, its words count more than any weights.
"""

import re
from collections.abc import Iterator

from shared.core.classify.document import Document
from shared.core.text.wording import any_of, sentences

_FAILS = (
    r"(?:fails?|breaks?|loses?|stops?\b(?! (?:seeing|showing|displaying))"
    r"|(?:(?:can|will|may|could|might) |can)(?:not|no longer|fail|stop|break|lose)"
    r"|(?:are|is|be|get) (?:\w+ )?(?:lost|rejected|refused|blocked|locked out|interrupted|denied|unable)"
    r"|(?:is|are) (?:not|no longer) \w+|(?:is|are) going to (?:stop|fail|break))\b"
)
_FEW = r"(?:[\w'-]+ ){1,6}?"
_ASKS = any_of(r"must\b", r"have to\b", r"(?<!not )needs? to\b", r"(?<!not )required to\b")
_ORDERS = any_of(
    r"(?:install|add|change|update|replace|allow|permit|reconfigure|register|switch|upgrade|migrate|move|renew|deploy"
    r"|rebuild)\b",
    lead=r"(?:^|[.:;,] (?:then |and |please )?|please )",
)
# "Install it, or mail is lost."
_OR_ELSE = any_of(rf"(?:or|or else|otherwise,?|because) {_FEW}{_FAILS}")
# "Install it. Without it, mail is lost." "Those who have not installed it lose their mail."
_OTHERWISE = any_of(
    rf"(?:otherwise|without|unless|if (?:you do not|you don't|not)|those (?:who|that|which)|(?:[\w'-]+ ){{1,3}}"
    rf"(?:that|which|who|with|without) (?:[\w'-]+ ){{0,3}}(?:still|old|older|not|no|none))\b[^.]*?\b{_FAILS}",
    lead="^",
)
# "You must allow it to keep getting updates."
_TO_KEEP = any_of(
    r"(?:you|\w* ?admins?|administrators|organi[sz]ations|tenants|customers) (?:must|have to|need to)\b[^.;]{3,80}? to "
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
    r" (?:must|have to|need to) (?!do\b)",
    r"(?:must|have to|needs? to) be (?:moved|migrated|replaced|updated|switched|converted|rebuilt)",
)
_USERS = r"(?:users|people|employees|everyone|everybody|colleagues)"
_LOSES = any_of(
    rf"{_USERS} (?:will )?lose access to (?:their|all)\b",
    rf"{_USERS}\b[^.;]{{0,80}}? (?:must|have to|need to) (?:install|use|download|switch|move)\b",
)
_OPENS = any_of(
    r"(?:copilot|ai|agents?) (?:will |can |may )(?:also |now )?(?:be able to )?(?:read|access|search)\w*\b[^.]{0,60}"
    r"\b(?:mail|mailbox\w*|content|files?|chats?|messages?|documents?|transcripts?)\b",
    r"(?:people|users|anyone) (?:from )?outside (?:of )?your (?:organi[sz]ation|tenant|company) (?:can|may|will)\b",
    r"(?:prompts?|data|content)\b[^.]{0,40} (?:sent|transferred|moved|given) to (?:a |an |another )?"
    r"(?:\w+ )?(?:subprocessor|company|provider|region|country)",
)
_BY_DEFAULT = any_of(
    r"(?:is|are|will be)?(?: turned| switched)? ?(?:on|enabled) by default\b", r"by default, (?!.*\bnot?\b)"
)
_NOT_BY_DEFAULT = any_of(r"(?:off|disabled|not[\w ]{0,20}) by default\b")


def _paragraphs(document: Document) -> Iterator[list[str]]:
    for line in document.of("intro", "impact", "prepare"):
        yield sentences(line.text)


def fails_without(document: Document) -> str:
    """The words that ask for something and say what fails for those who do not do it."""
    for told in _paragraphs(document):
        for index, sentence in enumerate(told):
            if _UNLESS.search(sentence) or _TO_KEEP.search(sentence):
                return sentence
            if not (_ASKS.search(sentence) or _ORDERS.search(sentence)):
                continue
            if _OR_ELSE.search(sentence) or (index + 1 < len(told) and _OTHERWISE.search(told[index + 1])):
                return sentence
    return ""


def asked_of_users_of_the_old(document: Document) -> str:
    """What a post about an end says that somebody must do."""
    told = (each for line in document.of("prepare") for each in sentences(line.text))
    must = next((each for each in told if _MUST.search(each) and not each.endswith("?")), "")
    return must or _first(_STOPS_THERE, document)


def lost_to_users(document: Document) -> str:
    """The words that tell what users lose of their work, or must do in another way."""
    return _first(_LOSES, document)


def _first(wordings: re.Pattern[str], document: Document) -> str:
    told = (each for line in document.of("intro", "impact") for each in sentences(line.text))
    return next((each for each in told if wordings.search(each)), "")


def opened_by_default(document: Document) -> str:
    """The words that let new readers at data, in a paragraph that says that this is on by default."""
    for line in document.of("intro", "impact"):
        found = _OPENS.search(line.text)
        if found and _BY_DEFAULT.search(line.text) and not _NOT_BY_DEFAULT.search(line.text):
            return found[0]
    return ""
