"""What a day costs on which nothing happens, and whether every timer is counted."""

from datetime import timedelta

import pytest

from shared.usecases.upkeep import mend as upkeep
from tests.idle import TICKETS, idle_day, moments, quiet_deployment
from tests.pump import StillClock, schedules, utc

DAY = utc(2026, 9, 1), utc(2026, 9, 2)


@pytest.mark.parametrize(
    ("schedule", "times", "first"),
    [
        ("0 */15 * * * *", 96, 0),
        ("0 5-59/15 * * * *", 96, 5),
        ("0 1-59/10 * * * *", 144, 1),
        ("0 10 */4 * * *", 6, 10),
        ("0 30 2 * * *", 1, 150),
        ("0,30 0 0 * * *", 2, 0),
    ],
)
def test_a_schedule_says_when_its_timer_fires(schedule, times, first):
    found = moments(schedule, *DAY)

    assert (len(found), found[0]) == (times, DAY[0] + timedelta(minutes=first))


def test_a_schedule_that_is_not_the_same_every_day_is_refused():
    with pytest.raises(ValueError, match="every day"):
        moments("0 0 2 * * 1", *DAY)


def test_every_timer_of_ours_can_be_counted():
    assert len(schedules()) >= 12
    assert all(moments(schedule, *DAY) for schedule in schedules().values())


async def test_a_quiet_day_with_seventeen_open_tickets_makes_at_most_a_thousand_table_calls(
    storage_of_its_own, monkeypatch
):
    # The emulator's clock does not move on with ours: else all that came would be of this night.
    monkeypatch.setattr(upkeep, "MARGIN", timedelta(0))
    clock = StillClock(utc(2026, 9, 1, 9))
    pump, graph = await quiet_deployment(storage_of_its_own, clock)
    try:
        day = await idle_day(pump, clock)
    finally:
        await pump.close()
        await graph.cleanup()

    assert TICKETS == 17
    assert day.tables.total() <= 1000, "\n".join(day.lines())
    assert day.tables["follow_tickets"] <= 100, "\n".join(day.lines())
