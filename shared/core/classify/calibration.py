"""How sure a field is: the confidence of whatever decided it, made true by how often such decisions are right.

Fitted (tools/calibrating.py) on posts that the weights of the field had not seen.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from shared.core.posts.classification import Classification

_EDGE = 0.01  # no rule and no weight is surer than this


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one field: log-odds of being right are `base` + `slope` x log-odds of the confidence + what its value adds."""

    base: float
    slope: float
    values: Mapping[str, float]

    def share_right(self, value: str, confidence: float) -> float:
        """Of decisions like this one, how many are right (0 to 1)."""
        score = self.base + self.slope * log_odds(confidence) + self.values.get(value, 0.0)
        return 1 / (1 + math.exp(-score))


def log_odds(confidence: float) -> float:
    inside = min(max(confidence, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def value_of(classification: Classification, field: str) -> str:
    """A field's value as the calibration knows it: of days only what sort they are of.

    A day to act by that is the first of a window was mostly taken from the plan; any other one is demanded somewhere.
    """
    if field == "rollouts":
        windows = len(classification.windows)
        return "several" if windows > 1 else "one" if windows else "none"
    value = getattr(classification, field)
    if field == "act_by":
        planned = any(window.start and window.start.first == value for window in classification.windows)
        return "planned" if value and planned else "demanded" if value else "none"
    return str(value)
