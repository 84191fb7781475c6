"""Rollout windows: the plan that a post states now, one window for each phase and set of clouds."""

import re
from dataclasses import dataclass, replace
from datetime import date

from shared.core.classification import Cloud, Phase, Window
from shared.core.classify import scope
from shared.core.classify.document import Document, Line
from shared.core.classify.timeline import Span, spans

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")
_NOW = re.compile(
    r"\b(?:(?:is|are) (?:now|currently|already)(?: generally)? (?:available|rolling out|live|complete\w*)|now (?:generally )?available|available (?:now|today)|(?:is|are) available\b"
    r"|currently rolling out|has (?:now )?(?:been )?(?:completed|rolled out|started|begun|finished)|have (?:now )?(?:completed|rolled out|retired)|has been retired"
    r"|(?:rollout|roll out|rolling out) (?:has |is )?(?:complete|now)\w*|completed|currently available)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:will communicate|communicate (?:via|the)|when (?:we are|it is|available|ready)|to be (?:determined|announced)|TBD|will (?:share|announce|provide|update)|future (?:post|update)|not (?:be )?(?:available|proceed|releas))",
    re.IGNORECASE,
)
# Outside the when-section a date counts only beside a word that says that something comes or goes.
_COMES = re.compile(
    r"\b(?:roll(?:ing|ed)?[\s-]?out|general(?:ly)? availab\w+|will be (?:available|released|enabled|enforced|updated|moved|migrated|required)|available|begin\w*|start\w*|effective|releas\w+|launch\w*"
    r"|enforce\w*|take effect|tak\w+ place|will (?:change|update|move|introduce|require|enable|become)|changing|public preview|complet\w+|we(?:'re| are| will)|as of)\b",
    re.IGNORECASE,
)
_INTERNAL = re.compile(r"\b(?:MSIT|Microsoft internal|dogfood)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Scope:
    phase: Phase | None = None
    clouds: tuple[Cloud, ...] = ()


def read_windows(document: Document, *, retiring: bool) -> tuple[Window, ...]:
    """The windows of the post's current plan. `retiring`: what the post announces is the end of something."""
    lines = document.of("when")
    found = _section(lines, document, retiring=retiring)
    if not any(window.start or window.end for window in found):
        elsewhere = _prose(document, retiring=retiring)
        found = elsewhere or found
    return _distinct(found)


def _distinct(found: list[Window]) -> tuple[Window, ...]:
    seen: dict[tuple[object, ...], Window] = {}
    for window in found:
        seen.setdefault((window.phase, window.clouds, window.start, window.end), window)
    return tuple(seen.values())


def _section(lines: tuple[Line, ...], document: Document, *, retiring: bool) -> list[Window]:
    """Each line of the when-section; a line that names a phase or clouds and no date speaks for those below it."""
    found: list[Window] = []
    above = _Scope()
    for line in lines:
        if line.kind == "heading" or _INTERNAL.search(line.text):
            continue
        label = _named(line.label)
        windows = _line(line.text, _merge(label, above), _anchor(document, line), retiring=retiring)
        if windows:
            found.extend(windows)
        elif len(line.text) < 120:
            above = _named(line.text)
    return found


def _anchor(document: Document, line: Line) -> date | None:
    return document.updated if line.old and document.updated else document.day


def _merge(inner: _Scope, outer: _Scope) -> _Scope:
    return _Scope(inner.phase or outer.phase, inner.clouds or outer.clouds)


def _named(text: str) -> _Scope:
    if not text:
        return _Scope()
    phases = scope.phases(text)
    return _Scope(phases[0][1] if phases else None, scope.clouds(text))


def _line(text: str, above: _Scope, anchor: date | None, *, retiring: bool) -> list[Window]:
    found = spans(text, anchor)
    if not found:
        if _NOW.search(text) and not _LATER.search(text):
            return [_window(text, above, Span(None, None, len(text), len(text)), 0, len(text), retiring=retiring)]
        return []
    result = []
    behind = 0
    for index, span in enumerate(found):
        ahead = found[index + 1].at if index + 1 < len(found) else len(text)
        result.append(_window(text, above, span, behind, ahead, retiring=retiring))
        above = _Scope(above.phase, above.clouds)
        behind = span.last
    return _inherit(result, text)


def _inherit(windows: list[Window], text: str) -> list[Window]:
    return windows


def _window(text: str, above: _Scope, span: Span, behind: int, ahead: int, *, retiring: bool) -> Window:
    before, after = text[behind : span.at], text[span.last : ahead]
    named = _merge(_named(before), _merge(_named(after), _merge(_named(text[:behind]), above)))
    phase = named.phase
    if scope.ENDS.search(before + " " + after) or (phase is None and retiring):
        phase = "retirement"
    if phase == "retirement" and span.start is None and span.end:
        span = replace(span, start=span.end, end=None)  # "will be retired by" a day: it is gone from that day
    return Window(phase or "ga", named.clouds or ("worldwide",), span.start, span.end, text)


def _prose(document: Document, *, retiring: bool) -> list[Window]:
    """Posts without a dated when-section: the sentences that say that something comes or goes on a date."""
    found: list[Window] = []
    for line in document.lines:
        if line.role in {"compliance", "more", "when"}:
            continue
        for sentence in _SENTENCE.split(line.text):
            if not (scope.ENDS.search(sentence) or _COMES.search(sentence)):
                continue
            dated = _line(sentence, _Scope(), _anchor(document, line), retiring=False)
            found.extend(window for window in dated if window.start or window.end)
    return found
