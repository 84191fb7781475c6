"""How one value of a field is chosen by weights, and what is told as the reason."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.core.classify.findings import Findings
from shared.core.classify.weights import VALUES, Weights
from shared.core.posts.classification import Why

# The post's own words are the reason beside a mark, and a signal beside a single word, that count up to this many
# times as much.
_DROWNED = 4.0
_NOTHING = "nothing speaks against it"


@dataclass(frozen=True, slots=True)
class Decision:
    """A field's value, how likely each value is, and why."""

    value: str
    likely: Mapping[str, float]
    why: Why


def decide(field: str, findings: Findings, weights: Weights) -> Decision:
    """The likeliest value of a field. What was decided becomes a mark for the fields behind it."""
    likely = _shares(weights.scores(field, findings))
    best = max(VALUES[field], key=lambda value: likely[value])
    for value, share in likely.items():
        findings.marks[f"{field}:{value}"] = share
    second = max((value for value in VALUES[field] if value != best), key=lambda value: likely[value])
    words = _reason(field, best, second, findings, weights)
    return Decision(best, likely, Why(words, round(likely[best], 2)))


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    powers = {value: math.exp(score - top) for value, score in scores.items()}
    total = sum(powers.values())
    return {value: power / total for value, power in powers.items()}


def _reason(field: str, best: str, second: str, findings: Findings, weights: Weights) -> str:
    """The strongest signal; a word of the post if it is much stronger; a mark only if it drowns both."""

    def strongest(names: Iterable[str]) -> tuple[float, str]:
        leads = []
        for name in names:
            each = weights.of(name, field)
            lead = (each.get(best, 0) - each.get(second, 0)) * findings.marks.get(name, 1.0)
            if lead > 0:
                leads.append((lead, name))
        return max(leads, default=(0.0, ""))

    told = strongest(name for name in findings.signals if not name.startswith("if "))
    for other in (findings.terms, findings.marks):
        found = strongest(other)
        if found[0] > told[0] * _DROWNED:
            told = found
    return findings.words(told[1]) if told[1] else _NOTHING
