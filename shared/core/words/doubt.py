"""Doubt in words: what is unsure is told as probable, and never with a number."""

from datetime import date

from shared.core.posts.classification import UNSURE_BELOW, US, Classification
from shared.core.terms import Impact, Kind
from shared.core.text.safe import cut
from shared.core.words.dates import day, listed
from shared.core.words.labels import ARRIVALS, IMPACTS, KINDS
from shared.core.words.language import say

_LONGEST_QUOTE = 200  # characters
SURE_FROM = 0.9
"""Confidence from which a field is sure: more than nine in ten of such readings are right."""
_PROBABLE_KINDS: dict[Kind, str] = {
    "new_feature": "Probably a new feature",
    "feature_change": "Probably a change to a feature",
    "retirement": "Probably a retirement",
    "security": "Probably about security",
    "maintenance": "Probably maintenance",
    "info": "Probably information",
}
_DOUBTED = {
    "act_by": "the deadline",
    "kind": "the kind of change",
    "admin_impact": "the impact on admins",
    "user_impact": "the impact on users",
    "default": "how it arrives",
    "action": "whether anything has to be done",
    "crb": "whether it is for the board",
}
"""What is named where a ticket says what we are not sure of. `training` follows from the impact on users."""


def sureness(confidence: float) -> str:
    """How sure a field is: of what is sure nine in ten are right; of what is unsure, half."""
    if confidence < UNSURE_BELOW:
        return "Unsure"
    return "Sure" if confidence >= SURE_FROM else "Likely"


def probably(words: str) -> str:
    """Words that begin like a sentence, told as probable."""
    return say("Probably {}", f"{words[:1].lower()}{words[1:]}") if words else ""


def is_sure(classification: Classification, *names: str) -> bool:
    """Whether each of these fields is so sure that it is told flatly. What carries no reason is not doubted."""
    whys = (classification.why.get(name) for name in names)
    return all(why is None or why.confidence >= SURE_FROM for why in whys)


def kind_words(classification: Classification) -> str:
    """The kind of a change on cards and tickets; empty where it is unsure."""
    if classification.is_unsure("kind"):
        return ""
    if not is_sure(classification, "kind"):
        return say(_PROBABLE_KINDS.get(classification.kind, classification.kind))
    return say(KINDS.get(classification.kind, classification.kind))


def impact_words(classification: Classification, field: str) -> str:
    """`admin_impact` or `user_impact` in a word, or two."""
    level: Impact = getattr(classification, field)
    words = say(IMPACTS.get(level, level))
    return words if is_sure(classification, field) else probably(words)


def arrival_words(classification: Classification) -> str:
    """How a change arrives; empty where nothing does, where it is not sure, and where it contradicts the kind."""
    contradicts = classification.kind == "retirement" and classification.default in {"on", "off"}
    if contradicts or not is_sure(classification, "default", "kind"):
        return ""
    return say(ARRIVALS.get(classification.default, classification.default))


def read_otherwise(classification: Classification) -> list[str]:
    """What a second reader reads where we are unsure ourselves: its words for who decides, each with its quotation."""
    said = []
    for name, words in _DOUBTED.items():
        why = classification.why.get(name)
        if why and why.reader and why.words and classification.is_unsure(name) and not why.reader.startswith(US):
            value = getattr(classification, name)
            shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            shown = day(shown) if isinstance(shown, date) else str(shown).replace("_", " ")
            said.append(f"{why.reader} reads {words} as: {shown}, by “{cut(why.words, _LONGEST_QUOTE)}”.")
    return said


def doubts(classification: Classification) -> str:
    """One sentence that names what is unsure, for who decides; empty where nothing is."""
    unsure = [words for name, words in _DOUBTED.items() if classification.is_unsure(name)]
    return f"Not sure about {listed(unsure)}: look it up in the post." if unsure else ""
