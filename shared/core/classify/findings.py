"""What a post shows before anything is decided: signals, words and pairs of words, and marks, each with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from shared.core.classify.signals import PREFIX, Place, Places, Rows, Signal
from shared.core.classify.tables import SIGNALS
from shared.core.classify.terms import DENIED, TERM, WORD_PLACES, Vocabulary, terms, vocabularies


@dataclass(slots=True)
class Findings:
    """What was found, by name.

    `signals` with place, start and end; `terms` with their last word; `marks` (`field:value`) with how far they hold.
    """

    places: Places
    signals: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)
    _sentences: dict[str, str] = field(default_factory=dict)

    def mark(self, *names: str) -> None:
        self.marks.update(dict.fromkeys(names, 1.0))

    def sentence(self, name: str) -> str:
        """The whole sentence of the post that a signal or term stands in."""
        known = self._sentences.get(name)
        if known is None:
            known = self._sentences[name] = self._sentence(name)
        return known

    def _sentence(self, name: str) -> str:
        if name in self.signals:
            return self.places.sentence(*self.signals[name])
        place, _, term = name.partition(TERM)
        at = self.places.word(place, term.replace(DENIED, ""), self.terms[name])
        return self.places.sentence(place, *at)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for in each place."""

    rows: Mapping[Place, Rows]
    terms: Mapping[str, Vocabulary | None]


@lru_cache(maxsize=8)
def _wanted(known: frozenset[str] | None) -> _Wanted:
    by_place: dict[Place, list[Signal]] = {}
    for row in SIGNALS:
        if known is None or row.name in known or f"not {row.name}" in known:
            by_place.setdefault(row.place, []).append(row)
    words: Mapping[str, Vocabulary | None] = dict.fromkeys(WORD_PLACES) if known is None else vocabularies(known)
    return _Wanted({place: Rows(rows) for place, rows in by_place.items()}, words)


def find_all(places: Places, known: frozenset[str] | None) -> Findings:
    """The signals and terms of a post; only those that are `known`, where only those count."""
    findings = Findings(places)
    wanted = _wanted(known)
    for place, rows in wanted.rows.items():
        text = places.lower.get(place)
        if text:
            for name, (how, start, end) in rows.find(text).items():
                findings.signals[PREFIX[how] + name] = (place, start, end)
    for place_of_words, vocabulary in wanted.terms.items():
        text = places.lower.get(place_of_words)
        if text:
            findings.terms.update(terms(place_of_words, text, vocabulary))
    return findings
