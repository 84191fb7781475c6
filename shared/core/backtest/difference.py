"""What differs between two policies over the same past posts: tickets and cards, added and removed, with their whys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.core.backtest.report import Report, Sent

Difference = Literal["added", "removed", "handed over"]


@dataclass(frozen=True, slots=True)
class Differs:
    """One ticket, or the cards of one change in one channel, that the policies make otherwise.

    `times`: how often it is sent, updates included; `team` and `was`: who gets it now and before.
    """

    what: Difference
    change: str
    title: str
    kind: Literal["ticket", "card"]
    target: str
    team: str
    was: str
    at: datetime
    times: int
    why: tuple[str, ...]


def differences(new: Report, old: Report) -> tuple[Differs, ...]:
    """Every difference, in the order of changes; what both policies send alike is none, whatever their reasons."""
    ours, theirs = _by_target(new), _by_target(old)
    all_differences = [*_of(ours, theirs, "added"), *_of(theirs, ours, "removed"), *_handed(ours, theirs)]
    return tuple(
        sorted(all_differences, key=lambda differs: (differs.change, differs.kind, differs.target, differs.what))
    )


Key = tuple[str, str, str]


def _by_target(report: Report) -> dict[Key, list[Sent]]:
    effects: dict[Key, list[Sent]] = {}
    for sent in report.sent:
        effects.setdefault((sent.played.change, sent.effect.kind, sent.effect.target), []).append(sent)
    return effects


def _of(these: dict[Key, list[Sent]], those: dict[Key, list[Sent]], what: Difference) -> Iterator[Differs]:
    for key, sent in these.items():
        if key not in those:
            team = sent[0].team
            yield _differs(what, sent, team if what == "added" else "", "" if what == "added" else team)


def _handed(ours: dict[Key, list[Sent]], theirs: dict[Key, list[Sent]]) -> Iterator[Differs]:
    for key, sent in ours.items():
        before = theirs.get(key)
        if before and before[0].team != sent[0].team:
            yield _differs("handed over", sent, sent[0].team, before[0].team)


def _differs(what: Difference, sent: Sequence[Sent], team: str, was: str) -> Differs:
    played, effect = sent[0].played, sent[0].effect
    why = tuple(reason.words for reason in effect.why)
    change, title, at = played.change, played.title, played.at
    return Differs(what, change, title, effect.kind, effect.target, team, was, at, len(sent), why)
