"""One line's rollouts as windows: its spans, with the phase and the clouds that its words or those above it name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from shared.core.classify import scope
from shared.core.classify.dates.cues import Rollout, spans
from shared.core.classify.document import Document, Line
from shared.core.posts.classification import Window
from shared.core.terms import Cloud, Phase
from shared.core.text.wording import any_of, sentences

_NOW = any_of(
    r"(?:is|are) (?:now|currently|already) (?:\w+ )?(?:available|rolling out|live|complete\w*|deployed|in effect)",
    r"now (?:generally |fully )?available",
    r"available (?:now|today|immediately)",
    r"(?:is|are) available\b",
    r"(?:is |are |now |currently )?rolling out (?:now|today)",
    r"(?:now|currently) rolling out",
    r"(?:has|have) (?:now )?(?:already )?(?:been )?(?:completed|rolled out|started|begun|finished|retired|released"
    r"|reached)",
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


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a line speaks; empty where it names nobody."""

    phases: tuple[Phase, ...] = ()
    clouds: tuple[Cloud, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.phases or self.clouds)


def anchors(document: Document, line: Line) -> tuple[date | None, date | None]:
    """The days to count from: the update's for text that it changed, and the post's own."""
    changed = line.old or line.role == "banner"
    return (document.updated if changed and document.updated else document.day), document.day


def merge(inner: Scope, outer: Scope) -> Scope:
    return Scope(inner.phases or outer.phases, inner.clouds or outer.clouds)


def named_scope(text: str) -> Scope:
    """The clouds and the phase that some words name; several phases where they stand side by side as one label."""
    if not text:
        return Scope()
    found = scope.phases(text)
    named = [phase for _, _, phase in found[:1]]
    for (_, end, phase), (start, _, other) in pairwise(found):
        if text[end:start].strip().lower() in {"/", "and", "&", ",", "+"} and other != phase:
            named.append(other)
        else:
            break
    return Scope(tuple(named), scope.clouds(text))


def line_windows(
    text: str, above: Scope, counted_from: tuple[date | None, date | None], *, retiring: bool
) -> list[Window]:
    """The windows that a line states; an undated one where it says that something is there now."""
    found = spans(text, *counted_from)
    if not found:
        if _NOW.search(text) and not _LATER.search(text):
            nothing = Rollout(None, None, len(text), len(text))
            return list(windows_of(text, above, nothing, (0, len(text)), retiring=retiring))
        return []
    result: list[Window] = []
    behind = 0
    for index, span in enumerate(found):
        ahead = found[index + 1].at if index + 1 < len(found) else len(text)
        result.extend(windows_of(text, above, span, (behind, ahead), retiring=retiring))
        behind = span.last
    return result


def windows_of(text: str, above: Scope, span: Rollout, around: tuple[int, int], *, retiring: bool) -> Iterator[Window]:
    """The windows of one span: the words before it name phase and clouds, else those behind it, else those above."""
    behind, ahead = around
    before, after = text[behind : span.at], text[span.last : ahead]
    named = Scope()
    for part in (before, after, text[:behind]):
        if not (named.phases and named.clouds):
            named = merge(named, named_scope(part))
    named = merge(named, above)
    # What a later sentence takes away ("... That update will remove the old mode") is not what these dates are about.
    ends = scope.ENDS.search(before) or scope.ENDS.search(sentences(after)[0])
    phases: tuple[Phase, ...] = ("retirement",) if ends or (retiring and not named.phases) else named.phases or ("ga",)
    for phase in phases:
        yield Window(phase, named.clouds or ("worldwide",), span.start, span.end, text)


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
    return last.start is not None and last.end is None and window.start is None and window.end is not None


def _same(one: Window, other: Window) -> bool:
    phases = {one.phase, other.phase}
    return one.clouds == other.clouds and (len(phases) == 1 or phases == {"retirement", "ga"})
