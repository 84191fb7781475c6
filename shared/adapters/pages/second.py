"""What a second reader said of a change, in the words of its page. Loaded only where one was asked."""

from dataclasses import dataclass

from shared.adapters.pages.explain import name_of
from shared.adapters.pages.settled import value_words
from shared.core.changes.change import Change
from shared.core.changes.second import FieldOutcome, Outcome, SecondReading, outcomes
from shared.core.text.safe import cut

_LONGEST = 300  # characters of a quotation
_BECAME: dict[Outcome, str] = {
    "agrees": "The same as we read",
    "taken": "Taken, as we were unsure; still told as unsure",
    "doubts": "Not taken; as we read it otherwise, the field is unsure now",
    "passed over": "Not taken: we are sure, and were not asking",
}


@dataclass(frozen=True, slots=True)
class SecondLine:
    """One answer: the field, what it reads, the words of the post that it quotes, and what became of it."""

    name: str
    value: str
    quote: str
    became: str


@dataclass(frozen=True, slots=True)
class SecondView:
    """`words`: who was asked and what came of it, as one sentence. `lines`: its answers."""

    words: str
    lines: tuple[SecondLine, ...]


def second_view(change: Change) -> SecondView | None:
    """What is shown of the second reading of the newest edition; None where nobody was asked about it."""
    second = change.current.second
    if second is None:
        return None
    lines = outcomes(change.own_reading, second) if second.fields else ()
    return SecondView(_words(second), tuple(_line(each) for each in lines))


def _words(second: SecondReading) -> str:
    if second.is_open:
        return "A second reader is being asked. The change is decided after its answer, or without it after 15 minutes."
    if not second.fields:
        return f"A second reader was to be asked, and there is no answer: {cut(second.silent, _LONGEST)}. Ours stands."
    return (
        f"{second.by} read the same post. It is no authority: only what the post's own words bear is taken, and only "
        "where we were unsure ourselves."
    )


def _line(each: FieldOutcome) -> SecondLine:
    became = f"Does not stand: {each.because}" if each.outcome == "fell" else _BECAME[each.outcome]
    value = value_words(each.name, each.theirs) if each.theirs is not None else "–"
    return SecondLine(name_of(each.name), value, cut(each.quote, _LONGEST), became)
