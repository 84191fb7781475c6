"""When a card goes out, over the hours, days and clock changes of a channel."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.cards.delivery import (
    ChannelState,
    end_of_quiet,
    is_quiet,
    is_urgent_occasion,
    keep_for,
    moment_of,
    next_digest,
    reserved,
    with_look,
)
from shared.core.policy.delivery import time_of, zone_of
from shared.core.policy.model import Channel

BERLIN, LORD_HOWE, BEIRUT = "Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut"
OLD = ChannelState("mail", datetime(2026, 1, 1, tzinfo=UTC))
WORK_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
HOURS = {"quiet": {"from": "18:00", "until": "07:00"}, "time_zone": BERLIN}


def channel(**keys):
    return Channel(kind="fake", **keys)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def kept(entry, now, state=OLD, *, urgent=False):
    keep = keep_for(entry, state, at(now), urgent=urgent)
    return keep and (keep.why, keep.slot.key, f"{keep.slot.at:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize(
    ("keys", "now", "urgent", "expected"),
    [
        pytest.param({}, "2026-09-02T10:00", False, None, id="without a digest at once"),
        pytest.param({"digest": "08:00"}, "2026-09-02T10:00", True, None, id="urgent at once"),
        pytest.param(
            {"digest": "08:00"},
            "2026-09-02T07:59",
            False,
            ("policy", "2026-09-02T0800", "2026-09-02T08:00"),
            id="today",
        ),
        pytest.param(
            {"digest": "08:00"},
            "2026-09-02T08:00",
            False,
            ("policy", "2026-09-03T0800", "2026-09-03T08:00"),
            id="its hour has come, so tomorrow",
        ),
        pytest.param(
            {"digest": "08:00", "time_zone": BERLIN},
            "2026-09-02T05:59",
            False,
            ("policy", "2026-09-02T0800", "2026-09-02T06:00"),
            id="in its own zone",
        ),
        pytest.param(
            {"digest": {"at": "08:00", "days": WORK_DAYS}},
            "2026-09-04T09:00",
            False,
            ("policy", "2026-09-07T0800", "2026-09-07T08:00"),
            id="from Friday to Monday",
        ),
        pytest.param(
            {"digest": "08:00", "quiet": {"weekends": True}},
            "2026-09-04T09:00",
            False,
            ("policy", "2026-09-07T0800", "2026-09-07T08:00"),
            id="not on a quiet weekend",
        ),
        pytest.param(HOURS, "2026-09-02T15:59", True, None, id="a minute before the quiet hours"),
        pytest.param(
            HOURS, "2026-09-02T16:00", True, ("quiet", "2026-09-03T0700", "2026-09-03T05:00"), id="in the evening"
        ),
        pytest.param(
            HOURS, "2026-09-03T04:59", True, ("quiet", "2026-09-03T0700", "2026-09-03T05:00"), id="in the morning"
        ),
        pytest.param(HOURS, "2026-09-03T05:00", True, None, id="at their end"),
        pytest.param(
            {**HOURS, "quiet": {"from": "18:00", "until": "07:00", "weekends": True}},
            "2026-09-04T20:00",
            True,
            ("quiet", "2026-09-07T0700", "2026-09-07T05:00"),
            id="from Friday evening to Monday morning",
        ),
        pytest.param(
            {**HOURS, "digest": "08:00"},
            "2026-09-02T20:00",
            False,
            ("policy", "2026-09-03T0800", "2026-09-03T06:00"),
            id="what is not urgent waits for the digest, not for the quiet hours' end",
        ),
    ],
)
def test_a_card_goes_out_at_once_or_waits_for_a_slot(keys, now, urgent, expected):
    assert kept(channel(**keys), now, urgent=urgent) == expected


@pytest.mark.parametrize(
    ("keys", "now", "expected"),
    [
        ({}, "2026-09-02T10:00", ("start", "2026-09-02T1030", "2026-09-02T10:30")),
        ({}, "2026-09-02T10:29", ("start", "2026-09-02T1030", "2026-09-02T10:30")),
        ({}, "2026-09-02T10:30", None),
        (HOURS, "2026-09-02T16:00", ("quiet", "2026-09-03T0700", "2026-09-03T05:00")),
    ],
)
def test_the_first_half_hour_of_a_channel_is_one_card(keys, now, expected):
    assert kept(channel(**keys), now, ChannelState("mail", at("2026-09-02T10:00")), urgent=True) == expected


def test_a_beginning_in_quiet_hours_ends_with_them():
    state = ChannelState("mail", at("2026-09-02T15:50"))

    assert kept(channel(**HOURS), "2026-09-02T15:55", state) == ("start", "2026-09-03T0700", "2026-09-03T05:00")


@pytest.mark.parametrize(
    ("sent", "day", "digest_at", "now", "expected"),
    [
        pytest.param(1, "2026-09-02", None, "10:00", None, id="one is left"),
        pytest.param(2, "2026-09-01", None, "10:00", None, id="another day"),
        pytest.param(
            2, "2026-09-02", None, "10:00", ("limit", "2026-09-02T1000", "2026-09-02T10:00"), id="one at once"
        ),
        pytest.param(
            2, "2026-09-02", "10:15", "10:20", ("limit", "2026-09-02T1115", "2026-09-02T11:15"), id="an hour later"
        ),
        pytest.param(
            2,
            "2026-09-02",
            "08:00",
            "10:20",
            ("limit", "2026-09-02T1020", "2026-09-02T10:20"),
            id="hours later at once",
        ),
    ],
)
def test_beyond_the_cards_of_a_day_urgent_ones_share_one_at_most_one_an_hour(sent, day, digest_at, now, expected):
    state = replace(OLD, sent=sent, day=day, digest_at=at(f"2026-09-02T{digest_at}") if digest_at else None)

    assert kept(channel(most_a_day=2), f"2026-09-02T{now}", state, urgent=True) == expected


def test_the_day_that_is_counted_is_the_channels_own():
    entry = channel(most_a_day=1, time_zone="Pacific/Auckland")
    state, _ = reserved(entry, OLD, at("2026-09-02T11:00"))

    assert (state.day, state.sent) == ("2026-09-02", 1)
    assert keep_for(entry, state, at("2026-09-02T11:59"), urgent=True)
    assert not keep_for(entry, state, at("2026-09-02T12:00"), urgent=True)


def test_cards_are_a_second_apart():
    now, state, moments = at("2026-09-02T10:00"), OLD, []
    for _ in range(3):
        state, moment = reserved(channel(), state, now)
        moments.append((moment - now).total_seconds())

    assert moments == [0, 1, 2]
    assert state.sent == 3
    assert reserved(channel(), state, now + timedelta(hours=1))[1] == now + timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        pytest.param(BERLIN, "2026-03-28T10:00", "2026-03-29T01:00", id="left out: when clocks show three"),
        pytest.param(BERLIN, "2026-10-24T10:00", "2026-10-25T00:30", id="twice: the first of the two"),
        pytest.param(BERLIN, "2026-10-25T00:30", "2026-10-26T01:30", id="twice: not the second of the two"),
    ],
)
def test_an_hour_that_clocks_leave_out_or_show_twice(zone, now, expected):
    slot = next_digest(channel(digest="02:30", time_zone=zone), at(now))

    assert f"{slot.at:%Y-%m-%dT%H:%M}" == expected


def test_quiet_hours_that_end_in_the_hour_that_comes_twice():
    entry = channel(quiet={"from": "22:00", "until": "02:30"}, time_zone=BERLIN)

    assert end_of_quiet(entry, at("2026-10-24T23:00")) == at("2026-10-25T00:30")
    assert end_of_quiet(entry, at("2026-10-25T01:10")) == at("2026-10-25T01:30")


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
TIMES = st.times(datetime(2026, 1, 1, 0, 0).time(), datetime(2026, 1, 1, 23, 59).time()).map(  # noqa: DTZ001
    lambda moment: f"{moment:%H:%M}"
)
ZONES = st.sampled_from(["UTC", BERLIN, LORD_HOWE, BEIRUT, "America/New_York", "Asia/Kathmandu", "Pacific/Apia"])


@given(MOMENTS, TIMES, ZONES)
def test_there_is_one_digest_a_day_in_every_zone(now, hour, zone):
    entry = channel(digest=hour, time_zone=zone)
    slots = [next_digest(entry, now)]
    for _ in range(3):
        slots.append(next_digest(entry, slots[-1].at))

    days = [slot.key[:10] for slot in slots]
    assert days == sorted(set(days))
    assert slots[0].at > now
    assert slots[0].at - now <= timedelta(hours=25)
    local = slots[0].at.astimezone(zone_of(zone))
    assert local.time() >= time_of(hour)


@given(MOMENTS, TIMES, TIMES, st.booleans(), ZONES)
def test_quiet_hours_end_and_nothing_is_sent_before(now, begin, until, weekends, zone):
    quiet = {"from": begin, "until": until, "weekends": weekends} if begin != until else {"weekends": True}
    entry = channel(quiet=quiet, time_zone=zone)

    end = end_of_quiet(entry, now)

    assert not is_quiet(entry, end)
    assert now <= end <= now + timedelta(days=4)
    steps = (end - now) // timedelta(minutes=30)
    assert all(is_quiet(entry, now + timedelta(minutes=30 * step)) for step in range(steps))


def test_an_hour_that_is_there_is_that_hour():
    assert moment_of(at("2026-09-02T00:00").date(), time(8), BERLIN) == at("2026-09-02T06:00")


@pytest.mark.parametrize(
    ("look", "slot", "expected", "same"),
    [
        (None, "12:00", "12:00", False),
        ("12:00", "12:00", "12:00", True),
        ("11:00", "12:00", "11:00", True),
        ("13:00", "12:00", "12:00", False),
        pytest.param("09:00", "12:00", "09:00", False, id="one that is due is written again: somebody may be at it"),
    ],
)
def test_the_next_look_is_early_enough_for_what_waits(look, slot, expected, same):
    state = replace(OLD, look_at=look and at(f"2026-09-02T{look}"))

    after = with_look(state, at(f"2026-09-02T{slot}"), at("2026-09-02T10:00"))

    assert after.look_at == at(f"2026-09-02T{expected}")
    assert (after is state) == same


@pytest.mark.parametrize(
    ("occasion", "urgent"),
    [
        ("act-7@2026-10-01", False),
        ("act-2@2026-10-01", True),
        ("act-0@2026-10-01", True),
        ("overdue@2026-10-01", True),
        ("ticket@20261001T100000", False),
        ("", False),
        ("silent-1@4", False),
    ],
)
def test_the_last_days_before_the_day_to_act_by_are_urgent(occasion, urgent):
    assert is_urgent_occasion(occasion) == urgent
