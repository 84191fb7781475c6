"""Short posts of our own, each with what a careful reader reads in it: their plans, statuses and deadlines."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.core.posts.post import Post, read_post
from tests.core.classify.plans import ending, planned, stated, verdict

CASES = Path(__file__).parents[4] / "shared" / "cases" / "reading.jsonl"

needs_cases = pytest.mark.skipif(
    not CASES.exists(), reason=f"{CASES} is not there: the cases are not part of the project"
)

# By the first word of a case's name. "Before" a day is that day, and a pause is no window: the definition says so.
PLANS: dict[str, list[str]] = {
    "W1": ["ga worldwide 260501-260531 260601-260630", "retirement worldwide 260701-260731 -"],
    "W2": ["ga worldwide - -"],
    "W4": ["ga worldwide,gcc,dod 260501-260510 260511-260520"],
    "W5": ["ga worldwide 260421-260430 260501-260510"],
    "W7": ["targeted worldwide 260821-260831 260921-261031"],
    "W8": ["ga worldwide 250901-250930 -", "ga worldwide 260601-260601 -"],
    "W10": ["retirement worldwide 251014-251014 -", "retirement worldwide 261013-261013 -"],
    "W11": ["retirement worldwide 260206-260206 270201-270201"],
    "W13": [],
    "W15": ["ga worldwide 261014-261014 -", "retirement worldwide 270113-270113 -"],
    "W17": ["ga worldwide - 260801-260801"],
    "W18": ["ga worldwide 260106-260106 260115-260115"],
    "W21": ["retirement worldwide 260111-260220 -"],
    "C1": ["ga worldwide 260301-260310 260321-260331"],
    "C2": ["preview worldwide 260201-260228 -"],
    "C3": ["retirement worldwide,gcc,gcch,dod,china 260701-260731 -"],
    "G2": ["ga worldwide 260501-260510 260521-260531", "ga gcch 260611-260620 260621-260630"],
    "G3": ["ga worldwide 260501-260510 260521-260531"],
    "G5": ["ga worldwide 260701-261231 -"],
    "G6": [],
    "F2": ["ga worldwide 251120-251120 -"],
    "F4": ["ga worldwide 260504-260504 260529-260529", "ga dod 260601-260601 260626-260626"],
    "S1": ["ga worldwide - -"],
}
RETIRING = {"W1", "W10", "W11", "W15", "W21", "C3"}
STATUSES = {"W2": "scheduled", "W13": "scheduled", "K16": "scheduled", "F2": "scheduled", "G6": "no_schedule"}
DEADLINES = {
    "A1": "2034-11-01",
    "A3": "2026-03-12",
    "A4": "2026-10-11",
    "A6": "2027-02-01",
    "A7": "2026-06-01",
    "A10": "2026-06-01",
    "K4": "2026-04-17",
    "X1b": "2026-11-30",
    "X2": "2026-07-01",
    "X5": "2026-06-01",
    "X6": "2026-10-15",
    "X3": "-",
    "X3b": "-",
}


@pytest.fixture(scope="module")
def posts() -> dict[str, Post]:
    read: list[dict[str, Any]] = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return {case["case"].split()[0]: read_post(case["post"]) for case in read}


@needs_cases
@pytest.mark.parametrize("case", PLANS)
def test_the_plan_is_read(case: str, posts: dict[str, Post]) -> None:
    assert planned(posts[case], retiring=case in RETIRING) == PLANS[case]


@needs_cases
@pytest.mark.parametrize("case", STATUSES)
def test_the_status_is_read(case: str, posts: dict[str, Post]) -> None:
    assert verdict(posts[case]).status == STATUSES[case]


@needs_cases
@pytest.mark.parametrize("case", DEADLINES)
def test_the_deadline_is_read(case: str, posts: dict[str, Post]) -> None:
    assert stated(posts[case]) == DEADLINES[case]


@needs_cases
def test_the_end_that_is_still_ahead_is_the_deadline(posts: dict[str, Post]) -> None:
    assert ending(posts["W10"], kind="retirement") == "2026-10-13"
