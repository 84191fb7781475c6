"""8,900 real versions of two files through the pure core: what must have become events, in whatever order they come.

Skipped where the data is missing, which is not part of the project. What is listed here by number has its reason in
docs/decisions/0004-events.md.
"""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shared.core.backtest.replay import Replay
from shared.core.changes.change import Change, Event
from shared.core.classify.dates import phrases
from shared.core.classify.document import Document, read_document
from shared.core.posts.fingerprints import content_hash
from shared.core.posts.post import read_post
from shared.core.times import when

DATA = Path(__file__).parents[4] / "shared" / "data"
FILES = ("history.jsonl.gz", "history_2026.jsonl.gz")
pytestmark = [
    pytest.mark.skipif(not all((DATA / name).is_file() for name in FILES), reason=f"there is no {DATA / FILES[-1]}"),
    pytest.mark.parametrize("name", FILES),
]

TIMELINE = re.compile(
    r"\b(?:updated|revised|changed|adjusted)\b[^.]{0,60}\b(?:time ?lines?|schedules?|timing)\b", re.IGNORECASE
)
STOPPED = re.compile(r"not (?:to )?proceed|\bpaus(?:ed|ing)\b|\bpostpon(?:ed|ing)\b", re.IGNORECASE)
STAMP = re.compile(r"\W*updated?\b[^:]{0,40}:\s*", re.IGNORECASE)
ABOUT_SOMETHING_ELSE = {
    "MC716665",
    "MC1030008",  # the same banner with another day
}
ONE_CONTENT_IN_TWO_WRITINGS = {
    "MC1017119",
    "MC1097272",
    "MC921752",  # its services differ, which are no content, and the reading leans on them
}
NOT_CONTENT = ("services", "lastModifiedDateTime")


@dataclass(frozen=True)
class Step:
    """One version with a predecessor: both posts, and what it brought."""

    before: dict[str, Any]
    after: dict[str, Any]
    change: Change
    events: tuple[Event, ...]

    @property
    def types(self) -> set[str]:
        return {event.type for event in self.events}

    @property
    def id(self) -> str:
        return self.change.id


@cache
def lines(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as source:
        return [json.loads(line) for line in source]


@cache
def forwards(name: str) -> tuple[Replay, list[Step]]:
    world, last, steps = Replay(), {}, []
    for line in lines(name):
        change, events = world.take(line["post"], when(line["observed"]))
        if change.id in last:
            steps.append(Step(last[change.id], line["post"], change, events))
        last[change.id] = line["post"]
    return world, steps


@cache
def documents(name: str, index: int) -> tuple[Document, Document]:
    step = forwards(name)[1][index]
    return read_document(read_post(step.before)), read_document(read_post(step.after))


def newest(document: Document) -> str:
    return next((line.text for line in document.lines if line.role == "banner"), "")


def dates(document: Document) -> set[str]:
    """Every time that the text names outside banners and "(previously ...)"."""
    return {
        line.text[found.start : found.end].lower().replace("-", " ")
        for line in document.lines
        if line.role != "banner"
        for found in phrases.find(line.text)
    }


def newly_says(name: str, pattern: re.Pattern[str]) -> list[tuple[Step, Document, Document]]:
    """The steps whose newest banner is another than before and says this."""
    found = []
    for index, step in enumerate(forwards(name)[1]):
        before, after = documents(name, index)
        banner = newest(after)
        if banner != newest(before) and pattern.search(STAMP.sub("", banner, count=1)):
            found.append((step, before, after))
    return found


def test_dates_that_a_banner_says_were_updated_have_moved(name: str):
    told = [step for step, before, after in newly_says(name, TIMELINE) if dates(before) != dates(after)]
    missed = [step.id for step in told if "dates_moved" not in step.types]

    assert len(told) > 600
    assert len(missed) <= 0.03 * len(told), missed


def test_what_a_banner_says_was_stopped_is_stopped(name: str):
    told = [step for step, _, _ in newly_says(name, STOPPED)]
    missed = {step.id for step in told if not step.types & {"cancelled", "paused", "superseded"}}

    assert len(told) >= 20
    assert missed <= ABOUT_SOMETHING_ELSE


def bare(post: dict[str, Any]) -> str:
    """The post without what says nothing: services, the stamp, image addresses, the states of the rollout."""
    kept = {name: value for name, value in post.items() if name not in NOT_CONTENT}
    kept["details"] = [item for item in post.get("details") or () if item.get("name") != "FeatureStatusJson"]
    return re.sub(r"<img\b[^>]*>", "<img>", json.dumps(kept, sort_keys=True), flags=re.IGNORECASE)


def test_an_edit_that_says_nothing_makes_no_event(name: str):
    same = [step for step in forwards(name)[1] if bare(step.before) == bare(step.after)]

    assert len(same) > 20
    assert [step.id for step in same if step.events] == []


def test_every_slip_is_told_with_its_days(name: str):
    moved = [event for step in forwards(name)[1] for event in step.events if event.type == "dates_moved"]
    slipped = [event for event in moved if event.slips]

    assert len(slipped) > 0.9 * len(moved)
    assert sum(any(slip.days > 0 for slip in event.slips) for event in slipped) > 0.8 * len(slipped)


def state(change: Change) -> tuple[object, ...]:
    """What must not depend on the order of arrival: not which of a content's stamps came first, nor which tenant."""
    names = {edition.id: (edition.stamps[0], edition.hash) for edition in change.editions}
    return (
        [(edition.hash, edition.stamps) for edition in change.editions],
        {(names[event.edition], event.type, event.old, event.new, event.slips) for event in change.events},
        content_hash(change.post),
    )


def test_the_whole_file_backwards_ends_as_it_does_forwards(name: str):
    world = Replay()
    for line in reversed(lines(name)):
        world.take(line["post"], when(line["observed"]))
    there, back = forwards(name)[0].changes, world.changes

    assert there.keys() == back.keys()
    assert {one for one in there if state(there[one]) != state(back[one])} <= ONE_CONTENT_IN_TWO_WRITINGS
