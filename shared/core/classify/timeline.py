"""One line's rollouts: which of its dates begin something, which complete it, and in which year."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.core.classification import Interval
from shared.core.classify import phrases
from shared.core.classify.phrases import Phrase

_Cue = Literal["begin", "complete", "range", "other", "none"]

# The last of these in the words before a date tells what the date is.
_CUES = re.compile(
    r"(?P<other>\b(?:announced|published|communicated|originally|shared|before|prior to|since|introduced in"
    r"|released in|as mentioned|mentioned in|post(?:ed)? (?:in|on)|until further|version|build|communication)\b)"
    r"|(?P<begin>\b(?:begin\w*|start\w*|began|commenc\w+|from|effective|as of|after|launch\w*|between|kick\w* off)\b)"
    r"|(?P<complete>\b(?:complet\w+|conclud\w+|finish\w*|finali[sz]\w+|ends?\b|ending|ended|through|throughout|thru|until|till"
    r"|no later than|fully (?:rolled out|available|deployed|released))\b)"
    r"|(?P<by>\bby\s*(?:the\s*)?$)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"[\s,]*(?:–|-|/|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill\b|\band\b|\band will (?:be )?continue (?:through|until|to)\b)\s*(?:the\s*)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\s*$", re.IGNORECASE)
_PAST = re.compile(r"\b(?:began|started|has|have|was|were|rolled out|completed|retired)\b", re.IGNORECASE)
_CUE_WIDTH = 90
_BEFORE = timedelta(days=65)  # "not more than about 2 months before"


@dataclass(slots=True)
class Span:
    """One rollout of a line: its days, and where its first date phrase stands."""

    start: Interval | None
    end: Interval | None
    at: int
    last: int


def spans(text: str, anchor: date | None) -> list[Span]:
    """The rollouts that a line states. `anchor` is the day from which dates without a year are counted."""
    found = phrases.find(text)
    if not found:
        return []
    cues = [_cue(text, found, index) for index in range(len(found))]
    resolved = _resolve(text, found, cues, anchor)
    result: list[Span] = []
    for phrase, cue, interval in zip(found, cues, resolved, strict=True):
        if interval is None or cue == "other":
            continue
        open_span = result[-1] if result and result[-1].end is None and result[-1].start else None
        if cue in {"complete", "range"} and open_span:
            open_span.end, open_span.last = interval, phrase.end
        elif cue == "complete":
            result.append(Span(None, interval, phrase.start, phrase.end))
        else:
            result.append(Span(interval, None, phrase.start, phrase.end))
    return result


def _cue(text: str, found: list[Phrase], index: int) -> _Cue:
    """What the words between the phrase before and this one make of it."""
    phrase = found[index]
    behind = found[index - 1].end if index else 0
    between = text[max(behind, phrase.start - _CUE_WIDTH) : phrase.start]
    if index and _RANGE.match(between) and not _is_list(text, found, index):
        return "range"
    last: _Cue = "none"
    for match in _CUES.finditer(between):
        if match["by"]:
            last = "begin" if last == "begin" else "complete"
        else:
            last = "begin" if match["begin"] else "complete" if match["complete"] else "other"
    return last


def _is_list(text: str, found: list[Phrase], index: int) -> bool:
    """ "in May and June" names two times; "between May and June" is a range."""
    between = text[found[index - 1].end : found[index].start]
    if "and" not in between.lower():
        return False
    return not _BETWEEN.search(text, 0, found[index - 1].start)


def _resolve(text: str, found: list[Phrase], cues: list[_Cue], anchor: date | None) -> list[Interval | None]:
    """The days of each phrase. One without a year takes it from its partner in the line, else from the anchor."""
    result = [phrase.span(phrase.year) if phrase.year else None for phrase in found]
    for index in reversed(range(len(found))):  # a beginning looks at the completion behind it
        if result[index] is None and index + 1 < len(found) and cues[index + 1] in {"complete", "range"}:
            result[index] = _not_after(found[index], result[index + 1])
    for index, phrase in enumerate(found):
        if result[index] is not None:
            continue
        if index and cues[index] in {"complete", "range"} and result[index - 1]:
            result[index] = _not_before(phrase, result[index - 1])
        elif anchor is not None:
            past = bool(_PAST.search(text, max(0, phrase.start - 40), phrase.start))
            result[index] = _near(phrase, anchor, past=past)
    return result


def _not_after(phrase: Phrase, end: Interval | None) -> Interval | None:
    if end is None or phrase.relative:
        return None
    for year in (end.first.year, end.first.year - 1):
        span = phrase.span(year)
        if span and span.first <= end.last:
            return span
    return None


def _not_before(phrase: Phrase, start: Interval | None) -> Interval | None:
    if start is None or phrase.relative:
        return None
    for year in (start.first.year, start.first.year + 1):
        span = phrase.span(year)
        if span and span.last >= start.first:
            return span
    return None


def _near(phrase: Phrase, anchor: date, *, past: bool) -> Interval | None:
    """The year that brings the words next to the anchor: ahead of it, or behind it where the line looks back."""
    if phrase.relative:
        return _relative(phrase, anchor)
    years = (anchor.year + 1, anchor.year, anchor.year - 1) if past else (anchor.year - 1, anchor.year, anchor.year + 1)
    for year in years:
        span = phrase.span(year)
        if span and (span.first <= anchor if past else span.first >= anchor - _BEFORE):
            return span
    return None


def _relative(phrase: Phrase, anchor: date) -> Interval:
    if phrase.relative == "next":
        return Interval(anchor, anchor + timedelta(days=phrase.days))
    return Interval(anchor, date(anchor.year, 12, 31))
