"""Act-by: the day by which the organisation must have acted."""

import re
from datetime import date, timedelta

from shared.core.classify.dates.cues import dates
from shared.core.classify.dates.phrases import may_name_days
from shared.core.classify.document import Document
from shared.core.classify.marks import mark_words
from shared.core.classify.status import Verdict
from shared.core.posts.classification import Why
from shared.core.posts.post import Post
from shared.core.text.wording import any_of, sentences

_DEMAND = any_of(
    "must",
    "needs? to",
    "required? to",
    "ensure",
    "please",
    "migrate",
    "export",
    "update your",
    "replace",
    "transition",
    "take action",
    "you will need",
    "have to",
    "should",
    tail=r"\b",
)
_BY = re.compile(r"\b(?:by|before|prior to|no later than|until)\s+(?:the\s+)?$", re.IGNORECASE)
_LEADS = ("by", "before", "prior", "later", "until")  # one word of each of them: quickly seen to be missing
_LEAD_WIDTH = 24
_NO_ACTION = re.compile(
    r"no (?:admin(?:istrator)? )?action (?:is )?(?:required|needed|necessary)|no action", re.IGNORECASE
)


Deadline = tuple[date | None, Why]
NO_DEADLINE: Deadline = None, Why("no deadline is stated", 0.7)


def stated_deadline(post: Post, document: Document, verdict: Verdict) -> Deadline:
    """Graph's field, else a deadline that the text gives to the reader; none for a plan that has fallen."""
    if verdict.status != "scheduled":
        return None, Why(mark_words(f"status:{verdict.status}"), 0.9)
    if post.act_by:
        return post.act_by.date(), Why(f"Act by: {post.act_by:%Y-%m-%d}", 1.0)
    excuse = _NO_ACTION.search(" ".join(line.text for line in document.of("prepare")))
    if excuse:
        return None, Why(excuse[0], 0.9)
    return _demand(document) or NO_DEADLINE


def _demand(document: Document) -> tuple[date, Why] | None:
    """The first sentence that demands something of the reader by a date."""
    for line in document.of("intro", "when", "impact", "prepare"):
        lower = line.text.lower()
        if not any(lead in lower for lead in _LEADS) or not may_name_days(line.text):
            continue
        for sentence in sentences(line.text):
            if may_name_days(sentence) and _DEMAND.search(sentence):
                day = _demanded(sentence, document)
                if day:
                    return day, Why(sentence, 0.8)
    return None


def ending_deadline(document: Document, verdict: Verdict) -> Deadline:
    """For readers who must act: the first end still ahead of the newest edit, else the first ahead of the post."""
    ends = [(window, window.start) for window in verdict.windows if window.phase == "retirement" and window.start]
    for known in (document.updated, document.day):
        for window, start in ends:
            if known is None or start.last >= known:
                return start.first, Why(window.words, 0.7)
    return NO_DEADLINE


def _demanded(sentence: str, document: Document) -> date | None:
    for phrase, _, interval in dates(sentence, document.day):
        lead = _BY.search(sentence, max(0, phrase.start - _LEAD_WIDTH), phrase.start)
        if lead:
            before = lead[0].lower().startswith(("before", "prior"))
            return interval.first - timedelta(days=1) if before else interval.first
    return None
