"""Fit the classifier's weights and their calibration from labelled posts: tables/fitted.py and tables/calibrated.py.

    python -m tools.fit_weights LABELLED.jsonl

The result depends on the posts and the versions of numpy and scikit-learn only: there is no chance in it.
"""

import argparse
import json
import sys
from pathlib import Path

from shared.core.classify.weights import Weights, write_weights
from tools.calibrating import calibrate
from tools.fitting import fit
from tools.labelled import read_labelled

TABLES = Path(__file__).parents[1] / "shared" / "core" / "classify" / "tables"
_HEAD = '''"""The fitted weights, in hundredths of a unit of log-odds: for each finding, field, value and weight.

Written by tools/fit_weights.py from {posts} labelled posts of {first} to {last}; do not edit. No figure on those posts
says how well new ones are read. A name is `place: first phrase ...` of a signal (`not` and `if` before it: denied,
supposed), `place= words` of a term (`~`: denied), or a mark.
"""

# fmt: off
# ruff: noqa: E501
WEIGHTS: dict[str, str] = {{
'''


_CALIBRATED_HEAD = '''"""How often decisions are right: by field the base, the slope, and what each value adds.

Written by tools/fit_weights.py from {posts} labelled posts of {first} to {last}, each read by weights that
were fitted without it; do not edit.
"""

# fmt: off
# ruff: noqa: E501

CALIBRATED: dict[str, tuple[float, float, dict[str, float]]] = {{
'''


def calibration_module(weights: Weights, posts: int, first: str, last: str) -> str:
    """The module that holds the calibrations of these weights."""
    lines = [
        f"    {json.dumps(field)}: ({each.base}, {each.slope}, {json.dumps(each.values)}),\n"
        for field, each in weights.calibrations.items()
    ]
    return _CALIBRATED_HEAD.format(posts=posts, first=first, last=last) + "".join(lines) + "}\n"


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
    parser.add_argument("--to", type=Path, default=TABLES, help="the folder to write to (default: the product's own)")
    given = parser.parse_args()
    posts = read_labelled(given.labelled)

    def tell(words: str) -> None:
        print(words, file=sys.stderr)  # noqa: T201 - progress, for who waits

    weights = calibrate(fit(posts, tell=tell), posts, tell)
    about = len(posts), posts[0].day, posts[-1].day
    (given.to / "fitted.py").write_text(module(weights, *about), encoding="utf-8")
    (given.to / "calibrated.py").write_text(calibration_module(weights, *about), encoding="utf-8")
    tell(f"{given.to}: {len(weights.by_finding)} findings, {len(weights.calibrations)} calibrations")


if __name__ == "__main__":
    main()
