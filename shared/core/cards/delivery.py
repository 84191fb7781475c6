"""When a card goes out: at once, or kept for which slot of its channel, and why (pure)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from shared.core.cards.occasions import URGENT, occasion_of
from shared.core.policy.delivery import WEEKDAYS, WEEKEND, time_of, zone_of
from shared.core.policy.model import Channel

Why = Literal["start", "policy", "quiet", "limit", "fallback"]
"""Why a card waits: its channel is new, has a digest, or quiet hours; had its cards of the day; or another is down."""
BEGINNING = timedelta(minutes=30)
"""What comes within this time after a channel was first seen is one card."""
APART = timedelta(seconds=1)
"""How far apart the cards of a channel are."""
_BETWEEN = timedelta(hours=1)
_QUARTER = timedelta(minutes=15)
_AHEAD = timedelta(minutes=2)  # a timer may come a little before its time, and clocks of processes differ
_DAYS_AHEAD = 15  # more than a week: every weekday is among them, whatever is quiet


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How far a channel is, one row each.

    `made`: when it was first seen. `free_at`: from when on the next card may be posted. `day`: the channel's own day
    that `sent` counts the cards of. `digest_at`: when the last digest went out. `look_at`: when the digest looks for
    what waits; never later than the first slot in which something does, and None where nothing waits.
    """

    name: str
    made: datetime
    free_at: datetime | None = None
    day: str = ""
    sent: int = 0
    digest_at: datetime | None = None
    look_at: datetime | None = None


class Slot(NamedTuple):
    """A digest to come. `key`: day and hour in the channel's zone, as `2026-09-02T0800`; `at`: the moment, in UTC."""

    key: str
    at: datetime


class Keep(NamedTuple):
    """That a card waits: in which slot, and why."""

    slot: Slot
    why: Why


def keep_for(
    channel: Channel, state: ChannelState, now: datetime, *, urgent: bool, beginning: timedelta = BEGINNING
) -> Keep | None:
    """In which slot a card waits, and why; None where it goes out now.

    A channel without a digest gets everything as if it were urgent.
    """
    if now < state.made + beginning:
        return Keep(slot_at(channel, end_of_quiet(channel, state.made + beginning)), "start")
    if channel.digest and not urgent:
        return Keep(next_digest(channel, now), "policy")
    if (end := end_of_quiet(channel, now)) > now:
        return Keep(slot_at(channel, end), "quiet")
    if sent_today(channel, state, now) >= channel.most_a_day:
        earliest = max(now, state.digest_at + _BETWEEN) if state.digest_at else now
        return Keep(slot_at(channel, end_of_quiet(channel, earliest)), "limit")
    return None


def reserved(channel: Channel, state: ChannelState, now: datetime) -> tuple[ChannelState, datetime]:
    """The channel with one card more, and the moment at which that may be posted."""
    at = max(now, state.free_at) if state.free_at else now
    sent = sent_today(channel, state, now) + 1
    return replace(state, free_at=at + APART, day=_local_day(channel, now), sent=sent), at


def with_look(state: ChannelState, at: datetime, now: datetime) -> ChannelState:
    """The channel with something that waits for this moment; the same object where its next look is early enough.

    A look that lies well ahead is never taken back, so that one who remembers it may rely on it.
    """
    if state.look_at and now + _AHEAD < state.look_at <= at:
        return state
    return replace(state, look_at=min(each for each in (state.look_at, at) if each))


def sent_today(channel: Channel, state: ChannelState, now: datetime) -> int:
    return state.sent if state.day == _local_day(channel, now) else 0


def is_urgent_occasion(occasion: str) -> bool:
    """Whether a card that no edition causes is urgent: two days and less before the day to act by, and after it."""
    known = occasion_of(occasion)
    return known is not None and known.kind in URGENT


def next_digest(channel: Channel, now: datetime) -> Slot:
    """The first digest after now that lies in no quiet hours: once a day, also when clocks are put back or forward."""
    if channel.digest is None:
        return slot_at(channel, end_of_quiet(channel, now))
    zone, hour = zone_of(channel.time_zone), time_of(channel.digest.at)
    today = now.astimezone(zone).date()
    for number in range(_DAYS_AHEAD):
        day = today + timedelta(days=number)
        at = moment_of(day, hour, channel.time_zone)
        if at > now and WEEKDAYS[day.weekday()] in channel.digest.days and not is_quiet(channel, at):
            return Slot(f"{day:%Y-%m-%d}T{hour:%H%M}", at)
    return slot_at(channel, end_of_quiet(channel, now + timedelta(days=1)))


def is_quiet(channel: Channel, at: datetime) -> bool:
    quiet = channel.quiet
    if quiet is None:
        return False
    local = at.astimezone(zone_of(channel.time_zone))
    return (quiet.weekends and local.weekday() in WEEKEND) or quiet.holds_at(local.time())


def end_of_quiet(channel: Channel, at: datetime) -> datetime:
    """The first moment from this one on that is not quiet."""
    quiet = channel.quiet
    while quiet and is_quiet(channel, at):
        local = at.astimezone(zone_of(channel.time_zone))
        until = time_of(quiet.until)
        if quiet.weekends and local.weekday() in WEEKEND:
            day, hour = local.date() + timedelta(days=1), time(0)
        else:
            day, hour = local.date() + timedelta(days=local.time() >= until), until
        at = moment_of(day, hour, channel.time_zone, after=at)
    return at


def moment_of(day: date, hour: time, zone_name: str, after: datetime | None = None) -> datetime:
    """The moment, in UTC, when clocks show that hour; of two the first, or the one that lies `after`.

    An hour that clocks leave out is the next quarter of an hour that they show.
    """
    zone = zone_of(zone_name)
    wanted = datetime.combine(day, hour, zone)
    at = wanted.astimezone(UTC)
    if at.astimezone(zone).time() != hour:
        return _after_gap(wanted)
    second = wanted.replace(fold=1).astimezone(UTC)
    return second if after and at <= after else at


def _after_gap(wanted: datetime) -> datetime:
    """The first quarter of an hour behind the gap in which this hour would lie."""
    zone, at = wanted.tzinfo, wanted.replace(fold=1).astimezone(UTC)  # with fold 1 it is told as before the gap
    before = at.astimezone(zone).utcoffset()
    while at.astimezone(zone).utcoffset() == before:
        at += _QUARTER - timedelta(minutes=at.minute % 15, seconds=at.second)
    return at


def slot_at(channel: Channel, at: datetime) -> Slot:
    """The slot of a moment, which need not be the hour of a digest."""
    local = at.astimezone(zone_of(channel.time_zone))
    return Slot(f"{local:%Y-%m-%d}T{local:%H%M}", at)


def slot_named(channel: Channel, key: str) -> Slot:
    """The slot of that name, as it lies now: the channel may have another time zone since."""
    moment = datetime.strptime(key, "%Y-%m-%dT%H%M").replace(tzinfo=UTC)
    return Slot(key, moment_of(moment.date(), moment.time(), channel.time_zone))


def _local_day(channel: Channel, now: datetime) -> str:
    return f"{now.astimezone(zone_of(channel.time_zone)):%Y-%m-%d}"
