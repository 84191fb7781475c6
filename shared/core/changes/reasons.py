"""Why an effect is wanted, as data; the sentence is made where people read it (shared/core/words/reasons.py)."""

from dataclasses import dataclass
from datetime import datetime

from shared.core.changes.lessons import Lesson
from shared.core.policy.away import Away
from shared.core.terms import EventType, ReminderRole
from shared.core.words import reasons as words
from shared.core.words.language import say


@dataclass(frozen=True, slots=True)
class MetCondition:
    """One condition of a route's match that the change meets.

    `quote`: the post's own words behind it; or `settled`: who settled it, and when.
    """

    name: str
    value: str
    quote: str = ""
    settled: str = ""

    @property
    def words(self) -> str:
        return words.condition(self.name, self.value, self.quote, self.settled)


@dataclass(frozen=True, slots=True)
class RouteReason:
    """A route asks for it: the one at `path` in the policy's file, and its `name` where it has one.

    `conditions` are those met on the way there, `team` is who gets the effect. `workload` is the owner's workload that
    the change concerns and `owner` the team that owns it; without an owner, `services` are those that nobody owns.
    `away`: why the owner does not answer.
    """

    path: str
    name: str
    conditions: tuple[MetCondition, ...]
    team: str
    workload: str = ""
    owner: str = ""
    services: tuple[str, ...] = ()
    away: Away | None = None

    @property
    def words(self) -> str:
        """For who keeps the policy: with the place in its file."""
        return f"{self._because()} ({words.place(self.path, self.name)})"

    @property
    def sentence(self) -> str:
        """For who gets the ticket or card: a place in a file says nothing there, a route's name does."""
        return f"{self._because()} ({words.place(self.path, self.name)})" if self.name else self._because()

    def _because(self) -> str:
        conditions = (words.condition_in_words(met.name, met.value, met.quote, met.settled) for met in self.conditions)
        because = ", ".join(conditions) or say("every change")
        owner = words.owner(self.owner, self.workload, self.services, self.team)
        away = f"; {self.away.words}" if self.away else ""
        return f"{because}; {owner}{away}"


@dataclass(frozen=True, slots=True)
class NewsReason:
    """Something new happened to a change of which the same people were told before."""

    events: tuple[EventType, ...]

    @property
    def words(self) -> str:
        return words.news(self.events)

    @property
    def sentence(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class TakeoverReason:
    """The change takes over the ticket of another change, whatever its own policy asked for."""

    change: str

    @property
    def words(self) -> str:
        return words.takeover(self.change)

    @property
    def sentence(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class SilenceReason:
    """Nobody has said anything about the change for `days` working days, `since` then, and the policy reminds `role`.

    `who`: the person or group who is reminded.
    """

    role: ReminderRole
    who: str
    days: int
    since: datetime

    @property
    def words(self) -> str:
        return words.silence(self.role, self.days)

    @property
    def sentence(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class AskedReason:
    """Somebody who has a card of the change, or its page, asked to be reminded of it."""

    @property
    def words(self) -> str:
        return words.asked()

    @property
    def sentence(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class ImpactReason:
    """Its rollout began `days` working days ago, and the policy asks how it went.

    `lessons`: of other changes of the same service, as they were known when somebody was asked.
    """

    days: int
    lessons: tuple[Lesson, ...] = ()

    @property
    def words(self) -> str:
        return words.impact(self.days)

    @property
    def sentence(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class SentenceReason:
    """A reason of which only its sentence is known: rows held nothing else before."""

    words: str

    @property
    def sentence(self) -> str:
        return self.words


Reason = RouteReason | NewsReason | TakeoverReason | SilenceReason | AskedReason | ImpactReason | SentenceReason
"""Each has `words`, with the place in the policy, and `sentence`, for who gets the ticket or card."""
