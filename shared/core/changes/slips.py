"""Slips: how far each date of a plan moved, phase by phase and cloud by cloud (pure)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.core.posts.classification import Interval, Window
from shared.core.terms import Cloud, Phase
from shared.core.words.language import say

Edge = Literal["start", "end"]
_WORD = re.compile(r"[a-z]{3,}")
_DATED = re.compile(  # words that tell when, or nothing of what is rolled out
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|early|mid|late|previously|roll|begin|complet|expect|will|and|the"
)


@dataclass(frozen=True, slots=True)
class Slip:
    """One date that moved. `days`: later is positive, earlier negative; 0 where it is only told more or less exactly.

    A start is compared by its first day, an end by its last. `act_by` is the day to act by; it has no clouds.
    """

    phase: Phase | Literal["act_by"]
    clouds: tuple[Cloud, ...]
    edge: Edge
    old: Interval
    new: Interval
    days: int


def slips(old: Sequence[Window], new: Sequence[Window]) -> tuple[Slip, ...]:
    """What moved between two plans. A date that only one of them states has not moved: the event's texts tell it."""
    pairs: dict[tuple[Window, Window], list[Cloud]] = {}
    for place in _places(new):
        for pair in _pairs(_at(old, *place), _at(new, *place)):
            pairs.setdefault(pair, []).append(place[1])
    grouped: dict[tuple[Phase, Edge, Interval, Interval], list[Cloud]] = {}
    for (was, now), clouds in pairs.items():
        edges: tuple[tuple[Edge, Interval | None, Interval | None], ...] = (
            ("start", was.start, now.start),
            ("end", was.end, now.end),
        )
        for edge, before, after in edges:
            if before and after and before != after:
                grouped_clouds = grouped.setdefault((now.phase, edge, before, after), [])
                grouped_clouds += (cloud for cloud in clouds if cloud not in grouped_clouds)
    return tuple(
        Slip(phase, tuple(clouds), edge, before, after, distance(before, after, edge))
        for (phase, edge, before, after), clouds in grouped.items()
    )


def distance(old: Interval, new: Interval, edge: Edge) -> int:
    """Days from one to the other; 0 where one lies within the other ("May" and then "late May")."""
    within = (old.first <= new.first and new.last <= old.last) or (new.first <= old.first and old.last <= new.last)
    if within:
        return 0
    return (new.first - old.first).days if edge == "start" else (new.last - old.last).days


def farthest(moved: Iterable[Slip]) -> int:
    """Days of the one that moved farthest; 0 where none did."""
    return max((slip.days for slip in moved), key=abs, default=0)


def words_of(days: int) -> str:
    """In a phrase: "41 days later", "1 day earlier", or that it is only told in other words."""
    if not days:
        return say("the same time, told more or less exactly")
    if abs(days) == 1:
        return say("1 day later" if days > 0 else "1 day earlier")
    return say("{} days later" if days > 0 else "{} days earlier", abs(days))


def _places(windows: Iterable[Window]) -> list[tuple[Phase, Cloud]]:
    return list(dict.fromkeys((window.phase, cloud) for window in windows for cloud in window.clouds))


def _at(windows: Iterable[Window], phase: Phase, cloud: Cloud) -> list[Window]:
    return [window for window in windows if window.phase == phase and cloud in window.clouds]


def _pairs(old: list[Window], new: list[Window]) -> list[tuple[Window, Window]]:
    """Old and new windows of one phase in one cloud that are the same feature's.

    What did not move is taken out first; of the rest, those go together whose words are most alike, then in order.
    """
    still = {(window.start, window.end) for window in old} & {(window.start, window.end) for window in new}
    remaining = [window for window in old if (window.start, window.end) not in still]
    right = [window for window in new if (window.start, window.end) not in still]
    if len(remaining) == 1 and len(right) == 1:
        return [(remaining[0], right[0])]
    ranked = sorted(
        ((-_alike(a, b), abs(i - j), i, j) for i, a in enumerate(remaining) for j, b in enumerate(right)),
    )
    pairs, used_old, used_new = [], set[int](), set[int]()
    for _, _, i, j in ranked:
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            pairs.append((remaining[i], right[j]))
    return pairs


def _alike(line: Window, other_line: Window) -> float:
    """The share of words that both lines have, dates apart."""
    a, b = _features(line.words), _features(other_line.words)
    return len(a & b) / len(a | b) if a | b else 0.0


def _features(words: str) -> set[str]:
    return {word for word in _WORD.findall(words.lower()) if not _DATED.match(word)}
