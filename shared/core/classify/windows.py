"""Rollout windows: the plan that a post states now, one window for each phase and set of clouds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.core.classification import Cloud, Interval, Phase, Window
from shared.core.classify import phrases, scope
from shared.core.classify.document import Document, Line
from shared.core.classify.timeline import Span, spans
from shared.core.classify.wording import any_of, sentences

_NOW = any_of(
    r"(?:is|are) (?:now|currently|already) (?:\w+ )?(?:available|rolling out|live|complete\w*|deployed|in effect)",
    r"now (?:generally |fully )?available",
    r"available (?:now|today|immediately)",
    r"(?:is|are) available\b",
    r"(?:is |are |now |currently )?rolling out (?:now|today)",
    r"(?:now|currently) rolling out",
    r"(?:has|have) (?:now )?(?:already )?(?:been )?(?:completed|rolled out|started|begun|finished|retired|released|reached)",
    r"(?:rollout|roll out) (?:has |is )?(?:now )?(?:been )?complete\w*",
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
# In running text a date counts only beside a word that says that something comes or goes.
_COMES = any_of(
    r"roll(?:s|ing|ed)?[\s-]?(?:ing )?out",
    r"general(?:ly)? availab\w+",
    r"(?:will|to) be (?:\w+ )?(?:available|released|enabled|enforced|updated|moved|migrated|required|relocated|applied|launched|deployed)",
    r"(?:begin|start)(?:s|ning|ing)?\b",
    r"effective\b",
    r"enforc\w+",
    r"(?:takes?|goe?s?) (?:into )?(?:effect|place)",
    r"generally available",
    r"will (?:\w+ )?(?:change|update|move|introduce|require|enable|become|launch|release|switch|transition|replace|migrate|support|receive|reach|start|roll|be)\b",
    r"public preview",
    r"complet\w+",
    r"ending\b",
    r"we(?:'re| are) (?:\w+ )?(?:releasing|launching|updating|changing|rolling|introducing|making)",
)
# A deadline for the reader, an event to attend, an offer: dates, but not of the rollout.
_ASIDE = any_of(
    r"RSVP",
    r"register (?:for|now|here)",
    r"attend",
    r"session\b",
    r"webinar",
    r"office hours",
    r"survey",
    r"for example",
    r"e\.g\.",
    r"such as\b",
    r"if your (?:tenant|organization) (?:runs|has|had)",
    r"would\b",
    r"we (?:have )?published",
)
# "The May 2026 security update" is a thing, not a time.
_UPDATE_NAME = any_of(
    rf"(?:the )?{phrases.MONTH} 20\d\d (?:monthly |windows )*(?:non-)?(?:security|preview|quality|cumulative|scan|hotpatch)\b"
)
_LAST_UPDATE = any_of(rf"{phrases.MONTH} 20\d\d [\w\s-]{{0,40}}update (?:is|will be|was) the (?:final|last)")
# "(published August 2024, updated May 2025)" tells of another post.
_OTHER_POST = any_of(r"\((?:originally )?(?:published|sent|posted|announced|dated)[^()]{0,80}\)", lead="")
_INTERNAL = any_of(r"MSIT\b", r"Microsoft internal", r"dogfood")
_MOST_OF_A_YEAR = 300
_HISTORY = timedelta(days=65)  # running text about a day longer ago tells how things came about


@dataclass(frozen=True, slots=True)
class _Scope:
    phases: tuple[Phase, ...] = ()
    clouds: tuple[Cloud, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.phases or self.clouds)


def read_windows(document: Document, *, retiring: bool) -> tuple[Window, ...]:
    """The windows of the post's current plan. `retiring`: what the post announces is the end of something."""
    found = _section(document.of("when"), document, retiring=retiring)
    if not any(window.start or window.end for window in found):
        found = _prose(document, retiring=retiring) or found or _available(document)
    return _distinct([_gone_from(window) for window in found])


def _gone_from(window: Window) -> Window:
    """ "Will be retired by" a day: from that day on it is gone."""
    if window.phase == "retirement" and window.start is None and window.end:
        return replace(window, start=window.end, end=None)
    return window


def _distinct(found: list[Window]) -> tuple[Window, ...]:
    """Each window once; one that only repeats where another begins is none."""
    whole = {(window.phase, window.clouds, window.start) for window in found if window.end}
    seen: dict[tuple[object, ...], Window] = {}
    for window in found:
        if window.end or (window.phase, window.clouds, window.start) not in whole:
            seen.setdefault((window.phase, window.clouds, window.start, window.end), window)
    return tuple(seen.values())


def _section(lines: Iterable[Line], document: Document, *, retiring: bool) -> list[Window]:
    """Each line of the when-section; a line that names a phase or clouds and no date speaks for those below it."""
    found: list[Window] = []
    above = _Scope()
    for line in lines:
        if _INTERNAL.search(line.text):
            continue
        anchors = _anchors(document, line)
        text = _LAST_UPDATE.sub("", line.text)
        windows = _line(text, _merge(_named(line.label), above), anchors, retiring=retiring)
        told = {span.start for span in spans(line.label, *anchors)} if line.kind != "heading" else set()
        if windows and found and not _named(text).any and _continues(found[-1], windows[0]):
            found[-1] = replace(found[-1], end=windows[0].end, words=f"{found[-1].words} {text}")
        elif windows:
            found.extend(window for window in windows if not (window.start and window.start in told))
        elif len(line.text) < 120:
            above = _named(line.text)
    return _joined(_without_years(found))


def _without_years(windows: list[Window]) -> list[Window]:
    """ "... and later in 2026": beside real dates, a whole year is an outlook, no plan."""
    plans = [replace(window, end=None) if window.start and _is_year(window.end) else window for window in windows]
    plans = [window for window in plans if not _is_year(window.start or window.end)]
    return plans if any(window.start or window.end for window in plans) else windows


def _is_year(days: Interval | None) -> bool:
    return days is not None and (days.last - days.first).days > _MOST_OF_A_YEAR


def _joined(windows: list[Window]) -> list[Window]:
    """A line that only begins and the next that only completes, for the same phase and clouds, are one window."""
    result: list[Window] = []
    for window in windows:
        last = result[-1] if result else None
        if last and _continues(last, window) and _same(last, window):
            result[-1] = replace(last, end=window.end, words=f"{last.words} {window.words}")
        else:
            result.append(window)
    return result


def _continues(last: Window, window: Window) -> bool:
    return last.start is not None and last.end is None and window.start is None and window.end is not None


def _same(one: Window, other: Window) -> bool:
    phases = {one.phase, other.phase}
    return one.clouds == other.clouds and (len(phases) == 1 or phases == {"retirement", "ga"})


def _anchors(document: Document, line: Line) -> tuple[date | None, date | None]:
    """The days to count from: the update's for text that it changed, and the post's own."""
    changed = line.old or line.role == "banner"
    return (document.updated if changed and document.updated else document.day), document.day


def _merge(inner: _Scope, outer: _Scope) -> _Scope:
    return _Scope(inner.phases or outer.phases, inner.clouds or outer.clouds)


def _named(text: str) -> _Scope:
    """The clouds and the phase that some words name; several phases where they stand side by side as one label."""
    if not text:
        return _Scope()
    found = scope.phases(text)
    named = [phase for _, _, phase in found[:1]]
    for (_, end, phase), (start, _, other) in zip(found, found[1:], strict=False):
        if text[end:start].strip().lower() in {"/", "and", "&", ",", "+"} and other != phase:
            named.append(other)
        else:
            break
    return _Scope(tuple(named), scope.clouds(text))


def _line(text: str, above: _Scope, anchors: tuple[date | None, date | None], *, retiring: bool) -> list[Window]:
    found = spans(text, *anchors)
    if not found:
        if _NOW.search(text) and not _LATER.search(text):
            return list(
                _windows(text, above, Span(None, None, len(text), len(text)), (0, len(text)), retiring=retiring)
            )
        return []
    result: list[Window] = []
    behind = 0
    for index, span in enumerate(found):
        ahead = found[index + 1].at if index + 1 < len(found) else len(text)
        result.extend(_windows(text, above, span, (behind, ahead), retiring=retiring))
        behind = span.last
    return result


def _windows(text: str, above: _Scope, span: Span, around: tuple[int, int], *, retiring: bool) -> Iterator[Window]:
    """The windows of one span: the words before it name phase and clouds, else those behind it, else those above."""
    behind, ahead = around
    before, after = text[behind : span.at], text[span.last : ahead]
    named = _Scope()
    for part in (before, after, text[:behind]):
        if not (named.phases and named.clouds):
            named = _merge(named, _named(part))
    named = _merge(named, above)
    ends = scope.ENDS.search(before) or scope.ENDS.search(after)
    phases: tuple[Phase, ...] = ("retirement",) if ends or (retiring and not named.phases) else named.phases or ("ga",)
    for phase in phases:
        yield Window(phase, named.clouds or ("worldwide",), span.start, span.end, text)


def _prose(document: Document, *, retiring: bool) -> list[Window]:
    """Posts without a dated when-section: the sentences that say that something comes or goes on a date."""
    for roles in (("banner", "intro", "impact"), ("prepare",)):
        lines = [line for line in document.lines if line.role in roles]
        found = _joined([window for line in lines for window in _told(line, document, retiring=retiring)])
        if found:
            return _without_echoes(found)
    return []


def _told(line: Line, document: Document, *, retiring: bool) -> Iterator[Window]:
    anchors = _anchors(document, line)
    for sentence in sentences(_UPDATE_NAME.sub("", _OTHER_POST.sub("", line.lead_free))):
        if not phrases.may_name_days(sentence):
            continue
        if (scope.ENDS.search(sentence) or _COMES.search(sentence)) and not _ASIDE.search(sentence):
            for window in _line(sentence, _named(line.label), anchors, retiring=retiring):
                days = window.start or window.end
                if days and not (document.day and days.last < document.day - _HISTORY):
                    yield window


def _without_echoes(found: list[Window]) -> list[Window]:
    """A retirement told twice, once as what happens then ("requests will fail from that day"), is one window."""
    ends = {(window.clouds, window.start) for window in found if window.phase == "retirement"}
    return [
        window
        for window in found
        if window.phase == "retirement" or (window.clouds, window.start or window.end) not in ends
    ]


_UNDATED = Span(None, None, 10**6, 10**6)


def _available(document: Document) -> list[Window]:
    """What is simply there, without a date, when the first lines say so."""
    for line in document.of("intro")[:2]:
        for sentence in sentences(line.text)[:2]:
            if _IS_OUT.search(sentence):
                return list(_windows(sentence, _Scope(), _UNDATED, (0, 0), retiring=False))
    return []


_IS_OUT = any_of(
    r"(?:is|are) now (?:generally |fully |publicly )?(?:available|live)",
    r"(?:has|have) (?:now )?(?:rolled out|reached general availability|been released|retired)",
)
