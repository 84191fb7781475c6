"""What is recorded, in a few numbers: on the home page from lines, in the sandbox's summary from the tables."""

from dataclasses import dataclass, field

from shared.core.changes.change import Event
from shared.core.life.behind import HOME, HomeFigures, home_figures
from shared.core.life.listed import ListedChange, listed
from shared.core.life.selected import selected
from shared.record.changes import revisions_and_effects
from shared.record.closings import count_closings
from shared.record.parked import count_parked
from shared.usecases.deps import Deps
from shared.usecases.life.shown import live_shown

_OF_THE_WEEK = 6
"""Changes that the home page names one by one."""


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
    """The home page. `complete`: whether the lists are built, so that the figures are of everything.

    `due`: the first changes whose day comes within a week; `quiet`: of which nobody spoke yet, by what is due.
    """

    figures: HomeFigures
    due: tuple[ListedChange, ...] = field(repr=False)
    quiet: tuple[ListedChange, ...] = field(repr=False)
    complete: bool


async def home(deps: Deps, *, privacy: bool = True) -> HomeView:
    """Three calls, however much is recorded. `privacy`: whether posts on data privacy count."""
    policy, now = await deps.here.policy.current(), deps.here.clock()
    shown, complete = await live_shown(deps, privacy=privacy)
    due, quiet = (
        tuple(listed(selected(shown, HOME[name], policy, now)[:_OF_THE_WEEK], policy, now)) for name in ("due", "quiet")
    )
    return HomeView(home_figures(shown, policy, now), due, quiet, complete=complete)


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
    parked = (await count_parked(deps.storage.tables, 0)).total()
    return Counts(changes, revisions, tickets, notes, cancelled, cards, closed, parked)
