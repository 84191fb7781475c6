"""The clause that a phrase stands in: what it takes in, and whether it denies the phrase or only supposes it.

"Not enabled by default" is no "enabled by default"; "if you do not use it, no action is required" cancels no demand.
A phrase is looked at where it was found, so that nothing is parsed that no phrase stands in.
"""

import re
from collections.abc import Sequence
from typing import Literal

from shared.core.text.wording import PART_END, Wording

#: `said` plainly, `denied` by a negation before it, or `supposed`: it holds only where a condition holds.
Standing = Literal["said", "denied", "supposed"]

_STOP = Wording(r"[.!?;:\n](?=\s|$)|\s[-–|]\s|\n")
_DENIAL = Wording(
    r"[^a-z](?:not|cannot|can't|don't|doesn't|won't|isn't|aren't|never|without|nor|neither|no)\b"
    r"(?! (?:only|just|later|longer)\b)"
)
# What ends the reach of a negation: another clause begins.
_BUT = Wording(r",|\b(?:but|however|although|unless|until|and|so|because|if|when|then)\b")
_REACH = 48
#: What makes a sentence a condition; none of these ends within a word.
CONDITIONS = (
    *("if ", "in case ", "only where ", "only when ", "unless "),
    *("if applicable", "where applicable", "as applicable"),
)
_WIDEST_CLAUSE = 400
_WIDEST_SENTENCE = 600


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


def whole_sentence(text: str, start: int, end: int) -> str:
    """The sentence around a place, as a person reads it: within its line, from capital to stop; the line's part of it.

    Of very long lines only some hundred characters on either side are looked at.
    """
    first, last = max(0, start - _WIDEST_SENTENCE), min(len(text), end + _WIDEST_SENTENCE)
    for stop in PART_END.finditer(text, first, last):
        if stop.end() <= start:
            first = stop.end()
        elif stop.end() >= end:
            return text[first : stop.end()].strip()
    return text[first:last].strip()


def sentence_of(match: re.Match[str]) -> str:
    """The sentence around what was found in a text."""
    return whole_sentence(match.string, *match.span())
