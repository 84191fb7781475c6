"""Halts: parts of a plan that a banner says will not go on, while the rest stands. Never read from the old body."""

import re

from shared.core.classify import clouds as cloud_names
from shared.core.classify.dates import phrases
from shared.core.classify.document import Document
from shared.core.posts.classification import POSTPONED, Halt
from shared.core.text.wording import Wording, any_of, sentences_and_lines
from shared.core.words.dates import clouds as in_words

_DROPPED = any_of(
    r"(?:not|(?:wo|is|are|ca|do)n't) (?:to )?(?:be )?(?:able to )?(?:proceed|mov(?:e|ing) forward"
    r"|go(?:ing)? (?:forward|ahead)|continu|roll(?:ing)? (?:this |it )?out|launch|releas(?:e|ing)"
    r"|introduc|implement)\w*",
    r"cancel(?:l?ed|l?ing)",
    r"no longer (?:be )?(?:proceed|releas|roll|plann|moving)\w*",
    r"decided (?:against|not to)",
    r"will not be (?:released|rolled|proceeding|available|implemented)",
)
_PAUSED = any_of(
    r"paus(?:ed|ing)",
    r"on hold",
    r"postpon(?:ed|ing)",
    r"(?:temporarily )?roll(?:ed|ing) (?:this (?:feature |change )?)?back",
    r"halt(?:ed|ing)",
    r"suspend(?:ed|ing)",
    r"delayed (?:until further notice|to a later)",
    tail=r"\b",
)
_POSTPONED = any_of(r"postpon(?:ed|ing)")
_PROMISE = any_of(
    r"will (?:be )?(?:communicat|announc|shar|provid|updat|publish|post)\w*",
    r"when (?:we are|we're) ready",
    r"later date",
    r"for the time being",
)
# "has been paused until January 2026" names its new date: that is a move, no halt.
# "It is paused. We expect to resume in February": the whole of it, to other dates.
_RESUMES = any_of(r"resum\w+", r"updated (?:the|our) (?:\w+ )?(?:timeline|schedule|plan)")
_TO = Wording(r"\b(?:to|until|till)\s+(?:the\s+)?$", re.IGNORECASE)
_PART = Wording(
    r"(?:^|\b(?:for|in|on|to|of) )(?:the )?(?P<part>(?:new |classic )?(?:Outlook|Teams|Word|Excel|PowerPoint|OneNote"
    r"|iOS|Android|Mac\b|Windows|web\b|VDI|mobile|desktop)[\w ]{0,30})",
    re.IGNORECASE,
)
_LONGEST = 300


def read_halts(document: Document) -> tuple[Halt, ...]:
    """The parts that the banners take out of the plan; the classifier has found that the rest of it stands."""
    promised = _PROMISE.search(document.banner) is not None
    resumes = _RESUMES.search(document.banner) is not None
    found: dict[tuple[str, str], Halt] = {}
    for line in document.lines:
        if line.role != "banner":
            continue
        for sentence in sentences_and_lines(line.lead_free):
            halt = _halt(sentence, promised=promised, resumes=resumes)
            if halt:
                found.setdefault((halt.kind, halt.scope), halt)
    return tuple(found.values())


def _halt(sentence: str, *, promised: bool, resumes: bool) -> Halt | None:
    paused, dropped = _PAUSED.search(sentence), _DROPPED.search(sentence)
    if not (paused or dropped):
        return None
    clouds = cloud_names.named(sentence)
    part = _PART.search(sentence)
    told = in_words(clouds) if clouds else part["part"].strip() if part else ""
    words = sentence.strip()[:_LONGEST]
    postponed = _POSTPONED.search(sentence) or (paused and resumes and not told)
    if postponed and (not told or _names_its_new_date(sentence)):
        return Halt("paused", POSTPONED, (), words)
    if not told or _names_its_new_date(sentence):
        return None
    return Halt("paused" if paused or promised else "cancelled", f"only {told}", clouds, words)


def _names_its_new_date(sentence: str) -> bool:
    return any(_TO.search(sentence, 0, phrase.start) for phrase in phrases.find(sentence))
