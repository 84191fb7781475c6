"""What a review goes through: what is new, was edited, or waits for a word, the most urgent first (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import urlencode

from shared.core.life.line import Line, TeamWord

Reason = Literal["late", "new", "edited", "waiting"]
"""Why a change is on the agenda; of several the first counts.

`late`: a day of it is past. `new`, `edited`: since the review before. `waiting`: older, and nobody has said a word.
"""
WEEKS = (1, 2, 4)
"""How far a review may look back."""
MOST = 150
"""Changes on one page; the others come when these are done, or by a team's own agenda."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which review somebody looks at: of how many weeks, and of which team; empty for all of them."""

    weeks: int = WEEKS[0]
    team: str = ""

    @property
    def query(self) -> str:
        """The same in an address."""
        return urlencode({"weeks": self.weeks, **({"team": self.team} if self.team else {})})


def scope_of(weeks: str, team: str) -> Scope:
    """The scope that an address or a form says; a week where it says no number of weeks that there is."""
    return Scope(next((each for each in WEEKS if weeks == str(each)), WEEKS[0]), team[:100])


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One change of a review. `due`: its day to act by, else the first day of its rollout, else the last.

    `waits_for`: the teams that have said nothing yet of what it is now; a change is done when there are none.
    """

    line: Line
    reason: Reason
    due: date | None
    waits_for: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.line.id

    @property
    def is_done(self) -> bool:
        return not self.waits_for

    @property
    def words(self) -> tuple[TeamWord, ...]:
        """What the teams that it concerns said."""
        return tuple(word for word in self.line.words if word.team in self.line.concerned)

    @property
    def version(self) -> str:
        """Changes whenever what the page shows of it may."""
        return "-".join(f"{part.kind[:2]}{part.version[-24:]}" for part in self.line.parts)


@dataclass(frozen=True, slots=True)
class ReviewAgenda:
    """A review: `items` in an order that no decision changes; `left`: how many more there are than a page has."""

    items: tuple[AgendaItem, ...]
    left: int = 0

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    def after(self, id_: str) -> AgendaItem | None:
        """The next change that is not done, from that one on, and then from the beginning; None where all are."""
        at = next((place for place, item in enumerate(self.items) if item.id == id_), -1)
        rest = (*self.items[at + 1 :], *self.items[: at + 1])
        return next((item for item in rest if not item.is_done and item.id != id_), None)


def review_agenda(lines: Iterable[Line], now: datetime, weeks: int = 1, team: str = "") -> ReviewAgenda:
    """The agenda of so many weeks, of one team or of all. Lines that somebody may not see are left out beforehand."""
    today, since = now.date(), now - timedelta(weeks=weeks)
    entries = sorted(_entries(lines, today, since, team), key=_urgency)
    items = (
        AgendaItem(line, reason, due, _waits_for(line, reason, today, since, team))
        for line, reason, due in entries[:MOST]
    )
    return ReviewAgenda(tuple(items), max(0, len(entries) - MOST))


def item_of(line: Line, now: datetime, weeks: int = 1, team: str = "") -> AgendaItem | None:
    """The change as a review has it; None where it is not on the agenda."""
    return next(iter(review_agenda([line], now, weeks, team).items), None)


class _Entry(NamedTuple):
    line: Line
    reason: Reason
    due: date | None


def _entries(lines: Iterable[Line], today: date, since: datetime, team: str) -> Iterator[_Entry]:
    for line in lines:
        if (reason := _reason(line, today, since)) and not (team and team not in line.concerned):
            yield _Entry(line, reason, _due(line, today))


def _reason(line: Line, today: date, since: datetime) -> Reason | None:
    """Why it is on the agenda. That of which somebody spoke in this review stays, whatever came of it."""
    seen, edited = line.first_seen, line.edited
    if not line.is_whole or not line.decided or seen is None:
        return None
    spoken = line.last_word is not None and line.last_word >= since
    if not (spoken or line.is_open(today)):
        return None
    if any(day and day < today for day in (line.act_by, line.plan_end)):
        return "late"
    if seen >= since:
        return "new"
    if line.revision > 1 and edited and edited >= since:
        return "edited"
    return "waiting" if spoken or not line.words else None


def _waits_for(line: Line, reason: Reason, today: date, since: datetime, team: str) -> tuple[str, ...]:
    """The teams that have not said what they make of it as it is now.

    Owning it is a word, and so is a day ahead on which somebody wants to be reminded. A word from before the newest
    edition is none; of what is late, neither is one from before this review.
    """
    if line.closed:
        return ()
    edited = line.edited if line.revision > 1 else None
    after = max((at for at in (edited, since if reason == "late" else None) if at), default=None)

    def counts(at: datetime | None) -> bool:
        return after is None or (at is not None and at >= after)

    remembered = any(asked.day >= today for asked in line.asked)
    if (
        (remembered or line.private) and line.last_word and counts(line.last_word)
    ):  # of a private one no line says who said what
        return ()
    said = {word.team for word in line.words if counts(word.moment)}
    return tuple(each for each in ((team,) if team else line.concerned) if each not in said)


def _due(line: Line, today: date) -> date | None:
    days = [day for day in (line.act_by, line.plan_start, line.plan_end) if day]
    ahead = [day for day in days if day >= today]
    return line.act_by or min(ahead, default=max(days, default=None))


def _urgency(entry: _Entry) -> tuple[bool, date, str]:
    """What is late first, then by the day; of one day by the id, so that the order stands still."""
    return entry.reason != "late", entry.due or date.max, entry.line.id
