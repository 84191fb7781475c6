"""A post as it is read, each field with the words that decided it."""

from dataclasses import dataclass

from shared.adapters.pages.render import render
from shared.core.classify import explain
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.words import dates, labels
from shared.core.words.plan import to_do


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a classification, in words, with what decided it and how sure that is (0 to 1)."""

    name: str
    value: str
    why: str
    confidence: float | None


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
