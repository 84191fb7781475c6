"""Reading a time or a day, the one way."""

from datetime import UTC, datetime


def when(value: object) -> datetime | None:
    """An ISO time from Graph (up to 7 fractional digits, `Z` or an offset) as UTC; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset can lead out of the calendar
        return None
