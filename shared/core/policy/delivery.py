"""When a channel takes cards: its hour for a digest, its quiet hours, its time zone (parts of the policy)."""

import difflib
import re
from datetime import time
from functools import lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, model_validator

from shared.core.policy.parts import Some, Strict

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""As `date.weekday()` counts them."""
WEEKEND = frozenset({5, 6})
_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_WINDOWS = {
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "e. europe standard time": "Europe/Chisinau",
    "gtb standard time": "Europe/Athens",
    "fle standard time": "Europe/Helsinki",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai",
    "singapore standard time": "Asia/Singapore",
    "tokyo standard time": "Asia/Tokyo",
    "aus eastern standard time": "Australia/Sydney",
}
"""What Windows calls some zones, by the names of the Unicode CLDR, for a suggestion."""


def _hour(value: str) -> str:
    if not _HOUR.fullmatch(value):
        raise ValueError(f"{value!r} is no time of day; write hours and minutes, such as 08:00")
    return value


def _zone(value: str) -> str:
    if value in _zones():
        return value
    near = _meant(value)
    hint = f"; did you mean {near!r}?" if near else ""
    raise ValueError(f"{value!r} is no time zone; write one as the IANA does, such as Europe/Berlin{hint}")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _meant(value: str) -> str:
    """The zone that somebody means: by Windows' name, in another case, by the city alone, or misspelt."""
    key = " ".join(value.casefold().split())
    if key in _WINDOWS:
        return _WINDOWS[key]
    key = key.replace(" ", "_")
    zones = sorted(_zones())
    exact = (zone for zone in zones if key in (zone.casefold(), zone.casefold().rpartition("/")[2]))
    by_key = {zone.casefold(): zone for zone in zones}
    near = difflib.get_close_matches(key, by_key, n=1, cutoff=0.8)
    return next(exact, by_key[near[0]] if near else "")


Hour = Annotated[str, AfterValidator(_hour)]
"""A time of day, such as 08:00."""
TimeZone = Annotated[str, AfterValidator(_zone)]
"""A time zone by its IANA name."""


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def time_of(hour: str) -> time:
    return time.fromisoformat(hour)


class DigestTimes(Strict):
    """When what is not urgent comes as one card: `at` that hour of the channel's time zone, on these days."""

    at: Hour
    days: Some[Weekday] = WEEKDAYS


def _hour_alone(value: Any) -> Any:
    return {"at": value} if isinstance(value, str) else value


Digest = Annotated[DigestTimes, BeforeValidator(_hour_alone, json_schema_input_type=Hour | DigestTimes)]
"""In the file the hour alone counts as the digest of every day."""


class Quiet(Strict):
    """Hours in which nothing is sent, in the channel's time zone: `from` may be later than `until`, over midnight.

    `weekends`: Saturdays and Sundays besides, from midnight to midnight.
    """

    from_: Hour = Field(default="00:00", alias="from")
    until: Hour = "00:00"
    weekends: StrictBool = False

    @model_validator(mode="after")
    def _ends(self) -> "Quiet":
        if self.from_ == self.until and not self.weekends:
            raise ValueError(f"would never end: `from` and `until` are both {self.from_}")
        return self

    def holds_at(self, hour: time) -> bool:
        """Whether the hours of every day hold at this one; those from 00:00 to 00:00 are none."""
        begin, end = time_of(self.from_), time_of(self.until)
        return begin <= hour < end if begin <= end else hour >= begin or hour < end
