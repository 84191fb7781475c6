"""Where dates moved to, in words for people: on cards, on the change page and in the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.core.changes.change import Change, Event
from shared.core.changes.events import plan_before
from shared.core.changes.slips import Slip, words_of
from shared.core.posts.classification import Window
from shared.core.terms import Cloud, Phase
from shared.core.words.dates import PHASES, clouds, spoken, window
from shared.core.words.language import say

_EDGES = {"start": "its start", "end": "its end"}


@dataclass(frozen=True, slots=True)
class Move:
    """What moved, from where to where: "General availability, worldwide", "early May 2026", "June 2026".

    `slip` says how far: "41 days later"; empty where only one of the two is a date. `clouds`: where.
    """

    what: str
    old: str
    new: str
    slip: str = ""
    clouds: tuple[Cloud, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """How often dates moved, and how far in all: `days` of the rollout that moved the furthest, which is `what`."""

    times: int
    days: int
    what: str

    @property
    def words(self) -> str:
        """In a phrase: "moved 3 times, 76 days later in all"."""
        times = "once" if self.times == 1 else f"{self.times} times"
        if not self.what:
            return f"moved {times}"
        return f"moved {times}, {words_of(self.days) if self.days else 'back to where it was'} in all"


def moves(change: Change, happened: Iterable[Event]) -> tuple[Move, ...]:
    """From where to where dates moved: by rollout where both editions are classified, else as the event tells it."""
    all_moves: list[Move] = []
    for event in happened:
        if event.type == "act_by_moved":
            all_moves.append(
                Move(
                    say("Deadline"),
                    _dates_in_words(event.old),
                    _dates_in_words(event.new),
                    _slip(event.slips, "act_by", []),
                )
            )
        elif event.type == "dates_moved":
            all_moves += _window_moves(change, event) or [
                Move(say("Dates"), _dates_in_words(event.old), _dates_in_words(event.new))
            ]
    return tuple(all_moves)


def total(events: Iterable[Event]) -> Total | None:
    """How far the dates moved over all events; None where they never did."""
    moved = [event for event in events if event.type == "dates_moved"]
    if not moved:
        return None
    days: dict[tuple[str, str, str], int] = {}
    for event in moved:
        for place, furthest in _by_place(event).items():
            days[place] = days.get(place, 0) + furthest
    if not days:
        return Total(len(moved), 0, "")
    phase, cloud, edge = max(days, key=lambda place: (abs(days[place]), place[1] == "worldwide", place[2] == "start"))
    what = f"{_name(phase, [cloud])}, {_EDGES.get(edge, edge)}"  # type: ignore[list-item]
    return Total(len(moved), days[phase, cloud, edge], what)


def _by_place(event: Event) -> dict[tuple[str, str, str], int]:
    """Of several features in one phase and cloud, the one that moved the furthest counts."""
    days: dict[tuple[str, str, str], int] = {}
    for slip in event.slips:
        for cloud in slip.clouds:
            place = (slip.phase, cloud, slip.edge)
            days[place] = max(days.get(place, 0), slip.days, key=abs)
    return days


def _dates_in_words(text: str) -> str:
    return spoken(" ".join(text.split())) or say("none")


def _name(phase: str, names: Sequence[Cloud]) -> str:
    return f"{say(PHASES.get(phase, phase))}, {clouds(names)}"  # type: ignore[call-overload]


def _window_moves(change: Change, event: Event) -> list[Move]:
    at = next((index for index, edition in enumerate(change.editions) if edition.id == event.edition), 0)
    now, before = change.editions[at].facts, next((e.facts for e in reversed(change.editions[:at]) if e.facts), None)
    if not now or not before:
        return []
    old = _by_cloud(before.classification.windows or plan_before(change, event.edition))
    new = _by_cloud(now.classification.windows)
    changed: dict[tuple[Phase, str, str], list[Cloud]] = {}
    for place in dict.fromkeys([*new, *old]):
        was, is_ = old.get(place, say("not announced")), new.get(place, say("no longer planned"))
        if was != is_:
            changed.setdefault((place[0], was, is_), []).append(place[1])
    return [
        Move(_name(phase, names), was, is_, _slip(event.slips, phase, names), tuple(names))
        for (phase, was, is_), names in changed.items()
    ]


def _by_cloud(windows: Sequence[Window]) -> dict[tuple[Phase, Cloud], str]:
    """The dates of each phase in each cloud; several features on one line of the plan are told together."""
    places: dict[tuple[Phase, Cloud], list[str]] = {}
    for each in windows:
        for cloud in each.clouds:
            places.setdefault((each.phase, cloud), []).append(window(each))
    return {place: "; ".join(dates) for place, dates in places.items()}


def _slip(slips: Iterable[Slip], phase: str, names: Sequence[Cloud]) -> str:
    """How far: one figure where start and end moved alike, else one for each of them."""
    ours = [slip for slip in slips if slip.phase == phase and (not names or set(slip.clouds) & set(names))]
    days = list(dict.fromkeys(slip.days for slip in ours))
    if len(days) <= 1:
        return words_of(days[0]) if days else ""
    parts = dict.fromkeys(f"{say(slip.edge)} {words_of(slip.days)}" for slip in ours if slip.days)
    return ", ".join(parts)
