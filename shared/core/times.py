"""Reading a time or a day, the one way."""

from datetime import UTC, date, datetime

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years that a post, a policy or a command can mean; a time outside them is a slip of somebody's program."""


def when(value: object) -> datetime | None:
    """An ISO time from Graph (up to 7 fractional digits, `Z` or an offset) as UTC; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset can lead out of the calendar
        return None


def post_time(value: object) -> datetime | None:
    """The same, and None where the year is one that no post can mean, such as 0001 or 9999."""
    moment = when(value)
    return moment if moment and FIRST_YEAR <= moment.year <= LAST_YEAR else None


def stored_moment(value: object) -> datetime:
    """A time as a row holds it, a datetime or ISO text. ValueError where it holds none."""
    moment = value if isinstance(value, datetime) else when(value)
    if moment is None:
        raise ValueError(f"{value!r} in one of our own rows is no time")
    return moment


def stored_day(text: str) -> date | None:
    """A day as a row holds it, ISO text; None for an empty one."""
    return date.fromisoformat(text) if text else None
