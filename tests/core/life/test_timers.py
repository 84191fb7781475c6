"""Nothing wakes at an upgrade, a push or a pause."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.core.life.timers import fires, most_urgent

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "until", "since", "expected"),
    [
        (NOW - HOUR, None, None, False),  # the first run
        (NOW - HOUR / 2, NOW - HOUR, None, True),
        (NOW, NOW - HOUR, None, True),
        (NOW + HOUR, NOW - HOUR, None, False),
        (NOW - HOUR, NOW - HOUR, None, False),  # the run before did it
        (NOW - 2 * HOUR, NOW - HOUR, None, False),
        (NOW - HOUR / 2, NOW - HOUR, NOW - HOUR / 4, False),  # the threshold was pushed behind it
        (NOW - HOUR / 8, NOW - HOUR, NOW - HOUR / 4, True),
        (NOW - HOUR / 2, NOW - HOUR, NOW - 9 * HOUR, True),
    ],
)
def test_an_occasion_fires_between_the_last_run_and_now(moment, until, since, expected):
    assert fires(moment, until, NOW, since) is expected


def test_every_moment_fires_in_exactly_one_run_however_long_the_pauses_are():
    moments = [NOW + timedelta(minutes=7 * n) for n in range(40)]
    runs = [NOW + timedelta(minutes=m) for m in (0, 1, 2, 60, 61, 200, 280)]

    fired = [
        moment
        for until, now in zip([None, *runs], runs, strict=False)
        for moment in moments
        if fires(moment, until, now)
    ]

    assert fired == moments[1:]


def test_after_a_pause_the_most_urgent_occasion_of_a_change_is_sent_and_the_others_are_stopped():
    sent, stopped = most_urgent(
        [("a", 7, "a7"), ("b", 2, "b2"), ("a", 2, "a2"), ("a", 2, "again"), ("b", 7, "b7"), ("c", 7, "c7")]
    )

    assert sent == ["a2", "b2", "c7"]
    assert stopped == ["a7", "again", "b7"]
