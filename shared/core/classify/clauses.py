"""The clause that a phrase stands in: what it takes in, and whether it denies the phrase or only supposes it.

"Not enabled by default" is no "enabled by default"; "if you do not use it, no action is required" cancels no demand.
A phrase is looked at where it was found, so that nothing is parsed that no phrase stands in.
"""

import re
from typing import Literal

#: `said` plainly, `denied` by a negation before it, or `supposed`: it holds only where a condition holds.
Standing = Literal["said", "denied", "supposed"]

_STOP = re.compile(r"[.!?;:\n](?=\s|$)|\s[-–|]\s|\n")
_DENIAL = re.compile(
    r"\b(?:not|cannot|can't|don't|doesn't|won't|isn't|aren't|never|without|nor|neither|no)\b"
    r"(?! (?:only|just|later|longer)\b)"
)
# What ends the reach of a negation: another clause begins.
_BUT = re.compile(r",|\b(?:but|however|although|unless|until|and|so|because|if|when|then)\b")
_REACH = 48
_CONDITION = re.compile(r"\b(?:if|in case|only where|only when|unless|where applicable|as applicable|if applicable)\b")
# One of these is in every text that the longer pattern finds something in; quickly seen to be missing.
_DENIAL_SIGNS = ("no", "n't", "without", "never", "neither")
_CONDITION_SIGNS = ("if ", "in case", "only wh", "unless", "pplicable")
_WIDEST_CLAUSE = 400
_LONGEST_REASON = 100


def standing(text: str, start: int, end: int) -> Standing:
    """How a lower-case text says the phrase between two places."""
    lead = text[max(0, start - _REACH) : start + 1]
    if any(sign in lead for sign in _DENIAL_SIGNS):
        for denial in _DENIAL.finditer(lead):
            between = lead[denial.end() :]
            if not _STOP.search(between) and not _BUT.search(between):
                return "denied"
    first, last = sentence(text, start, end)
    around = text[first:last]
    supposed = any(sign in around for sign in _CONDITION_SIGNS) and _CONDITION.search(around)
    return "supposed" if supposed else "said"


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a phrase begins and ends; at most some hundred characters on either side."""
    first, last = max(0, start - _WIDEST_CLAUSE), min(len(text), end + _WIDEST_CLAUSE)
    for mark in (". ", "\n", "! ", "? ", "; "):
        at = text.rfind(mark, first, start + 1)
        if at >= 0:
            first = max(first, at + len(mark))
        at = text.find(mark, end, last)
        if at >= 0:
            last = at
    return min(first, start), last


def reason(text: str, start: int, end: int) -> str:
    """The words around a place that a person understands: its sentence, or as much of it as fits a reason."""
    first, last = sentence(text, start, end)
    if last - first > _LONGEST_REASON:
        room = max(0, _LONGEST_REASON - (end - start))
        first = max(first, start - room // 2)
        last = min(last, first + _LONGEST_REASON)
        first = text.find(" ", first, start) + 1 or start
        last = max(end, text.rfind(" ", end, last))
    return text[first:last].strip()


def whole_words(text: str, start: int, end: int) -> str:
    """A phrase with the rest of the words that it begins or ends in."""
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return text[start:end].strip()
