"""What people settled of a change, in the words of a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.adapters.pages.explain import fields, name_of
from shared.core.changes.change import Change
from shared.core.changes.settled import FieldValue, from_label, holding
from shared.core.posts.classification import FIELD_NAMES, Classification, FieldName
from shared.core.review.act import Act
from shared.core.review.assessment import field_views
from shared.core.review.typed import typed_value
from shared.core.words.answers import ANSWERS
from shared.core.words.dates import spoken
from shared.core.words.outcomes import LOAD_WORDS


@dataclass(frozen=True, slots=True)
class SettledNote:
    """What stands beside a settled field: `mark` where it needs a look, and what the reader reads."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownAct:
    """One act of a person: a line for each field."""

    who: str
    at: datetime
    through: str
    lines: tuple[str, ...]


def settled_notes(change: Change) -> dict[str, SettledNote]:
    """The note of each field that is settled, by the field's key."""
    return {view.name: _note(change, view.name) for view in field_views(change) if view.settled}


def _note(change: Change, name: FieldName) -> SettledNote:
    settled = change.assessment.settled[name]
    reads = f"Read as: {_worded(change.reading, name)}"
    match change.standing(name):
        case "fell":
            value = _in_words(name, settled.value)
            return SettledNote(
                "no longer holds", f"{value}, {settled.words}; Microsoft says otherwise since, and that counts"
            )
        case "earlier":
            return SettledNote("settled for an earlier edition", f"{reads}. Settle it again if it still holds")
    return SettledNote("", reads)


def shown_acts(acts: Sequence[Act]) -> list[ShownAct]:
    """The acts, newest first; of fields that only a later version can settle nothing is said."""
    return [ShownAct(act.who, act.at, act.through, tuple(_lines(act))) for act in reversed(acts)]


def _lines(act: Act) -> Iterator[str]:
    if act.what != "settle":
        yield _said_in_words(act)
    if act.broke:
        yield f"What broke: “{act.broke}”"
    if act.words:
        yield f"“{act.words}”"
    known: dict[str, FieldName] = {name: name for name in FIELD_NAMES}
    for text, old, new, released in act.fields:
        if name := known.get(text):
            end = ", left to the reader again" if released else ""
            yield f"{name_of(name)}: {_said(name, old)} → {_said(name, new)}{end}"


def _said_in_words(act: Act) -> str:
    team = f" for {act.team}" if act.team else ""
    before = f", before: {act.old}" if act.old else ""
    match act.what:
        case "remind":
            return f"{ANSWERS['remind']}{team}: {spoken(act.new)}"
        case "outcome":
            return f"How it went{team}, help desk: {_load(act.new)}"
        case "wrong_team":
            return f"{ANSWERS['wrong_team']}: {act.team} → {act.new}{before}"
        case "proposal":
            name, _, value = act.new.partition("=")
            return f"{ANSWERS['proposal']}{team}: {name_of(name)} is {value}{before}"
    return f"{ANSWERS.get(act.what, act.what.replace('_', ' '))}{team}{before}"


def _load(name: str) -> str:
    return next((words for load, words in LOAD_WORDS.items() if load == name), name)


def _said(name: FieldName, label: Any) -> str:
    return _in_words(name, from_label(name, label))


def choice_words(name: FieldName, typed: str) -> str:
    """What a person chooses for a field, in the words in which pages say it."""
    return _in_words(name, typed_value(name, typed))


def value_words(name: FieldName, value: FieldValue) -> str:
    """The value of a field in the words in which pages say it."""
    return _in_words(name, value)


def _in_words(name: FieldName, value: FieldValue) -> str:
    return _worded(holding(name, value), name)


def _worded(classification: Classification, name: FieldName) -> str:
    words = next((each.value for each in fields(classification) if each.key == name), "none")
    return "; ".join(words.splitlines())
