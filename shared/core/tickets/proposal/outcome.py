"""What becomes of it if nobody acts."""

from collections.abc import Iterator

from shared.core.text.html import blocks
from shared.core.text.wording import any_of, sentences
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case, in_one_line
from shared.core.words.dates import day

_OVER = {
    "cancelled": "Nothing: Microsoft has cancelled this change.",
    "withdrawn": "Nothing: Microsoft has withdrawn this post.",
    "superseded": "Nothing comes of this post: another one takes its place.",
    "on_hold": "Nothing for now: Microsoft has put this change on hold.",
}
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
_ASIDE = any_of(r"questions?", r"no action (?:is )?(?:needed|required)", r"feedback", r"unsubscribe", r"please")
_RESULT = any_of(
    r"will", r"won't", r"may", r"might", r"could", r"would", r"cannot", r"can't", r"can no longer", r"lose", r"fails?"
)


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
    if case.deadline and classification.action == "required" and case.sure("action"):
        yield Part(f"Microsoft asks for action by {day(case.deadline)}.", case.source("act_by"))


def _arrival(case: Case) -> Iterator[Part]:
    classification, start = case.classification, case.start
    retires = bool(case.dates.windows) and all(window.phase == "retirement" for window in case.dates.windows)
    if not case.sure("default") or (classification.default == "on" and retires):
        return  # what arrives and is retired at once was misread
    since = case.dates.start if case.stage == "begun" else None
    if classification.default == "removed":
        words = {
            "ahead": f"It is taken away{f' from {day(start)}' if start else ''}.",
            "begun": f"It is being taken away since {day(since.first)}." if since else "It is being taken away.",
            "past": "By Microsoft's plan it is taken away already.",
            "undated": "It is taken away; a day that we could rely on was not read.",
        }[case.stage]
    elif classification.default == "on":
        words = {
            "ahead": f"It arrives by itself{f' from {day(start)}' if start else ''}.",
            "begun": f"It arrives by itself; the rollout began on {day(since.first)}." if since else "",
            "past": "By Microsoft's plan it is there already.",
            "undated": "It arrives by itself; a day that we could rely on was not read.",
        }[case.stage]
    elif classification.default == "off":
        words = "It stays off until an admin turns it on."
    else:
        words = ""
    if words:
        dated = case.stage != "undated" and classification.default != "off"
        yield Part(words, case.source("default", "rollouts") if dated else case.source("default"))


def consequence(case: Case) -> str:
    """The post's own sentence on what happens to those who do nothing; empty where it has none."""
    for block in blocks(case.post.body, case.post.body_type):
        for sentence in sentences(block.text) if block.kind != "heading" else ():
            if _says_what_follows(sentence):
                return in_one_line(sentence)
    return ""


def _says_what_follows(sentence: str) -> bool:
    asks = sentence.endswith("?") or _ASIDE.search(sentence)
    return not asks and bool(_IF_NOBODY_ACTS.search(sentence) and _RESULT.search(sentence))
