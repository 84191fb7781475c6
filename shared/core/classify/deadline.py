"""Act-by: the day by which the organisation must have acted."""

import re
from datetime import date, timedelta

from shared.core.classification import Why
from shared.core.classify.document import Document
from shared.core.classify.status import Verdict
from shared.core.classify.timeline import spans
from shared.core.post import Post

_DEMAND = re.compile(
    r"\b(?:must|need to|needs to|required? to|ensure|please|migrate|export|update your|replace|transition|take action|you will need|have to|should)\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:by|before|prior to|no later than|until)\s+(?:the\s+)?$", re.IGNORECASE)
_NO_ACTION = re.compile(
    r"no (?:admin(?:istrator)? )?action (?:is )?(?:required|needed|necessary)|no action", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")


def read_deadline(post: Post, document: Document, verdict: Verdict, kind: str) -> tuple[date | None, Why]:
    """Graph's field, else a deadline that the text gives to the reader, else the end of what must be migrated."""
    if verdict.status != "scheduled":
        return None, Why(f"status: {verdict.status}", 0.9)
    if post.act_by:
        return post.act_by.date(), Why("actionRequiredByDateTime", 1.0)
    prepare = " ".join(line.text for line in document.of("prepare"))
    if _NO_ACTION.search(prepare):
        return None, Why("no action is required", 0.9)
    for line in document.lines:
        if line.role in {"compliance", "more", "banner"}:
            continue
        for sentence in _SENTENCE.split(line.text):
            if _DEMAND.search(sentence):
                found = _demanded(sentence, document)
                if found:
                    return found, Why(sentence, 0.8)
    ends = [window for window in verdict.windows if window.phase == "retirement" and window.start]
    if kind == "retirement" and ends and _MIGRATE.search(document.body):
        start = ends[0].start
        if start:
            return start.first, Why(ends[0].words, 0.7)
    return None, Why("no deadline is stated", 0.7)


_MIGRATE = re.compile(
    r"\b(?:must|need to|ensure|required to|you will need)\b[^.]{0,80}\b(?:migrat|export|mov|transition|transfer|switch|replac|updat)\w*"
)


def _demanded(sentence: str, document: Document) -> date | None:
    for span in spans(sentence, document.day):
        before = sentence[: span.at]
        lead = _BY.search(before)
        interval = span.start or span.end
        if lead and interval:
            return (
                interval.first - timedelta(days=1)
                if lead[0].lower().startswith(("before", "prior"))
                else interval.first
            )
    return None
