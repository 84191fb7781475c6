"""What is recorded, in a few numbers: on the home page from lines, in the sandbox's summary from the tables."""

from dataclasses import dataclass

from shared.core.changes.change import Event
from shared.core.life.figures import Figures, figures, visible
from shared.core.life.targets import calendars, clocks, pace_of
from shared.record.changes import revisions_and_effects
from shared.record.closings import count_closings
from shared.record.parked import count_parked
from shared.usecases.deps import Deps
from shared.usecases.life.lines import every_line


@dataclass(frozen=True, slots=True)
class Counts:
    """`revisions`: editions after each change's first. `cards`: those sent; `tickets`: those that have a number.

    `notes`: events that tickets were told after their first; `cancelled`: tickets that ended so.
    """

    changes: int
    revisions: int
    tickets: int
    notes: int
    cancelled: int
    cards: int
    closed: int
    parked: int


@dataclass(frozen=True, slots=True)
class HomeView:
    """The home page. `over`, `about`: open changes beyond a target of theirs, and in the last fifth of one.

    `complete`: whether the lists are built, so that the figures are of everything.
    """

    figures: Figures
    over: int
    about: int
    complete: bool


async def home(deps: Deps, *, privacy: bool = True) -> HomeView:
    """At most 5 calls, however much is recorded. `privacy`: whether posts on data privacy count."""
    policy, lines, now = await deps.here.policy.current(), await every_line(deps), deps.here.clock()
    shown, of_team = visible(lines.by_id.values(), privacy=privacy), calendars(policy)
    paces = [pace_of(clocks(line, policy, of_team(line.team), now)) for line in shown]
    return HomeView(
        figures(shown, now.date()), paces.count("over"), paces.count("about"), complete=lines.mark is not None
    )


async def count(deps: Deps) -> Counts:
    """Reads the whole of table `changes`: for tools and timers."""
    changes = revisions = tickets = notes = cancelled = cards = 0
    async for entry in revisions_and_effects(deps.storage.tables):
        if isinstance(entry, int):
            changes += 1
            revisions += entry - 1
        elif entry.kind == "ticket":
            tickets += bool(entry.number)
            notes += sum(Event.type_in(event_id) != "announced" for event_id in entry.applied)
            cancelled += entry.state == "cancelled"
        else:
            cards += bool(entry.done)
    closed = await count_closings(deps.storage.tables)
    parked = await count_parked(deps.storage.tables)
    return Counts(changes, revisions, tickets, notes, cancelled, cards, closed, parked)
