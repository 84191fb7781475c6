"""Timers and turns: each is written over the version that was read, and of two at once one goes on."""

from datetime import UTC, datetime, timedelta

from shared.record.runs import (
    claim_turn,
    down_key,
    finish_turn,
    report_key,
    timer_run,
    undo_turn,
    write_until,
)
from tests.fakes import FakeTables

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
KEY = report_key("weekly", "2026-W36", "messaging")


async def test_a_timer_says_up_to_when_it_has_worked():
    tables = FakeTables()
    first = await timer_run(tables, "remind")
    assert first.until is None

    assert await write_until(tables, first, NOW)

    assert (await timer_run(tables, "remind")).until == NOW
    assert (await timer_run(tables, "digest")).until is None


async def test_a_timer_remembers_since_when_its_thresholds_hold_and_a_version_that_knows_none_forgets_them():
    tables = FakeTables()
    held = {"owner=5": NOW, "deputy=10": NOW - timedelta(days=3)}
    await write_until(tables, await timer_run(tables, "remind"), NOW, held)
    run = await timer_run(tables, "remind")
    assert (run.until, run.thresholds) == (NOW, held)

    await write_until(tables, run, NOW + timedelta(hours=1))

    assert (await timer_run(tables, "remind")).thresholds == {}


async def test_of_two_runs_at_once_one_says_up_to_when():
    tables = FakeTables()
    ours, theirs = await timer_run(tables, "remind"), await timer_run(tables, "remind")
    assert await write_until(tables, ours, NOW)
    assert not await write_until(tables, theirs, NOW + timedelta(hours=1))
    ours, theirs = await timer_run(tables, "remind"), await timer_run(tables, "remind")

    assert await write_until(tables, theirs, NOW + timedelta(hours=2))
    assert not await write_until(tables, ours, NOW + timedelta(hours=1))

    assert (await timer_run(tables, "remind")).until == NOW + timedelta(hours=2)


async def test_a_turn_is_taken_by_one_and_done_once():
    tables = FakeTables()

    turn = await claim_turn(tables, KEY, "w1", NOW, 120)
    assert turn is not None
    assert await claim_turn(tables, KEY, "w2", NOW, 120) is None
    assert await finish_turn(tables, turn, NOW)

    assert await claim_turn(tables, KEY, "w2", NOW + timedelta(days=9), 120) is None


async def test_a_turn_whose_holder_died_is_taken_over_and_the_dead_one_cannot_finish_it():
    tables = FakeTables()
    dead = await claim_turn(tables, KEY, "w1", NOW, 120)

    turn = await claim_turn(tables, KEY, "w2", NOW + timedelta(seconds=121), 120)

    assert turn is not None
    assert not await finish_turn(tables, dead, NOW)
    assert await finish_turn(tables, turn, NOW)


async def test_what_was_not_sent_is_given_back_at_once():
    tables = FakeTables()
    turn = await claim_turn(tables, KEY, "w1", NOW, 120)

    assert await undo_turn(tables, turn)

    assert await claim_turn(tables, KEY, "w2", NOW, 120) is not None


async def test_turns_of_different_targets_and_outages_do_not_meet():
    tables = FakeTables()
    keys = [
        KEY, report_key("weekly", "2026-W36", "a/b"), report_key("weekly", "2026-W37", "messaging"),
        down_key("messaging", NOW), down_key("messaging", NOW + timedelta(days=1)),
    ]  # fmt: skip

    for key in keys:
        assert await claim_turn(tables, key, "w", NOW, 120) is not None
        assert not set(key) & set("/\\#?")
