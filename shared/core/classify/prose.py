"""Running text: the dates of posts that have no dated when-section."""

from collections.abc import Iterator
from datetime import timedelta

from shared.core.classify.dates.cues import Rollout
from shared.core.classify.dates.grammar import MONTH
from shared.core.classify.dates.phrases import may_name_days
from shared.core.classify.document import Document, Line
from shared.core.classify.rollouts import anchors, joined, line_windows, windows_of
from shared.core.classify.scope import ENDS, Scope, merge, named_scope
from shared.core.classify.statements import goes_on
from shared.core.posts.classification import Window
from shared.core.text.wording import any_of, sentences

# In running text a date counts only beside a word that says that something comes or goes.
_COMES = any_of(
    r"roll(?:s|ing|ed)?[\s-]?(?:ing )?out",
    r"general(?:ly)? availab\w+",
    r"(?:will|to) be (?:\w+ )?(?:available|released|enabled|enforced|updated|moved|migrated|required|relocated|applied"
    r"|launched|deployed)",
    r"(?:begin|start)(?:s|ning|ing)?\b",
    r"(?:is|are) (?:switched|turned) on\b",
    r"effective\b",
    r"enforc\w+",
    r"(?:takes?|goe?s?) (?:into )?(?:effect|place)",
    r"generally available",
    r"will (?:\w+ )?(?:change|update|move|introduce|require|enable|become|launch|release|switch|transition|replace"
    r"|migrate|support|receive|reach|start|roll|be)\b",
    r"public preview",
    r"(?:was|were|has been|have been) (?:\w+ )?(?:released|made available|deployed)",
    r"window (?:begins?|starts?|ends?)\b",
    r"supported until\b",
    r"complet\w+",
    r"ending\b",
    r"we(?:'re| are) (?:\w+ )?(?:releasing|launching|updating|changing|rolling|introducing|making)",
)
# A deadline for the reader, an event to attend, an offer: dates, but not of the rollout.
_ASIDE = any_of(
    r"RSVP",
    r"register (?:for|now|here)",
    r"attend",
    r"session\b(?! (?:rejection|host|token|limit|recording|histor)\w*)",
    r"AMA\b",
    r"add (?:it|individual sessions) to your calendar",
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
    rf"(?:the )?{MONTH} 20\d\d (?:monthly |windows )*(?:non-)?"
    r"(?:security|preview|quality|cumulative|scan|hotpatch)\b"
)
# "(published August 2024, updated May 2025)" tells of another post.
_OTHER_POST = any_of(r"\((?:originally )?(?:published|sent|posted|announced|dated)[^()]{0,80}\)", lead="")
_SUPPORTED = any_of(r"(?:be|is|are|remains?) supported (?:until|through|for)\b")
_IS_OUT = any_of(
    r"(?:is|are) now (?:generally |fully |publicly )?(?:available|live)",
    r"(?:has|have) (?:now )?(?:rolled out|reached general availability|been released|retired)",
)
_PREVIEW = any_of(r"\(preview\)", "(?:public|private) preview", lead="")
_UNDATED = Rollout(None, None, 10**6, 10**6)
_HISTORY = timedelta(days=65)  # running text about a day longer ago tells how things came about


def prose_windows(document: Document, *, retiring: bool) -> list[Window]:
    """Posts without a dated when-section: the sentences that say that something comes or goes on a date."""
    for roles in (("banner", "intro", "impact"), ("prepare",)):
        lines = [line for line in document.lines if line.role in roles]
        if "prepare" in roles:  # what readers should use instead has days of its own
            lines = [line for line in lines if not _SUPPORTED.search(line.text)]
        found = joined([window for line in lines for window in _told(line, document, retiring=retiring)])
        if found:
            return _without_echoes(found)
    return []


def _told(line: Line, document: Document, *, retiring: bool) -> Iterator[Window]:
    if not may_name_days(line.text):
        return
    counted_from = anchors(document, line)
    above = merge(named_scope(line.label), Scope(("preview",) if _PREVIEW.search(document.title) else ()))
    for sentence in sentences(_UPDATE_NAME.sub("", _OTHER_POST.sub("", line.lead_free))):
        if _PREVIEW.search(sentence):  # "We announce a public preview of pages. Its rollout starts on May 4."
            above = Scope(("preview",), above.clouds)
        if not may_name_days(sentence):
            continue
        tells = ENDS.search(sentence) or _COMES.search(sentence) or (retiring and goes_on(sentence))
        if tells and not _ASIDE.search(sentence):
            told = line_windows(sentence, above, counted_from, retiring=retiring)
            dated = any(window.start or window.end for window in told)
            yield from (window for window in told if dated and not _is_history(window, document))


def _is_history(window: Window, document: Document) -> bool:
    days = window.start or window.end
    return days is not None and document.day is not None and days.last < document.day - _HISTORY


def _without_echoes(found: list[Window]) -> list[Window]:
    """A retirement told twice, once as what happens then ("requests will fail from that day"), is one window."""
    ends = {(window.clouds, window.start) for window in found if window.phase == "retirement"}
    return [
        window
        for window in found
        if window.phase == "retirement" or (window.clouds, window.start or window.end) not in ends
    ]


def available_windows(document: Document) -> list[Window]:
    """What is simply there, without a date, when the first lines say so."""
    for line in document.of("intro")[:2]:
        for sentence in sentences(line.text)[:2]:
            if _IS_OUT.search(sentence):
                return list(windows_of(sentence, Scope(), _UNDATED, (0, 0), retiring=False))
    return []
