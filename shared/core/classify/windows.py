"""Rollout windows: the plan that a post states now, one window for each phase and set of clouds."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from shared.core.classify import clouds
from shared.core.classify.columns import with_heads
from shared.core.classify.dates.cues import spans
from shared.core.classify.dates.grammar import MONTH
from shared.core.classify.document import Document, Line
from shared.core.classify.prose import available_windows, prose_windows
from shared.core.classify.repeats import distinct, on_the_titles_day, without_lead_ins, without_years
from shared.core.classify.rollouts import anchors, continues, joined, line_windows
from shared.core.classify.scope import Scope, merge, named_scope
from shared.core.classify.statements import arrives, is_pause
from shared.core.posts.classification import Window
from shared.core.terms import Cloud
from shared.core.text.wording import any_of

# "The change will roll out by May 4" is its completion, also where the change is an end.
_ROLLS = any_of(r"roll(?:s|ed|ing)?[\s-]?out", r"deploy\w*")
_TITLE_ENDS = any_of(
    r"retir\w+",
    r"deprecat\w+",
    r"remov(?:al|ed|ing)\b",
    r"we(?:'ll| will) remove",
    r"no longer\b",
    r"ends?\b[\s-](?:of )?(?:support|life|service)",
    r"discontinu\w+",
    r"sunset\w*",
    r"phas(?:ed?|ing) out",
)
_INTERNAL = any_of(r"MSIT\b", r"Microsoft internal", r"dogfood")
_LAST_UPDATE = any_of(rf"{MONTH} 20\d\d [\w\s-]{{0,40}}update (?:is|will be|was) the (?:final|last)")
_AFFECTED = any_of(
    r"who (?:is|will be|are) (?:affected|impacted)", r"this (?:message|change|update) applies to", lead=""
)
_AUDIENCE_STARTS = ("Who ", "This ", "All ")  # of any line but those below such a label
_ALL_OF_THEM = any_of(r"all (?:\w+ ){0,2}(?:tenants|customers|organizations)\b", lead="")
_PREVIEW_TITLE = any_of(r"(?:public|private|paid|limited|frontier) preview\b", r"(?<=\()preview(?=\))", lead=r"(?<!\w)")
_MOST_LINES = 120  # no real when-section has a third of these
_LABEL = 120  # a longer line without dates explains; it is no label for those below it


def read_windows(document: Document, *, retiring: bool) -> tuple[Window, ...]:
    """The windows of the post's current plan. `retiring`: what the post announces is the end of something."""
    section = document.of("when")
    found = _section(section, document, retiring=retiring)
    found = _told_anew(found, document)
    if not found and is_pause("\n".join(line.text for line in section)):
        return ()  # what is told elsewhere of it is the same pause
    if not found:
        found = prose_windows(document, retiring=retiring) or available_windows(document)
    elif retiring and not any(window.phase == "retirement" for window in found):
        told = _ends_told(document)
        found = found + told if told or {window.phase for window in found} != {"ga"} else _as_ends(found, document)
    found = [_gone_from(window) for window in found]
    if not all(window.clouds for window in found):
        reach = _audience(document)
        found = [_placed(window, reach) for window in found]
    return distinct(on_the_titles_day(found, document) if retiring else found)


def _placed(window: Window, reach: tuple[Cloud, ...]) -> Window:
    """The window with the clouds of those who are affected, where nobody named any for it."""
    if window.clouds:
        return window
    return replace(window, clouds=(window.phase in {"ga", "retirement"} and reach) or ("worldwide",))


def _told_anew(found: list[Window], document: Document) -> list[Window]:
    """The when-section's only window with the days of the newest banner, where that tells both of them."""
    if len(found) != 1 or document.updated is None:
        return found
    newest = next((line for line in document.lines if line.role == "banner"), None)
    if newest is None or not _ROLLS.search(newest.lead_free):
        return found
    told = line_windows(newest.lead_free, Scope(), anchors(document, newest), retiring=False)
    if len(told) == 1 and told[0].start and told[0].end and told[0].start.last >= document.updated:
        return [replace(found[0], start=told[0].start, end=told[0].end, words=told[0].words)]
    return found


def _audience(document: Document) -> tuple[Cloud, ...]:
    """The clouds that a post names for those who are affected."""
    if clouds.named(document.title):
        return ()
    for line in document.of("intro", "impact"):
        if not line.text.startswith(_AUDIENCE_STARTS) and "ffected" not in line.label and "mpacted" not in line.label:
            continue
        if _AFFECTED.search(line.label) or _AFFECTED.match(line.text) or _ALL_OF_THEM.match(line.text):
            reach = clouds.reached(line.text)
            if len(reach) > 1:
                return reach
    return ()


def _ends_told(document: Document) -> list[Window]:
    """The very days on which something ends, where the when-section tells only of what comes in its place."""
    told = (window for window in prose_windows(document, retiring=False) if window.phase == "retirement")
    return [window for window in told if window.start and window.start.first == window.start.last]


def _as_ends(found: list[Window], document: Document) -> list[Window]:
    """The general availability of an end ("General Availability: Rollout begins in May") is that end."""
    if not _TITLE_ENDS.search(document.title):
        return found
    return [window if arrives(window.words) else replace(window, phase="retirement") for window in found]


def _gone_from(window: Window) -> Window:
    """From the day by which something will be retired, it is gone."""
    if window.phase == "retirement" and window.start is None and window.end and not _ROLLS.search(window.words):
        return replace(window, start=window.end, end=None)
    return window


def _section(lines: Iterable[Line], document: Document, *, retiring: bool) -> list[Window]:
    """Each line of the when-section; a line that names a phase or clouds and no date speaks for those below it."""
    found: list[Window] = []
    lines = tuple(islice(lines, _MOST_LINES))
    above = title = _titled(document, lines) if not retiring else Scope()
    for line in with_heads(lines):
        if _INTERNAL.search(line.text):
            continue
        counted_from = anchors(document, line)
        text = _LAST_UPDATE.sub("", line.text) if "update" in line.text else line.text
        windows = line_windows(text, merge(named_scope(line.label), above), counted_from, retiring=retiring)
        told = {span.start for span in spans(line.label, *counted_from)} if line.kind != "heading" else set()
        if windows and found and not named_scope(text).any and continues(found[-1], windows[0]):
            found[-1] = replace(found[-1], end=windows[0].end, words=f"{found[-1].words} {text}")
        elif windows:
            found.extend(window for window in windows if not (window.start and window.start in told))
        elif len(line.text) < _LABEL:
            above = merge(named_scope(line.text), title)
    return joined(without_years(without_lead_ins(found)))


def _titled(document: Document, lines: tuple[Line, ...]) -> Scope:
    """The preview that a title names, where no line of the when-section names a phase."""
    if (
        "review" not in document.title
        or not _PREVIEW_TITLE.search(document.title)
        or any(named_scope(line.text).phases for line in lines)
    ):
        return Scope()
    return Scope(("preview",))
