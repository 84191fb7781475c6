"""A change's timeline: each event in words, with what moved and which sentences differ; for page and terminal."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.core.changes.change import Change, Event
from shared.core.changes.moves import Move, moves
from shared.core.terms import Status
from shared.core.words.labels import HEADLINES, STATUSES
from shared.core.words.language import say


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. `gone` and `came`: sentences of the text; `old` and `new`: anything else that is now another."""

    event: Event
    words: str
    moves: tuple[Move, ...] = ()
    gone: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    old: str = ""
    new: str = ""


def timeline(change: Change) -> tuple[Happened, ...]:
    """Every event of the change, oldest first."""
    return tuple(_happened(change, event) for event in change.events)


def _happened(change: Change, event: Event) -> Happened:
    words, old, new = happened_in_words(event), event.old, event.new
    if event.type in {"dates_moved", "act_by_moved"}:
        return Happened(event, words, moves(change, [event]))
    if event.type in {"text_changed", "rollout_started"}:
        return Happened(event, words, gone=tuple(old.splitlines()), came=tuple(new.splitlines()))
    if event.type in {"cancelled", "paused", "resumed"} and not is_partial(event):
        old, new = (next((label for name, label in STATUSES.items() if name == text), text) for text in (old, new))
    elif event.type == "superseded":
        old = ""
    return Happened(event, words, old=old, new=new)


def headline(happened: Iterable[Event], status: Status) -> str:
    """The weightiest of what happened; where only a part fell, or the plan got other dates, that is said."""
    events = {event.type: event for event in happened}
    weightiest = next((type_ for type_ in HEADLINES if type_ in events), None)
    if weightiest is None:
        return say("Changed")
    if weightiest == "cancelled" and status == "withdrawn":
        return say(STATUSES["withdrawn"])
    return happened_in_words(events[weightiest])


def happened_in_words(event: Event) -> str:
    """The headline of one event."""
    if event.postponed and not event.part:
        return say("Postponed")
    words = say(HEADLINES.get(event.type, event.type.replace("_", " ")))
    return say("Partly {}", words.lower()) if is_partial(event) else words


def is_partial(event: Event) -> bool:
    """Whether only a part of the plan fell, or it was only put off, so that the rest stands."""
    return event.postponed or bool(event.part)
