"""What pages show, read from storage; rendering is not known here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.core import ids
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.changes.relations import Related, related
from shared.core.changes.tenants import Difference, differences, with_joined
from shared.core.sources.roadmap import RoadmapView
from shared.core.tasks.task import TaskState
from shared.record import changes
from shared.record.changes import read_changes
from shared.record.relations import incoming
from shared.usecases.deps import Deps
from shared.usecases.posts.roadmap import roadmap_of


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change with everything that stands beside it. `variants`: where a tenant's own text differs."""

    change: Change
    copies: tuple[Copy, ...]
    effects: tuple[EffectState, ...]
    tasks: tuple[TaskState, ...]
    roadmap: tuple[RoadmapView, ...] = ()
    variants: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    related: tuple[Related, ...] = ()


async def change(deps: Deps, text: str) -> ChangeView | None:
    """The change of an id as people write it; None where there is none. PermanentError for what is no id."""
    change_id = ids.normalise(text)
    partition = ids.partition(change_id)
    found = await deps.tables.range(changes.TABLE, partition, *changes.span("c", [change_id]))
    if not found:
        return None
    found += await deps.tables.range(changes.TABLE, partition, *changes.span("k", [change_id]))
    held = read_changes(found)[change_id]
    own = await deps.tables.range(changes.TABLE, partition, *changes.span("t", [change_id]))
    copies, post = tuple(changes.read_copy(row) for row in own), held.change.read()
    linked = related(held.change, await incoming(deps.tables, change_id))
    return ChangeView(
        with_joined(held.change, copies),
        copies,
        held.states,
        held.task_states,
        await roadmap_of(deps, held.change),
        {str(row.values["tenant"]): differences(post, raw) for row in own if (raw := changes.read_variant(row))},
        linked,
    )
