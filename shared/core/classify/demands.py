"""Demands: the sentences that ask something of the reader by a day, or say what fails for those who do nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from shared.core.classify.dates.cues import Cue, dates
from shared.core.classify.dates.phrases import Phrase, may_name_days
from shared.core.classify.document import Document
from shared.core.posts.classification import Interval, Why
from shared.core.text.wording import Wording, any_of, has_any, sentences

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
_BY = Wording(
    r"\b(?:(?:by|before|prior to|no later than|have until|ahead of|in advance of)\s+(?:the\s+)?(?:start of\s+)?"
    r"|(?:before|prior to)\s+(?:[\w'-]+\s+){1,6}(?:on|in)\s+)$",
    re.IGNORECASE,
)
_BEFORE = Wording(r"\b(?:before|prior to|ahead of|in advance of)\s+(?:the\s+)?(?:start of\s+)?$", re.IGNORECASE)
"""Who must be done before a day has the day before it."""
_FROM = Wording(
    r"\b(?:by|before|prior to|no later than|until|after|from|starting|on|as of)\s+(?:the\s+)?$", re.IGNORECASE
)
_IF = Wording(r"(?:if|when|once|where|should)\b[^,]*,\s*", re.IGNORECASE)
_LEAD_WIDTH = 60
# A demand without a word for it: "Test your sign-in before the rollout", where something will break.
_IMPERATIVE = any_of(
    r"(?:test|switch|move|verify|configure|replace|remove|upgrade|adjust|set up|validate|update|prepare|install"
    r"|change|add|renew|rebuild|register|reconfigure)\b",
    lead=r"(?:^|[.:;,] |\band )",
)
_NOTHING = any_of(
    r"no\b[^.]{0,40}\b(?:action|change|configuration|update|step)s?\b", r"not (?:be )?(?:required|need)\w*"
)
# Parts of "before", "prior to", "ahead of", "in advance of", "by then": quickly seen to be missing.
_AHEAD = ("efore", "rior to", "head of", "dvance of", "y th", "ntil th")
_LEADS: tuple[str, ...] = (
    *("by ", "By ", "efore ", "rior to", "later than", "ntil ", "head of", "dvance of"),
    *("after ", "After ", "rom ", "tarting ", "as of "),
)
_CONDITIONS = ("nless", "f no ", "ithout", "therwise", "ailure", " not ", "n't ")

Found = list[tuple[Phrase, Cue, Interval]]


class Demands:
    """The demands of one post. `event`: finds the day that "before the retirement" means."""

    def __init__(self, document: Document, event: Callable[[], date | None]) -> None:
        self._document = document
        self._event = event
        self._breaks: bool | None = None

    def told(self) -> Iterator[tuple[date, Why]]:
        """The day of each demand, with the sentence that makes it."""
        behind: list[str] = []
        for line in self._document.of("intro", "when", "impact", "prepare"):
            if has_any(line.text, _LEADS) and (has_any(line.text, _AHEAD) or may_name_days(line.text)):
                for sentence in sentences(line.text):
                    day = self._day_of(sentence, behind) if has_any(sentence, _LEADS) else None
                    if day:
                        yield day, Why(sentence, 0.8)
                    behind.append(sentence)
            else:
                behind.append(line.text)

    def _day_of(self, sentence: str, behind: list[str]) -> date | None:
        """The day by which a sentence demands something, or from which something fails for those who did nothing."""
        if sentence.endswith("?"):
            return None
        after = _condition(sentence)
        if may_name_days(sentence):
            day = self._dated(sentence, after)
            if day:
                return day
        return self._beside_an_event(sentence[after:], sentence, behind) if has_any(sentence, _AHEAD) else None

    def _dated(self, sentence: str, after: int) -> date | None:
        if _KEEP.search(sentence):
            return _led(_BY, sentence, self._dates(sentence))
        if _DEMAND.search(sentence, after) or self._orders(sentence[after:]):
            return _led(_BY, sentence, [each for each in self._dates(sentence) if each[0].start >= after])
        if has_any(sentence, _CONDITIONS) and _UNLESS.search(sentence) and _BREAKS.search(sentence):
            return _led(_FROM, sentence, self._dates(sentence))
        return None

    def _beside_an_event(self, clause: str, sentence: str, behind: list[str]) -> date | None:
        then, event = _THEN.search(clause), _EVENT.search(clause, 1)
        if not (then or event) or _NOTHING.search(sentence):
            return None
        if not (_MUST.search(clause) or self._orders(clause)):
            return None
        return self._last_named(behind) if then else self._event()

    def _last_named(self, behind: list[str]) -> date | None:
        """The last date in the sentences before: "then"."""
        found = next((days for each in reversed(behind) if may_name_days(each) and (days := self._dates(each))), [])
        return found[-1][2].first if found else None

    def _dates(self, sentence: str) -> Found:
        return dates(sentence, self._document.day)

    def _orders(self, clause: str) -> bool:
        """Whether a clause commands something, in a post in which something stops working."""
        if not _IMPERATIVE.search(clause):
            return False
        if self._breaks is None:
            lines = self._document.of("intro", "when", "impact")
            self._breaks = any(_STOPS.search(line.text) for line in lines)
        return self._breaks


def leaves_a_choice(sentence: str) -> bool:
    """Whether a sentence with a deadline is for those only who want to keep what they have."""
    return _KEEP.search(sentence) is not None


def day_by(sentence: str, day: date | None) -> date | None:
    """The day by which a sentence wants something done; `day`: the post's, from which years are counted."""
    if not has_any(sentence, _LEADS) or not may_name_days(sentence):
        return None
    found = dates(sentence, day)
    by = _led(_BY, sentence, found)
    is_before = by and has_any(sentence, _AHEAD) and _led(_BEFORE, sentence, found) == by
    return by - timedelta(days=1) if by and is_before else by


def _condition(sentence: str) -> int:
    """Where the condition that leads a sentence ends: what stands in it is no demand ("If you need to ..., ...")."""
    match = _IF.match(sentence)
    return match.end() if match else 0


def _led(leads: Wording, sentence: str, found: Found) -> date | None:
    """The first day of the first date that stands behind one of the leads."""
    for phrase, _, interval in found:
        if leads.search(sentence, max(0, phrase.start - _LEAD_WIDTH), phrase.start):
            return interval.last if phrase.words.lower().startswith("end") else interval.first
    return None
