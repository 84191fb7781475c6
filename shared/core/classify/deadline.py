"""Act-by: the day by which the organisation must have acted."""

import re
from collections.abc import Iterator
from datetime import date

from shared.core.classify.dates.cues import Cue, dates
from shared.core.classify.dates.phrases import Phrase, may_name_days
from shared.core.classify.document import Document
from shared.core.classify.marks import mark_words
from shared.core.classify.status import Verdict
from shared.core.posts.classification import Interval, Why, Window
from shared.core.posts.post import Post
from shared.core.text.wording import any_of, sentences

_NEEDS = r"(?<!may )(?<!might )(?<!would )(?<!not )needs? to"
_DEMAND = any_of(
    "must",
    _NEEDS,
    "required? to",
    r"(?<!will )(?<!can )ensure",
    r"please (?!note|see|refer|visit|be aware|feel|contact|read|let)",
    "migrate",
    "export",
    "update your",
    "update (?:all|any|the)",
    "replace",
    "transition",
    "take action",
    "action required",
    r"plan to (?:use|move|migrate|switch|transition|replace)",
    "you will need",
    "have to",
    r"(?:you|admins?|administrators|managers?|owners?|developers|organi[sz]ations?|customers?|tenants?) should",
    r"(?:recommend|encourage|advise|urge)\w*[^.]{0,80}?\b(?:remov|migrat|upgrad|switch|mov|replac|updat|transition)\w*",
    tail=r"\b",
)
# The demands that need no day of their own, beside an event: "All others must move their rules before then."
_MUST = any_of(
    "must",
    _NEEDS,
    "required",
    "have to",
    r"(?:recommend|encourage|advise|urge)\w*[^.]{0,80}?\b(?:migrat|switch|mov|replac|transition)\w*",
    r"(?:complete|finish) (?:the |your |any )?(?:migrat|mov|transition|upgrad)\w*",
    tail=r"\b",
)
_THEN = any_of(
    r"(?:by|before|prior to|until) (?:then|(?:this|that) (?:date|day|time|deadline)|the (?:above|stated) date)\b"
)
_EVENT = any_of(
    r"(?:by|before|prior to|ahead of|in advance of) (?:the |this |that )?(?:\w+ ){0,3}(?:retire\w*|retirement|removal"
    r"|deprecation|enforcement|billing|shutdown|end of (?:support|life)|cut-?off|deadline|rollout|roll-out|change"
    r"|effective date)\b"
)
# "If you do not want the new default, change it before ...": the last day on which the old state can be kept.
_KEEP = any_of(
    r"(?:if|should) you(?:'d| would)? (?:do not|don't|prefer not to|rather not|wish to (?:opt|keep|disable|retain))",
    r"(?:to|can|may) (?:opt[- ]out|keep the (?:old|current|existing)|retain the (?:old|current|existing))",
    r"opt[- ]out (?:\w+ ){0,6}(?:by|before|until|prior)",
    r"if no action is taken,? (?:\w+ ){0,6}(?:enabled|turned on|applied|switched on)",
)
# "Unless you act by May 4, flows fail."
_UNLESS = any_of(
    r"if (?:no|you take no) action",
    r"without (?:any )?action",
    "unless",
    "otherwise",
    "failure to",
    r"if (?:\w+ ){1,8}(?:is|are|has|have|was|were|been)(?: not|n't)\b",
    r"if (?:\w+ ){1,8}(?:do|does|did|have|has)(?: not|n't)\b",
)
_BREAKS = any_of(
    r"(?:will |may |might |can |could )(?:not|no longer|stop|fail|break|lose)",
    r"(?:will |may |might |can |could )be (?:blocked|deleted|lost|removed|disabled"
    r"|rejected|unable|interrupted|disrupted|suspended|denied|unavailable)",
    r"(?:fails?|stops?|breaks?|lose[sd]?|expires?)\b",
    "(?:out of|non-?)complian",
)
_STOPS = any_of(
    r"(?:stop|cease)s? (?:to )?(?:work|function|sync|send|receiv)\w*",
    r"will (?:fail|break|no longer (?:work|function))",
)
_BY = re.compile(
    r"\b(?:(?:by|before|prior to|no later than|have until|ahead of|in advance of)\s+(?:the\s+)?(?:start of\s+)?"
    r"|(?:before|prior to)\s+(?:[\w'-]+\s+){1,6}(?:on|in)\s+)$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:by|before|prior to|no later than|until|after|from|starting|on|as of)\s+(?:the\s+)?$", re.IGNORECASE
)
# One word of each lead: quickly seen to be missing.
_LEADS = ("by", "before", "prior", "later", "until", "ahead", "advance", "from", "after")
_IF = re.compile(r"(?:if|when|once|where|should)\b[^,]*,\s*", re.IGNORECASE)
_LEAD_WIDTH = 60
# A demand without a word for it: "Test your sign-in before the rollout", where something will break.
_IMPERATIVE = any_of(
    r"(?:test|switch|move|verify|configure|replace|remove|upgrade|adjust|set up|validate|update|prepare|install)\b",
    lead=r"(?:^|[.:;,] |\band )",
)
_NOTHING = any_of(
    r"no\b[^.]{0,40}\b(?:action|change|configuration|update|step)s?\b", r"not (?:be )?(?:required|need)\w*"
)
_MOST_OF_A_YEAR = 300
_NEVER = Interval(date.min, date.min)


Found = list[tuple[Phrase, Cue, Interval]]
Deadline = tuple[date | None, Why]
NO_DEADLINE: Deadline = None, Why("no deadline is stated", 0.7)


def stated_deadline(post: Post, document: Document, verdict: Verdict) -> Deadline:
    """Graph's field, else a deadline that the text gives to the reader; none for a plan that has fallen."""
    if verdict.status != "scheduled":
        return None, Why(mark_words(f"status:{verdict.status}"), 0.9)
    if post.act_by:
        done = _done(document, verdict)
        return (None, done) if done else (post.act_by.date(), Why(f"Act by: {post.act_by:%Y-%m-%d}", 1.0))
    told = sorted(_told(document, ending_deadline(document, verdict)[0]), key=lambda found: found[0])
    ahead = [found for found in told if document.day is None or found[0] >= document.day]
    return ahead[0] if ahead else NO_DEADLINE


def _done(document: Document, verdict: Verdict) -> Why | None:
    """Why nothing is left to act on: everything that the post tells of ended before it was published."""
    day, windows = document.day, verdict.windows
    if not day or not windows or any(window.phase != "retirement" or not window.start for window in windows):
        return None
    ahead = any(days and days.last >= day for window in windows for days in (window.start, window.end))
    return None if ahead else Why(windows[0].words, 0.7)


def _told(document: Document, event: date | None) -> Iterator[tuple[date, Why]]:
    """The deadlines of each sentence that demands something of the reader by a date, or says what fails without.

    `event`: the day that "before the retirement" means.
    """
    named: date | None = None
    breaks = any(_STOPS.search(line.text) for line in document.of("intro", "when", "impact"))
    for line in document.of("intro", "when", "impact", "prepare"):
        lower = line.text.lower()
        leads = any(lead in lower for lead in _LEADS)
        names_days = may_name_days(line.text)
        if not (leads or names_days):
            continue
        for sentence in sentences(line.text):
            found = dates(sentence, document.day) if names_days and may_name_days(sentence) else []
            day = _day_of(sentence, found, breaks=breaks) if found and leads else None
            clause = sentence[_condition(sentence) :]
            demands = _MUST.search(clause) or (breaks and _IMPERATIVE.search(clause))
            if day is None and leads and demands and not _NOTHING.search(sentence):
                day = named if _THEN.search(clause) else event if _EVENT.search(clause, 1) else None
            if day:
                yield day, Why(sentence, 0.8)
            named = found[-1][2].first if found else named


def _day_of(sentence: str, found: Found, *, breaks: bool) -> date | None:
    """The day by which a sentence demands something, or from which something fails for those who did nothing."""
    if sentence.endswith("?"):
        return None
    after = _condition(sentence)
    clause = sentence[after:]
    if _KEEP.search(sentence):
        return _led(_BY, sentence, found)
    if _DEMAND.search(clause) or (breaks and _IMPERATIVE.search(clause)):
        return _led(_BY, sentence, [each for each in found if each[0].start >= after])
    if _UNLESS.search(sentence) and _BREAKS.search(sentence):
        return _led(_FROM, sentence, found)
    return None


def _condition(sentence: str) -> int:
    """Where the condition that leads a sentence ends: what stands in it is no demand ("If you need to ..., ...")."""
    match = _IF.match(sentence)
    return match.end() if match else 0


def ending_deadline(document: Document, verdict: Verdict) -> Deadline:
    """For readers who must act: the day from which what works today fails for those who did nothing.

    That is the first end still ahead of the newest edit, else the first ahead of the post; without an end, the first
    beginning ahead of the post.
    """
    starts = [(window, window.start) for window in verdict.windows if window.start]
    ends = [each for each in starts if each[0].phase == "retirement"]
    for known in (document.updated or document.day, document.day):
        ahead = [each for each in ends if known is None or each[1].last >= known]
        if not ends:  # what is released on the post's own day waits for nobody
            ahead = [each for each in starts if known is None or each[1].last > known]
        if ahead:
            return _first(*min(ahead, key=lambda each: each[1].first))
    return NO_DEADLINE


def _first(window: Window, start: Interval) -> Deadline:
    """The first day of a beginning; a whole year gives no day."""
    if (start.last - start.first).days > _MOST_OF_A_YEAR:
        return NO_DEADLINE
    return start.first, Why(window.words, 0.7)


def _led(leads: re.Pattern[str], sentence: str, found: Found) -> date | None:
    """The first day of the first date that stands behind one of the leads."""
    for phrase, _, interval in found:
        if leads.search(sentence, max(0, phrase.start - _LEAD_WIDTH), phrase.start):
            return interval.last if phrase.words.lower().startswith("end") else interval.first
    return None
