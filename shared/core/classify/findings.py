"""What a post shows before anything is decided: signals, words and pairs of words, and marks, each with its place."""

from dataclasses import dataclass, field

from shared.core.classify.marks import mark_words
from shared.core.classify.signals import Places
from shared.core.classify.tables import SIGNALS
from shared.core.classify.terms import DENIED, WORD_PLACES, terms

#: How a finding is called: a signal by its name, a term as `place= words`, a mark as `field:value`.
TERM = "= "


@dataclass(slots=True)
class Findings:
    """`signals` and `terms` by name, with place, start and end; `marks` by name, with how far they hold (0 to 1)."""

    places: Places
    signals: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    terms: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, *names: str) -> None:
        self.marks.update(dict.fromkeys(names, 1.0))

    def words(self, name: str) -> str:
        """A finding in words that a person understands: the post's own, or those of a mark."""
        if name in self.signals:
            return self.places.phrase(*self.signals[name])
        if name in self.terms:
            return self.places.clause(*self.terms[name])
        return mark_words(name)


def find_all(places: Places, known: frozenset[str] | None) -> Findings:
    """The signals and terms of a post. Of the terms only those that are `known`, where only those count."""
    findings = Findings(places)
    for row in SIGNALS:
        found = places.find(row)
        if found:
            findings.signals[found[0]] = (row.place, found[1], found[2])
    for place in WORD_PLACES:
        text = places.lower.get(place)
        if not text:
            continue
        head = place + TERM
        for term, start in terms(place, text):
            name = head + term
            if (known is None or name in known) and name not in findings.terms:
                findings.terms[name] = (place, start, start + len(term.rsplit(" ", 1)[-1].lstrip(DENIED)))
    return findings
