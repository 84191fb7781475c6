"""The pages: what each shows, gathered for its template."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from markupsafe import Markup

from shared.adapters.pages import charts
from shared.adapters.pages.render import render, security_headers
from shared.adapters.pages.safe_html import safe_html
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.changes.moves import total
from shared.core.changes.relations import Related
from shared.core.changes.tenants import Difference
from shared.core.changes.timeline import timeline
from shared.core.classify import explain
from shared.core.life.metrics import Count, Metrics
from shared.core.links import post_url
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.posts.rollout_state import rollout_lines
from shared.core.posts.summary import what_changes
from shared.core.sources.roadmap import RoadmapView
from shared.core.tickets.dry_run import DryTicket
from shared.core.words import dates, labels
from shared.core.words.plan import to_do, when_lines

__all__ = [
    "RegisterEntry", "change_page", "dry_run_page", "dry_runs_page", "explain_page",
    "home_page", "message_page", "metrics_page", "register_page", "security_headers",
    "ticket_page",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One ticket of the built-in register. `history`: one line for each thing that happened, oldest first."""

    number: str
    change_id: str
    title: str
    state: str
    risk: str
    group: str
    planned_start: date | None = None
    planned_end: date | None = None
    act_by: date | None = None
    description: str = ""
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a classification, in words, with what decided it and how sure that is (0 to 1)."""

    name: str
    value: str
    why: str
    confidence: float | None


def home_page(counts: Mapping[str, int] = MappingProxyType({})) -> str:
    """Where everything is. `counts`: label to number, in the order in which they are shown."""
    return render("home.html.j2", title="Home", counts=counts)


def message_page(title: str, text: str) -> str:
    """A page that says one thing: what was not found, or what went wrong and what to do."""
    return render("message.html.j2", title=title, text=text)


def metrics_page(view: Metrics) -> str:
    """Time to close, what is open and what is overdue."""
    longest = [Count(row.workload, round((row.to_close.median or 0) * 100)) for row in view.workloads]
    return render(
        "metrics.html.j2",
        title="Time to close",
        view=view,
        weeks=charts.columns(view.weeks, 480, 96),
        ages=charts.shares(view.ages, 100),
        workloads=list(zip(view.workloads, charts.shares(longest, 100), strict=True)),
    )


def register_page(entries: Sequence[RegisterEntry]) -> str:
    """Every ticket of the built-in register, in the order given."""
    return render("register.html.j2", title="Change register", entries=entries, states=_states(entries))


def ticket_page(entry: RegisterEntry) -> str:
    return render(
        "ticket.html.j2", title=f"{entry.number}: {entry.title}", entry=entry, post_url=post_url(entry.change_id)
    )


def dry_runs_page(entries: Sequence[DryTicket]) -> str:
    """What the dry runs would have filed, the newest first."""
    newest = sorted(entries, key=lambda entry: entry.updated, reverse=True)
    return render("dry_runs.html.j2", title="Dry runs", entries=newest)


def dry_run_page(entry: DryTicket) -> str:
    """One ticket that a dry run would have filed, field by field."""
    shown = [(name, text if isinstance(text, str) else _as_text(text)) for name, text in entry.fields.items()]
    return render("dry_run.html.j2", title=f"{entry.number}: {entry.title}", entry=entry, fields=shown)


def _as_text(value: object) -> str:
    return "–" if value is None else json.dumps(value, indent=2, ensure_ascii=False)


def change_page(
    change: Change,
    copies: Sequence[Copy] = (),
    effects: Sequence[EffectState] = (),
    roadmap: Sequence[RoadmapView] = (),
    variants: Mapping[str, Sequence[Difference]] = MappingProxyType({}),
    related: Sequence[Related] = (),
) -> str:
    """Everything about one change: what it is and why we think so, what happened, what was decided and done."""
    post, found = change.read(), change.classification
    return render(
        "change.html.j2",
        title=f"{change.id}: {post.title or 'no title'}",
        change=change,
        post=post,
        found=found,
        status=labels.STATUSES.get(found.status, found.status),
        what=what_changes(post),
        to_do=to_do(found),
        when=when_lines(found),
        body=Markup(safe_html(post.body, post.body_type)),  # noqa: S704  (cleaned by nh3)
        fields=fields(found),
        happened=timeline(change)[::-1],
        slipped=total(change.events),
        editions=list(enumerate(change.editions, 1))[::-1],
        copies=copies,
        rollout_lines=rollout_lines,
        roadmap=roadmap,
        variants=variants,
        related=[(labels.RELATIONS.get(one.kind, one.kind), one) for one in related],
        revisions={edition.id: number for number, edition in enumerate(change.editions, 1)},
        tickets=[state for state in effects if state.effect.kind == "ticket"],
        cards=[state for state in effects if state.effect.kind == "card"],
        life=[(name.replace("_", " "), at) for name, at in sorted(change.moments.items(), key=lambda item: item[1])],
        post_url=post_url(change.id),
        classified=any(edition.facts for edition in change.editions),
    )


def explain_page(post: Post, found: Classification) -> str:
    """One post with the words that decided each field marked; stands alone, as a file."""
    return render(
        "explain.html.j2",
        title=f"{post.id} explained",
        post=post,
        fields=fields(found),
        text=explain.parts(post, found),
    )


def fields(found: Classification) -> list[Field]:
    """The fields of a classification as they are shown, in the order of docs/classification.md."""
    shown = {
        "rollouts": "\n".join(dates.line(window) for window in found.windows) or "none",
        "status": labels.STATUSES.get(found.status, found.status),
        "superseded_by": found.superseded_by or "",
        "act_by": dates.day(found.act_by) if found.act_by else "no deadline",
        "kind": labels.KINDS.get(found.kind, found.kind),
        "admin_impact": labels.IMPACTS.get(found.admin_impact, found.admin_impact),
        "user_impact": labels.IMPACTS.get(found.user_impact, found.user_impact),
        "default": labels.ARRIVALS.get(found.default, found.default) or "–",
        "action": to_do(found),
        "crb": "Yes" if found.crb else "No",
        "training": "Yes" if found.training else "No",
    }
    return [_field(name, value, found) for name, value in shown.items() if value]


_NAMES = {
    "rollouts": "Rollout",
    "superseded_by": "Replaced by",
    "act_by": "Deadline",
    "default": "Arrives",
    "crb": "Change Review Board",
    "training": "Tell or train users",
}


def _field(name: str, value: str, found: Classification) -> Field:
    why = found.why.get(name)
    words = found.crb_why if name == "crb" and found.crb_why else why.words if why else ""
    return Field(_NAMES.get(name, name.replace("_", " ").capitalize()), value, words, why.confidence if why else None)


def _states(entries: Sequence[RegisterEntry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.state] = counts.get(entry.state, 0) + 1
    return counts
