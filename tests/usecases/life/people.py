"""People of an organisation, simulated: who answers, who is late, and the team that never does.

They see what people see: cards in their channels, tickets in the register, tasks in their plan. Every act goes into a
ledger of their own, as it happens; nothing in it comes from our tables.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, Literal, NamedTuple

from shared.core.cards.card import Card, ChangeCard
from shared.core.cards.listing import ListCard
from shared.core.policy.model import Policy
from shared.record.people import KnownPerson
from shared.record.register import entries, move_entry
from shared.usecases.review.decide import Speaker, answer, close_or_open
from tests.usecases.world import World

Habit = Literal["prompt", "late", "never"]
_DAYS: Mapping[Habit, tuple[float, float]] = {"prompt": (0.1, 3), "late": (4, 25), "never": (0, 0)}


class Entry(NamedTuple):
    """One line of the ledger: when, which change, what happened, and by which team (empty: by nobody's hand)."""

    at: datetime
    change: str
    what: Literal["seen", "filed", "act", "decided", "ended", "opened", "assigned", "done", "gone", "answer", "page"]
    team: str = ""
    detail: str = ""


@dataclass(slots=True)
class People:
    """The people of every team. `ledger`: everything that they did or saw, in order."""

    policy: Policy
    seed: int
    ledger: list[Entry] = field(default_factory=list)
    habits: dict[str, Habit] = field(default_factory=dict)
    _plans: list[tuple[datetime, int, str, tuple[Any, ...]]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _tickets: dict[str, str] = field(default_factory=dict)  # number to change
    _cancelled: set[str] = field(default_factory=set)
    _asked: set[tuple[str, str]] = field(default_factory=set)
    _tasks: int = 0
    _turn: Any = field(default_factory=count)
    _dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        teams = sorted(self.policy.teams)
        self.habits = {team: self._dice.choice(("prompt", "prompt", "late")) for team in teams}
        self.habits[teams[self._dice.randrange(len(teams))]] = "never"

    # What they see.

    def sees(self, change_id: str, at: datetime) -> None:
        """A post stands in the feed for the first time; some of them get a task in the plan."""
        if change_id in self._known:
            return
        self._known.add(change_id)
        self.ledger.append(Entry(at, change_id, "seen"))
        if self._dice.random() < 0.2:
            self._later(at, (0.01, 1), "make_task", change_id)

    def reads(self, channel: str, card: Card, at: datetime) -> None:
        """A message arrives in a channel; whoever reads it may answer."""
        if isinstance(card, ChangeCard):
            self._asks(card.change_id, channel, at)
        elif isinstance(card, ListCard):
            for entry in card.entries:
                self._asks(entry.change_id, channel, at)

    def _asks(self, change_id: str, channel: str, at: datetime) -> None:
        team = next((name for name, each in self.policy.teams.items() if each.channel == channel), "")
        if team not in self.habits or (change_id, team) in self._asked:
            return
        self._asked.add((change_id, team))
        habit = self.habits[team]
        if habit == "never":
            return
        self._later(at, _DAYS[habit], "answer", change_id, team, "own")
        if self._dice.random() < 0.8:
            word = self._dice.choice(("no_impact", "done", "impact"))
            self._later(at, _DAYS[habit], "answer", change_id, team, word)
        if self._dice.random() < 0.1:
            self._later(at, (5, 30), "close", change_id, team)

    async def look(self, world: World) -> None:
        """The board reads its register: new tickets are taken up, and end some day."""
        for entry in await entries(world.tables):
            if entry.state == "cancelled" and entry.closed and entry.number not in self._cancelled:
                self._cancelled.add(entry.number)  # with its change, by Microsoft: by nobody's hand
                self.ledger.append(Entry(entry.closed, entry.change_id, "ended"))
            if entry.number in self._tickets:
                continue
            self._tickets[entry.number] = entry.change_id
            self.ledger.append(Entry(entry.created, entry.change_id, "filed"))
            now = world.clock()
            if self._dice.random() < 0.85:
                self._later(now, (1, 12), "move", entry.number, "scheduled")
                if self._dice.random() < 0.8:
                    self._later(now, (13, 40), "move", entry.number, "closed")

    # What they do.

    def next_act(self) -> datetime | None:
        return self._plans[0][0] if self._plans else None

    def due(self, until: datetime) -> bool:
        return bool(self._plans) and self._plans[0][0] <= until

    async def act(self, world: World) -> None:
        """Everything whose time has come, now."""
        while self.due(world.clock()):
            _, _, verb, given = heappop(self._plans)
            await getattr(self, f"_{verb}")(world, *given)

    def _later(self, since: datetime, days: tuple[float, float], verb: str, *given: Any) -> None:
        at = since + timedelta(days=self._dice.uniform(*days))
        heappush(self._plans, (at, next(self._turn), verb, given))

    def _note(self, world: World, change: str, what: Any, team: str = "", detail: str = "") -> None:
        self.ledger.append(Entry(world.clock(), change, what, team, detail))

    async def _answer(self, world: World, change: str, team: str, word: Any) -> None:
        speaker = Speaker(_person(team), team)
        done = await answer(world.deps, change, word, speaker, over=True)
        if done is not None and getattr(done, "kind", "") == "counts":
            self._note(world, change, "act", team)
            if word != "own":  # the page names the teams whose word counts
                self._note(world, change, "answer", team, f"{word} of {','.join(_teams(done))}")
        await world.drain(timedelta())

    async def _close(self, world: World, change: str, team: str) -> None:
        done = await close_or_open(world.deps, change, "close", Speaker(_person(team), team))
        if done is not None and getattr(done, "kind", "") == "counts":
            self._note(world, change, "act", team)
            self._note(world, change, "page", team)
        await world.drain(timedelta())

    async def _move(self, world: World, number: str, state: str) -> None:
        """The board moves a ticket that has not ended; the timer reads it a moment later."""
        change = self._tickets[number]
        entry = next(each for each in await entries(world.tables) if each.number == number)
        if entry.state in {"closed", "cancelled"}:
            return
        await move_entry(world.tables, number, state, "", world.clock(), "the board")
        self._note(world, change, "act", "board")
        if not entry.decision:
            self._note(world, change, "decided", "board")
        if state == "closed":
            self._note(world, change, "ended", "board")
        await world.follow()

    async def _make_task(self, world: World, change: str) -> None:
        self._tasks += 1
        task = f"task{self._tasks:05d}"
        created = world.clock()
        self._note(world, change, "opened", detail=task)
        await world.bring(_task(task, change, created, 1), observed=created)
        habit = self._dice.choice(("prompt", "late", "never"))
        if habit != "never":
            self._later(created, _DAYS[habit], "assign_task", change, task, created)

    async def _assign_task(self, world: World, change: str, task: str, created: datetime) -> None:
        now = world.clock()
        self._note(world, change, "act", detail=task)
        self._note(world, change, "assigned", detail=task)
        await world.bring(_task(task, change, created, 2, assigned=now), observed=now)
        if self._dice.random() < 0.8:
            self._later(now, (1, 20), "end_task", change, task, created, now)

    async def _end_task(self, world: World, change: str, task: str, created: datetime, assigned: datetime) -> None:
        now = world.clock()
        self._note(world, change, "act", detail=task)
        self._note(world, change, "done", detail=task)
        await world.bring(_task(task, change, created, 3, assigned=assigned, completed=now), observed=now)


def _teams(done: Any) -> list[str]:
    change = done.record.change
    return sorted({change.assessment.team_of(team) for team in change.decision.teams})


def _person(team: str) -> KnownPerson:
    number = sum(map(ord, team))
    return KnownPerson(f"00000000-0000-4000-8000-{number:012d}", f"Owner of {team}", f"{team}@contoso.example")


def _task(
    task: str,
    change: str,
    created: datetime,
    turn: int,
    *,
    assigned: datetime | None = None,
    completed: datetime | None = None,
) -> dict[str, Any]:
    return {
        "id": task,
        "@odata.etag": f'W/"{turn:08d}"',
        "title": f"[Service] Something changes [{change}]",
        "createdDateTime": created.isoformat(),
        "percentComplete": 100 if completed else 0,
        "completedDateTime": completed.isoformat() if completed else None,
        "assignments": {"person": {"assignedDateTime": assigned.isoformat()}} if assigned else {},
    }
