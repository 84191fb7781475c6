"""A post as it is read, each field with the words that decided it."""

from dataclasses import dataclass

from shared.adapters.pages.render import render
from shared.core.classify import explain
from shared.core.classify.because import UNSAID
from shared.core.posts.classification import Classification, Why
from shared.core.posts.particulars import Particulars
from shared.core.posts.post import Post
from shared.core.words import dates, labels
from shared.core.words.doubt import sureness
from shared.core.words.particulars import groups
from shared.core.words.plan import action_words


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a classification, in words, with what decided it and how sure that is, in a word.

    `key`: its name as `foresignal classify` prints it. `reader`: who read it, where that was not our own reader alone.
    """

    key: str
    name: str
    value: str
    why: str
    sure: str
    reader: str = ""


def explain_page(post: Post, classification: Classification, particulars: Particulars) -> str:
    """One post with the words that decided each field marked; stands alone, as a file."""
    return render(
        "explain.html.j2",
        title=f"{post.id} explained",
        post=post,
        fields=fields(classification),
        groups=groups(particulars),
        links=particulars.links,
        text=explain.parts(post, classification),
    )


def fields(classification: Classification) -> list[Field]:
    """The fields of a classification as they are shown, in the order of docs/classification.md."""
    values = {
        "rollouts": "\n".join(dates.line(window) for window in classification.windows) or "none",
        "status": labels.STATUSES.get(classification.status, classification.status),
        "superseded_by": classification.superseded_by or "",
        "act_by": dates.day(classification.act_by) if classification.act_by else "no deadline",
        "kind": labels.KINDS.get(classification.kind, classification.kind),
        "admin_impact": labels.IMPACTS.get(classification.admin_impact, classification.admin_impact),
        "user_impact": labels.IMPACTS.get(classification.user_impact, classification.user_impact),
        "default": labels.ARRIVALS.get(classification.default, classification.default) or "–",
        "action": action_words(classification),
        "crb": "Yes" if classification.crb else "No",
        "training": "Yes" if classification.training else "No",
    }
    return [_field(name, value, classification) for name, value in values.items() if value]


def name_of(key: str) -> str:
    """The field's name on pages."""
    return _NAMES.get(key, key.replace("_", " ").capitalize())


_NAMES = {
    "rollouts": "Rollout",
    "superseded_by": "Replaced by",
    "act_by": "Deadline",
    "default": "Arrives",
    "crb": "Change Review Board",
    "training": "Tell or train users",
}


def _field(name: str, value: str, classification: Classification) -> Field:
    why = classification.why.get(name)
    words = why.words if why else ""
    if name == "crb" and classification.crb_why and not (why and why.settled):
        words = (
            f"{classification.crb_why}: {words}"
            if classification.crb and words not in UNSAID
            else classification.crb_why
        )
    return Field(name, name_of(name), value, words, _sure(why), why.reader if why else "")


def _sure(why: Why | None) -> str:
    if why is None:
        return ""
    return "Settled" if why.settled and why.confidence == 1 else sureness(why.confidence)
