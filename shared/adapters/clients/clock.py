"""How far the clock of this machine is from the clock of who answers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_ahead(headers: Mapping[str, str]) -> float | None:
    """By how many seconds the clock of who answered is ahead of ours, as its header `Date` says; None where it lacks.

    `headers`: with names in any case.
    """
    text = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        there = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (there.replace(tzinfo=there.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
