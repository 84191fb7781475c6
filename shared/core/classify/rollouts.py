"""One line's rollouts as windows: its spans, with the phase and the clouds that its words or those above it name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from shared.core.classify import clouds, scope
from shared.core.classify.dates.cues import Rollout, dates, spans
from shared.core.classify.dates.grammar import MONTH
from shared.core.classify.document import Document, Line
from shared.core.posts.classification import Window
from shared.core.terms import Cloud, Phase
from shared.core.text.wording import any_of, sentences

_NOW = any_of(
    r"(?:is|are) (?:now|currently|already) (?:\w+ )?(?:available|rolling out|live|complete\w*|deployed|in effect)",
    r"(?:now|currently|already) (?:generally |publicly |fully )?available",
    r"available (?:now|today|immediately)",
    r"(?:is|are) available\b",
    r"(?:is|are) (?:generally|publicly|fully) available\.?$",
    r"(?:is |are |now |currently )?rolling out (?:now|today)",
    r"(?:now|currently) rolling out",
    r"ongoing (?:roll-?out|deployment)",
    r"roll-?out (?:is )?(?:currently |now |already )?(?:ongoing|under ?way|in progress)",
    r"(?:has|have) (?:now )?(?:already )?(?:been )?(?:completed|rolled out|started|begun|finished|retired|released"
    r"|reached)",
    r"(?:rollout|roll out) (?:has |is )?(?:now )?(?:been )?complete\w*",
    r"(?:effective|starting|with) (?:immediate(?:ly| effect)|now|today)\b",
    r"completed\b",
    r"complete\.?$",
)
_LATER = any_of(
    r"will communicate",
    r"when (?:we are|we're|it is|available|ready)",
    r"to be (?:determined|announced|confirmed)",
    r"TB[DA]\b",
    r"will (?:share|announce|provide|update|publish|post)\b",
    r"(?:future|separate|new) (?:post|update|message)",
    r"not (?:be )?(?:yet )?(?:available|proceed|releas)",
)
# What is there now, "with the May 2026 update installed", came on no day that this names.
_UPDATE_OR_LATER = any_of(rf"{MONTH} 20\d\d (?:[\w-]+ ){{0,4}}updates?\s*(?:\([^)]*\))?,? (?:or|and) (?:later|newer)\b")
_WITH_UPDATE = any_of(rf"(?:with|in|by|through) the {MONTH} 20\d\d (?:[\w-]+ ){{0,4}}updates?\b")
# A stop between two days plans nothing: "updates pause on D1 and resume after D2", "no rollout from D1 to D2".
_PAUSE = any_of(
    r"paus(?:e|es|ed|ing)\b[^.]*\bresum\w+",
    r"no (?:\w+ )?(?:roll-?outs?|deployments?|releases?|updates?|changes)\b[^.]*\b(?:from|between|during)\b",
    r"(?:change|deployment|rollout|release) freeze",
)
# "Parts may show up sooner, from mid-March", "the change in May will not affect you": beside the plan.
_ASIDE = any_of(
    r"(?:may|might|could) (?:\w+ ){0,6}(?:sooner|earlier)\b",
    r"ahead of (?:the|this|that)\b",
    r"(?:does|do|will) not (?:impact|affect)\b",
    r"some (?:\w+ )?(?:users|customers|tenants|organizations) (?:may|might|could)\b",
)
# "It has begun in the worldwide cloud and will start in GCC in May": two clouds, of which only the second has a day.
_BEGUN_THERE = re.compile(
    r"\b(?:has|have|is|are)\b[^.;:]{0,40}\b(?:beg[au]n|started|rolled out|rolling out|completed|released|available)\b"
    r"(?P<there>[^.;:]{0,80}?)(?:,|;|\band\b|\bwhile\b|\bwith\b)\s+(?=[^.;:]{0,40}\b(?:will|to|expected|begin\w*|start\w*|other)\b)",
    re.IGNORECASE,
)
# What a post about an end announces besides: something new that comes in its place, or a notice that users see.
_ARRIVES = any_of(
    r"new\b[^.;]{0,60}\b(?:introduc|add|releas|launch|availab|mov|creat|us|transition)\w*",
    r"will be (?:introduced|added|released|launched)",
    r"release of\b",
    r"available:",
    r"(?:see|receive|get|show|display)\w*\b[^.;]{0,30}\b(?:notification|banner|message|prompt|notice|warning)s?\b",
)
# A phase that leads its line; in the middle of a sentence it may be a part of a thing's name.
_PHASE_LABEL = re.compile(r"[^.]{0,20}\b(?:preview|beta|frontier)\b[^.:]{0,60}:", re.IGNORECASE)
_BEGINS = any_of(r"beg[iau]n\w*", r"start\w*", r"commenc\w*", "phased", "replaced")
# The clouds in the bracket that closes a line are those of all its dates.
_FOR_ALL = re.compile(r"(?<= )\([^()]*\)(?=\W*$)")
# "It will continue to work until May 4": that is the day of its end.
_GOES_ON = any_of(r"continues? to (?:be )?(?:work|function|support|operat|run|availab|access|us)\w*")
_UP_TO = re.compile(r"\b(?:until|through|till|up to)\s+(?:the\s+)?$", re.IGNORECASE)
_UNDATED = Rollout(None, None, 10**6, 10**6)


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a line speaks; empty where it names nobody."""

    phases: tuple[Phase, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    #: Only clouds that the product does not follow.
    elsewhere: bool = False

    @property
    def any(self) -> bool:
        return bool(self.phases or self.clouds or self.elsewhere)

    @property
    def places(self) -> bool:
        return bool(self.clouds) or self.elsewhere


def anchors(document: Document, line: Line) -> tuple[date | None, date | None]:
    """The days to count from: the update's for text that it changed, and the post's own."""
    changed = line.old or line.role == "banner"
    return (document.updated if changed and document.updated else document.day), document.day


def merge(inner: Scope, outer: Scope) -> Scope:
    placed = inner if inner.places else outer
    return Scope(inner.phases or outer.phases, placed.clouds, placed.elsewhere)


def named_scope(text: str) -> Scope:
    """The clouds and the phase that some words name; several phases where they stand side by side as one label."""
    if not text:
        return Scope()
    found = scope.phases(text)
    named = [phase for _, _, phase in found[:1]]
    for (_, end, phase), (start, _, other) in pairwise(found):
        between = text[end:start].strip().lower()
        if between == "(" and phase == "ga":  # "General Availability (Targeted Release)" is for the targeted ones
            named = [other]
        elif between in {"/", "and", "&", ",", "+"} and other != phase:
            named.append(other)
        else:
            break
    return Scope(tuple(named), clouds.reached(text), clouds.is_elsewhere(text))


def line_windows(
    text: str, above: Scope, counted_from: tuple[date | None, date | None], *, retiring: bool
) -> list[Window]:
    """The windows that a line states; an undated one where it says that something is there now."""
    if _PAUSE.search(text) or _ASIDE.search(text):
        text = " ".join(each for each in sentences(text) if not (_PAUSE.search(each) or _ASIDE.search(each)))
    if "pdate" in text:
        text = _UPDATE_OR_LATER.sub("", text)
    if _NOW.search(text):
        text = _WITH_UPDATE.sub("", text)
    found = (_until(text, *counted_from) if retiring else []) or spans(text, *counted_from)
    if not found:
        if _NOW.search(text) and not _LATER.search(text):
            nothing = Rollout(None, None, len(text), len(text))
            return list(windows_of(text, above, nothing, (0, len(text)), retiring=retiring))
        return []
    result: list[Window] = []
    behind = 0
    begun = _begun_there(text, found[0].at)
    if begun:
        behind, place = begun
        result.extend(windows_of(text[:behind], merge(place, above), _UNDATED, (0, behind), retiring=retiring))
    for index, span in enumerate(found):
        ahead = found[index + 1].at if index + 1 < len(found) else len(text)
        for window in windows_of(text, above, span, (behind, ahead), retiring=retiring):
            gone = {cloud for told in result[:1] if begun for cloud in told.clouds}
            rest = tuple(cloud for cloud in window.clouds if cloud not in gone) or window.clouds
            result.append(replace(window, clouds=rest))
        behind = span.last
    return result


def _until(text: str, anchor: date | None, published: date | None) -> list[Rollout]:
    """The end of what "will continue to work until" a day."""
    if not goes_on(text):
        return []
    return [
        Rollout(interval, None, phrase.start, phrase.end, "none")
        for phrase, _, interval in dates(text, anchor, published)
        if _UP_TO.search(text, 0, phrase.start)
    ][:1]


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
    for part in (before, after, text[:behind], *_FOR_ALL.findall(text)):
        if not (named.phases and named.places):
            named = merge(named, named_scope(part))
    if retiring and "preview" in named.phases and not (_PHASE_LABEL.match(text) or arrives(text)):
        named = replace(named, phases=())  # the thing that goes is a preview, or the one that stays
    named = merge(named, above)
    if named.elsewhere:
        return
    # What a later sentence takes away ("... That update will remove the old mode") is not what these dates are about.
    behind_it = sentences(after)[0]
    ends = scope.ENDS.search(before) or scope.ENDS.search(behind_it)
    gone = ends or (retiring and not named.phases and not (arrives(before) or arrives(behind_it)))
    phases: tuple[Phase, ...] = ("retirement",) if gone else named.phases or ("ga",)
    for phase in phases:
        yield Window(phase, named.clouds, span.start, span.end, text)


def is_pause(text: str) -> bool:
    """Whether some words tell of a stop between two days, after which things go on as before."""
    return _PAUSE.search(text) is not None


def goes_on(text: str) -> bool:
    """Whether some words tell how long something that ends will still work."""
    return _GOES_ON.search(text) is not None


def arrives(text: str) -> bool:
    """Whether a line of a post about an end announces something that comes besides."""
    return _ARRIVES.search(text) is not None


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
