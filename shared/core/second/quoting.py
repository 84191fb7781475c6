"""Where in a post the words stand that a model quotes; words that stand nowhere prove nothing."""

import re
from dataclasses import dataclass

from shared.core.classify.clauses import whole_sentence
from shared.core.classify.document import Document, Line
from shared.core.text.html import same_length

FEWEST_WORDS, LONGEST = 3, 600
"""Words that a quotation has at least, so that it says something, and characters that it has at most."""
_AROUND = " \t\n\"'“”‘’…"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a post. `line`: the one that they stand in, None for the title; `sentence`: the whole one around."""

    words: str
    sentence: str
    line: Line | None = None

    @property
    def in_title(self) -> bool:
        return self.line is None


def quotation(document: Document, quote: str) -> Quotation | str:
    """The quotation in the post, or why it is none, in words that follow "fell: "."""
    words = one_line(quote).strip(_AROUND)
    if not words:
        return "it quotes nothing"
    if len(words) > LONGEST or len(_WORD.findall(words)) < FEWEST_WORDS:
        return "its quotation is too short to say something, or too long"
    title = one_line(document.title)
    if _stands_in(words, title) is not None:
        return Quotation(words, title)
    for line in document.lines:
        text = one_line(line.text)
        at = _stands_in(words, text)
        if at is not None:
            return Quotation(words, whole_sentence(text, at, at + len(words)), line)
    return "its quotation is not in the post"


def one_line(text: str) -> str:
    """The text with the spaces, hyphens and quotes that a post's lines have, in one line."""
    return " ".join(same_length(text).split())


def _stands_in(words: str, text: str) -> int | None:
    """Where the words stand in a text, from a word's beginning to a word's end."""
    at = text.find(words)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(words) : at + len(words) + 1]
        if not (before.isalnum() and words[0].isalnum()) and not (after.isalnum() and words[-1].isalnum()):
            return at
        at = text.find(words, at + 1)
    return None
