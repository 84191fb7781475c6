"""Good policies, each named for what it shows: `#? ` lines are changes, `#= ` lines what is decided, exactly."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from shared.adapters.policy.file import load
from shared.core.changes.change import Event
from shared.core.decisions.conditions import Subject
from shared.core.decisions.routing import route
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.posts.post import Post

GOOD = sorted((Path(__file__).parent / "good").glob("*.yaml"))
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASKED, DECIDED = "#? ", "#= "


def subject(policy: Policy, said: str) -> Subject:
    """A change as a line tells it: what of it is of the post, what was read, what happened, where it stands."""
    given = yaml.safe_load(f"{{{said}}}")
    of_post = {name: given.pop(name) for name in ("category", "major", "body") if name in given}
    post = Post(
        "MC1000001", given.pop("title", "A change"), NOW, services=tuple(given.pop("services", ())),
        tags=tuple(given.pop("tags", ())), **of_post,
    )  # fmt: skip
    events, tenants = given.pop("events", ["announced"]), tuple(given.pop("tenants", ()))
    if rollout := given.pop("rollout", None):
        phase, cloud, day = rollout
        given["windows"] = (Window(phase, (cloud,), Interval(day, day), Interval(day, day)),)
    assert isinstance(given.get("act_by", NOW.date()), date)
    read = Classification("MC1000001", **given)
    happened = tuple(Event(kind, "20260901000000-abc", NOW) for kind in events)
    return Subject(post, read, happened, NOW.date(), our_dates_of(read, policy), tenants)


def decided(policy: Policy, said: str) -> Iterator[str]:
    found = route(policy, subject(policy, said))
    for effect in found.effects:
        for reason in effect.why:
            yield f"{effect.kind} {effect.target} for {effect.team} ({effect.answers}): {reason.words}"
    yield from (f"withheld: {why}" for why in found.withheld)
    yield from (f"unowned: {service}" for service in found.unowned)
    if not found.effects and not found.withheld:
        yield "nothing"


def cases(file: Path) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in file.read_text().splitlines():
        if line.startswith(ASKED):
            found.append((line.removeprefix(ASKED), []))
        elif line.startswith(DECIDED):
            found[-1][1].append(line.removeprefix(DECIDED))
    return found


EVERY = [(file, said, expected) for file in GOOD for said, expected in cases(file)]


@pytest.mark.parametrize(("file", "said", "expected"), EVERY, ids=[f"{file.stem}: {said}" for file, said, _ in EVERY])
def test_a_good_policy_decides_so(file: Path, said: str, expected: list[str]):
    assert expected, "the line is followed by what is decided"
    assert list(decided(load(file.read_text(), file.name), said)) == expected


def test_there_are_many_good_policies_with_cases():
    assert len(GOOD) >= 20
    assert all(cases(file) for file in GOOD)
