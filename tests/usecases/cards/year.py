"""A stretch of real edits through every use case, with the timers of each channel; what each channel got, and when.

`python -m tests.usecases.cards.year FILE [FILE ...] [--from DAY] [--until DAY]` prints the table of docs/cards.md.
"""

import argparse
import asyncio
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from shared.adapters.policy import file
from shared.core.cards.card import Card, ChangeCard
from shared.core.cards.delivery import BEGINNING, end_of_quiet, next_digest
from shared.core.cards.listing import ListCard
from shared.core.cards.occasions import occasion_of
from shared.core.changes.change import Change, EffectState, Event
from shared.core.decisions.urgent import is_urgent
from shared.core.life.figures import closed_changes
from shared.core.life.line import Line
from shared.core.life.metrics import days_between, measure, spread
from shared.core.policy.model import Channel, Policy
from shared.core.times import stored_moment
from shared.record.changes import all_changes, read_with_effects
from shared.record.digests import channels
from shared.usecases.cards.digest import send_digests
from shared.usecases.cards.remind import remind
from shared.usecases.life.lines import every_line
from shared.usecases.upkeep.lists import index
from tests.fakes import FakeClock
from tests.usecases.life.ledger import differences, spreads
from tests.usecases.life.people import People
from tests.usecases.world import World

POLICY = Path(__file__).parents[3] / "sandbox" / "policy.yaml"
QUARTER_HOUR = timedelta(minutes=15)
_MENDED_ON = 6  # Sundays: a night for each day takes too long
LATE = QUARTER_HOUR + timedelta(minutes=1)
DIGEST = {"time_zone": "Europe/Berlin", "digest": {"at": "08:00"}, "quiet": {"from": "19:00", "until": "07:00"}}
"""How each channel takes its cards: a digest in the morning, and nothing at night."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One message in a channel."""

    at: datetime
    channel: str
    card: Card


@dataclass(slots=True)
class Played:
    """What the stretch left behind. `urgent`: by change and effect, whether it was urgent when it was decided."""

    first: datetime
    last: datetime
    policy: Policy
    posts: int = 0
    messages: list[Posted] = field(default_factory=list)
    changes: list[tuple[Change, tuple[EffectState, ...]]] = field(default_factory=list)
    urgent: dict[tuple[str, str], bool] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    parked: int = 0

    @property
    def weeks(self) -> float:
        return (self.last - self.first) / timedelta(weeks=1)


def lines_of(paths: Iterable[Path], first: date, until: date) -> list[tuple[datetime, Mapping[str, Any]]]:
    """The editions that were observed from the first day on and before the last one, in order."""
    found = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as text:
            for line in map(json.loads, text):
                at = stored_moment(line["observed"])
                if first <= at.date() < until:
                    found.append((at, line["post"]))
    return sorted(found, key=lambda pair: pair[0])


def policy() -> Policy:
    """The sandbox's policy in one tenant, each of its channels with a digest."""
    text = POLICY.read_text("utf-8")
    start, end = text.index("\ntenants:"), text.index("\n# The people")
    whole = file.load(text[:start] + "\ntenants:\n  contoso: {}\n" + text[end:], "sandbox/policy.yaml")
    given = {name: {"kind": channel.kind, "settings": channel.settings} for name, channel in whole.channels.items()}
    channels = {name: Channel.model_validate(one | DIGEST) for name, one in given.items()}
    return whole.model_copy(update={"channels": channels})


class Stretch:
    """The world from the first edition to the last, with every timer at its time."""

    def __init__(
        self, in_force: Policy, lines: Sequence[tuple[datetime, Mapping[str, Any]]], people: People | None = None
    ) -> None:
        self.lines, self.people = lines, people
        self.played = Played(lines[0][0], lines[-1][0], in_force, len(lines))
        clock = FakeClock(lines[0][0])
        self.world = World(in_force, clock=clock, is_new=True)
        self.world.clock = clock
        self.day = clock().date()

    async def play(self) -> Played:
        for at, post in self.lines:
            await self._until(at)
            if self.people:
                self.people.sees(post["id"], at)
            await self.world.arrive(post, observed=at)
            await self._take()
            await self._judge(post["id"])
        await self._until(self.played.last + timedelta(days=2))
        await self.world.mend()
        self.played.lines = list((await every_line(self.world.deps)).by_id.values())
        self.played.changes = [(each.change, each.states) async for each in all_changes(self.world.tables)]
        self.played.parked = len(await self.world.all("parked"))
        return self.played

    async def _until(self, at: datetime) -> None:
        """Every timer between now and then: quarters of an hour while anything waits, the deadlines each morning."""
        clock = self.world.clock
        while (next_at := await self._next_timer(at)) is not None:
            clock.now = max(clock.now, next_at)
            if self.people:
                await self.people.act(self.world)
            if clock.now.hour == 7 and clock.now.minute == 15 and clock.now.date() != self.day:
                self.day = clock.now.date()
                if self.day.weekday() == _MENDED_ON:
                    await self.world.mend()
                await index(self.world.deps)
                await remind(self.world.deps)
                if self.people:
                    await self.people.look(self.world)
            await send_digests(self.world.deps)
            await self.world.drain()
            await self._take()
        clock.now = max(clock.now, at)

    async def _next_timer(self, until: datetime) -> datetime | None:
        now = self.world.clock()
        minutes = 15 - now.minute % 15
        quarter = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        if not await self._waits():  # nothing waits until then: the next thing is the morning, or the first digest
            morning = now.replace(hour=7, minute=15, second=0, microsecond=0)
            looks = [record.state.look_at for record in (await channels(self.world.tables)).values()]
            first = min((look for look in looks if look and look > now), default=morning + timedelta(days=1))
            quarter = max(quarter, min(first, morning if morning > now else morning + timedelta(days=1)))
        if self.people and (act := self.people.next_act()):
            quarter = min(quarter, max(act, now))
        return quarter if quarter <= until else None

    async def _judge(self, change_id: str) -> None:
        """Whether each new card is urgent, by the change as it is now and not as it will be."""
        record = await read_with_effects(self.world.tables, change_id)
        for state in record.states if record else ():
            key = (change_id, state.effect.key)
            if state.effect.kind == "card" and key not in self.played.urgent:
                self.played.urgent[key] = is_urgent(record.change, state, self.played.policy, self.world.clock())

    async def _waits(self) -> bool:
        now, records = self.world.clock(), await channels(self.world.tables)
        looks = [record.state.look_at for record in records.values()]
        return any(look and look <= now + QUARTER_HOUR for look in looks)

    async def _take(self) -> None:
        inbox = self.world.inbox
        for name, card in zip(inbox.channels, inbox.cards, strict=True):
            self.played.messages.append(Posted(self.world.clock(), name, card))
            if self.people:
                self.people.reads(name, card, self.world.clock())
        inbox.channels.clear()
        inbox.cards.clear()


def said_in(card: Card) -> Iterator[tuple[str, str]]:
    """Each change that a card tells of, with its headline."""
    if isinstance(card, ChangeCard):
        yield card.change_id, card.headline
    elif isinstance(card, ListCard):
        yield from ((entry.change_id, entry.headline) for entry in card.entries)


def a_week(played: Played) -> dict[str, tuple[float, float]]:
    """Messages a week in each channel: the median, and the 95th percentile."""
    weeks: dict[str, Counter[int]] = {name: Counter() for name in played.policy.channels}
    for message in played.messages:
        weeks[message.channel][(message.at - played.first).days // 7] += 1
    spread = {}
    for name, counts in weeks.items():
        every = [counts[week] for week in range(max(1, int(played.weeks)))]
        high = quantiles(every, n=20)[-1] if len(every) > 1 else float(every[0])
        spread[name] = (float(median(every)), high)
    return spread


def late(played: Played) -> list[str]:
    """Cards that came later than they may: an urgent one at once or when its quiet hours end, the others with the next
    digest. Each has a quarter of an hour.
    """
    found = []
    for change, states in played.changes:
        observed = {edition.id: edition.observed for edition in change.editions}
        for state in states:
            if state.effect.kind != "card" or not state.done_at or state.effect.occasion:
                continue
            channel, since = played.policy.channels[state.effect.target], observed[state.effect.edition]
            urgent = played.urgent.get((change.id, state.effect.key), False)
            due = end_of_quiet(channel, since) if urgent else next_digest(channel, since).at
            begun = played.first + BEGINNING if since < played.first + BEGINNING else due
            if state.done_at > max(due, begun) + LATE:
                found.append(
                    f"{change.id} {state.effect.key}: {state.done_at - since}, {'urgent' if urgent else 'not urgent'}"
                )
    return found


def twice(played: Played) -> list[tuple[str, str, str]]:
    """(channel, change, what) of everything that a channel was told twice."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for message in played.messages:
        card = message.card
        if isinstance(card, ChangeCard):
            counts[message.channel, card.change_id, f"{card.revision} {card.headline} {card.moved}"] += 1
    return [key for key, count in counts.items() if count > 1]


def says_nothing(played: Played) -> list[str]:
    """Cards for a channel that knows the change which tell it nothing."""
    return [
        f"{message.channel} {card.change_id}: {card.headline}"
        for message in played.messages
        if isinstance(card := message.card, ChangeCard)
        and card.known
        and not any((card.moved, card.when, card.to_do, card.parts, card.what, card.decided))
    ]


def moves_after_a_card(played: Played) -> list[tuple[str, Change, Event, bool]]:
    """Dates that moved after a channel had its first card: channel, change, event, and whether it was told.

    Told is what a card says that was sent, or that was joined into a later one, or that no longer held when it was due.
    """
    found = []
    for change, states in played.changes:
        cards: dict[str, list[EffectState]] = defaultdict(list)
        for state in states:
            if state.effect.kind == "card" and not occasion_of(state.effect.occasion):
                cards[state.effect.target].append(state)
        moves = [event for event in change.events if event.type == "dates_moved" and not event.late]
        for channel, own in cards.items():
            heard = min((state.done_at for state in own if state.done_at), default=None)
            for event in moves:
                told = any(state.effect.edition >= event.edition and (state.done or state.stopped) for state in own)
                if heard and event.at > heard:
                    found.append((channel, change, event, told))
    return found


async def play(paths: Iterable[Path], first: date, until: date, people: People | None = None) -> Played:
    return await Stretch(policy(), lines_of(paths, first, until), people).play()


def table(played: Played) -> str:
    """Messages a week by channel, as Markdown."""
    rows = [f"| {name} | {middle:g} | {high:.0f} |" for name, (middle, high) in sorted(a_week(played).items())]
    return "\n".join(["| channel | messages a week, median | 95th percentile |", "|---|---|---|", *rows])


def faults(played: Played) -> dict[str, list[Any]]:
    """What must not be, each by what it is called."""
    moves = moves_after_a_card(played)
    untold = [f"{channel} {change.id}: {event.id}" for channel, change, event, told in moves if not told]
    return {
        "told twice": twice(played),
        "says nothing new": says_nothing(played),
        "late": late(played),
        "moves that were not told": untold,
    }


def ledger_faults(played: Played, people: People) -> dict[str, list[str]]:
    """Where the moments of changes, and how long people took, are not what their own ledger says."""
    found = differences(played.lines, people.ledger)
    closed = [each for each in played.lines if each.closed and each.through != "lapsed" and each.closings == 1]
    measured = measure([], closed_changes(closed, played.first), played.last + timedelta(days=2))
    for name, (middle, high) in spreads(closed, people.ledger).items():
        ours = measured.to_close if name == "close" else spread(days_to_look(closed))
        if (round(ours.median or 0, 6), round(ours.p90 or 0, 6)) != (round(middle, 6), round(high, 6)):
            found.setdefault(f"days to {name}", []).append(f"{ours}, and not {middle}, {high}")
    return found


def days_to_look(lines: Iterable[Line]) -> Iterator[float]:
    for line in lines:
        if line.triaged and line.first_seen:
            yield days_between(line.first_seen, line.triaged)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a year of edits would send to each channel.")
    parser.add_argument("files", nargs="+", type=Path, help="histories, as jsonl.gz")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date(1990, 1, 1))
    parser.add_argument("--until", type=date.fromisoformat, default=date(2100, 1, 1))
    given = parser.parse_args()
    people = People(policy(), seed=7)
    played = asyncio.run(play(given.files, given.first, given.until, people))
    moved = len(moves_after_a_card(played))
    lines = [table(played), ""]
    lines.append(f"{played.posts} editions in {played.weeks:.0f} weeks, {len(played.messages)} messages,")
    lines.append(f"{moved} moves of dates that a channel had to hear of, {played.parked} parked.")
    through = Counter(line.through for line in played.lines if line.closed)
    ways = ", ".join(f"{many} {way}" for way, many in through.most_common())
    lines.append(f"{len(people.ledger)} lines in the ledger of the people; closed: {ways}.")
    for name, found in (faults(played) | ledger_faults(played, people)).items():
        lines.append("\n  ".join([f"{name}: {len(found)}", *map(str, found[:5])]))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
