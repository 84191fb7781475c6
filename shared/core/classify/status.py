"""Status: whether the plan that a post states still stands."""

import re
from dataclasses import dataclass, replace

from shared.core.classify import clouds
from shared.core.classify.clauses import sentence_of, whole_sentence
from shared.core.classify.document import Document
from shared.core.classify.notices import is_notice
from shared.core.posts.classification import Why, Window
from shared.core.terms import Cloud, Status
from shared.core.text.wording import Wording, any_of, sentences_and_lines

_SUPERSEDED = any_of(
    r"(?:duplicate of|replaced by|superseded by|moved to|(?:please )?(?:instead,? )?(?:refer to|see|review|use))"
    r" (?:the )?(?:message |post )?(?P<id>MC\s?\d{5,8})"
)
# A reference replaces the post only beside one of these; "see MC1234567 for background" does not.
_INSTEAD = any_of(
    "moving forward",
    "going forward",
    "regarding this",
    r"for (?:updated|the most|more recent|additional|further|any|the latest|future|all)",
    "instead",
    "duplicate",
    "disregard",
    r"this (?:feature|change)",
    "replac",
    "supersed",
)
_WITHDRAWN = any_of(
    "by mistake",
    "in error",
    r"not (?:published|sent|intended|meant|applicable|relevant) (?:to|for)",
    "(?:appropriate|wrong|incorrect|unintended|different) audience",
    r"(?:safely )?(?:disregard|ignore) (?:this|the) (?:message|post|communication)",
    "removing this post",
)
_DROPPED = any_of(
    r"(?:not|(?:wo|is|are|ca|do)n't) (?:to )?(?:be )?(?:able to )?(?:proceed|mov(?:e|ing) forward|forward"
    r"|go(?:ing)? (?:forward|ahead)|continu|roll(?:ing)? (?:this |it )?out|launch|releas(?:e|ing)|introduc|implement"
    r"|ship(?:ping)?\b)\w*",
    "cancel(?:l?ed|l?ing|lation)?",
    "keeping this",
    "do(?:es)? not have any (?:immediate )?plans",
    r"no longer (?:be )?(?:proceed|releas|roll|plann|mov|going)\w*",
    "discontinue the (?:launch|rollout|release)",
    "rolled back and deprecated",
    "decided (?:against|not to)",
    "will not be (?:released|rolled|proceeding|available|implemented|moving|going)",
    "reversed? (?:this|the|our) (?:change|decision)",
)
_PAUSED = any_of(
    "paus(?:ed|ing)",
    "on hold",
    "until further notice",
    "(?:temporarily )?roll(?:ed|ing) (?:this (?:feature |change )?)?back",
    "halt(?:ed|ing)",
    "suspend(?:ed|ing)",
    "reverted",
    tail=r"\b",
)
_DELAYED = any_of(
    "postpon(?:ed|ing|e)",
    "delay(?:ed|ing)?",
    "pushed (?:back|out)",
    r"will not (?:start|begin|happen|take (?:place|effect))\b[^.]{0,40}\bas (?:\w+ )?(?:announced|planned|scheduled"
    r"|communicated)",
    "evaluating (?:the|our)",
    "reconsidering",
    "deferr?(?:ed|ing)",
    tail=r"\b",
)
# Without a banner, only in so many words, and not up to a date.
_WE_POSTPONE = any_of(
    r"we(?:'re| are|'ve| have) (?:\w+ ){0,2}(?:postpon|paus|defer)\w+ (?:the|this|our)\b"
    r"(?![^.]*\b(?:until|to)\b[^.]*\d{4})"
)
_PROMISE = any_of(
    r"will (?:be )?(?:communicat|announc|shar|provid|updat|publish|post|send)\w*",
    "when (?:we are|we're) ready",
    "ready to proceed",
    "new (?:date|timeline)s?",
    "later date",
    "in the future",
    "stay tuned",
    "once (?:we have|available|new|the)",
    "for the time being",
    "plan to (?:resume|re)",
)
_NEW_PLAN = any_of(
    r"(?:timelines?|schedule|timing|dates?)\b[^.]{0,40}\b(?:updated|revised|below|changed)",
    "updated (?:the |our )?(?:rollout )?(?:timelines?|timing|schedule|plan)",
    r"resum\w+ [^.]*\d",
    "schedule below",
    "now (?:planned|scheduled|begin)",
    "per the schedule",
    r"(?:will|to) begin\b",
    r"until \w+ \d",
    r"have completed?\b",
)
_FIRST_LINES = 3
_DATED_PAUSE = any_of(r"paus(?:e|es|ed|ing)\b[^.]{0,80}\d[^.]*\bresum\w+[^.]*\d")
# Where a banner halts one app, the others go on as planned.
_GOES_ON = any_of(r"(?:will|to) (?:continue|proceed)\b(?:[^.]{0,40}\bas (?:planned|scheduled)|[^.]{0,20}\broll\w*)")
_LATER = any_of(
    r"(?:communicate|share|provide|announce|update)\b[^.]{0,80}\b(?:when|once|closer|future|later)\b",
    "TBD",
    "to be (?:determined|announced)",
)
# A fall of one part: some clouds, or one of the apps that a post speaks of.
_PARTLY = any_of(
    r"(?:to|for|in) (?:our )?[\w, /&-]{0,40}(?:GCC|DoD|21Vianet|Gallatin|Government|Gov\b|USSec|USNat|China)",
    r"for (?:Outlook|Teams|Word|Excel|iOS|Android|Mac|Windows|the web|VDI|mobile)\b",
    r"(?:GCC|DoD|21Vianet)\b[^.]{0,40}(?:disregard|ignore)",
)
_REVIEWED = any_of(
    "after further (?:review|consideration)", "we have (?:decided|made the decision)", "at this time", "we are not"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status, the post that takes this one's place, the windows that still stand, and why."""

    status: Status
    why: Why
    superseded_by: str | None = None
    windows: tuple[Window, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the plan has not fallen: nothing cancelled, paused, superseded or withdrawn."""
        return self.status in {"scheduled", "no_schedule"}


_TORN = Wording(r"\s[.,;]")
_BEGINNING = 12  # characters by which a sentence is found again
_NOTICE = "it tells what is there, and plans no rollout"


def read_status(document: Document, windows: tuple[Window, ...], kind: str) -> Verdict:
    """What the banners (or, without one, the first lines and the when-section) make of the plan."""
    head = document.banner or "\n".join(line.text for line in document.lines[:2])[:600]
    fallen = _fallen(head, document, windows) if document.banner else _fallen_silently(head, document, windows)
    return fallen or _standing(document, windows, kind)


def _standing(document: Document, windows: tuple[Window, ...], kind: str) -> Verdict:
    dated = any(window.start or window.end for window in windows)
    section = "\n".join(line.text for line in document.of("when"))
    if is_notice(document.title, dated=dated, planned=bool(section)):
        return Verdict("no_schedule", Why(_NOTICE, 0.9))
    pause = _DATED_PAUSE.search(section)
    if not windows and pause:
        return Verdict("scheduled", Why(sentence_of(pause), 0.8))
    if not windows:
        edited = document.banner or any(line.old for line in document.lines)  # a first promise is no halt of a plan
        waiting = (edited and _LATER.search(section)) or _PAUSED.search(section) or _delayed(document)
        return (
            Verdict("on_hold", Why(sentence_of(waiting), 0.85))
            if waiting
            else Verdict("no_schedule", Why("no schedule is stated", 0.6))
        )
    if not dated and kind == "info":  # "the page is available" plans nothing
        return Verdict("no_schedule", Why(_NOTICE, 0.7))
    return Verdict("scheduled", Why(plan_sentence(windows, document), 0.95 if dated else 0.8), windows=windows)


def plan_sentence(windows: tuple[Window, ...], document: Document) -> str:
    """The sentence that states the plan: one with a day, if any has; none that only leads to a list."""
    dated = [window for window in windows if window.start or window.end]
    told = [*dated, *windows]
    words = next((window.words for window in told if not window.words.endswith(":")), told[0].words).strip()
    # Asides are left out of a window's words; where that tore them, the sentence is found by its beginning.
    looked_for = words[:_BEGINNING] if _TORN.search(words) else words
    for line in document.lines:
        at = line.text.find(looked_for)
        if at > 0 or (at == 0 and looked_for != words):
            return whole_sentence(line.text, at, at + len(looked_for))
    return words


def _delayed(document: Document) -> re.Match[str] | None:
    """A delay that a banner tells, or, with a promise, one of the first lines."""
    found = _DELAYED.search(document.banner)
    firsts = (line.text for line in document.lines[:_FIRST_LINES])
    return found or next(
        (told for first in firsts if _PROMISE.search(first) and (told := _DELAYED.search(first))), None
    )


def _fallen(banner: str, document: Document, windows: tuple[Window, ...]) -> Verdict | None:
    """What a banner says against the plan, strongest first."""
    found = _SUPERSEDED.search(banner)
    if found and _INSTEAD.search(banner) and not _PARTLY.search(banner):
        return Verdict("superseded", Why(sentence_of(found), 0.95), found["id"].replace(" ", "").upper())
    for sentence in sentences_and_lines(banner):
        if _DROPPED.search(sentence):
            return _dropped(sentence, banner, document, windows)
    return _halted(banner, windows)


def _halted(banner: str, windows: tuple[Window, ...]) -> Verdict | None:
    """Paused, delayed without a new plan, or never meant for these readers."""
    dated = any(window.start or window.end for window in windows)
    found = _PAUSED.search(banner)
    if found and not _NEW_PLAN.search(banner) and not (dated and _GOES_ON.search(banner)):
        return Verdict("on_hold", Why(sentence_of(found), 0.85))
    found = _DELAYED.search(banner)
    if found and not (dated and (_NEW_PLAN.search(banner) or not _PROMISE.search(banner))):
        sentence = sentence_of(found)
        return _partly(sentence, windows) or Verdict("on_hold", Why(sentence, 0.8))
    found = _WITHDRAWN.search(banner)
    if found and not _PARTLY.search(banner):
        return Verdict("withdrawn", Why(sentence_of(found), 0.85))
    return None


def _fallen_silently(head: str, document: Document, windows: tuple[Window, ...]) -> Verdict | None:
    """Posts that say without a banner that nothing will come of them."""
    for sentence in sentences_and_lines(head):
        if _DROPPED.search(sentence) and _REVIEWED.search(sentence):
            return _dropped(sentence, head, document, windows)
    found = _WE_POSTPONE.search(head + "\n" + "\n".join(line.text for line in document.of("when")))
    return Verdict("on_hold", Why(sentence_of(found), 0.75)) if found else None


def _dropped(sentence: str, head: str, document: Document, windows: tuple[Window, ...]) -> Verdict:
    """The whole plan is dropped, or only some clouds' part of it."""
    rest = _partly(sentence, windows)
    if rest:
        return rest
    section = "\n".join(line.text for line in document.of("when"))
    promised = _PROMISE.search(head) or _LATER.search(section)
    return Verdict("on_hold" if promised else "cancelled", Why(sentence, 0.9))


def _partly(sentence: str, windows: tuple[Window, ...]) -> Verdict | None:
    """The plan without the clouds that a sentence drops; None when it drops everything."""
    if not _PARTLY.search(sentence):
        return None
    gone = set(clouds.named(sentence))
    rest = tuple(kept for window in windows if (kept := _without(window, gone)))
    return Verdict("scheduled", Why(sentence, 0.8), windows=rest) if rest else None


def _without(window: Window, gone: set[Cloud]) -> Window | None:
    clouds = tuple(cloud for cloud in window.clouds if cloud not in gone)
    return replace(window, clouds=clouds) if clouds else None
