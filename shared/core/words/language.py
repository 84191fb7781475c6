"""The language of our own words. The post's own words stay as they are.

English stands in the code, and is the key of every other language's catalogue (`german.py`). What is written within
`speaking` is in that language; without it, as on tickets and pages, everything is English.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from shared.core.words.german import GERMAN

Language = Literal["en", "de"]
_CATALOGUES: Mapping[Language, Mapping[str, str]] = {"en": {}, "de": GERMAN}
_spoken: ContextVar[Language] = ContextVar("language", default="en")


def say(english: str, *values: object, **named: object) -> str:
    """The words in the language that is spoken, with what stands in their braces. What no catalogue has is English."""
    words = _CATALOGUES[_spoken.get()].get(english, english)
    return words.format(*values, **named) if values or named else words


def spoken() -> Language:
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within it, `say` says everything in that language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)
