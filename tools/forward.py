"""How well posts are read that the fit has not seen: a fit on what came before each cut reads what came after it.

    python -m tools.forward LABELLED.jsonl [--beside PREDICTIONS.jsonl] [--posts POSTS.jsonl.gz]

Every post behind the first cut is read once, by the weights fitted on the posts before the last cut ahead of it. The
interval holds 90 of 100 figures of posts drawn again from these, with replacement. PREDICTIONS are another reader's
output of `foresignal classify` for the same posts.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from shared.core.classify.classifier import classify
from shared.core.posts.classification import FIELD_NAMES, UNSURE_BELOW, Classification
from shared.core.posts.post import read_post
from tools.calibrating import calibrate, confidence_of, is_right
from tools.fitting import fit
from tools.labelled import Labelled, read_labelled

CUTS = ("2025-10-01", "2025-12-01", "2026-02-01", "2026-04-01")
_DRAWS = 1_000
_FIELDS = ("kind", "admin_impact", "user_impact", "default", "action", "act_by", "status")
_WEIGHED = ("kind", "admin_impact", "user_impact", "default", "action", "crb")

#: Label and prediction of each post.
Pairs = Sequence[tuple[Any, Any]]


def accuracy(pairs: Pairs) -> float:
    return sum(bool(want == got) for want, got in pairs) / len(pairs)


def f1(pairs: Pairs, value: Any = True) -> float:
    """Of one value: twice the hits by all that were wanted or given."""
    hits = sum(want == got == value for want, got in pairs)
    all_of = sum((want == value) + (got == value) for want, got in pairs)
    return 2 * hits / all_of if all_of else 0.0


def macro_f1(pairs: Pairs) -> float:
    values = sorted({str(want) for want, _ in pairs})
    return sum(f1(pairs, value) for value in values) / len(values)


FIGURES: dict[str, tuple[str, Callable[[Pairs], float]]] = {
    **{field: (field, accuracy) for field in _FIELDS},
    "user_impact, macro-F1": ("user_impact", macro_f1),
    "crb, F1": ("crb", f1),
    "training, F1": ("training", f1),
}


def read_forward(posts: Sequence[Labelled], cuts: Sequence[str]) -> list[tuple[Labelled, Classification]]:
    """Each post behind the first cut, as the fit on everything before its cut reads it."""
    read = []
    for cut, end in pairwise((*cuts, "9999")):
        before = [one for one in posts if one.day < cut]
        weights = calibrate(fit(before), before)
        fresh = [one for one in posts if cut <= one.day < end]
        _tell(f"{cut}: {len(fresh)} posts")
        read += [(one, classify(one.post, weights)) for one in fresh]
    return read


def interval(pairs: Pairs, figure: Callable[[Pairs], float]) -> tuple[float, float]:
    """Between which 90 of 100 figures of redrawn posts lie."""
    chance = np.random.default_rng(12)
    draws = [figure([pairs[i] for i in chance.integers(len(pairs), size=len(pairs))]) for _ in range(_DRAWS)]
    low, high = np.quantile(draws, (0.05, 0.95))
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, help="one JSON object a line, with `post` and `label`")
    parser.add_argument("--beside", type=Path, help="another reader's output for the same posts")
    parser.add_argument("--misses", action="store_true", help="list the posts that are read otherwise, by field")
    parser.add_argument("--posts", type=Path, help="posts without labels (.jsonl.gz), to count unsure fields in")
    given = parser.parse_args()
    read = read_forward(read_labelled(given.labelled), CUTS)
    beside = _predictions(given.beside) if given.beside else {}
    _print(f"{len(read)} posts from {CUTS[0]}, each read by a fit on what came before {', '.join(CUTS)}")
    for name, (field, figure) in FIGURES.items():
        pairs = [(one.label[field], found.to_label()[field]) for one, found in read]
        line = f"{name:22} {figure(pairs):.3f}  [{_span(interval(pairs, figure))}]"
        if beside:
            others = [(one.label[field], beside[one.post.id][field]) for one, _ in read]
            line += f"   beside {figure(others):.3f}  [{_span(interval(others, figure))}]"
        _print(line)
    _confidence(read)
    if given.posts:
        _unlabelled(given.posts)
    if given.misses:
        _misses(read)


def _confidence(read: Sequence[tuple[Labelled, Classification]]) -> None:
    """How often decisions of a confidence are right, and how many fields are unsure."""
    told: dict[str, list[tuple[float, bool]]] = {
        field: [(confidence_of(found, field), is_right(one.label, found, field)) for one, found in read]
        for field in FIELD_NAMES
    }
    every = [each for field in told.values() for each in field]
    _print(f"\nconfidence of {len(every)} fields ({', '.join(told)})")
    for low, high in pairwise((0.0, 0.5, 0.6, 0.7, UNSURE_BELOW, 0.85, 0.9, 0.95, 1.01)):
        within = [(confidence, hit) for confidence, hit in every if low <= confidence < high]
        if within:
            said, right = (float(np.mean(column)) for column in zip(*within, strict=True))
            _print(f"{low:.2f} to {min(high, 1):.2f}: said {said:.3f}, right {right:.3f} of {len(within)}")
    _print(f"\nunsure: below {UNSURE_BELOW}")
    weighed = [each for field in _WEIGHED for each in told[field]]
    for name, each in {**told, "those by weights": weighed, "all": every}.items():
        sure = [hit for confidence, hit in each if confidence >= UNSURE_BELOW]
        unsure = [hit for confidence, hit in each if confidence < UNSURE_BELOW]
        wrongly = f"{np.mean(unsure):.3f} of {len(unsure)}" if unsure else "none"
        _print(
            f"{name:18} unsure {len(unsure) / len(each):.3f}; right if sure {np.mean(sure):.3f}, if unsure {wrongly}"
        )


def _unlabelled(path: Path) -> None:
    """How many of the posts of a file have an unsure field, by the weights that are shipped, and which."""
    counts: Counter[str] = Counter()
    posts = unsure = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            found = classify(read_post(json.loads(line)))
            posts += 1
            unsure += bool(found.unsure)
            counts.update(found.unsure)
    share = sum(counts.values()) / posts / len(FIELD_NAMES)
    _print(f"\n{path.name}: {unsure} of {posts} posts have an unsure field; {share:.3f} of all fields are unsure")
    for field in FIELD_NAMES:
        _print(f"{field:18} {counts[field]}")


def _misses(read: Sequence[tuple[Labelled, Classification]]) -> None:
    for field in dict.fromkeys(field for field, _ in FIGURES.values()):
        for one, found in read:
            got = found.to_label()[field]
            if got != one.label[field]:
                _print(f"{field} {one.post.id}: {one.label[field]} read as {got}")


def _predictions(path: Path) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {row["id"]: row for row in rows}


def _span(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3f} to {ends[1]:.3f}"


def _print(line: str) -> None:
    print(line)  # noqa: T201 - the table is what this program is for


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - progress, for who waits


if __name__ == "__main__":
    main()
