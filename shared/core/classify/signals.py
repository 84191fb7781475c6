"""Weighted signals: the table's form, and the one way in which a value is chosen from it."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from shared.core.classify.marks import mark_words
from shared.core.posts.classification import Why

#: The parts of a post that a signal may look at. `text` is everything but the title, the banners and the compliance
#: table; `advice` is what to prepare, without the formulas of every post; `audience` is who is affected; `compliance`
#: are the rows of its table that are not answered no; `marks` are Graph's fields and the decisions made before, as
#: `field:value`.
Place = Literal[
    "title", "tags", "summary", "intro", "impact", "prepare", "advice", "audience", "compliance", "text", "marks"
]
_GAP = " ... "
_WIDEST_GAP = 60
_SILENT = (0.0, "")
# The post's own words are the reason beside a mark that speaks up to this many times as loudly.
_DROWNED = 4.0


@dataclass(frozen=True, slots=True)
class Signal:
    """A row of a table: phrases, any of which in one place of the post speaks for or against values.

    A phrase is plain lower-case text, found anywhere (write a space where a word must begin or end); " ... " in it
    stands for up to 60 characters of one sentence. Plain text, because a search for it costs next to nothing.
    """

    place: Place
    phrases: tuple[str, ...]
    gapped: tuple[tuple[str, re.Pattern[str]], ...]
    weights: Mapping[str, float]

    def find(self, text: str) -> tuple[int, int] | None:
        """Where the first of the phrases stands in a lower-case text."""
        for phrase in self.phrases:
            if phrase in text:
                at = text.index(phrase)
                return at, at + len(phrase)
        for head, pattern in self.gapped:
            if head in text:
                match = pattern.search(text)
                if match:
                    return match.span()
        return None


def signal(place: Place, phrases: str, **weights: float) -> Signal:
    """A row: its phrases, parted by `|`. A weight below zero speaks against the value; `n_a` stands for n/a."""
    each = phrases.split("|")
    return Signal(
        place,
        tuple(phrase for phrase in each if _GAP not in phrase),
        tuple((phrase.split(_GAP)[0], _pattern(phrase)) for phrase in each if _GAP in phrase),
        {name.replace("n_a", "n/a"): weight for name, weight in weights.items()},
    )


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(f"[^.\\n]{{0,{_WIDEST_GAP}}}?".join(re.escape(part) for part in phrase.split(_GAP)))


class Evidence:
    """The places of one post, as written and in lower case; a space at both ends, so that every word has two edges."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._written = {name: f" {text} " for name, text in places.items() if text}
        self._lower = {name: text.lower() for name, text in self._written.items()}
        self._marks: set[str] = set()

    def mark(self, *words: str) -> None:
        self._marks.update(words)

    def find(self, row: Signal) -> str | None:
        """The words of the post that a row speaks of; those for a person where it speaks of a mark."""
        if row.place == "marks":
            return next((mark_words(mark) for mark in row.phrases if mark in self._marks), None)
        text = self._lower.get(row.place)
        span = row.find(text) if text else None
        return self._written[row.place][slice(*span)].strip() if span else None


def choose(table: Iterable[Signal], base: Mapping[str, float], facts: Evidence) -> tuple[str, Why]:
    """The value with the most weight, and why; confidence from the lead it has."""
    scores = dict(base)
    loudest: dict[str, dict[bool, tuple[float, str]]] = {value: {} for value in base}
    for row in table:
        words = facts.find(row)
        if words is None:
            continue
        derived = row.place == "marks"
        for value, weight in row.weights.items():
            scores[value] += weight
            if weight > loudest[value].get(derived, _SILENT)[0]:
                loudest[value][derived] = (weight, words)
    best = max(scores, key=lambda value: scores[value])
    second = max(score for value, score in scores.items() if value != best)
    confidence = 1 / (1 + math.exp(second - scores[best]))
    return best, Why(_reason(loudest[best]), round(confidence, 2))


def _reason(loudest: Mapping[bool, tuple[float, str]]) -> str:
    """The loudest words of the post, unless a mark drowns them out; else what the mark says."""
    said, derived = loudest.get(False, _SILENT), loudest.get(True, _SILENT)
    if said[1] and said[0] * _DROWNED >= derived[0]:
        return said[1]
    return derived[1] or "nothing speaks against it"
