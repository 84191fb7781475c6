"""Repeats: windows that only tell again, or less exactly, what another one tells."""

from dataclasses import replace

from shared.core.classify.dates.cues import spans
from shared.core.classify.document import Document
from shared.core.posts.classification import Interval, Window
from shared.core.text.wording import any_of

_THE_CHANGE = any_of(r"(?:this|the) (?:change|retirement|update|removal|rollout)\b")
_MOST_OF_A_YEAR = 300
_DAYS_OF_A_MONTH = 31


def on_the_titles_day(found: list[Window], document: Document) -> list[Window]:
    """Ends on the day that the title names, where a line names only the part of the month in which it lies."""
    days = [span.start for span in spans(document.title, document.day) if span.start and _is_day(span.start)]
    if len(days) != 1:
        return found
    (day,) = days
    return [
        replace(window, start=day) if window.end is None and window.start and _holds(window.start, day) else window
        for window in found
    ]


def _is_day(days: Interval) -> bool:
    return days.first == days.last


def _is_month(days: Interval | None) -> bool:
    return days is not None and (days.last - days.first).days <= _DAYS_OF_A_MONTH


def _holds(days: Interval, day: Interval) -> bool:
    """Whether a longer time holds a day."""
    return days.first <= day.first and day.last <= days.last and days != day


def distinct(found: list[Window]) -> tuple[Window, ...]:
    """Each window once; one that only repeats where another begins is none."""
    whole = {(window.phase, window.clouds, window.start) for window in found if window.end}
    # "After May 4 it no longer works", where something goes by May 4, is the same end told again.
    whole |= {(each.phase, each.clouds, each.end) for each in found if each.phase == "retirement" and each.end}
    seen: dict[tuple[object, ...], Window] = {}
    exact = [window for window in found if window.start and _is_day(window.start)]
    found = [window for window in found if not _repeats(window, exact)]
    for window in found:
        if window.end or (window.phase, window.clouds, window.start) not in whole:
            seen.setdefault((window.phase, window.clouds, window.start, window.end), window)
    return tuple(seen.values())


def _repeats(window: Window, exact: list[Window]) -> bool:
    """Whether a window only names the month of a day that another one names."""
    return (
        _is_month(window.start)
        and window.end is None
        and any(
            other.phase == window.phase
            and other.clouds == window.clouds
            and window.start is not None
            and other.start is not None
            and _holds(window.start, other.start)
            for other in exact
        )
    )


def without_lead_ins(windows: list[Window]) -> list[Window]:
    """A line that ends in a colon ("in March, as follows:") leads to the lines below, which tell more exactly when."""
    last = len(windows) - 1
    return [window for index, window in enumerate(windows) if window.end or index == last or window.words[-1:] != ":"]


def without_years(windows: list[Window]) -> list[Window]:
    """Beside real dates, a whole year ("and later in 2026") is an outlook, no plan."""
    plans = [replace(window, end=None) if window.start and _is_year(window.end) else window for window in windows]
    plans = [window for window in plans if not _is_year(window.start or window.end)]
    return plans if any(window.start or window.end for window in plans) else windows


def _is_year(days: Interval | None) -> bool:
    return days is not None and (days.last - days.first).days > _MOST_OF_A_YEAR
