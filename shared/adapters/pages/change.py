"""The page of one change: what it is, what happened, what was decided and done."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from markupsafe import Markup

from shared.adapters.pages.explain import fields
from shared.adapters.pages.render import render
from shared.adapters.pages.safe_html import safe_html
from shared.adapters.pages.settled import settled_notes, shown_acts
from shared.core.changes.answer_lines import answer_lines
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.changes.lessons import Lesson
from shared.core.changes.moves import total
from shared.core.changes.relations import Related
from shared.core.changes.tenants import Difference
from shared.core.changes.timeline import timeline
from shared.core.life.course import course
from shared.core.life.moments import Moments
from shared.core.links import post_url
from shared.core.posts.classification import Window
from shared.core.posts.privacy import PRIVATE_TITLE, is_private
from shared.core.posts.rollout_state import rollout_lines
from shared.core.posts.summary import what_changes
from shared.core.review.assessment import Act
from shared.core.sources.roadmap import RoadmapView
from shared.core.terms import Cloud
from shared.core.words import labels
from shared.core.words.doubt import impact_words
from shared.core.words.outcomes import LOAD_WORDS
from shared.core.words.particulars import groups
from shared.core.words.plan import to_do, when_lines


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
    may_answer: bool = False,
    counts_opening: bool = False,
) -> str:
    """Everything about one change: what it is and why we think so, what happened, what was decided and done.

    `as_of`: today. `moments`: when what happened to it; `ours`: the rollouts of our own cloud and ring, which come
    first. `lessons`: of other changes of the same service, the newest first. `may_answer`: whether this person can
    answer without a card; `counts_opening`: whether the page says that it was opened from one.
    """
    post, classification = change.read(), change.classification
    if is_private(post):
        return render(
            "private.html.j2",
            title=f"{change.id}: {PRIVATE_TITLE}",
            change=change,
            heading=PRIVATE_TITLE,
            post_url=post_url(change.id),
        )
    return render(
        "change.html.j2",
        title=f"{change.id}: {post.title or 'no title'}",
        change=change,
        post=post,
        classification=classification,
        status=labels.STATUSES.get(classification.status, classification.status),
        what=what_changes(post),
        to_do=to_do(classification, as_of),
        when=when_lines(classification, as_of, ours),
        body=Markup(safe_html(post.body, post.body_type)),  # noqa: S704  (cleaned by nh3)
        admins=impact_words(classification, "admin_impact"),
        users=impact_words(classification, "user_impact"),
        groups=groups(change.particulars),
        links=change.particulars.links,
        fields=fields(classification),
        settled=settled_notes(change),
        acts=shown_acts(acts),
        happened=timeline(change)[::-1],
        slipped=total(change.events),
        editions=list(enumerate(change.editions, 1))[::-1],
        copies=copies,
        rollout_lines=rollout_lines,
        roadmap=roadmap,
        variants=variants,
        related=[(labels.RELATIONS.get(relation.kind, relation.kind), relation) for relation in related],
        revisions={edition.id: number for number, edition in enumerate(change.editions, 1)},
        tickets=[state for state in effects if state.effect.kind == "ticket"],
        cards=[state for state in effects if state.effect.kind == "card"],
        course=course(change, moments or Moments(change.first_seen, change.first_seen)),
        post_url=post_url(change.id, cloud),
        lessons=lessons,
        loads=LOAD_WORDS,
        answers=answer_lines(change.assessment),
        may_answer=may_answer,
        counts_opening=counts_opening,
        classified=any(edition.facts for edition in change.editions),
    )
