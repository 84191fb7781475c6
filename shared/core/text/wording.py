"""Regular expressions as lists: one wording a line, so that a rule reads as the language it knows."""

import re


def any_of(*wordings: str, lead: str = r"\b", tail: str = "") -> re.Pattern[str]:
    """Any of these wordings, upper or lower case, beginning at a word."""
    return re.compile(f"{lead}(?:{'|'.join(wordings)}){tail}", re.IGNORECASE)


#: Between two sentences: after a full stop, before a capital.
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")


_PART_END = re.compile(r"(?<=[.!?])\s+|\n")


def sentences_and_lines(text: str) -> list[str]:
    """The sentences of every line, also of those in which no capital follows a stop."""
    return _PART_END.split(text)


def sentences(text: str) -> list[str]:
    """The sentences of one line."""
    return SENTENCE_END.split(text)
