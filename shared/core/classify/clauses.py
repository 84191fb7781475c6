"""The clause that a phrase stands in: what it takes in, and whether it denies the phrase or only supposes it.

"Not enabled by default" is no "enabled by default"; "if you do not use it, no action is required" cancels no demand.
A phrase is looked at where it was found, so that nothing is parsed that no phrase stands in.
"""

import re
from collections.abc import Sequence
from typing import Literal

#: `said` plainly, `denied` by a negation before it, or `supposed`: it holds only where a condition holds.
Standing = Literal["said", "denied", "supposed"]

_STOP = re.compile(r"[.!?;:\n](?=\s|$)|\s[-–|]\s|\n")
_DENIAL = re.compile(
    r"[^a-z](?:not|cannot|can't|don't|doesn't|won't|isn't|aren't|never|without|nor|neither|no)\b"
    r"(?! (?:only|just|later|longer)\b)"
)
# What ends the reach of a negation: another clause begins.
_BUT = re.compile(r",|\b(?:but|however|although|unless|until|and|so|because|if|when|then)\b")
_REACH = 48
#: What makes a sentence a condition; none of these ends within a word.
CONDITIONS = (
    *("if ", "in case ", "only where ", "only when ", "unless "),
    *("if applicable", "where applicable", "as applicable"),
)
_WIDEST_CLAUSE = 400
_LONGEST_REASON = 100


class Clauses:
    """The clauses of one lower-case text; `conditions` are the places of CONDITIONS in it."""

    def __init__(self, text: str, conditions: Sequence[int]) -> None:
        self._text = text
        self._conditions = conditions

    def standing(self, start: int, end: int) -> Standing:
        """How the text says the phrase between two places."""
        if _denied(self._text[max(0, start - _REACH) : start + 1]):
            return "denied"
        near = start - _WIDEST_CLAUSE, end + _WIDEST_CLAUSE
        if any(near[0] <= at <= near[1] for at in self._conditions):
            first, last = sentence(self._text, start, end)
            if any(first <= at < last for at in self._conditions):
                return "supposed"
        return "said"


def _denied(lead: str) -> bool:
    """Whether a negation in the words that lead a phrase reaches it."""
    for denial in _DENIAL.finditer(lead):
        between = lead[denial.end() :]
        if not _STOP.search(between) and not _BUT.search(between):
            return True
    return False


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
