"""The fit of the calibration: how often a decision of some confidence is right, field by field.

Each post is read by weights that were fitted without it (five folds); then, for each field, a logistic regression of
being right on the log-odds of the confidence and the value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from shared.core.classify.calibration import Calibration, log_odds, value_of
from shared.core.classify.classifier import classify
from shared.core.classify.weights import Weights
from shared.core.posts.classification import FIELD_NAMES, Classification
from tools.fitting import fit
from tools.labelled import Labelled

_FOLDS = 5
_FREEDOM = 0.3
_WITHOUT_REASON = 1.0

Read = tuple[Labelled, Classification]


def is_right(label: Mapping[str, Any], found: Classification, field: str) -> bool:
    """Whether a field is read as the label says; all the windows or none."""
    said = found.to_label()[field]
    if field == "rollouts":
        return sorted(map(_window, said)) == sorted(map(_window, label[field]))
    return bool(said == label[field])


def confidence_of(found: Classification, field: str) -> float:
    """The confidence of a field; no windows carry no reason, and are not doubted."""
    why = found.why.get(field)
    return why.confidence if why else _WITHOUT_REASON


def calibrate(weights: Weights, posts: Sequence[Labelled], tell: Callable[[str], None] = lambda _: None) -> Weights:
    """The same weights with calibrations that these posts give, each read by a fit without it."""
    read: list[Read] = []
    for fold in range(_FOLDS):
        tell(f"calibration: fold {fold + 1} of {_FOLDS}")
        others = fit([one for index, one in enumerate(posts) if index % _FOLDS != fold])
        read += [(one, classify(one.post, others)) for one in posts[fold::_FOLDS]]
    return replace(weights, calibrations={field: _calibration(read, field) for field in FIELD_NAMES})


def _calibration(read: Iterable[Read], field: str) -> Calibration:
    cases = [(log_odds(confidence_of(found, field)), value_of(found, field), one, found) for one, found in read]
    right = np.array([is_right(one.label, found, field) for *_, one, found in cases])
    if right.all() or not right.any():  # nothing to tell apart
        return Calibration(round(log_odds(float(right.all())), 2), 0.0, {})
    names = sorted({value for _, value, *_ in cases})
    table = np.array([[odds, *(float(value == name) for name in names)] for odds, value, *_ in cases])
    model = LogisticRegression(C=_FREEDOM, max_iter=2_000).fit(table, right)
    slope, *offsets = (round(float(each), 2) for each in model.coef_[0])
    return Calibration(round(float(model.intercept_[0]), 2), slope, dict(zip(names, offsets, strict=True)))


def _window(window: Mapping[str, Any]) -> tuple[str, ...]:
    return window["phase"], ",".join(sorted(window["clouds"])), str(window["start"]), str(window["end"])
