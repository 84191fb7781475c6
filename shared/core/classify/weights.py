"""The fitted weights: what every signal, term and mark counts for every value of every field.

They are integers in hundredths of a unit of log-odds, one finding a line, in tables/fitted.py, which
tools/fit_weights.py writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shared.core.classify.findings import Findings
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

#: The weights of one finding for the values of a field, in their order.
Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """Signals, terms and marks that were found and count for one field, by name."""

    signals: Mapping[str, Row]
    terms: Mapping[str, Row]
    marks: Mapping[str, Row]


@dataclass(frozen=True)
class Weights:
    """`by_finding`: for each finding, field, value and weight."""

    by_finding: Mapping[str, Mapping[str, Mapping[str, int]]]

    @cached_property
    def known(self) -> frozenset[str]:
        """Every finding that counts for anything."""
        return frozenset(self.by_finding)

    @cached_property
    def by_field(self) -> Mapping[str, Mapping[str, Row]]:
        """The same by field first, with the values in their order."""
        turned: dict[str, dict[str, Row]] = {field: {} for field in VALUES}
        for name, fields in self.by_finding.items():
            for field, weights in fields.items():
                turned[field][name] = tuple(weights.get(value, 0) for value in VALUES[field])
        return turned

    def hits(self, field: str, findings: Findings) -> Hits:
        """What was found and counts for a field."""
        table = self.by_field[field]
        return Hits(
            {name: table[name] for name in findings.signals.keys() & table.keys()},
            {name: table[name] for name in findings.terms.keys() & table.keys()},
            {name: table[name] for name in findings.marks if name in table},
        )

    def scores(self, field: str, hits: Hits, findings: Findings) -> list[float]:
        """How much speaks for each value of a field, in their order."""
        values = VALUES[field]
        base = self.by_field[field].get(BASE, (0,) * len(values))
        whole = [sum(column) for column in zip(base, *hits.signals.values(), *hits.terms.values(), strict=True)]
        degrees = [findings.marks[name] for name in hits.marks]
        columns = zip(*hits.marks.values(), strict=True) if hits.marks else [()] * len(values)
        return [
            (plain + sum(weight * degree for weight, degree in zip(column, degrees, strict=True))) / UNIT
            for plain, column in zip(whole, columns, strict=True)
        ]


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
