"""The fitted weights: what every signal, term and mark counts for every value of every field.

They are integers in hundredths of a unit of log-odds, one finding a line, in tables/fitted.py, which
tools/fit_weights.py writes.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate

from shared.core.classify.calibration import Calibration
from shared.core.classify.tables.calibrated import CALIBRATED
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

#: The weights of one finding for values, in their order.
Row = tuple[int, ...]

#: How many values all fields have.
WIDTH = sum(map(len, VALUES.values()))
#: Where the values of a field begin in a row.
FIRST: Mapping[str, int] = dict(zip(VALUES, accumulate(map(len, VALUES.values()), initial=0), strict=False))
#: What a decision about a field is called, value by value, for the fields behind it.
MARKS: Mapping[str, tuple[str, ...]] = {
    field: tuple(f"{field}:{value}" for value in values) for field, values in VALUES.items()
}
_NONE: Row = (0,) * WIDTH


@dataclass(frozen=True)
class Weights:
    """`by_finding`: for each finding, field, value and weight.

    `calibrations`: by field; a field without one is as sure as its weights or its rule say.
    """

    by_finding: Mapping[str, Mapping[str, Mapping[str, int]]]
    calibrations: Mapping[str, Calibration] = dataclasses.field(default_factory=dict)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every finding that counts for anything."""
        return frozenset(self.by_finding)

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """The same as rows for all values of all fields, by finding."""
        return {
            name: tuple(fields.get(field, {}).get(value, 0) for field, values in VALUES.items() for value in values)
            for name, fields in self.by_finding.items()
        }

    @cached_property
    def by_field(self) -> Mapping[str, Mapping[str, Row]]:
        """By field the rows of the findings that count for it, cut to its values."""
        cut = {field: slice(FIRST[field], FIRST[field] + len(values)) for field, values in VALUES.items()}
        return {
            field: {name: row[part] for name, row in self.rows.items() if any(row[part])} for field, part in cut.items()
        }

    @cached_property
    def base(self) -> Row:
        """What speaks for each value before anything is found."""
        return self.rows.get(BASE, _NONE)


def read_weights(lines: Mapping[str, str]) -> Weights:
    """Lines like `"tags: new feature ...": "kind new_feature 120 info -30; default on 15"`."""
    return Weights({name: dict(_field_of(part) for part in line.split("; ")) for name, line in lines.items()})


def _field_of(part: str) -> tuple[str, dict[str, int]]:
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
    calibrations = {name: Calibration(base, slope, values) for name, (base, slope, values) in CALIBRATED.items()}
    return replace(read_weights(WEIGHTS), calibrations=calibrations)
