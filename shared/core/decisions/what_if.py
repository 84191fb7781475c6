"""What the policy would do with one change, with the way there: who would get this, and why (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from shared.core.changes.change import Change, Effect, Event
from shared.core.decisions.conditions import Subject
from shared.core.decisions.decide import first_load_reason, subject_of
from shared.core.decisions.routing import Routed, RouteStep, route, trace
from shared.core.policy.answering import answers
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.posts.particulars import NOTHING_SAID, Particulars
from shared.core.posts.post import Post
from shared.core.terms import MATERIAL, Cloud


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer: what the routes say, the nodes that were looked at, and why it is not told now, where it is not."""

    id: str
    title: str
    policy: Policy
    subject: Subject
    routed: Routed
    steps: tuple[RouteStep, ...]
    silent: str = ""

    def owner(self, team: str) -> str:
        """Who answers for a team on that day, and who is its deputy."""
        today = answers(self.policy, team, self.subject.today)
        if today.away:
            return today.away.words
        deputy = self.policy.teams[team].deputy if team in self.policy.teams else ""
        return today.who + (f", deputy {deputy}" if deputy else "")


def what_if(policy: Policy, change: Change, now: datetime, tenants: Sequence[str] = ()) -> WhatIf:
    """About a change as it stands: what its newest edition brought is what has just happened."""
    events = tuple(event for event in change.events if event.edition == change.current.id and not event.late)
    material = tuple(event for event in events if event.type in MATERIAL)
    silent = ""
    if not material:
        silent = "its newest edition brought nothing that asks people to look again"
    elif change.revision == 1:
        silent = first_load_reason(change, policy)
    subject = subject_of(change, policy, material or events, now, tenants)
    return _answered(policy, change.id, change.read().title, subject, silent)


def what_if_described(
    policy: Policy,
    post: Post,
    classification: Classification,
    events: Sequence[Event],
    today: date,
    tenants: Sequence[str] = (),
    particulars: Particulars = NOTHING_SAID,
) -> WhatIf:
    """About a change that is only described."""
    dates = our_dates_of(classification, policy)
    subject = Subject(post, classification, tuple(events), today, dates, tuple(tenants), particulars)
    return _answered(policy, "", post.title, subject, "")


def _answered(policy: Policy, change_id: str, title: str, subject: Subject, silent: str) -> WhatIf:
    return WhatIf(change_id, title, policy, subject, route(policy, subject), trace(policy, subject), silent)


def starting(day: date) -> Window:
    """A rollout for everybody that begins on that day."""
    return Window("ga", get_args(Cloud), Interval(day, day), None)


def as_data(answer: WhatIf) -> dict[str, Any]:
    """For programs."""
    return {
        "id": answer.id,
        "title": answer.title,
        "kind": answer.subject.classification.kind,
        "events": [event.type for event in answer.subject.events],
        "silent": answer.silent,
        "nodes": [_node(step) for step in answer.steps],
        "effects": [_effect(answer, effect) for effect in answer.routed.effects],
        "teams": {team: answer.owner(team) for team in answer.routed.teams},
        "unowned": list(answer.routed.unowned),
        "withheld": list(answer.routed.withheld),
    }


def _node(step: RouteStep) -> Mapping[str, Any]:
    return {
        "path": step.path,
        "name": step.name,
        "workload": step.workload,
        "services": list(step.services),
        "matched": step.matched,
        "taken": step.taken,
        "conditions": [
            {
                "name": condition.name,
                "wanted": condition.wanted,
                "held": condition.met is not None,
                "words": condition.met.words if condition.met else "",
                "found": condition.actual,
            }
            for condition in step.conditions
        ],
    }


def _effect(answer: WhatIf, effect: Effect) -> Mapping[str, Any]:
    return {
        "kind": effect.kind,
        "target": effect.target,
        "team": effect.team,
        "answers": effect.answers or answer.owner(effect.team),
        "why": [reason.words for reason in effect.why],
    }
