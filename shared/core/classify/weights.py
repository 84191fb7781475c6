"""The fitted weights: what every signal, term and mark counts for every value of every field.

They are integers in hundredths of a unit of log-odds, one finding a line, in tables/fitted.py, which
tools/fit_weights.py writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shared.core.classify.findings import TERM, Findings
from shared.core.classify.tables.fitted import WEIGHTS

#: The line that holds what speaks for each value before anything is found.
BASE = "(base)"
UNIT = 100
#: The fields that are decided by weights, in their order, and the values of each. `need` is action and admin impact
#: in one: required and high, optional and medium, none and low.
VALUES: Mapping[str, tuple[str, ...]] = {
    "kind": ("new_feature", "feature_change", "retirement", "security", "maintenance", "info"),
    "default": ("on", "off", "n/a", "removed"),
    "need": ("none", "optional", "required"),
    "user": ("low", "medium", "high"),
    "crb": ("no", "yes"),
}

Scores = dict[str, float]


@dataclass(frozen=True)
class Weights:
    """`by_finding`: for each finding, field, value and weight."""

    by_finding: Mapping[str, Mapping[str, Mapping[str, int]]]

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(name for name in self.by_finding if TERM in name)

    def of(self, name: str, field: str) -> Mapping[str, int]:
        return self.by_finding.get(name, {}).get(field, {})

    def scores(self, field: str, findings: Findings) -> Scores:
        """How much speaks for each value of a field."""
        scores = {value: float(self.of(BASE, field).get(value, 0)) for value in VALUES[field]}
        for names in (findings.signals, findings.terms):
            for name in names:
                for value, weight in self.of(name, field).items():
                    scores[value] += weight
        for name, degree in findings.marks.items():
            for value, weight in self.of(name, field).items():
                scores[value] += weight * degree
        return {value: score / UNIT for value, score in scores.items()}


def read_weights(lines: Mapping[str, str]) -> Weights:
    """Lines like `"tags: new feature ...": "kind new_feature 120 info -30; default on 15"`."""
    return Weights({name: dict(_field(part) for part in line.split("; ")) for name, line in lines.items()})


def _field(part: str) -> tuple[str, dict[str, int]]:
    field, *rest = part.split()
    return field, {value: int(weight) for value, weight in zip(rest[::2], rest[1::2], strict=True)}


def write_weights(weights: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Iterable[tuple[str, str]]:
    """The lines that `read_weights` reads, sorted; what counts nothing is left out."""
    for name in sorted(weights):
        parts = []
        for field, values in sorted(weights[name].items()):
            told = [f"{value} {weight}" for value, weight in sorted(values.items()) if weight]
            if told:
                parts.append(f"{field} {' '.join(told)}")
        if parts:
            yield name, "; ".join(parts)


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights of this version, read at first use."""
    return read_weights(WEIGHTS)
