"""Act-by: the day by which the organisation must have acted."""

from datetime import date
from itertools import islice

from shared.core.classify.demands import Demands
from shared.core.classify.document import Document
from shared.core.classify.marks import mark_words
from shared.core.classify.status import Verdict
from shared.core.posts.classification import Interval, Why, Window
from shared.core.posts.post import Post

_MOST_OF_A_YEAR = 300
_MOST_DEMANDS = 12  # no real post has half as many

Deadline = tuple[date | None, Why]
NO_DEADLINE: Deadline = None, Why("no deadline is stated", 0.7)


def stated_deadline(post: Post, document: Document, verdict: Verdict) -> Deadline:
    """Graph's field, else a deadline that the text gives to the reader; none for a plan that has fallen."""
    if post.act_by and verdict.stands:  # holds whatever the text lacks
        done = _done(document, verdict)
        return (None, done) if done else (post.act_by.date(), Why(f"Act by: {post.act_by:%Y-%m-%d}", 1.0))
    if verdict.status != "scheduled":
        return None, Why(mark_words(f"status:{verdict.status}"), 0.9)
    demands = Demands(document, lambda: ending_deadline(document, verdict)[0])
    told = sorted(islice(demands.told(), _MOST_DEMANDS), key=lambda found: found[0])
    ahead = [found for found in told if document.day is None or found[0] >= document.day]
    return ahead[0] if ahead else NO_DEADLINE


def _done(document: Document, verdict: Verdict) -> Why | None:
    """Why nothing is left to act on: everything that the post tells of ended before it was published."""
    day, windows = document.day, verdict.windows
    if not day or not windows or any(window.phase != "retirement" or not window.start for window in windows):
        return None
    ahead = any(days and days.last >= day for window in windows for days in (window.start, window.end))
    return None if ahead else Why(windows[0].words, 0.7)


def ending_deadline(document: Document, verdict: Verdict) -> Deadline:
    """For readers who must act: the day from which what works today fails for those who did nothing.

    That is the first end still ahead of the newest edit, else the first ahead of the post; without an end, the first
    beginning ahead of the post.
    """
    starts = [(window, window.start) for window in verdict.windows if window.start]
    ends = [each for each in starts if each[0].phase == "retirement"]
    for known in (document.updated or document.day, document.day):
        ahead = [each for each in ends if known is None or each[1].last >= known]
        if not ends:  # what is released on the post's own day waits for nobody
            ahead = [each for each in starts if known is None or each[1].last > known]
        if ahead:
            return _first(*min(ahead, key=lambda each: each[1].first))
    return NO_DEADLINE


def _first(window: Window, start: Interval) -> Deadline:
    """The first day of a beginning; a whole year gives no day."""
    if (start.last - start.first).days > _MOST_OF_A_YEAR:
        return NO_DEADLINE
    return start.first, Why(window.words, 0.7)
