"""How a rollout went, in words."""

from collections.abc import Mapping
from datetime import date

from shared.core.terms import Load
from shared.core.words.dates import day
from shared.core.words.language import say

LOAD_WORDS: Mapping[Load, str] = {"none": "no load", "some": "some load", "much": "much load"}
"""How much the help desk had to do, as it stands in a form and in a sentence."""


def question() -> str:
    return say("How did it go?")


def began(on: date) -> str:
    return say("It began on {}", day(on))


def lesson(words: str, change: str, load: Load, on: date) -> str:
    """A lesson with where it comes from: "Tell them a week ahead (MC1200001, help desk: much load, 1 May 2026)"."""
    return say("{} ({}, help desk: {}, {})", words, change, say(LOAD_WORDS[load]), day(on))
