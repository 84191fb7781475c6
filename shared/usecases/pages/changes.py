"""What the list of changes shows: everything that is kept, as lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.core.life.line import Line
from shared.core.life.listed import ListedChange, listed
from shared.core.life.selected import PAGE, selected
from shared.core.life.selection import Selection, read_selection
from shared.usecases.deps import Deps
from shared.usecases.life.lines import every_line
from shared.usecases.life.shown import every_shown


@dataclass(frozen=True, slots=True)
class Options:
    """What the filters offer besides the closed lists, by the policy of today."""

    teams: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesView:
    """One page of the list. `count`: how many changes were chosen, of `total`; `pages`: how many pages those fill.

    `faults`: what of the address is not understood, a sentence each. `complete`: whether the lists are built.
    """

    selection: Selection
    rows: tuple[ListedChange, ...] = field(repr=False)
    count: int
    total: int
    pages: int
    options: Options
    faults: tuple[str, ...]
    today: date
    complete: bool


async def changes_view(deps: Deps, params: Mapping[str, str], *, privacy: bool) -> ChangesView:
    """The page that an address asks for; of pages behind the last one the last. At most 5 calls, however much is kept.

    `privacy`: whether posts on data privacy are shown and counted.
    """
    policy, now = await deps.here.policy.current(), deps.here.clock()
    shown, complete = await every_shown(deps, privacy=privacy)
    selection, faults = read_selection(params, now.date())
    chosen = selected(shown, selection, policy, now)
    pages = max(1, -(-len(chosen) // PAGE))
    selection = selection.on_page(min(selection.page, pages))
    first = (selection.page - 1) * PAGE
    return ChangesView(
        selection,
        tuple(listed(chosen[first : first + PAGE], policy, now)),
        len(chosen),
        shown.counts.changes,
        pages,
        Options(tuple(sorted(policy.teams)), tuple(sorted(policy.workloads)), tuple(sorted(policy.tenants))),
        faults,
        now.date(),
        complete,
    )


async def changes_table(deps: Deps, params: Mapping[str, str], *, privacy: bool) -> list[ListedChange]:
    """All that an address asks for, on whatever page."""
    policy, now = await deps.here.policy.current(), deps.here.clock()
    shown, _ = await every_shown(deps, privacy=privacy)
    selection, _ = read_selection(params, now.date())
    return listed(selected(shown, selection, policy, now), policy, now)


async def known_change(deps: Deps, change_id: str, *, privacy: bool) -> Line | None:
    """The line of that id; None where there is none that whoever asks may see."""
    line = (await every_line(deps)).by_id.get(change_id)
    return line if line and (privacy or not line.private) else None
