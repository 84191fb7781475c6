"""The fit of the classifier's weights: multinomial logistic regression with an L2 penalty, field by field.

A person's weights take part as well (given.json: set by hand, and fitted to 120 posts before October 2025). What they
say for each value is a finding of its own, and what that counts for is added to the findings it came from.

The later fields see what was decided before them as marks. For those the fit uses shares that were predicted for each
post without it (five folds), so that a later field does not trust an earlier one more than it deserves.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from shared.core.classify.deciding import Decision
from shared.core.classify.derived import mark_pairs
from shared.core.classify.plain import settle_kind
from shared.core.classify.plan import read_plan
from shared.core.classify.terms import TERM
from shared.core.classify.weights import BASE, UNIT, VALUES, Weights, read_weights, write_weights
from shared.core.posts.classification import Why
from tools.labelled import Labelled

_FOLDS = 5
_SEEN = 3  # posts of the fit that a finding must be in, to count
#: How freely a finding may count: a row of a table was chosen by a person, a word only by chance and the fit.
_SIGNAL, _MARK, _SERVICE, _TERM = 1.0, 1.3, 0.5, 0.3
_TITLE_TERM = 0.6

#: A finding that stands for what the given weights say for a value.
_GIVEN = "(given) "
_GIVEN_FREEDOM = 1.5

Row = dict[str, float]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """Of one field: `freedom` is the inverse of the penalty; `evening` 0 counts posts alike, 1 counts values alike.

    `terms`: how many words and pairs take part; `least`: what counts less than this for every value is left out.
    """

    freedom: float
    evening: float = 0.0
    terms: int = 600
    least: int = 1


@dataclass(frozen=True, slots=True)
class Model:
    """Of one field: by finding, the weight of every value, before rounding."""

    weights: dict[str, np.ndarray]
    values: tuple[str, ...]

    def shares(self, row: Row) -> np.ndarray:
        scores = self.weights[BASE].copy()
        for name, degree in row.items():
            weight = self.weights.get(name)
            if weight is not None:
                scores += weight * degree
        powers = np.exp(scores - scores.max())
        return np.asarray(powers / powers.sum())


#: Chosen among a few by how posts of June 2025 to January 2026 were read forward in time.
DEFAULT_SETTINGS = {
    "kind": Setting(0.4, least=7),
    "default": Setting(0.4, least=7),
    "need": Setting(0.12, terms=300),
    "user": Setting(0.02, 0.8, terms=800),
    "crb": Setting(0.12, terms=300),
}


@lru_cache(maxsize=1)
def given_weights() -> Weights:
    """The weights that a person set."""
    return read_weights(json.loads((Path(__file__).parent / "given.json").read_text(encoding="utf-8")))


def _with_given(field: str, row: Row) -> Row:
    """A row, and what the given weights make of it for each value of the field."""
    said = dict.fromkeys((_GIVEN + value for value in VALUES[field]), 0.0)
    for name, degree in row.items():
        for value, weight in given_weights().by_finding.get(name, {}).get(field, {}).items():
            said[_GIVEN + value] += weight * degree / UNIT
    return row | said


def _folded(field: str, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same weights without the findings that stand for given ones: what those count for goes to their sources."""
    counted = {value: weights.pop(_GIVEN + value, None) for value in VALUES[field]}
    for name, fields in given_weights().by_finding.items():
        for value, weight in fields.get(field, {}).items():
            slope = counted[value]
            if slope is not None:
                weights[name] = weights.get(name, np.zeros(len(VALUES[field]))) + slope * weight / UNIT
    return weights


def fit_field(field: str, rows: Sequence[Row], wanted: Sequence[str], setting: Setting) -> Model:
    """The weights of one field that fit these posts best under the penalty."""
    values = VALUES[field]
    present = sorted(set(wanted), key=values.index)
    if len(present) == 1:  # nothing to tell apart
        base = np.array([0.0 if value == present[0] else -9.0 for value in values])
        return Model({BASE: base}, values)
    rows = [_with_given(field, row) for row in rows]
    names = _chosen(rows, wanted, setting.terms)
    place = {name: index for index, name in enumerate(names)}
    freedoms = np.array([_freedom(name) for name in names])
    cells = [
        (index, place[name], degree * freedoms[place[name]])
        for index, row in enumerate(rows)
        for name, degree in row.items()
        if name in place
    ]
    lines, columns, amounts = zip(*cells, strict=True)
    table = sparse.csr_matrix((amounts, (lines, columns)), shape=(len(rows), len(names)))
    counts = Counter(wanted)
    weighed = np.array([(len(rows) / len(present) / counts[value]) ** setting.evening for value in wanted])
    model = LogisticRegression(C=setting.freedom, max_iter=500, tol=1e-4)
    model.fit(table, np.array([present.index(value) for value in wanted]), sample_weight=weighed)
    coefficients, base = model.coef_, model.intercept_
    if len(present) == 2:  # the regression knows only "more the second than the first"
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
        base = np.array([-base[0] / 2, base[0] / 2])
    full = np.zeros((len(values), len(names)))
    start = np.full(len(values), -9.0)  # a value that no post of the fit has is never chosen
    for index, value in enumerate(present):
        full[values.index(value)] = coefficients[index] * freedoms
        start[values.index(value)] = base[index]
    weights = _folded(field, {name: full[:, place[name]] for name in names})
    return Model(weights | {BASE: start}, values)


def _chosen(rows: Sequence[Row], wanted: Sequence[str], limit: int) -> list[str]:
    """Signals and marks that enough posts have, and the words that differ most between the values."""
    posts = Counter(name for row in rows for name in row)
    often = [name for name, count in posts.items() if count >= _SEEN]
    words = [name for name in often if TERM in name]
    kept = [name for name in often if TERM not in name]
    counts = Counter(wanted)
    by_value: Counter[tuple[str, str]] = Counter()
    for row, value in zip(rows, wanted, strict=True):
        by_value.update((name, value) for name in row if TERM in name)

    def telling(name: str) -> float:
        expected = {value: posts[name] * count / len(rows) for value, count in counts.items()}
        return sum((by_value[name, value] - each) ** 2 / each for value, each in expected.items())

    words.sort(key=lambda name: (-telling(name), name))
    return sorted(kept) + sorted(words[:limit])


def _freedom(name: str) -> float:
    if name.startswith(_GIVEN):
        return _GIVEN_FREEDOM
    if TERM in name:
        return _TITLE_TERM if name.startswith("title=") else _TERM
    if name.startswith("service: "):
        return _SERVICE
    return _MARK if ":" in name and ": " not in name else _SIGNAL


def fit(posts: Sequence[Labelled], settings: dict[str, Setting] | None = None, tell: Tell = lambda _: None) -> Weights:
    """Weights for all fields from labelled posts, in whole numbers as they are written."""
    settings = settings or DEFAULT_SETTINGS
    models: dict[str, Model] = {}
    posts = [_apart(one) for one in posts]
    for field in VALUES:
        tell(f"{field}: {len(posts)} posts, freedom {settings[field].freedom}")
        if field == "crb":
            for one in posts:
                mark_pairs(one.findings)
        wanted = [one.want(field) for one in posts]
        rows = [one.names() for one in posts]
        models[field] = fit_field(field, rows, wanted, settings[field])
        for one, shares in zip(posts, _unseen_shares(field, rows, wanted, settings[field]), strict=True):
            likely = {value: float(share) for value, share in zip(VALUES[field], shares, strict=True)}
            one.findings.marks.update({f"{field}:{value}": share for value, share in likely.items()})
            if field == "kind":
                decision = Decision(max(likely, key=lambda value: likely[value]), likely, Why("", 0.0))
                kind = settle_kind(one.document.title, decision, one.findings).value
                read_plan(one.post, one.document, kind, one.findings)
    return read_weights(dict(write_weights(_whole(models, settings))))


def _apart(one: Labelled) -> Labelled:
    """The same post with marks of its own: what a fit decides stays with it."""
    return replace(one, findings=replace(one.findings, marks=dict(one.findings.marks)))


def _unseen_shares(field: str, rows: Sequence[Row], wanted: Sequence[str], setting: Setting) -> list[np.ndarray]:
    """How likely each value is by a fit that has not seen the post."""
    shares: list[np.ndarray] = [np.zeros(0)] * len(rows)
    for fold in range(_FOLDS):
        seen = [index for index in range(len(rows)) if index % _FOLDS != fold]
        model = fit_field(field, [rows[i] for i in seen], [wanted[i] for i in seen], setting)
        for index in range(fold, len(rows), _FOLDS):
            shares[index] = model.shares(rows[index])
    return shares


def _whole(models: dict[str, Model], settings: dict[str, Setting]) -> dict[str, dict[str, dict[str, int]]]:
    """All weights as whole numbers, by finding, field and value."""
    whole: dict[str, dict[str, dict[str, int]]] = {}
    for field, model in models.items():
        for name, weights in model.weights.items():
            if name != BASE and np.abs(weights).max() * UNIT < settings[field].least:
                continue
            rounded = {value: round(float(w) * UNIT) for value, w in zip(model.values, weights, strict=True)}
            whole.setdefault(name, {})[field] = rounded
    return whole
