"""How one value of a field is chosen by weights, and what is told as the reason."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.core.classify.findings import Findings
from shared.core.classify.weights import VALUES, Hits, Weights
from shared.core.posts.classification import Why

# The post's own words are the reason beside a mark, and a signal beside a single word, that count up to this many
# times as much.
_DROWNED = 4.0
_SILENT = (0.0, "")
_NOTHING = "nothing speaks against it"


@dataclass(frozen=True, slots=True)
class Decision:
    """A field's value, how likely each value is, and why."""

    value: str
    likely: Mapping[str, float]
    why: Why


def decide(field: str, findings: Findings, weights: Weights) -> Decision:
    """The likeliest value of a field. What was decided becomes a mark for the fields behind it."""
    values = VALUES[field]
    hits = weights.hits(field, findings)
    shares = _shares(weights.scores(field, hits, findings))
    best, second = sorted(range(len(values)), key=lambda index: -shares[index])[:2]
    words = _reason(best, second, findings, hits)
    likely = dict(zip(values, shares, strict=True))
    for value, share in likely.items():
        findings.marks[f"{field}:{value}"] = share
    return Decision(values[best], likely, Why(words, round(shares[best], 2)))


def _shares(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def _reason(best: int, second: int, findings: Findings, hits: Hits) -> str:
    """The strongest signal; a word of the post if it is much stronger; a mark only if it drowns both."""
    told = max(
        ((row[best] - row[second], name) for name, row in hits.signals.items() if not name.startswith("if ")),
        default=_SILENT,
    )
    term = max(((row[best] - row[second], name) for name, row in hits.terms.items()), default=_SILENT)
    marks = findings.marks
    mark = max((((row[best] - row[second]) * marks[name], name) for name, row in hits.marks.items()), default=_SILENT)
    lead, name = max(told, _SILENT)
    for other in (term, mark):
        if other[0] > lead * _DROWNED:
            lead, name = other
    return findings.words(name) if name else _NOTHING
