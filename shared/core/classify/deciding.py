"""How one value of a field is chosen by weights, and what is told as the reason."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import add, mul, sub

from shared.core.classify.because import reason
from shared.core.classify.findings import Findings
from shared.core.classify.weights import FIRST, MARKS, UNIT, VALUES, WIDTH, Row, Weights
from shared.core.posts.classification import Why

_SUPPOSED = "if "


@dataclass(frozen=True, slots=True)
class Decision:
    """A field's value, how likely each value is, and why."""

    value: str
    likely: Mapping[str, float]
    why: Why


class _Weighed:
    """Findings and their weights by value; `degrees` is how far each holds, where they do not all hold wholly."""

    def __init__(self, rows: Mapping[str, Row], names: Iterable[str], degrees: Sequence[float] = ()) -> None:
        self._names = tuple(names)
        self._columns = tuple(zip(*[rows[name] for name in self._names], strict=True))
        self._degrees = degrees

    def totals(self, width: int) -> Iterable[float]:
        """What all of it counts for each value."""
        if not self._names:
            return (0,) * width
        if not self._degrees:
            return map(sum, self._columns)
        return [sum(map(mul, column, self._degrees)) for column in self._columns]

    def leads(self, best: int, second: int) -> Iterable[tuple[float, str]]:
        """What each finding counts for one value against another."""
        if not self._names:
            return ()
        leads: Iterable[float] = map(sub, self._columns[best], self._columns[second])
        if self._degrees:
            leads = map(mul, leads, self._degrees)
        return zip(leads, self._names, strict=True)


class Decider:
    """Decides the fields of one post, one after the other: each is a mark for those behind it."""

    def __init__(self, findings: Findings, weights: Weights) -> None:
        self._findings = findings
        self._weights = weights
        rows = weights.rows
        signals = rows.keys() & findings.signals.keys()
        supposed = {name for name in signals if name.startswith(_SUPPOSED)}
        self._signals = _Weighed(rows, signals - supposed)
        self._terms = _Weighed(rows, rows.keys() & findings.terms.keys())
        words = (self._signals, self._terms, _Weighed(rows, supposed))
        self._totals = [sum(each) for each in zip(weights.base, *(group.totals(WIDTH) for group in words), strict=True)]

    def decide(self, field: str, *, explained: bool = True) -> Decision:
        """The likeliest value of a field. `explained`: with its reason, which takes as long as the rest."""
        values, first, found = VALUES[field], FIRST[field], self._findings.marks
        rows = self._weights.by_field[field]
        names = [name for name in found if name in rows]  # in their order: sums of fractions depend on it
        marks = _Weighed(rows, names, [found[name] for name in names])
        shares = _shares([*map(add, self._totals[first : first + len(values)], marks.totals(len(values)))])
        best, second = sorted(range(len(values)), key=lambda index: -shares[index])[:2]
        words = ""
        if explained:
            lead = first + best, first + second
            told = chain(self._signals.leads(*lead), self._terms.leads(*lead))  # what is only supposed is no reason
            words = reason(self._findings, field, values[best], told, marks.leads(best, second))
        found.update(zip(MARKS[field], shares, strict=True))
        return Decision(values[best], dict(zip(values, shares, strict=True)), Why(words, round(shares[best], 2)))


def _shares(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp((score - top) / UNIT) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
