"""Neighbouring months told as one time: "late September/October 2026", "late May or early June"."""

import re

from shared.core.classify.dates.phrases import Phrase
from shared.core.posts.classification import Interval
from shared.core.text.wording import Wording

_OR = Wording(r"\s*(?:/|and/or|or)\s*(?:in\s+)?", re.IGNORECASE)
# "between May and June" is from one to the other; but what begins between them has both as its beginning.
_BETWEEN = Wording(r"\bbetween\s*$", re.IGNORECASE)
_BEGINS_BETWEEN = Wording(
    r"\b(?:begin|start|commenc|launch)\w*(?:\s+(?:rolling out|to roll out))?\s+(?:sometime\s+)?between\s*$",
    re.IGNORECASE,
)
_ANY_YEAR = 2025  # months are neighbours in every year
_LONGEST_GAP = 31  # days between two months that are told in one breath
_LONGEST = 95  # days of three months: a quarter beside a month is another time
_SHORTEST = 5  # a day or two are named exactly: "on May 4 and May 5" are two times


def join(text: str, found: list[Phrase]) -> list[Phrase]:
    """The phrases of a line, with neighbouring months as one phrase."""
    result: list[Phrase] = []
    for phrase in found:
        joined = _joined(text, result[-1], phrase) if result else None
        if joined:
            result[-1] = joined
        else:
            result.append(phrase)
    return result


def _joined(text: str, one: Phrase, other: Phrase) -> Phrase | None:
    if one.relative or other.relative:
        return None
    word = _OR.fullmatch(text, one.end, other.start)
    before = text[: one.start]
    if word is None and not (_BEGINS_BETWEEN.search(before) and text[one.end : other.start].strip() == "and"):
        return None
    if _BETWEEN.search(before) and not _BEGINS_BETWEEN.search(before):
        return None

    def span(year: int) -> Interval | None:
        last = other.span(year)
        first = one.span(one.year or year)
        if first and last and one.year is None and first.first > last.first:
            first = one.span(year - 1)
        return Interval(first.first, last.last) if first and last and first.first <= last.last else None

    if not are_neighbours(one, other):
        return None
    return Phrase(one.start, other.end, text[one.start : other.end], other.year or one.year, span)


def are_neighbours(one: Phrase, other: Phrase) -> bool:
    """Whether one time, longer than a day or two, follows on the other."""
    year = other.year or one.year or _ANY_YEAR
    first, last = one.span(one.year or year), other.span(year)
    if first and last and one.year is None and first.first > last.first:
        first = one.span(year - 1)
    if not first or not last or first.first >= last.first:
        return False
    if min((first.last - first.first).days, (last.last - last.first).days) < _SHORTEST:
        return False
    return (last.first - first.last).days <= _LONGEST_GAP and (last.last - first.first).days <= _LONGEST
