"""Status: whether the plan that a post states still stands."""

import re
from dataclasses import dataclass

from shared.core.classification import Cloud, Status, Why, Window
from shared.core.classify import scope
from shared.core.classify.document import Document

_MC = r"MC\s?\d{5,8}"
_SUPERSEDED = re.compile(
    rf"\b(?:duplicate of|replaced by|superseded by|please (?:refer to|see|review|use)|refer to|instead,? (?:see|refer to)|moved to|see) (?:the )?(?:message |post )?(?P<id>{_MC})",
    re.IGNORECASE,
)
_IS_DUPLICATE = re.compile(r"\bduplicate\b", re.IGNORECASE)
_MOVING = re.compile(
    r"moving forward|going forward|regarding this|for (?:updated|the most|more recent|additional|further|any|the latest|future|all)|instead|duplicate|disregard|this (?:feature|change)|replac|supersed",
    re.IGNORECASE,
)

# What a banner says when a plan falls, in order of strength; each with how sure it makes us.
_WITHDRAWN = re.compile(
    r"\b(?:by mistake|in error|not (?:published|sent|intended|meant|applicable|relevant) (?:to|for)|appropriate audience|wrong audience|"
    r"(?:safely )?(?:disregard|ignore) (?:this|the) (?:message|post|communication)|removing this post)",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"\b(?:not (?:to )?(?:be )?(?:able to )?(?:proceed|mov(?:e|ing) forward|forward|go(?:ing)? forward|go(?:ing)? ahead|continu|roll(?:ing)? (?:this |it )?out|launch|releas(?:e|ing))\w*"
    r"|cancel(?:l?ed|l?ing|lation)?|keeping this|do(?:es)? not have any (?:immediate )?plans|no longer (?:be )?(?:proceed|releas|roll|plann|mov|going)\w*"
    r"|discontinue the (?:launch|rollout|release)|rolled back and deprecated|was canceled|decided (?:against|not to)|will not be (?:released|rolled|proceeding|available|implemented|moving|going)|reversed? (?:this|the|our) (?:change|decision))",
    re.IGNORECASE,
)
_PAUSED = re.compile(
    r"\b(?:paus(?:ed|ing)|on hold|until further notice|(?:temporarily )?roll(?:ed|ing) (?:this (?:feature |change )?)?back|halt(?:ed|ing)|suspend(?:ed|ing)|reverted)\b",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\b(?:postpon(?:ed|ing|e)|delay(?:ed|ing)?|evaluating (?:the|our)|reconsidering|deferr?(?:ed|ing))\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:will (?:be )?(?:communicat|announc|shar|provid|updat|publish|post)\w*|when (?:we are|we're) ready|ready to proceed|new (?:date|timeline)s?|later date|in the future|stay tuned|once (?:we have|available|new|the)"
    r"|for the time being|plan to (?:resume|re))",
    re.IGNORECASE,
)
_NEW_PLAN = re.compile(
    r"\b(?:(?:timelines?|schedule|timing|dates?)\b[^.]{0,40}\b(?:updated|revised|below|changed)|updated (?:the |our )?(?:rollout )?(?:timelines?|timing|schedule|plan)|resum\w+|schedule below|now (?:planned|scheduled|begin)|per the schedule)",
    re.IGNORECASE,
)
_READY = re.compile(
    r"\b(?:communicate|share|provide|announce|update)\b[^.]{0,80}\b(?:when|once|closer|future|later)\b|\b(?:TBD|to be (?:determined|announced))\b",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:to|for|in) (?:our )?(?:[\w, /&-]{0,40})?(?:GCC|DoD|21Vianet|Gallatin|Government|Gov\b|USSec|USNat|China)|\bfor (?:Outlook|Teams|Word|Excel|iOS|Android|Mac|Windows|the web|VDI|mobile)\b|\b(?:GCC|DoD|21Vianet)\b[^.]{0,40}(?:disregard|ignore)",
    re.IGNORECASE,
)

# Notices that come back every month and plan nothing.
_RECURRING = re.compile(
    r"\b(?:(?:security|preview|quality|cumulative|monthly|out-of-band|optional) updates? (?:is|are)(?: now)? available|office hours|what's new in|monthly (?:recap|highlights)|monthly recap|service update for|release notes|updates? available for|in development for|get started with \w+ \d{4}|scan cab|out-of-band|"
    r"current status|now available for (?:all )?(?:supported )?(?:versions of )?windows|known issue)",
    re.IGNORECASE,
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


def read_status(document: Document, windows: tuple[Window, ...], kind: str) -> Verdict:
    """What the banners (or, without one, the first lines and the when-section) make of the plan."""
    head = document.banner or "\n".join(line.text for line in document.lines[:2])[:600]
    fallen = _fallen(head, document, windows)
    if fallen:
        return fallen
    planned = any(window.start or window.end for window in windows) and document.of("when")
    if _RECURRING.search(document.title) and not planned:
        return Verdict("no_schedule", Why(document.title, 0.9))
    dated = tuple(window for window in windows if window.start or window.end)
    section = "\n".join(line.text for line in document.of("when"))
    if not dated:
        waiting = _READY.search(section) or (_DELAYED.search(head) and document.banner)
        if waiting and (not windows):
            return Verdict("on_hold", Why(section[:200] or head[:200], 0.85))
    if windows and (dated or kind not in {"info", "maintenance"}):  # "the page is available" plans nothing
        return Verdict("scheduled", Why(windows[0].words, 0.95 if dated else 0.8), windows=windows)
    return Verdict("no_schedule", Why("", 0.6))


def _fallen(head: str, document: Document, windows: tuple[Window, ...]) -> Verdict | None:
    banner = document.banner
    if banner:
        found = _SUPERSEDED.search(banner)
        if found and _MOVING.search(banner) and not _LIMITED.search(banner):
            return Verdict("superseded", Why(_sentence(banner, found), 0.95), found["id"].replace(" ", "").upper())
    for sentence in _sentences(head):
        found = _DROPPED.search(sentence)
        if found and (banner or _REVIEWED.search(sentence)):
            return _dropped(sentence, head, document, windows)
    if not banner:
        found = _POSTPONE.search(head)
        return Verdict("on_hold", Why(_sentence(head, found), 0.75)) if found else None
    dated = any(window.start or window.end for window in windows)
    found = _PAUSED.search(banner)
    if found and not _NEW_PLAN.search(banner):
        return Verdict("on_hold", Why(_sentence(banner, found), 0.85))
    found = _DELAYED.search(banner)
    if found and not (dated and (_NEW_PLAN.search(banner) or not _PROMISE.search(banner))):
        return Verdict("on_hold", Why(_sentence(banner, found), 0.8))
    found = _WITHDRAWN.search(banner)
    if found and not _LIMITED.search(banner):
        return Verdict("withdrawn", Why(_sentence(banner, found), 0.85))
    return None


_POSTPONE = re.compile(
    r"\bwe(?:'re| are|'ve| have) (?:\w+ ){0,2}(?:postpon|paus|defer)\w+ (?:the|this|our)\b(?![^.]*\b(?:until|to)\b[^.]*\d{4})",
    re.IGNORECASE,
)
_REVIEWED = re.compile(
    r"\b(?:after further (?:review|consideration)|we have (?:decided|made the decision)|at this time|we are not)",
    re.IGNORECASE,
)


def _dropped(sentence: str, head: str, document: Document, windows: tuple[Window, ...]) -> Verdict | None:
    """The whole plan is dropped, or only some clouds' part of it."""
    if _LIMITED.search(sentence):
        gone = set(scope.clouds(sentence))
        rest = tuple(kept for window in windows if (kept := _without(window, gone)))
        if rest:
            return Verdict("scheduled", Why(sentence, 0.8), windows=rest)
    section = "\n".join(line.text for line in document.of("when"))
    promised = _PROMISE.search(head) or _READY.search(section)
    return Verdict("on_hold" if promised else "cancelled", Why(sentence, 0.9))


def _without(window: Window, gone: set[Cloud]) -> Window | None:
    clouds = tuple(cloud for cloud in window.clouds if cloud not in gone)
    if not clouds:
        return None
    return Window(window.phase, clouds, window.start, window.end, window.words)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+|\n", text)


def _sentence(text: str, match: re.Match[str]) -> str:
    start = max((at + len(mark) for mark in (". ", "\n") if (at := text.rfind(mark, 0, match.start())) >= 0), default=0)
    ends = [at for mark in (". ", "\n") if (at := text.find(mark, match.end())) >= 0]
    return text[start : min(ends, default=len(text))][:400]
