"""One line's rollouts as windows: its spans, with the phase and the clouds that its words or those above it name."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from shared.core.classify.dates.cues import Rollout, dates, spans
from shared.core.classify.document import Document, Line
from shared.core.classify.scope import ENDS, Scope, merge, named_scope
from shared.core.classify.statements import arrives, goes_on, is_a_stage, is_there_now, plan_words
from shared.core.posts.classification import Window
from shared.core.terms import Phase
from shared.core.text.wording import Wording, any_of, sentences

# "It has begun in the worldwide cloud and will start in GCC in May": two clouds, of which only the second has a day.
_BEGUN_THERE = Wording(
    r"\b(?:has|have|is|are)\b[^.;:]{0,40}\b(?:beg[au]n|started|rolled out|rolling out|completed|released|available)\b"
    r"(?P<there>[^.;:]{0,80}?)(?:,|;|\band\b|\bwhile\b|\bwith\b)\s+"
    r"(?=[^.;:]{0,40}\b(?:will|to|expected|begin\w*|start\w*|other)\b)",
    re.IGNORECASE,
)
_BEGINS = any_of(r"beg[iau]n\w*", r"start\w*", r"commenc\w*", "phased", "replaced")
# The clouds in the bracket that closes a line are those of all its dates.
_FOR_ALL = Wording(r"(?<= )\([^()]*\)(?=\W*$)")
_UP_TO = Wording(r"\b(?:until|through|till|up to)\s+(?:the\s+)?$", re.IGNORECASE)
_UNDATED = Rollout(None, None, 10**6, 10**6)


def anchors(document: Document, line: Line) -> tuple[date | None, date | None]:
    """The days to count from: the update's for text that it changed, and the post's own."""
    changed = line.old or line.role == "banner"
    return (document.updated if changed and document.updated else document.day), document.day


def line_windows(
    text: str, above: Scope, counted_from: tuple[date | None, date | None], *, retiring: bool
) -> list[Window]:
    """The windows that a line states; an undated one where it says that something is there now."""
    text = plan_words(text)
    found = spans(text, *counted_from)
    if retiring and goes_on(text):
        found = _with_ends_of_use(text, found, counted_from)
    if not found:
        if is_there_now(text):
            nothing = Rollout(None, None, len(text), len(text))
            return list(windows_of(text, above, nothing, (0, len(text)), retiring=retiring))
        return []
    begun = _begun_there(text, found[0].at)
    if begun:
        at, place = begun
        there = windows_of(text[:at], merge(place, above), _UNDATED, (0, at), retiring=retiring)
        then = line_windows(text[at:], Scope(above.phases), counted_from, retiring=retiring)
        return [*there, *(_elsewhere(window, place) for window in then)]
    result: list[Window] = []
    behind = 0
    for index, span in enumerate(found):
        ahead = found[index + 1].at if index + 1 < len(found) else len(text)
        result.extend(windows_of(text, above, span, (behind, ahead), retiring=retiring))
        behind = span.last
    return result


def _elsewhere(window: Window, place: Scope) -> Window:
    """The window without the clouds that already have it ("other clouds" are all but those)."""
    rest = tuple(cloud for cloud in window.clouds if cloud not in place.clouds)
    return replace(window, clouds=rest or window.clouds)


def _with_ends_of_use(text: str, found: list[Rollout], counted_from: tuple[date | None, date | None]) -> list[Rollout]:
    """The spans of a line, with the day until which something "will continue to work" as an end of its own."""
    result = list(found)
    for phrase, _, interval in dates(text, *counted_from):
        if not _UP_TO.search(text, 0, phrase.start):
            continue
        for span in result:
            if span.end == interval:
                span.end = None
        result = [span for span in result if span.start]
        result.append(Rollout(interval, None, phrase.start, phrase.end, "none"))
    return sorted(result, key=lambda span: span.at)


def _begun_there(text: str, first: int) -> tuple[int, Scope] | None:
    """Where the words on clouds that already have it end, before a line's first date, and those clouds."""
    match = _BEGUN_THERE.search(text, 0, first)
    if not match:
        return None
    place, rest = named_scope(match["there"]), named_scope(text[match.end() : first])
    return (match.end(), place) if place.clouds and rest.clouds and place.clouds != rest.clouds else None


def windows_of(text: str, above: Scope, span: Rollout, around: tuple[int, int], *, retiring: bool) -> Iterator[Window]:
    """The windows of one span: the words before it name phase and clouds, else those behind it, else those above.

    A window without clouds is one for which nobody named any.
    """
    behind, ahead = around
    before, after = text[behind : span.at], text[span.last : ahead]
    named = Scope()
    for part in (before, text[span.at : span.last], after, text[:behind], *_FOR_ALL.findall(text)):
        if not (named.phases and named.places):
            named = merge(named, named_scope(part))
    if retiring and "preview" in named.phases and not (is_a_stage(text) or arrives(text)):
        named = replace(named, phases=())  # the thing that goes is a preview, or the one that stays
    named = merge(named, above)
    if named.elsewhere:
        return
    # What a later sentence takes away ("... That update will remove the old mode") is not what these dates are about.
    behind_it = sentences(after)[0]
    ends = ENDS.search(before) or ENDS.search(behind_it)
    gone = ends or (retiring and not named.phases and not (arrives(before) or arrives(behind_it)))
    phases: tuple[Phase, ...] = ("retirement",) if gone else named.phases or ("ga",)
    for phase in phases:
        yield Window(phase, named.clouds, span.start, span.end, text)


def joined(windows: list[Window]) -> list[Window]:
    """A line that only begins and the next that only completes, for the same phase and clouds, are one window."""
    result: list[Window] = []
    for window in windows:
        last = result[-1] if result else None
        if last and continues(last, window) and _same(last, window):
            result[-1] = replace(last, end=window.end, words=f"{last.words} {window.words}")
        else:
            result.append(window)
    return result


def continues(last: Window, window: Window) -> bool:
    """Whether a window that only begins is completed by one that only ends; of two ends, only where one begins."""
    open_ = last.start is not None and last.end is None and window.start is None and window.end is not None
    return open_ and (last.phase != "retirement" or _BEGINS.search(last.words) is not None)


def _same(one: Window, other: Window) -> bool:
    phases = {one.phase, other.phase}
    clouds_of = [window.clouds or ("worldwide",) for window in (one, other)]
    return clouds_of[0] == clouds_of[1] and (len(phases) == 1 or phases == {"retirement", "ga"})
