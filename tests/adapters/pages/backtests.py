"""Reports of backtests over the sample story, for pages and pictures."""

import json
from functools import cache
from pathlib import Path

from shared.adapters.pages.backtest import backtest_page
from shared.adapters.policy import file
from shared.core.backtest.difference import differences
from shared.core.backtest.play import Played, in_order, play_all, versions_of
from shared.core.backtest.report import Report, report
from shared.core.policy.model import Policy

ROOT = Path(__file__).parents[3]


@cache
def policies() -> tuple[Policy, Policy]:
    """The sandbox's, and the one that ships."""
    return file.load_file(ROOT / "sandbox" / "policy.yaml"), file.load_file(file.DEFAULT)


@cache
def played() -> tuple[Played, ...]:
    changes: dict[str, list] = {}
    for line in (ROOT / "sandbox" / "samples" / "history.jsonl").read_text().splitlines():
        for change, version in versions_of(json.loads(line)):
            changes.setdefault(change, []).append(version)
    return tuple(in_order(play_all(changes.values(), policies())))


def reports() -> tuple[Report, Report]:
    new, old = policies()
    return report("board.yaml", played(), 0, new), report("policy.yaml", played(), 1, old)


def pages() -> dict[str, str]:
    new, old = reports()
    nothing = report("board.yaml", [], 0, policies()[0])
    return {
        "backtest": backtest_page(old),
        "backtest-against": backtest_page(new, old, differences(new, old)),
        "backtest-empty": backtest_page(nothing, nothing),
    }
