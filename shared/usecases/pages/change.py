"""What pages show, read from storage; rendering is not known here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from shared.core import ids
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.changes.lessons import Lesson
from shared.core.changes.relations import Related, related
from shared.core.changes.tenants import Difference, differences, with_joined
from shared.core.life.moments import Moments, moments_of
from shared.core.life.outcomes import lessons_of
from shared.core.posts.privacy import is_private
from shared.core.review.act import Act
from shared.core.sources.roadmap import RoadmapView
from shared.core.tasks.task import TaskState
from shared.record.assessments import acts_of
from shared.record.changes import read_with_tasks
from shared.record.copies import copies_of
from shared.record.people import KnownPerson
from shared.record.relations import incoming
from shared.usecases.deps import Deps
from shared.usecases.life.lines import listed_lines
from shared.usecases.pages.answer import NO_TEAM, AnswerView, view_of
from shared.usecases.people import deciders, names_of, with_decider, with_people
from shared.usecases.posts.roadmap import roadmap_of


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change with everything that stands beside it. `variants`: where a tenant's own text differs.

    `acts`: what people decided, oldest first; `moments`: when what happened to it. `lessons`: of other changes of the
    same service. `asks`: what the person who looks at it can say of it, or a sentence that says why they cannot.
    """

    change: Change
    copies: tuple[Copy, ...]
    effects: tuple[EffectState, ...]
    tasks: tuple[TaskState, ...]
    roadmap: tuple[RoadmapView, ...] = ()
    variants: Mapping[str, tuple[Difference, ...]] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    acts: tuple[Act, ...] = ()
    moments: Moments | None = None
    lessons: tuple[Lesson, ...] = ()
    asks: AnswerView | str = NO_TEAM


async def change(
    deps: Deps, text: str, person: KnownPerson | None = None, roles: Collection[str] = ()
) -> ChangeView | None:
    """The change of an id as people write it; None where there is none. PermanentError for what is no id.

    At most 9 calls. `person`: who looks at it, with their roles.
    """
    change_id = ids.normalise(text)
    record = await read_with_tasks(deps.storage.tables, change_id)
    if record is None:
        return None
    own = (await copies_of(deps.storage.tables, ids.partition(change_id), [change_id])).get(change_id, [])
    copies, post = tuple(each.copy for each in own), record.change.read()
    acts = await acts_of(deps.storage.tables, change_id) if record.change.assessment.seq else ()
    who = {*record.change.assessment.people, *(act.who for act in acts), *(a.old for a in acts)}
    names = await names_of(deps, who | deciders(record.states))
    acts = [replace(act, who=names.get(act.who, act.who), old=names.get(act.old, act.old)) for act in acts]
    linked = related(record.change, await incoming(deps.storage.tables, change_id))
    policy = await deps.here.policy.current()
    return ChangeView(
        with_people(with_joined(record.change, copies), names),
        copies,
        tuple(with_decider(state, names) for state in record.states),
        record.task_states,
        await roadmap_of(deps, record.change),
        {each.copy.tenant: differences(post, raw) for each in own if (raw := each.variant)},
        linked,
        tuple(acts),
        moments=moments_of(record.change, record.states, record.task_states, policy),
        lessons=() if is_private(post) else lessons_of(await listed_lines(deps), post.services, change_id),
        asks=view_of(record, names, policy, None, person, roles) if person else NO_TEAM,
    )
