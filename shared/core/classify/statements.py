"""Statements: what a line about the plan says besides its days."""

import re

from shared.core.classify.dates.grammar import MONTH
from shared.core.text.wording import Wording, any_of, sentences

_NOW = any_of(
    r"(?:is|are) (?:now|currently|already) (?:\w+ )?(?:available|rolling out|live|complete\w*|deployed|in effect)",
    r"(?:now|currently|already) (?:generally |publicly |fully )?available",
    r"available (?:now|today|immediately)",
    r"(?:is|are) available\b",
    r"(?:is|are) (?:generally|publicly|fully) available\.?$",
    r"(?:is |are |now |currently )?rolling out (?:now|today)",
    r"(?:now|currently) rolling out",
    r"ongoing (?:roll-?out|deployment)",
    (
        r"(?:available|included|released|ships?|shipped) (?:with|in|starting (?:with|in)) (?:the )?(?:next )?"
        r"(?:version|build)\b"
    ),
    r"roll-?out (?:is )?(?:currently |now |already )?(?:ongoing|under ?way|in progress)",
    r"(?:has|have) (?:now )?(?:already )?(?:been )?(?:completed|rolled out|started|begun|finished|retired|released"
    r"|reached)",
    r"(?:rollout|roll out) (?:has |is )?(?:now )?(?:been )?complete\w*",
    r"(?:effective|starting|with) (?:immediate(?:ly| effect)|now|today)\b",
    r"completed\b",
    r"complete\.?$",
)
_LATER = any_of(
    r"will communicate",
    r"when (?:we are|we're|it is|available|ready)",
    r"to be (?:determined|announced|confirmed)",
    r"TB[DA]\b",
    r"will (?:share|announce|provide|update|publish|post)\b",
    r"(?:future|separate|new) (?:post|update|message)",
    r"not (?:be )?(?:yet )?(?:available|proceed|releas)",
)
# What is there now, "with the May 2026 update installed", came on no day that this names.
_UPDATE_OR_LATER = any_of(rf"{MONTH} 20\d\d (?:[\w-]+ ){{0,4}}updates?\s*(?:\([^)]*\))?,? (?:or|and) (?:later|newer)\b")
_WITH_UPDATE = any_of(rf"(?:with|in|by|through) the {MONTH} 20\d\d (?:[\w-]+ ){{0,4}}updates?\b")
# A stop between two days plans nothing: "updates pause on D1 and resume after D2", "no rollout from D1 to D2".
_PAUSE = any_of(
    r"paus(?:e|es|ed|ing)\b[^.]*\bresum\w+",
    r"no (?:\w+ )?(?:roll-?outs?|deployments?|releases?|updates?|changes)\b[^.]*\b(?:from|between|during)\b",
    r"(?:change|deployment|rollout|release) freeze",
)
# "Parts may show up sooner, from mid-March", "the change in May will not affect you": beside the plan.
_ASIDE = any_of(
    r"(?:may|might|could) (?:\w+ ){0,6}(?:sooner|earlier)\b",
    r"ahead of (?:the|this|that)\b",
    r"(?:first|earlier|previous|prior) (?:step|part|stage|change)\b[^.]{0,40}\b(?:was|were|has been) (?:\w+ )?"
    r"(?:finished|completed|done|released|made|rolled out)",
    r"(?:does|do|will) not (?:impact|affect)\b",
    r"some (?:\w+ )?(?:users|customers|tenants|organizations) (?:may|might|could)\b",
)
# What a post about an end announces besides: something new that comes in its place, or a notice that users see.
_ARRIVES = any_of(
    (
        r"new\b(?![^.;]{0,60}\b(?:not|no longer|unable|cannot|block\w*)\b)[^.;]{0,60}"
        r"\b(?:introduc|add|releas|launch|availab|mov|creat|us|transition)\w*"
    ),
    r"will be (?:introduced|added|released|launched)",
    r"release of\b",
    r"available:",
    r"(?:see|receive|get|show|display)\w*\b[^.;]{0,30}\b(?:notification|banner|message|prompt|notice|warning)s?\b",
)
# A phase that leads its line; in the middle of a sentence it may be a part of a thing's name.
_PHASE_LABEL = Wording(
    r"^[^.]{0,20}\b(?:preview|beta|frontier)\b[^.:]{0,60}:|\b(?:public|private) preview\b", re.IGNORECASE
)
# "It will continue to work until May 4": that is the day of its end.
_GOES_ON = any_of(
    r"continues? to (?:be )?(?:work|function|support|operat|run|availab|access|us)\w*",
    r"remains? (?:available|accessible|supported|usable|functional)\b",
)


def plan_words(text: str) -> str:
    """A line without its sentences about pauses and asides, and without months that only name an update."""
    if _PAUSE.search(text) or _ASIDE.search(text):
        text = " ".join(each for each in sentences(text) if not (_PAUSE.search(each) or _ASIDE.search(each)))
    if "pdate" in text:
        text = _UPDATE_OR_LATER.sub("", text)
        text = _WITH_UPDATE.sub("", text) if _NOW.search(text) else text
    return text


def is_there_now(text: str) -> bool:
    """Whether a line says that something is there, or on its way, and promises nothing for later."""
    return _NOW.search(text) is not None and not _LATER.search(text)


def is_pause(text: str) -> bool:
    """Whether some words tell of a stop between two days, after which things go on as before."""
    return _PAUSE.search(text) is not None


def goes_on(text: str) -> bool:
    """Whether some words tell how long something that ends will still work."""
    return _GOES_ON.search(text) is not None


def arrives(text: str) -> bool:
    """Whether a line of a post about an end announces something that comes besides."""
    return _ARRIVES.search(text) is not None


def is_a_stage(text: str) -> bool:
    """Whether a line speaks of a preview as a stage of the plan, not as a part of a thing's name."""
    return _PHASE_LABEL.search(text) is not None
