"""Weighted signals: the table's form, and the one way in which a value is chosen from it."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.core.classification import Why

#: The parts of a post that a signal may look at, each as lower-case text.
PLACES = ("title", "tags", "intro", "when", "impact", "prepare", "text", "graph")


@dataclass(frozen=True, slots=True)
class Signal:
    """Words (a regular expression) in one place of the post that speak for or against values."""

    place: str
    words: re.Pattern[str]
    weights: Mapping[str, float]


def signal(place: str, words: str, **weights: float) -> Signal:
    """A row of a table. A weight below zero speaks against the value; `n_a` stands for n/a."""
    if place not in PLACES:
        raise ValueError(f"no such place: {place}")
    return Signal(place, re.compile(words), {name.replace("n_a", "n/a"): weight for name, weight in weights.items()})


@dataclass(slots=True)
class Facts:
    """The places of one post, and the marks that earlier decisions left (`graph`: fields and decisions as words)."""

    places: dict[str, str] = field(default_factory=dict)

    def mark(self, word: str) -> None:
        self.places["graph"] = f"{self.places.get('graph', '')} {word}"


def choose(table: Iterable[Signal], base: Mapping[str, float], facts: Facts) -> tuple[str, Why]:
    """The value with the most weight. Why: the words that spoke loudest for it; confidence from the lead it has."""
    scores = dict(base)
    loudest: dict[str, tuple[float, str]] = {}
    for row in table:
        found = row.words.search(facts.places.get(row.place, ""))
        if not found:
            continue
        for value, weight in row.weights.items():
            scores[value] = scores.get(value, 0.0) + weight
            if weight > loudest.get(value, (0.0, ""))[0]:
                loudest[value] = (weight, f"{row.place}: {found[0].strip()[:120]}")
    best = max(scores, key=lambda value: scores[value])
    second = max((score for value, score in scores.items() if value != best), default=0.0)
    confidence = 1 / (1 + math.exp(second - scores[best]))
    return best, Why(loudest.get(best, (0.0, "nothing speaks against it"))[1], round(confidence, 2))
