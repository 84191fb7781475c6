"""What the review shows: its agenda, one change of it, and what others have said meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.core import ids
from shared.core.life.figures import visible
from shared.core.life.line import Line
from shared.core.posts.classification import Window
from shared.core.review.act import Act
from shared.core.review.agenda import AgendaItem, ReviewAgenda, item_of, review_agenda
from shared.record.assessments import acts_of
from shared.record.changes import ChangeRecord, read_with_tasks
from shared.record.lists import days, line_of, touched_on
from shared.record.people import KnownPerson
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines
from shared.usecases.pages.answer import AnswerView, view_of
from shared.usecases.pages.clouds import our_windows
from shared.usecases.people import names_of, with_people

OVERLAP = timedelta(seconds=20)
"""How far a look for news reaches back behind the one before: clocks of writers differ."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The agenda. `names`: of people by their ids; `teams`: of the policy; `at`: up to when it looks.

    `complete`: whether the lists are built, so that nothing is missing.
    """

    agenda: ReviewAgenda
    teams: tuple[str, ...]
    names: Mapping[str, str]
    at: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class ReviewPane:
    """One change of a review, with names of people in place of ids.

    `answer`: what this person can say of it, or a sentence why nothing; `team`: for which they answer next. `acts`:
    what people said before, oldest first; `item`: None where it is not on the agenda.
    """

    record: ChangeRecord = field(repr=False)
    answer: AnswerView | str
    team: str
    acts: tuple[Act, ...]
    item: AgendaItem | None
    ours: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class ReviewNews:
    """What was changed since the last look. `gone`: changes that are not on the agenda any more."""

    items: tuple[AgendaItem, ...]
    gone: tuple[str, ...]
    names: Mapping[str, str]
    at: datetime


async def review(deps: Deps, *, privacy: bool, weeks: int, team: str = "") -> ReviewView:
    """The agenda; at most 5 calls with the names of people, and 3 where the process knows the lists."""
    lines, now = await live_lines(deps), deps.here.clock()
    policy = await deps.here.policy.current()
    agenda = review_agenda(visible(lines.by_id.values(), privacy=privacy), now, weeks, team)
    names = await _names(deps, agenda.items)
    return ReviewView(agenda, tuple(policy.teams), names, now, lines.mark is not None)


async def review_pane(
    deps: Deps, text: str, person: KnownPerson, roles: Collection[str], weeks: int, team: str = ""
) -> ReviewPane | None:
    """One change; None where there is none. PermanentError for what is no id. Four calls."""
    change_id = ids.normalise(text)
    record = await read_with_tasks(deps.storage.tables, change_id)
    if record is None:
        return None
    acts = await acts_of(deps.storage.tables, change_id) if record.change.assessment.seq else []
    return await _pane(deps, record, tuple(acts), person, roles, weeks, team)


async def _pane(
    deps: Deps,
    record: ChangeRecord,
    acts: tuple[Act, ...],
    person: KnownPerson,
    roles: Collection[str],
    weeks: int,
    team: str,
) -> ReviewPane:
    policy, now = await deps.here.policy.current(), deps.here.clock()
    names = await names_of(
        deps, {*record.change.assessment.people, *(who for act in acts for who in (act.who, act.old))}
    )
    answer = view_of(record, names, policy, None, person, roles)
    item = item_of(line_of(record, policy, now), now, weeks)
    mine = answer.teams if isinstance(answer, AnswerView) else ()
    waiting = [each for each in (item.waits_for if item else ()) if each in mine]
    chosen = team if team in mine else next(iter([*waiting, *mine]), "")
    ours = await our_windows(deps, record.change.classification)
    record.change = with_people(record.change, names)
    return ReviewPane(record, answer, chosen, tuple(named(act, names) for act in acts), item, ours)


def named(act: Act, names: Mapping[str, str]) -> Act:
    """The act with names in place of ids."""
    return replace(act, who=names.get(act.who, act.who), old=names.get(act.old, act.old))


async def item_after(deps: Deps, record: ChangeRecord, weeks: int, team: str) -> AgendaItem | None:
    """The change as the agenda has it once it was written; no call but for the policy."""
    now = deps.here.clock()
    return item_of(line_of(record, await deps.here.policy.current(), now), now, weeks, team)


async def review_news(deps: Deps, since: datetime, *, privacy: bool, weeks: int, team: str = "") -> ReviewNews | None:
    """What others have changed since; None where nothing was touched, which is one call (around midnight two)."""
    now = deps.here.clock()
    since = max(since - OVERLAP, now - timedelta(days=1))
    touched: list[Line] = []
    for day in days(since, now):
        touched += await touched_on(deps.storage.tables, day, since)
    if not touched:
        return None
    lines = await live_lines(deps)
    known = visible((lines.by_id[name] for name in {line.id for line in touched} & lines.by_id.keys()), privacy=privacy)
    items = {line.id: item_of(line, now, weeks, team) for line in known}
    there = tuple(item for item in items.values() if item)
    return ReviewNews(
        there, tuple(name for name, item in items.items() if item is None), await _names(deps, there), now
    )


async def _names(deps: Deps, items: Collection[AgendaItem]) -> dict[str, str]:
    return await names_of(deps, {who for item in items for word in item.words for who in (word.owner, word.by)})
