"""Relations that no post states: the same feature announced again months later, and notices that come back (pure)."""

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from shared.core.changes.change import Change
from shared.core.changes.relations import Relation
from shared.core.posts.services import canonical_set

MONTHS_LATER = 45
"""Days from which on a second announcement is a re-issue; nearer ones are posts that were split."""
_FAR = 730  # days: older than this nobody means the same announcement
_MEMBERS = 3  # two of a kind are no rhythm
_OFTEN = 6  # days on which a notice came: that many announce nothing new, however irregularly
_RHYTHM = (5, 100)  # days between two of a series
_REGULAR = 0.6  # the part of the distances that must be near the middle one
_MARK = re.compile(
    r"^\W*(?:\((?:updated?|reminder|cancell?ed|paused|rescheduled)\)|(?:updated?|reminder)\s*:)\s*", re.IGNORECASE
)
_MONTH = re.compile(
    r"\b(?:jan|febr|septem|octo|novem|decem)(?:uary|ber)\b|\b(?:march|april|may|june|july|august)\b|\b20\d\d\b",
    re.IGNORECASE,
)
_UNDER_ANOTHER_TITLE = 0.5
"""How sure it is that a roadmap id alone announces the same."""
_ROADMAP = re.compile(r"\d{4,7}")


@dataclass(frozen=True, slots=True)
class Sketch:
    """As much of a change as two announcements are compared by. `at`: when it was published."""

    id: str
    title: str
    services: frozenset[str]
    roadmap: frozenset[str]
    at: datetime


def sketch(change: Change) -> Sketch:
    post = change.read()
    return Sketch(
        change.id,
        normal_title(post.title),
        frozenset(canonical_set(post.services)),
        frozenset(number for value in post.detail("RoadmapIds") for number in _ROADMAP.findall(value)),
        post.start or change.first_seen,
    )


def normal_title(title: str) -> str:
    """The title as two announcements are compared by it: without "(Updated)", with its product's prefix."""
    while (shorter := _MARK.sub("", title)) != title:
        title = shorter
    return " ".join(title.lower().split())


def dateless(title: str) -> str:
    """A normal title without months and years, as notices that come back are compared by it."""
    return _MONTH.sub("", title)


def unstated_of(new: Collection[str], sketches: Sequence[Sketch]) -> list[Relation]:
    """Those that a few changes may have made: with one of them, or between two that have the title of one.

    Of two others under another title nothing is said: which of all that have their roadmap id come next to each other
    is not known here.
    """
    titles = {dateless(each.title) for each in sketches if each.id in new and each.title}
    same = {each.id for each in sketches if each.id in new or dateless(each.title) in titles}
    every = ((each, {each.change, each.other}) for each in unstated(sketches))
    return [
        each
        for each, both in every
        if not both.isdisjoint(new) or (both <= same and each.confidence > _UNDER_ANOTHER_TITLE)
    ]


def unstated(sketches: Iterable[Sketch]) -> list[Relation]:
    """Re-issues and series among these changes, as rows on both sides of each pair."""
    every = sorted(sketches, key=lambda each: (each.at, each.id))
    pairs: dict[tuple[str, str], Relation] = {}
    rhythmic: set[str] = set()
    for members in _groups(every, lambda each: [dateless(each.title)] if each.title else []):
        for run in _by_service(members):
            gap = _rhythm(run)
            if gap or len({each.at.date() for each in run}) >= _OFTEN:
                rhythmic |= {each.id for each in run}
                words = f"the same notice {len(run)} times" + (f", about every {round(gap)} days" if gap else "")
                for before, after in pairwise(run):
                    _pair(pairs, before, after, ("series", "series"), words, 0.9 if gap else 0.75)
    single = [each for each in every if each.id not in rhythmic]
    for members in _groups(single, lambda each: [each.title] if each.title else []):
        for before, after in _months_apart(members):
            same = bool(before.roadmap & after.roadmap)
            words = f"the same title, {(after.at - before.at).days} days later" + (", the same roadmap id" * same)
            _pair(pairs, before, after, ("reissue_of", "reissued_as"), words, 0.95 if same else 0.85)
    for members in _groups(single, lambda each: sorted(each.roadmap)):
        for before, after in _months_apart(members):
            if (before.id, after.id) not in pairs:
                number = min(before.roadmap & after.roadmap)
                words = f"roadmap id {number} again, {(after.at - before.at).days} days later, under another title"
                _pair(pairs, before, after, ("reissue_of", "reissued_as"), words, _UNDER_ANOTHER_TITLE)
    return list(pairs.values())


def _groups(every: Sequence[Sketch], keys: Callable[[Sketch], Sequence[str]]) -> Iterator[list[Sketch]]:
    by: dict[str, list[Sketch]] = defaultdict(list)
    for each in every:
        for key in keys(each):
            by[key].append(each)
    yield from (members for members in by.values() if len(members) > 1)


def _by_service(members: Sequence[Sketch]) -> Iterator[list[Sketch]]:
    """The members that share a service with the first of them, and again among the rest."""
    rest = list(members)
    while rest:
        first = rest[0]
        yield [each for each in rest if each is first or each.services & first.services]
        rest = [each for each in rest if each is not first and not each.services & first.services]


def _rhythm(run: Sequence[Sketch]) -> float:
    """Days from one to the next where they come back regularly; 0 where they do not."""
    days = sorted({each.at.date() for each in run})
    gaps = [(after - before).days for before, after in pairwise(days)]
    if len(days) < _MEMBERS:
        return 0.0
    middle = statistics.median(gaps)
    near = sum(abs(gap - middle) <= max(3.0, middle * 0.4) for gap in gaps)
    return float(middle) if _RHYTHM[0] <= middle <= _RHYTHM[1] and near >= _REGULAR * len(gaps) else 0.0


def _months_apart(members: Sequence[Sketch]) -> Iterator[tuple[Sketch, Sketch]]:
    """Each with the last one before it that lies months back and shares a service."""
    for at, after in enumerate(members):
        for before in reversed(members[:at]):
            if MONTHS_LATER <= (after.at - before.at).days <= _FAR and before.services & after.services:
                yield before, after
                break


def _pair(
    pairs: dict[tuple[str, str], Relation],
    before: Sketch,
    after: Sketch,
    kinds: tuple[str, str],
    words: str,
    sure: float,
) -> None:
    """The relation as each of the two is told it; the later one is what the first of the kinds says."""
    pairs[before.id, after.id] = Relation(before.id, kinds[0], after.id, words, sure)
    pairs[after.id, before.id] = Relation(after.id, kinds[1], before.id, words, sure)
