"""A line: what lists, figures, board, calendar and review need of a change, in parts that different writers know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from shared.core.changes.change import Days
from shared.core.changes.settled import RolloutOutcome
from shared.core.life.moments import Moments, earliest, opening
from shared.core.terms import IMPACT_RANK, LOADS
from shared.core.times import stored_day, when

Value = str | int | float | bool | None | tuple["Value", ...]
"""What a part holds: what JSON can, with tuples for lists."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one writer knows of a change.

    `name`: its kind, and behind `|` the member where a change has several of that kind (`ticket|crb`). `version` only
    grows, and sorts as text. `places` says where in `values` each value stands; many parts share it.
    """

    name: str
    version: str
    places: Mapping[str, int]
    values: tuple[Value, ...]

    @property
    def kind(self) -> str:
        return self.name.partition("|")[0]

    @property
    def member(self) -> str:
        return self.name.partition("|")[2]

    def get(self, name: str) -> Value:
        place = self.places.get(name)
        return None if place is None else self.values[place]

    def items(self) -> dict[str, Value]:
        """Every value that is said, by name."""
        return {name: self.values[place] for name, place in self.places.items() if self.values[place] is not None}

    def text(self, name: str) -> str:
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def words(self, name: str) -> tuple[str, ...]:
        value = self.get(name)
        return tuple(str(word) for word in value) if isinstance(value, tuple) else ()

    def number(self, name: str) -> int:
        value = self.get(name)
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        return self.get(name) is True

    def day(self, name: str) -> date | None:
        return stored_day(self.text(name))

    def moment(self, name: str) -> datetime | None:
        return when(self.text(name))

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, wherever it stands."""
        if not isinstance(other, Part):
            return NotImplemented
        return (self.name, self.version, self.items()) == (other.name, other.version, other.items())

    __hash__ = None  # type: ignore[assignment]  # two places of the same value are equal


def part_of(name: str, version: str, values: Mapping[str, Value]) -> Part:
    """A part of these values; what is empty is not kept."""
    said = {key: value for key, value in values.items() if value not in (None, "", (), False)}
    return Part(name, version, {key: place for place, key in enumerate(said)}, tuple(said.values()))


@dataclass(frozen=True, slots=True)
class Ticket:
    """A change's ticket in one system. `silent`: nobody has asked for it yet, or ever will.

    `ended`: nothing is waited for here any more. `notes`: the events that it was told after its first. `risk`,
    `planned_start`, `planned_end`: of the built-in register the risk in the ticket, and the days that a person set.
    """

    system: str
    team: str
    number: str
    url: str
    state: str
    remote_state: str
    decision: str
    decided_at: datetime | None
    moved_at: datetime | None
    opened_at: datetime | None
    silent: bool
    ended: bool
    notes: int
    risk: str = ""
    planned_start: date | None = None
    planned_end: date | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A Planner task of a change. `moved`: when a person first had it in hand; `gone`: that it was deleted.

    `by_us`: it was we who gave it to whoever has it.
    """

    opened: datetime | None
    assigned: datetime | None
    completed: datetime | None
    moved: datetime | None = None
    gone: datetime | None = None
    tenant: str = ""
    id: str = ""
    etag: str = ""
    by_us: bool = False


class Asked(NamedTuple):
    """That somebody asked to be reminded: of which day, in which channel."""

    day: date
    channel: str


class TeamWord(NamedTuple):
    """What one team said: who owns it there, what they make of it and who says so, and when they last said anything.

    `by`, `at`: empty in lines of versions that did not keep them.
    """

    team: str
    owner: str
    disposition: str
    by: str = ""
    at: str = ""

    @property
    def moment(self) -> datetime | None:
        return when(self.at)


_WORD = 3  # columns that every version of it has
_OUTCOME = 3  # load, lesson, when
_NO_PART = Part("", "", {}, ())


@dataclass(frozen=True)
class Line:
    """One change in its parts, in order of their names; values are read when they are asked for.

    A line without the part `change` is not whole: its writer knew the change from elsewhere. What costs most to read is
    kept: a process has the same line for as long as its list is the same.
    """

    id: str
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part:
        """The part of that name; one that says nothing where there is none."""
        for part in self.parts:
            if part.name == name:
                return part
        return _NO_PART

    def of_kind(self, kind: str) -> Iterator[Part]:
        return (part for part in self.parts if part.kind == kind)

    @property
    def is_whole(self) -> bool:
        return self.part("change") is not _NO_PART

    # What the change is.

    @cached_property
    def _change(self) -> Part:
        return self.part("change")

    @cached_property
    def title(self) -> str:
        return self._change.text("title")

    @cached_property
    def private(self) -> bool:
        """Whether the post is for privacy readers only; nothing of what it says stands in the line."""
        return self._change.flag("private")

    @property
    def teams(self) -> tuple[str, ...]:
        return self._change.words("teams")

    @cached_property
    def workloads(self) -> tuple[str, ...]:
        return self._change.words("workloads")

    @property
    def services(self) -> tuple[str, ...]:
        return self._change.words("services")

    @cached_property
    def unowned(self) -> tuple[str, ...]:
        """The services that nobody owns."""
        return self._change.words("unowned")

    @property
    def roadmap(self) -> tuple[str, ...]:
        """The ids of the roadmap that the post names."""
        return self._change.words("roadmap")

    @property
    def controls(self) -> tuple[str, ...]:
        """The names of the settings, policies and cmdlets that the post names."""
        return self._change.words("controls")

    @property
    def tenants(self) -> tuple[str, ...]:
        """The tenants that have the post, as of the night; before the first one those that brought its editions.

        Of a post on data privacy none is named.
        """
        counted = self.part("tenants")
        return self._change.words("seen_in") if counted is _NO_PART else counted.words("names")

    @cached_property
    def searched(self) -> str:
        """What a search looks at, in small letters: id, title, products, roadmap ids, controls; not the whole text."""
        own = (self.id, self.title, *self.services, *self.roadmap, *self.controls)
        return "\n".join(own).casefold()

    @property
    def kind(self) -> str:
        return self._change.text("kind")

    @property
    def admin_impact(self) -> str:
        return self._change.text("admin_impact")

    @property
    def user_impact(self) -> str:
        return self._change.text("user_impact")

    @property
    def status(self) -> str:
        return self._change.text("status")

    @property
    def default(self) -> str:
        return self._change.text("default")

    @property
    def action(self) -> str:
        return self._change.text("action")

    @cached_property
    def crb(self) -> bool:
        return self._change.flag("crb")

    @property
    def training(self) -> bool:
        return self._change.flag("training")

    @cached_property
    def unsure(self) -> tuple[str, ...]:
        """The fields that nobody should be told are so."""
        return self._change.words("unsure")

    @cached_property
    def act_by(self) -> date | None:
        return self._change.day("act_by")

    @cached_property
    def plan_start(self) -> date | None:
        """The first day of the plan for our tenants."""
        return self._change.day("plan_start")

    @cached_property
    def plan_end(self) -> date | None:
        return self._change.day("plan_end")

    @property
    def slips(self) -> int:
        """How often Microsoft moved its days."""
        return self._change.number("slips")

    @property
    def slip_days(self) -> int:
        """How far Microsoft moved its days in all; later is positive."""
        return self._change.number("slip_days")

    @property
    def slipped_at(self) -> datetime | None:
        """When it last did."""
        return self._change.moment("slipped_at")

    @property
    def stage(self) -> str:
        return self._change.text("stage")

    @property
    def silent(self) -> str:
        """Why nothing follows from the decision, where nothing does."""
        return self._change.text("silent")

    @cached_property
    def revision(self) -> int:
        return self._change.number("revision")

    @cached_property
    def published(self) -> datetime | None:
        return self._change.moment("published")

    @cached_property
    def modified(self) -> datetime | None:
        """Microsoft's stamp of the newest edition."""
        return self._change.moment("modified")

    @property
    def edited(self) -> datetime | None:
        """When we first saw the newest edition; Microsoft's stamp in lines of versions that did not keep it."""
        return self._change.moment("observed") or self.modified

    @cached_property
    def first_seen(self) -> datetime | None:
        return self._change.moment("first_seen")

    @cached_property
    def decided(self) -> datetime | None:
        """When the policy last decided; None before the first time."""
        return self._change.moment("decided")

    # What became of it.

    @cached_property
    def tickets(self) -> tuple[Ticket, ...]:
        return tuple(
            Ticket(
                part.member, part.text("team"), part.text("number"), part.text("url"), part.text("state"),
                part.text("remote_state"), part.text("decision"), part.moment("decided_at"),
                part.moment("moved_at"), part.moment("opened_at"), part.flag("silent"), part.flag("ended"),
                part.number("notes"), part.text("risk"), part.day("planned_start"), part.day("planned_end"),
            )
            for part in self.of_kind("ticket")
        )  # fmt: skip

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(
            Task(
                part.moment("opened"), part.moment("assigned"), part.moment("completed"), part.moment("moved"),
                part.moment("gone"), *part.member.partition("|")[::2], part.version.partition(" ")[0],
                part.flag("by_us"),
            )
            for part in self.of_kind("task")
        )  # fmt: skip

    @cached_property
    def closings(self) -> int:
        """How often the change was closed."""
        return self.part("closing").number("number")

    @cached_property
    def closed(self) -> datetime | None:
        """When it was closed; None while it is open."""
        return self.part("closing").moment("at")

    @property
    def counts(self) -> bool:
        """Whether its closing counts in measures: it did not lapse before anybody measured."""
        return not self.part("closing").flag("before")

    @property
    def closed_by(self) -> str:
        """The person who closed it on its page, as they stand in the record."""
        return self.part("closing").text("by")

    @property
    def worked(self) -> Days:
        """Working days until it was looked at, decided and closed, as they were counted when it closed."""
        return self._days("worked")

    @property
    def target(self) -> Days:
        """The days that the policy allowed when it closed."""
        return self._days("target")

    @property
    def stood(self) -> timedelta:
        """How long it stood closed before it was opened again."""
        return timedelta(seconds=self.part("closing").number("stood"))

    @property
    def stood_working(self) -> int:
        """The same in working days."""
        return self.part("closing").number("stood_working")

    @property
    def reopened(self) -> datetime | None:
        """When it was opened again, while it is open."""
        return self.part("closing").moment("reopened")

    def _days(self, name: str) -> Days:
        days = self.part("closing").get(name)
        known = days if isinstance(days, tuple) else ()
        return Days(*(day if isinstance(day, int) else None for day in known[: len(Days._fields)]))

    @cached_property
    def through(self) -> str:
        """Through what it was closed; while it is open, what it waits for: a ticket, a task, or nothing yet."""
        if self.closed:
            return self.part("closing").text("through")
        if self._ticket:
            return "ticket"
        return "task" if self._has_tasks else ""

    @property
    def reference(self) -> str:
        """The same as a number: of the ticket, or of how many tasks."""
        if self.closed:
            return self.part("closing").text("reference")
        return self._ticket.number if self._ticket else ""

    @cached_property
    def _ticket(self) -> Ticket | None:
        return next((ticket for ticket in self.tickets if not ticket.silent), None)

    @cached_property
    def _has_tasks(self) -> bool:
        """Whether a task stands beside it; one that was deleted counts no more."""
        return any(not task.gone for task in self.tasks)

    @cached_property
    def team(self) -> str:
        """Who deals with it: the ticket's team, else the first that the policy names."""
        of_ticket = next((part.text("team") for part in self.of_kind("ticket")), "")
        return (not self.private and of_ticket) or self._change.text("team")

    @cached_property
    def opened(self) -> datetime | None:
        """When the first ticket or task for it was made, else when we first saw the post; never after its closing."""
        made = [ticket.opened_at for ticket in self.tickets] + [task.opened for task in self.tasks]
        return opening(made, self.first_seen, self.closed) if self.first_seen else None

    @property
    def assigned(self) -> datetime | None:
        """When the first task was given to a person."""
        return earliest(task.assigned for task in self.tasks)

    @property
    def triaged(self) -> datetime | None:
        """The first act of a person."""
        words = self.part("people")
        acts = [words.moment("first") or words.moment("at"), self.board_decided]
        acts += [moment for task in self.tasks for moment in (task.moved, None if task.by_us else task.assigned)]
        return earliest([*acts, *(ticket.moved_at for ticket in self.tickets)])

    @property
    def ticketed(self) -> datetime | None:
        """When the first ticket was filed."""
        return earliest(ticket.opened_at for ticket in self.tickets)

    @property
    def board_decided(self) -> datetime | None:
        """When the board decided, as far as a ticket system says."""
        return earliest(ticket.decided_at for ticket in self.tickets)

    @property
    def communicated(self) -> datetime | None:
        """When the first card went out; known from the night after it on, for a change that nobody touched since."""
        return self.part("card").moment("first")

    @cached_property
    def moments(self) -> Moments | None:
        """When what happened to it; None where nobody knows when it was first seen."""
        if self.first_seen is None or self.opened is None:
            return None
        return Moments(
            self.first_seen, self.opened, self.published, self.triaged, self.ticketed, self.assigned,
            self.board_decided, self.communicated, self.act_by, self.plan_start, self.plan_end,
        )  # fmt: skip

    @cached_property
    def impact(self) -> str:
        """The higher of its two impacts; empty of a post on data privacy."""
        impacts = (self.admin_impact, self.user_impact)
        return "" if self.private else max(impacts, key=lambda impact: IMPACT_RANK.get(impact, -1))

    @property
    def settled(self) -> tuple[str, ...]:
        """The names of the fields that a person settled."""
        return self.part("people").words("settled")

    @property
    def words(self) -> tuple[TeamWord, ...]:
        """What each team said of it; of a team that has said nothing there is none."""
        return tuple(TeamWord(*map(str, word[: len(TeamWord._fields)])) for word in self._rows("words", _WORD))

    @property
    def moved(self) -> Mapping[str, str]:
        """The teams that it was taken from, each with the one that got it."""
        return {str(row[0]): str(row[1]) for row in self._rows("moved", 2)}

    @property
    def concerned(self) -> tuple[str, ...]:
        """The teams that it concerns, each as it was handed over; a circle ends where it began."""
        moved = self.moved

        def of(team: str) -> str:
            known = {team}
            while (to := moved.get(team, "")) and to not in known:
                team = to
                known.add(team)
            return team

        return tuple(dict.fromkeys(of(team) for team in self.teams or (self.team,) if team))

    @property
    def last_word(self) -> datetime | None:
        """When a person last said anything, by an answer or by what only adds."""
        return self.part("people").moment("at")

    @property
    def seq(self) -> int:
        """How often people said anything, as the assessment counts it; 0 while nobody has."""
        version = self.part("people").version
        return int(version) if version.isdecimal() else 0

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The days of which people asked to be reminded."""
        rows = ((stored_day(str(row[0])), str(row[1])) for row in self._rows("asked", 2))
        return tuple(Asked(day, channel) for day, channel in rows if day)

    @property
    def outcome(self) -> RolloutOutcome | None:
        """How its rollout went, as somebody said last; never of a post on data privacy."""
        value = self.part("people").get("outcome")
        load, lesson, at = value[:_OUTCOME] if isinstance(value, tuple) and len(value) >= _OUTCOME else ("", "", "")
        known, moment = next((each for each in LOADS if each == load), None), when(str(at))
        return RolloutOutcome(known, str(lesson), moment) if known and moment and not self.private else None

    def _rows(self, name: str, width: int) -> Iterator[tuple[Value, ...]]:
        """The rows of a value that is a table, each at least so wide; a later version may have further columns."""
        rows = self.part("people").get(name)
        for row in rows if isinstance(rows, tuple) else ():
            if isinstance(row, tuple) and len(row) >= width:
                yield row

    def is_open(self, today: date) -> bool:
        """Whether people still have to deal with it; what nobody tracks is open until its plan is over."""
        if self.closed or not self.decided:
            return False
        if self.is_tracked:
            return True
        return self.is_planned and not (self.last_day and self.last_day < today)

    @property
    def is_tracked(self) -> bool:
        """Whether a ticket or a task of the plan stands for it."""
        return bool(self._ticket or self._has_tasks)

    @cached_property
    def is_planned(self) -> bool:
        """Whether it is planned; of a post on data privacy, whether its plan was not over when the line was made."""
        return self._change.flag("planned")

    @cached_property
    def last_day(self) -> date | None:
        """The last day of its plan; never of a post on data privacy."""
        return self._change.day("last_day")

    def last_moment(self) -> datetime | None:
        """The latest time that anything happened to it, as far as the line says."""
        moments = [self.first_seen, self.modified, self.decided, self.closed, self.assigned, self.last_word]
        for ticket in self.tickets:
            moments += [ticket.opened_at, ticket.decided_at]
        moments += [moment for task in self.tasks for moment in (task.completed, task.moved)]
        return max((moment for moment in moments if moment), default=None)


def merged(line: Line, newer: Line) -> Line:
    """Both in one: of each part the higher version counts, and of two that are equal the one of `newer`.

    The same object where `newer` says nothing new.
    """
    parts = {part.name: part for part in line.parts}
    changed = False
    for part in newer.parts:
        before = parts.get(part.name)
        if before is None or part.version > before.version or (part.version == before.version and part != before):
            parts[part.name] = part
            changed = True
    return Line(line.id, tuple(parts[name] for name in sorted(parts))) if changed else line


def overlaid(lines: Mapping[str, Line], newer: Iterable[Line]) -> dict[str, Line]:
    """The lines under newer ones, in whatever order those come."""
    result = dict(lines)
    for line in newer:
        before = result.get(line.id)
        result[line.id] = merged(before, line) if before else line
    return result
