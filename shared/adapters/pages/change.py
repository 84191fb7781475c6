"""The page of one change: what it is, what happened, what was decided and done, and what people can say of it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from shared.adapters.pages.acting import QUICK, settlings
from shared.adapters.pages.answer import Asks, Result
from shared.adapters.pages.explain import fields
from shared.adapters.pages.follows import channels_of, tenants_of
from shared.adapters.pages.lengths import shortened
from shared.adapters.pages.marked import marked_post, names_in
from shared.adapters.pages.render import render
from shared.adapters.pages.settled import ShownAct, settled_notes, shown_acts
from shared.core.changes.answer_lines import answer_lines
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.changes.lessons import Lesson
from shared.core.changes.moves import total
from shared.core.changes.relations import Related
from shared.core.changes.tenants import Difference
from shared.core.changes.timeline import Happened, timeline
from shared.core.life.course import course
from shared.core.life.moments import Moments
from shared.core.links import post_url
from shared.core.posts.classification import Window
from shared.core.posts.privacy import PRIVATE_TITLE, is_private
from shared.core.posts.rollout_state import rollout_lines
from shared.core.posts.summary import what_changes
from shared.core.review.act import Act
from shared.core.sources.roadmap import RoadmapView
from shared.core.tasks.task import TaskState
from shared.core.terms import Cloud
from shared.core.text.safe import cut
from shared.core.words import labels
from shared.core.words.answers import ANSWERS
from shared.core.words.doubt import impact_words
from shared.core.words.outcomes import LOAD_WORDS
from shared.core.words.particulars import groups
from shared.core.words.plan import to_do, when_lines

_LATER = timedelta(days=7)
_LONGEST_TITLE, _LONGEST_SUMMARY, _LONGEST_VALUE = 300, 1_500, 1_200  # characters
_MOST_LINES, _MOST_EVENTS, _MOST_ACTS, _MOST_OTHERS = 12, 40, 30, 15
MOST_EDITIONS = 20
_ROOM = 12_000
"""Characters of what people said, and of what happened, each."""


def change_page(
    change: Change,
    copies: Sequence[Copy] = (),
    effects: Sequence[EffectState] = (),
    roadmap: Sequence[RoadmapView] = (),
    variants: Mapping[str, Sequence[Difference]] = MappingProxyType({}),
    related: Sequence[Related] = (),
    cloud: Cloud = "worldwide",
    acts: Sequence[Act] = (),
    *,
    as_of: date,
    ours: Sequence[Window] = (),
    moments: Moments | None = None,
    lessons: Sequence[Lesson] = (),
    tasks: Sequence[TaskState] = (),
    asks: Asks | str = "",
    form: str = "",
    result: Result | None = None,
    given: Mapping[str, str] = MappingProxyType({}),
    counts_opening: bool = False,
) -> str:
    """Everything about one change: what it is and why we think so, what happened, what was decided and done.

    `as_of`: today. `moments`: when what happened to it; `ours`: the rollouts of our own cloud and ring, which come
    first. `lessons`: of other changes of the same service, the newest first. `asks`: what this person can say of it, or
    why they cannot; `form`: the id of the page's forms; `result`: what became of what was just said, with what was
    `given` in the form. `counts_opening`: whether the page says that it was opened from a card.
    """
    post, classification = change.read(), change.classification
    if is_private(post):
        return private_page(change)
    marked = marked_post(post, classification)
    shown = fields(classification)
    values: dict[str, object] = {
        "title": f"{change.id}: {cut(post.title, _LONGEST_TITLE) or 'no title'}",
        "here": "/api/changes",
        "change": change,
        "heading": cut(post.title, _LONGEST_TITLE) or change.id,
        "post": post,
        "classification": classification,
        "classified": any(edition.facts for edition in change.editions),
        "status": labels.STATUSES.get(classification.status, classification.status),
        "what": cut(what_changes(post), _LONGEST_SUMMARY),
        "to_do": to_do(classification, as_of),
        "when": shortened(when_lines(classification, as_of, ours), _MOST_LINES),
        "services": shortened(post.services, _MOST_LINES),
        "body": marked,
        "admins": impact_words(classification, "admin_impact"),
        "users": impact_words(classification, "user_impact"),
        "groups": groups(change.particulars),
        "links": shortened(change.particulars.links, 2 * _MOST_OTHERS),
        "fields": [(each, cut(each.value, _LONGEST_VALUE), cut(each.why, _LONGEST_VALUE)) for each in shown],
        "titled": names_in(post.title, classification) - marked.fields,
        "settled": settled_notes(change),
        "second": _second(change),
        "post_url": post_url(change.id, cloud),
        "answers": answer_lines(change.assessment),
        "counts_opening": counts_opening,
    }
    return render(
        "change.html.j2",
        **values,
        **_acting(change, asks, form, result, given, as_of),
        **_course(change, acts, moments),
        **_follows(effects, tasks, acts),
        tenants=tenants_of(change, copies),
        variants=variants,
        rollout_lines=rollout_lines,
        roadmap=shortened(roadmap, _MOST_OTHERS),
        related=shortened(
            [(labels.RELATIONS.get(relation.kind, relation.kind), relation) for relation in related], _MOST_OTHERS
        ),
        revisions={edition.id: number for number, edition in enumerate(change.editions, 1)},
        lessons=lessons,
        loads=LOAD_WORDS,
    )


def _second(change: Change) -> object:
    if not change.editions or change.current.second is None:
        return None
    from shared.adapters.pages.second import second_view

    return second_view(change)


def private_page(change: Change) -> str:
    """What everybody sees of a change on data privacy."""
    return render(
        "private.html.j2",
        title=f"{change.id}: {PRIVATE_TITLE}",
        change=change,
        heading=PRIVATE_TITLE,
        post_url=post_url(change.id),
    )


def _acting(
    change: Change, asks: Asks | str, form: str, result: Result | None, given: Mapping[str, str], as_of: date
) -> dict[str, object]:
    """What the panel of answers needs. What was filled in stands there again where it has to be corrected."""
    can = None if isinstance(asks, str) else asks
    wrong = result is not None and result.tone == "bad"
    return {
        "asks": can,
        "why_not": asks if isinstance(asks, str) else "",
        "form": form,
        "result": result,
        "about": given.get("field", "") if given.get("a") == "wrong" else "",
        "given": {name: given.get(name, "") if wrong else "" for name in ("words", "value", "day", "field")},
        "chosen_team": given.get("team", ""),
        "quick": [key for key in QUICK if key.answer != "board" or (can and can.systems)],
        "words": ANSWERS,
        "settlings": settlings(can.fields) if can and any(edition.facts for edition in change.editions) else {},
        "first_day": (as_of + timedelta(days=1)).isoformat(),
        "proposed_day": (as_of + _LATER).isoformat(),
    }


def _course(change: Change, acts: Sequence[Act], moments: Moments | None) -> dict[str, object]:
    """What happened and what people said, the newest first."""
    return {
        "course": course(change, moments or Moments(change.first_seen, change.first_seen)),
        "happened": shortened(timeline(change)[::-1], _MOST_EVENTS, size_of_event, _ROOM),
        "slipped": total(change.events),
        "editions": shortened(list(enumerate(change.editions, 1))[::-1], MOST_EDITIONS),
        "acts": shortened(shown_acts(acts), _MOST_ACTS, _size_of_act, _ROOM),
    }


def _follows(effects: Sequence[EffectState], tasks: Sequence[TaskState], acts: Sequence[Act]) -> dict[str, object]:
    """What follows from the decision: tickets, cards and tasks."""
    return {
        "tickets": [state for state in effects if state.effect.kind == "ticket"],
        "channels": channels_of(effects, acts),
        "tasks": shortened(sorted(tasks, key=lambda task: task.opened, reverse=True), _MOST_OTHERS),
    }


def _size_of_act(act: ShownAct) -> int:
    return sum(map(len, act.lines))


def size_of_event(happened: Happened) -> int:
    """The characters of what it says."""
    texts = (*happened.gone, *happened.came, happened.old, happened.new)
    return sum(map(len, texts)) + sum(len(move.old) + len(move.new) for move in happened.moves)
