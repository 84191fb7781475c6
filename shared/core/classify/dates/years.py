"""Years for dates without one: from the partner in the same line, else nearest to the post's day."""

from collections.abc import Sequence
from datetime import date, timedelta

from shared.core.classify.dates.phrases import Phrase
from shared.core.posts.classification import Interval
from shared.core.text.wording import any_of

_PAST = any_of("began", "started", "has", "have", "was", "were", "rolled out", "completed", "retired", tail=r"\b")
_BEFORE = timedelta(days=65)  # "not more than about 2 months before"
_FAR = timedelta(days=215)  # no edit moves a plan by more than half a year without naming the year
_CLOSES = {"complete", "range"}


def resolve(
    text: str, found: list[Phrase], cues: Sequence[str], anchor: date | None, published: date | None
) -> list[Interval | None]:
    """The days of each phrase of a line; None where nothing gives the year."""
    result = [_stated(phrase, anchor) for phrase in found]
    for index in reversed(range(len(found) - 1)):  # a beginning looks at the completion behind it
        if result[index] is None and cues[index + 1] in _CLOSES:
            result[index] = _not_after(found[index], result[index + 1])
    for index, phrase in enumerate(found):
        if result[index] is not None:
            continue
        if index and cues[index] in _CLOSES and result[index - 1]:
            result[index] = _not_before(phrase, result[index - 1])
        elif anchor is not None:
            past = _PAST.search(text, max(0, phrase.start - 40), phrase.start) is not None
            result[index] = _near(phrase, anchor, past=past)
            if published and published != anchor and _is_far(result[index], anchor):
                result[index] = _near(phrase, published, past=past)
    return result


def _is_far(interval: Interval | None, anchor: date) -> bool:
    return interval is not None and interval.first > anchor + _FAR


def _not_after(phrase: Phrase, end: Interval | None) -> Interval | None:
    if end is None:
        return None
    spans = (phrase.span(year) for year in (end.first.year, end.first.year - 1))
    return next((span for span in spans if span and span.first <= end.last), None)


def _not_before(phrase: Phrase, start: Interval | None) -> Interval | None:
    if start is None:
        return None
    spans = (phrase.span(year) for year in (start.first.year, start.first.year + 1))
    return next((span for span in spans if span and span.last >= start.first), None)


def _stated(phrase: Phrase, anchor: date | None) -> Interval | None:
    if phrase.relative:
        return _relative(phrase, anchor) if anchor else None
    return phrase.span(phrase.year) if phrase.year else None


def _near(phrase: Phrase, anchor: date, *, past: bool) -> Interval | None:
    """The year that brings the words next to the anchor: ahead of it, or behind it where the line looks back."""
    years = (anchor.year + 1, anchor.year, anchor.year - 1)
    if past:
        behind = (phrase.span(year) for year in years)
        return next((span for span in behind if span and span.first <= anchor), None)
    ahead = (phrase.span(year) for year in reversed(years))
    return next((span for span in ahead if span and span.first >= anchor - _BEFORE), None)


def _relative(phrase: Phrase, anchor: date) -> Interval:
    if phrase.relative == "next":
        return Interval(anchor, anchor + timedelta(days=phrase.days))
    if phrase.relative == "end":
        return Interval(date(anchor.year, 12, 1), date(anchor.year, 12, 31))
    return Interval(date(anchor.year, 1, 1), date(anchor.year, 12, 31))
