"""Microsoft's rollout state, as it comes and as anything else."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.posts.rollout_state import RolloutState, rollout_lines, rollout_states


def a_row(platform: str, status: str, ring: str | None = None, item: object = 912311) -> dict[str, object]:
    stamp = "2026-04-14T16:18:02.1468102Z"
    return {"RoadmapId": item, "Platform": platform, "Status": status, "LastUpdateTime": stamp, "LatestRing": ring}


def test_a_row_is_read_whole() -> None:
    said = rollout_states(json.dumps({"912311": [a_row("Desktop", "InRollout", "TargetedRelease")]}))

    moment = datetime(2026, 4, 14, 16, 18, 2, 146810, UTC)
    assert said == (RolloutState("912311", "Desktop", "Rolling out", "targeted release", moment),)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("Launched", "Launched"),
        ("InRollout", "Rolling out"),
        ("Rolling out", "Rolling out"),
        ("Scheduled", "Scheduled"),
        ("FeatureRolloutStatusNotSupported", "Not supported"),
        ("Brand new", "Brand new"),
    ],
)
def test_every_status_has_plain_words(status: str, words: str) -> None:
    assert rollout_states(json.dumps({"1": [a_row("Web", status)]}))[0].status == words


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        pytest.param([a_row("All", "Launched")], ["Roadmap 912311: Launched"], id="all platforms at once"),
        pytest.param(
            [a_row("All", "Launched"), a_row("Mac", "Launched"), a_row("Desktop", "Launched")],
            ["Roadmap 912311: Launched on Desktop, Mac"],
            id="platforms by name",
        ),
        pytest.param(
            [
                a_row("iOS", "FeatureRolloutStatusNotSupported"),
                a_row("Mac", "InRollout", "TargetedRelease"),
                a_row("Desktop", "Launched", "StandardRelease"),
            ],
            ["Roadmap 912311: Launched on Desktop; Rolling out to targeted release on Mac; Not supported on iOS"],
            id="from done to never",
        ),
        pytest.param(
            [a_row("Web", "Scheduled", item=20), a_row("Web", "Launched", item=9)],
            ["Roadmap 9: Launched on Web", "Roadmap 20: Scheduled on Web"],
            id="two items",
        ),
    ],
)
def test_lines_are_told_in_one_order(rows: list[dict[str, object]], lines: list[str]) -> None:
    assert list(rollout_lines(json.dumps({"a": rows}))) == lines
    assert list(rollout_lines(json.dumps({"a": rows[::-1]}))) == lines


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Launched",
        "null",
        "[]",
        '{"1": null}',
        '{"1": [null, 3, "x", []]}',
        '{"1": [{"Status": [4], "Platform": []}]}',
        '{"1": [{"Status": ""}]}',
        "[" * 50_000,
        '{"1": [{"RoadmapId": 1' + "0" * 5_000 + "}]}",
    ],
)
def test_nothing_is_made_of_what_tells_nothing(text: str) -> None:
    assert rollout_states(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        '[{"Status": "Launched"}]',
        '{"Status": "Launched"}',
        '{"": [{"Status": "Launched", "LastUpdateTime": "soon", "RoadmapId": true, "LatestRing": {}}]}',
    ],
)
def test_a_row_alone_is_read(text: str) -> None:
    assert rollout_states(text) == (RolloutState("", "", "Launched", "", None),)
    assert rollout_lines(text) == ("Rollout: Launched",)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Launched", "9999-12-31T23:59"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["RoadmapId", "Platform", "Status", "LastUpdateTime", "LatestRing", "1"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.text() | _JSON.map(json.dumps))
def test_anything_can_come(text: str) -> None:
    assert all(isinstance(state.status, str) and state.status for state in rollout_states(text))
    assert all(": " in line for line in rollout_lines(text))
