from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import SandboxClock
from sandbox.microsoft365.history import Line
from sandbox.steps import steps

MORNING = datetime(2025, 9, 30, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Real:
    """The machine's clock, moved by hand."""

    seconds = 1_790_000_000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def real():
    return Real()


@pytest.fixture
def clock(tmp_path, real):
    made = SandboxClock(tmp_path, real)
    made.start(MORNING)
    return made


def test_it_starts_where_it_is_told_and_runs(clock, real):
    assert clock() == MORNING
    real.seconds += 90
    assert clock() == MORNING + timedelta(seconds=90)


def test_a_step_goes_ahead_and_it_runs_on_from_there(clock, real):
    clock.step_to(MORNING + timedelta(days=3))
    real.seconds += 2
    assert clock() == MORNING + timedelta(days=3, seconds=2)


def test_a_step_back_changes_nothing(clock, real):
    real.seconds += 60
    clock.step_to(MORNING)
    assert clock() == MORNING + timedelta(seconds=60)


def test_the_machine_set_back_does_not_set_it_back(clock, real):
    real.seconds += 60
    before = clock()
    real.seconds -= 3600
    assert clock() == before
    clock.step_to(MORNING)
    assert clock() >= before


def test_another_process_sees_the_steps(clock, tmp_path, real):
    other = SandboxClock(tmp_path, real)
    assert other() == MORNING
    clock.step_to(MORNING + timedelta(days=1))
    assert other() == MORNING + timedelta(days=1)


def test_a_restart_goes_on_a_second_after_the_stop_however_long_it_was_off(clock, tmp_path, real):
    real.seconds += 10
    clock.stop()
    real.seconds += 86_400
    again = SandboxClock(tmp_path, real)
    assert again.start(MORNING) == MORNING + timedelta(seconds=11)


def test_a_restart_takes_a_later_now(clock, tmp_path, real):
    clock.stop()
    later = MORNING + timedelta(days=30)
    assert SandboxClock(tmp_path, real).start(later) == later


def test_after_a_crash_it_is_never_earlier_than_what_was_seen(clock, tmp_path, real):
    real.seconds += 500
    seen = clock()
    assert SandboxClock(tmp_path, real).start(MORNING) == seen + SECOND


def test_without_a_past_and_without_now_it_is_now(tmp_path, real):
    assert SandboxClock(tmp_path, real).start() == datetime.fromtimestamp(real.seconds, UTC)


def test_reading_it_ten_thousand_times_opens_no_file_twice(clock, monkeypatch):
    clock()
    monkeypatch.setattr("pathlib.Path.read_text", lambda *_args, **_named: pytest.fail("read again"))
    for _ in range(10_000):
        clock()


def line(observed, post, *tenants):
    return Line(observed, tenants or None, post, {"id": post})


def test_a_history_is_looked_at_once_a_day_when_all_of_the_day_is_there():
    lines = [line(MORNING, "MC1"), line(MORNING + timedelta(hours=3), "MC2")]
    assert steps(lines) == [MORNING + timedelta(hours=3)]


def test_days_on_which_nothing_was_observed_are_looked_at_too():
    lines = [line(MORNING, "MC1"), line(MORNING + timedelta(days=2), "MC1")]
    quiet = datetime(2025, 10, 1, 17, tzinfo=UTC)
    assert steps(lines) == [MORNING, quiet, MORNING + timedelta(days=2)]


def test_two_editions_of_a_post_on_one_day_are_both_looked_at():
    edits = [MORNING + timedelta(hours=hour) for hour in (0, 2, 4)]
    lines = [line(edits[0], "MC1"), line(edits[1], "MC2"), line(edits[2], "MC1")]
    assert steps(lines) == [edits[1], edits[2]]


def test_the_same_edition_reaching_another_tenant_later_needs_no_look_of_its_own():
    lines = [line(MORNING, "MC1", "contoso"), line(MORNING + timedelta(hours=2), "MC1", "fabrikam")]
    assert steps(lines) == [MORNING + timedelta(hours=2)]


def test_only_the_days_asked_for_are_played():
    lines = [line(MORNING + timedelta(days=day), f"MC{day}") for day in range(10)]
    played = steps(lines, MORNING.date() + timedelta(days=3), MORNING.date() + timedelta(days=4))
    assert played == [MORNING + timedelta(days=3), MORNING + timedelta(days=4)]
