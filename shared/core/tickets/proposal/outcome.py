"""What becomes of it if nobody acts."""

import re
from collections.abc import Iterator

from shared.core.text.html import blocks
from shared.core.text.wording import any_of, sentences
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case, in_one_line

_OVER = {
    "cancelled": "Nothing: Microsoft has cancelled this change.",
    "withdrawn": "Nothing: Microsoft has withdrawn this post.",
    "superseded": "Nothing comes of this post: another one takes its place.",
    "on_hold": "Nothing for now: Microsoft has put this change on hold.",
}
_ARRIVING = frozenset({"new_feature", "feature_change", "security"})
_WHO = r"(?:you|admins?|administrators|organi[sz]ations?|tenants?|customers|users|makers|they)"
_NOT_DONE = r"(?:updated|migrated|completed|configured|changed|enabled|replaced|moved)"
_IF_NOBODY_ACTS = any_of(
    r"(?:if|when|where) no (?:further )?(?:action|changes?|updates?) (?:is|are|has been|have been) (?:taken|made)",
    rf"(?:if|when) {_WHO} (?:do not|don't|does not|doesn't|take no|takes no|fail to|cannot|has not|have not|haven't)",
    r"(?:if|when) nothing is done",
    rf"(?:if|when) (?:this|these|the|it)\b[^.,;]{{0,80}} (?:is|are) not {_NOT_DONE}",
    r"failure to (?:act|do|update|migrate|complete|take|make)",
    r"without (?:taking )?(?:any )?action\b",
)
_CONDITION_FIRST = re.compile(r"(?:if|when|where|without|failure|unless|should)\b", re.IGNORECASE)
_ASIDE = any_of(
    r"questions?", r"no action (?:is )?(?:needed|required)", r"feedback", r"unsubscribe", r"please", r"see (?:a|the)\b"
)  # fmt: skip
_RESULT = any_of(
    r"will", r"won't", r"may", r"might", r"could", r"would", r"cannot", r"can't", r"can no longer", r"lose", r"fails?"
)  # fmt: skip
GOES_ON = any_of(
    r"(?:remains?|continues? to be) (?:functional|available|usable)",
    r"(?:continues?|keeps?|go(?:es)? on) (?:to )?(?:function|work|run|operat)\w*",
    r"will still (?:function|work|run)",
    r"(?:support (?:for|of)|end of support|out of support|no longer supported|unsupported|end of sale|purchas\w+)\b",
)
"""What is no longer supported, and goes on: nothing is said to be taken away there."""


def if_nobody_acts(case: Case) -> Iterator[Part]:
    """The post's own sentence on it, and what its default says of how the change comes."""
    classification = case.classification
    if words := _OVER.get(classification.status):
        if case.sure("status"):
            yield Part(words, case.source("status"))
        return
    yield from _arrival(case)
    if sentence := consequence(case):
        yield Part(f"“{sentence}”", f"the post: “{sentence}”")


def _arrival(case: Case) -> Iterator[Part]:
    """That it comes without anybody, for what is new or changes and lies ahead; or that it waits for an admin."""
    classification = case.classification
    if not case.sure("default", "kind") or classification.kind not in _ARRIVING:
        return
    if classification.default == "on" and case.stage in {"ahead", "undated"} and not case.says(GOES_ON):
        when = f", from {case.start_words} on" if case.start else ""
        source = case.source("default", "rollouts") if case.start else case.source("default")
        yield Part(f"It arrives by itself{when}.", source)
    elif classification.default == "off":
        yield Part("It stays off until an admin turns it on.", case.source("default"))


def consequence(case: Case) -> str:
    """The post's own sentence on what happens to those who do nothing; empty where it has none."""
    for block in blocks(case.post.body, case.post.body_type):
        for sentence in sentences(block.text) if block.kind != "heading" else ():
            if _says_what_follows(sentence):
                return in_one_line(sentence)
    return ""


def _says_what_follows(sentence: str) -> bool:
    asks = sentence.endswith("?") or _ASIDE.search(sentence)
    if asks or not _CONDITION_FIRST.match(sentence):
        return False
    condition, _, result = sentence.partition(",")
    return bool(_IF_NOBODY_ACTS.search(condition) and _RESULT.search(result))
