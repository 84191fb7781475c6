"""What a person settled of a change: values that lie over the reading, never in it (pure)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from shared.core.posts.classification import Classification, FieldName, Why, Window
from shared.core.terms import Load
from shared.core.words.dates import day

DATED: frozenset[FieldName] = frozenset({"rollouts", "status", "act_by"})
"""Days and status are Microsoft's to say: its newer word ends what was settled. The others are judgements."""
FieldValue = str | bool | date | tuple[Window, ...] | None
Standing = Literal["holds", "earlier", "fell"]
"""How a settled field stands to the newest edition: it holds; it was settled for an earlier edition and goes on; it
fell, because a newer edition says other days or another status."""
_UNSURE = 0.5
"""How sure a judgement of an earlier edition is, of 1."""


@dataclass(frozen=True, slots=True)
class SettledField:
    """One field as a person settled it. `edition`: the one that they looked at; `reader`: what was read of it then."""

    value: FieldValue
    by: str
    at: datetime
    edition: str
    reader: FieldValue

    @property
    def words(self) -> str:
        return f"settled by {self.by} on {day(self.at.date())}"


_KEPT = timedelta(days=90)
"""How long it is remembered who asked to be reminded: longer than any timer stands still."""
Disposition = Literal["", "impact", "no_impact", "board", "done"]
"""What a team makes of a change: it has an impact on us, it has none, it needs the board, all of it is done."""
THROUGH_WITH_IT: frozenset[Disposition] = frozenset({"no_impact", "done"})
"""What a team says of a change with which it has nothing more to do."""


@dataclass(frozen=True, slots=True)
class TeamWord:
    """What one team said of a change: who owns it there, and what they make of it. `by`, `at`: of the disposition."""

    owner: str = ""
    owned_at: datetime | None = None
    disposition: Disposition = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """That a change is another team's than the policy says: `to` whom, who said so, and when."""

    to: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PageWord:
    """That a person closed a change on its page, or opened it again."""

    closed: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody asked to be reminded of the change: of which day, in which channel, and for which team."""

    day: date
    channel: str
    team: str
    who: str


@dataclass(frozen=True, slots=True)
class RolloutOutcome:
    """How the rollout went, as somebody said last: what it meant for the help desk, the lesson, and when that was."""

    load: Load
    lesson: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """What people decided about a change. `seq` is one more after each write.

    `settled_seq`: of the last write that settled or released a field; the others ask for no new decision. `teams`: what
    each team said; `moved`: by team, that it is not theirs. `page`: who closed or opened the change last. `first_at`:
    when somebody said anything for the first time, also what only adds; `last_at`: when they last said what only adds.
    `asked`: who asked to be reminded. `outcome`: how its rollout went.
    """

    seq: int = 0
    settled: Mapping[FieldName, SettledField] = field(default_factory=dict)
    settled_seq: int = 0
    teams: Mapping[str, TeamWord] = field(default_factory=dict)
    moved: Mapping[str, Handover] = field(default_factory=dict)
    page: PageWord | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    asked: tuple[Asked, ...] = ()
    outcome: RolloutOutcome | None = None

    @property
    def people(self) -> frozenset[str]:
        """Everybody who stands in it, as they stand there."""
        said = (name for word in self.teams.values() for name in (word.owner, word.by))
        return frozenset(
            filter(
                None,
                (
                    *said,
                    *(each.by for each in self.settled.values()),
                    *(each.by for each in self.moved.values()),
                    self.page.by if self.page else "",
                    *(each.who for each in self.asked),
                ),
            )
        )

    def spoken(self, at: datetime, asked: Asked | None = None, outcome: RolloutOutcome | None = None) -> "Assessment":
        """The assessment once somebody has said what only adds; `asked`: that they want to be reminded.

        Days that are long past are left out. Of two who say how the rollout went, the newer word stands.
        """
        newest = max((each for each in (self.outcome, outcome) if each), key=lambda each: each.at, default=None)
        still = tuple(each for each in self.asked if each.day > at.date() - _KEPT and each != asked)
        return replace(
            self,
            seq=self.seq + 1,
            first_at=self.first_at or at,
            last_at=at,
            asked=(*still, asked) if asked else still,
            outcome=newest,
        )

    def team_of(self, team: str) -> str:
        """Whose the change is that the policy gives to a team; a circle ends where it began."""
        known = {team}
        while (handover := self.moved.get(team)) and handover.to not in known:
            team = handover.to
            known.add(team)
        return team


NOTHING_SETTLED = Assessment()


def with_names(assessment: Assessment, names: Mapping[str, str]) -> Assessment:
    """The assessment as people read it, with names in place of object ids. It is for showing, never for storing."""

    def named(who: str) -> str:
        return names.get(who, who)

    return replace(
        assessment,
        settled={name: replace(each, by=named(each.by)) for name, each in assessment.settled.items()},
        teams={
            team: replace(word, owner=named(word.owner), by=named(word.by)) for team, word in assessment.teams.items()
        },
        moved={team: replace(each, by=named(each.by)) for team, each in assessment.moved.items()},
        asked=tuple(replace(each, who=named(each.who)) for each in assessment.asked),
        page=replace(assessment.page, by=named(assessment.page.by)) if assessment.page else None,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one edition."""

    edition: str
    classification: Classification


def value_of(classification: Classification, name: FieldName) -> FieldValue:
    return cast(FieldValue, getattr(classification, attribute_of(name)))


def attribute_of(name: FieldName) -> str:
    """What a classification calls the field that is printed under this name."""
    return "windows" if name == "rollouts" else name


def holding(name: FieldName, value: FieldValue) -> Classification:
    """A classification that says nothing but this field."""
    values: dict[str, Any] = {attribute_of(name): value}
    return replace(Classification(""), **values)


def is_same(one: FieldValue, other: FieldValue) -> bool:
    """Whether two values of a field say the same; windows in any order, and whatever words said them."""
    return _comparable(one) == _comparable(other)


def _comparable(value: FieldValue) -> Hashable:
    if isinstance(value, tuple):
        return frozenset((w.phase, frozenset(w.clouds), w.start, w.end) for w in value)
    return value


def standing(name: FieldName, settled: SettledField, readings: Sequence[Reading]) -> Standing:
    """How the field stands to the editions, which are given in their order, at least one.

    Like is compared with like: where a new version of the reader reads other days in all editions alike, Microsoft has
    said nothing new.
    """
    if settled.edition == readings[-1].edition:
        return "holds"
    if name not in DATED:
        return "earlier"
    at = next((number for number, each in enumerate(readings) if each.edition == settled.edition), len(readings) - 2)
    known = [settled.reader]
    if at >= 0 and readings[at].edition == settled.edition:
        known.append(value_of(readings[at].classification, name))
    newer = (value_of(each.classification, name) for each in readings[at + 1 :])
    return "holds" if all(any(is_same(value, said) for said in known) for value in newer) else "fell"


def overlaid(reading: Classification, assessment: Assessment, readings: Sequence[Reading]) -> Classification:
    """The reading of the newest edition under what was settled and still stands."""
    values: dict[str, Any] = {}
    why = dict(reading.why)
    for name, settled in assessment.settled.items():
        stands = standing(name, settled, readings)
        if stands == "fell":
            continue
        words = settled.words + (", for an earlier edition" if stands == "earlier" else "")
        values[attribute_of(name)] = settled.value
        why[name] = Why(words, _UNSURE if stands == "earlier" else 1.0, settled=True)
        if name == "crb":
            values["crb_why"] = words if settled.value else ""
    return replace(reading, **values, why=why)


def as_label(name: FieldName, value: FieldValue) -> Any:
    """A field's value as `foresignal classify` prints it."""
    return holding(name, value).to_label()[name]


def from_label(name: FieldName, data: Any) -> FieldValue:
    """The value that `as_label` printed."""
    return value_of(Classification.from_json({**Classification("").to_label(), name: data}), name)
