"""How one value of a field is chosen by weights, and what is told as the reason."""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add, mul, sub

from shared.core.classify.findings import Findings
from shared.core.classify.marks import mark_words
from shared.core.classify.weights import FIRST, MARKS, UNIT, VALUES, WIDTH, Row, Weights
from shared.core.posts.classification import Why
from shared.core.text.safe import cut
from shared.core.text.wording import any_of

# The post's own words are the reason beside a mark that counts up to this many times as much.
_DROWNED = 4.0
_SUPPOSED = "if "
_SILENT = (0.0, "")
_NOTHING = "nothing speaks against it"
# How many of the findings that count most are looked for in the text, and what a sentence must count to be a reason.
_LOOKED_FOR = 16
_LEAST = 10
# What a post says of nothing in particular needs more than chance words, and no title.
_NEUTRAL = {"default": {"on", "n/a"}, "need": {"none"}, "user": {"low"}, "crb": {"no"}}
_LEAST_OF_NEUTRAL = 40
# What a post is about stands at its beginning: what it advises may tell the kinds apart, and is no reason.
_SAYS_KIND = ("title", "intro")
_TAG = "tags"
# Characters of a reason.
_LONGEST = 400
# Decisions about other fields: a reason made of one goes in a circle.
_DECIDED = (*(f"{field}:" for field in VALUES), "status:", "told:")
# That something is not said gives no reason, nor does it that some advice is given.
_UNSAID = (":untold", ":none", ":no", ":some")
# What is asked of nobody says nothing of what users feel.
_NO_ACTION = any_of(r"no (?:\w+ ){0,2}action")


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

    def decide(self, field: str) -> Decision:
        """The likeliest value of a field."""
        values, first, found = VALUES[field], FIRST[field], self._findings.marks
        rows = self._weights.by_field[field]
        names = [name for name in found if name in rows]  # in their order: sums of fractions depend on it
        marks = _Weighed(rows, names, [found[name] for name in names])
        shares = _shares([*map(add, self._totals[first : first + len(values)], marks.totals(len(values)))])
        best, second = sorted(range(len(values)), key=lambda index: -shares[index])[:2]
        why = Why(self._reason(field, best, second, marks), round(shares[best], 2))
        found.update(zip(MARKS[field], shares, strict=True))
        return Decision(values[best], dict(zip(values, shares, strict=True)), why)

    def _reason(self, field: str, best: int, second: int, marks: _Weighed) -> str:
        """The sentence without which the value would lose most; what Graph says only if that drowns every sentence.

        What is only supposed is no reason, nor is another field's decision, nor a line that only leads to a list.
        """
        first = FIRST[field]
        words = [*self._signals.leads(first + best, first + second), *self._terms.leads(first + best, first + second)]
        neutral = VALUES[field][best] in _NEUTRAL.get(field, ())
        by_sentence: dict[str, float] = defaultdict(float)
        for lead, name in heapq.nlargest(_LOOKED_FOR, words, key=lambda each: (abs(each[0]), each[1])):
            if lead and _may_be_reason(field, name, neutral=neutral):
                by_sentence[self._findings.sentence(name)] += lead
        reasons = ((counts, sentence) for sentence, counts in by_sentence.items() if _is_reason(field, sentence))
        counts, sentence = max(reasons, default=_SILENT)
        tags = (each for each in words if each[1].startswith(_TAG))
        graphs = (each for each in marks.leads(best, second) if _is_graphs(each[1]))
        lead, name = max((*tags, *graphs), default=_SILENT)
        least = _LEAST_OF_NEUTRAL if neutral else _LEAST
        if counts >= least and lead <= counts * _DROWNED:
            return cut(sentence, _LONGEST)
        if lead < least:
            return _NOTHING
        return self._findings.sentence(name) if name.startswith(_TAG) else mark_words(name)


def _may_be_reason(field: str, name: str, *, neutral: bool) -> bool:
    if name.startswith(_TAG) or (neutral and name.startswith("title")):
        return False
    return field != "kind" or name.startswith(_SAYS_KIND)


def _is_reason(field: str, sentence: str) -> bool:
    return not sentence.endswith(":") and not (field in {"kind", "user"} and _NO_ACTION.search(sentence))


def _is_graphs(mark: str) -> bool:
    return not mark.startswith(_DECIDED) and not mark.endswith(_UNSAID)


def _shares(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp((score - top) / UNIT) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
