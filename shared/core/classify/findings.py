"""What a post shows before anything is decided: signals, words and pairs of words, and marks, each with its place."""

from dataclasses import dataclass, field
from functools import lru_cache

from shared.core.classify.marks import mark_words
from shared.core.classify.signals import Places, Signal
from shared.core.classify.tables import SIGNALS
from shared.core.classify.terms import DENIED, TERM, WORD_PLACES, terms


@dataclass(slots=True)
class Findings:
    """What was found, by name.

    `signals` with place, start and end; `terms` with their last word; `marks` (`field:value`) with how far they hold.
    """

    places: Places
    signals: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, *names: str) -> None:
        self.marks.update(dict.fromkeys(names, 1.0))

    def words(self, name: str) -> str:
        """A finding in words that a person understands: the post's own, or those of a mark."""
        if name in self.signals:
            return self.places.phrase(*self.signals[name])
        if name in self.terms:
            place, _, term = name.partition(TERM)
            start = self.places.word(place, term.replace(DENIED, ""), self.terms[name])
            return self.places.clause(place, *start)
        return mark_words(name)


@lru_cache(maxsize=8)
def _known_signals(known: frozenset[str]) -> tuple[Signal, ...]:
    return tuple(row for row in SIGNALS if row.name in known or f"not {row.name}" in known)


def find_all(places: Places, known: frozenset[str] | None) -> Findings:
    """The signals and terms of a post; only those that are `known`, where only those count."""
    findings = Findings(places)
    for row in SIGNALS if known is None else _known_signals(known):
        found = places.find(row)
        if found:
            findings.signals[found[0]] = (row.place, found[1], found[2])
    for place in WORD_PLACES:
        text = places.lower.get(place)
        if text:
            findings.terms.update(terms(place, text, known))
    return findings
