"""Fit the weights of the classifier from labelled posts, and write them as tables/fitted.py.

    python -m tools.fit_weights LABELLED.jsonl

The result depends on the posts and the versions of numpy and scikit-learn only: there is no chance in it.
"""

import argparse
import json
import sys
from pathlib import Path

from shared.core.classify.weights import Weights, write_weights
from tools.fitting import fit
from tools.labelled import read_labelled

TARGET = Path(__file__).parents[1] / "shared" / "core" / "classify" / "tables" / "fitted.py"
_HEAD = '''"""The fitted weights, in hundredths of a unit of log-odds: for each finding, field, value and weight.

Written by tools/fit_weights.py from {posts} labelled posts of {first} to {last}; do not edit. No figure on those posts
says how well new ones are read. A name is `place: first phrase ...` of a signal (`not` and `if` before it: denied,
supposed), `place= words` of a term (`~`: denied), or a mark.
"""

# fmt: off
# ruff: noqa: E501
WEIGHTS: dict[str, str] = {{
'''


def module(weights: Weights, posts: int, first: str, last: str) -> str:
    """The module that holds these weights."""
    lines = [
        f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(line)},\n"
        for name, line in write_weights(weights.by_finding)
    ]
    return _HEAD.format(posts=posts, first=first, last=last) + "".join(lines) + "}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, help="one JSON object a line, with `post` and `label`")
    parser.add_argument("--to", type=Path, default=TARGET, help="the module to write (default: the product's own)")
    given = parser.parse_args()
    posts = read_labelled(given.labelled)
    weights = fit(posts, tell=lambda words: print(words, file=sys.stderr))  # noqa: T201 - progress, for who waits
    given.to.write_text(module(weights, len(posts), posts[0].day, posts[-1].day), encoding="utf-8")
    print(f"{given.to}: {len(weights.by_finding)} findings, {given.to.stat().st_size} bytes", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
