"""The whole classification of one post: each part read once, each field decided with its reason."""

from collections.abc import Mapping
from typing import cast

from shared.core.classify import tables
from shared.core.classify.board_reason import board_words
from shared.core.classify.deadline import NO_DEADLINE, ending_deadline, stated_deadline
from shared.core.classify.document import read_document
from shared.core.classify.evidence import read_facts
from shared.core.classify.marks import mark_words
from shared.core.classify.signals import Signal, choose
from shared.core.classify.status import Verdict, read_status
from shared.core.classify.windows import read_windows
from shared.core.posts.classification import Classification, Why
from shared.core.posts.post import Post
from shared.core.terms import Action, Default, Impact, Kind

Table = tuple[tuple[Signal, ...], Mapping[str, float]]


def classify(post: Post) -> Classification:
    """What the post says, field by field. Never raises: a post that cannot be read gets the neutral values."""
    try:
        return _classify(post)
    except Exception as fault:  # noqa: BLE001 - the contract: anything can come, and one post never holds up others
        return Classification(id=str(post.id), why={"status": Why(f"could not be read ({type(fault).__name__})", 0.0)})


def _classify(post: Post) -> Classification:
    document = read_document(post)
    if not document.lines and not post.title:
        return Classification(id=post.id, why={"status": Why("nothing to read", 0.0)})
    facts = read_facts(post, document)
    why: dict[str, Why] = {}

    def decide(field: str, table: Table, mark: str) -> str:
        value, why[field] = choose(*table, facts)
        facts.mark(f"{mark}:{value}")
        return value

    kind = decide("kind", (tables.KIND, tables.KIND_BASE), "kind")
    windows = read_windows(document, retiring=kind == "retirement")
    verdict = read_status(document, windows, kind)
    facts.mark(f"status:{verdict.status}")
    act_by, why["act_by"] = stated_deadline(post, document, verdict)
    facts.mark("told:yes" if act_by and not post.act_by else "told:no")
    must_act = decide("must_act", (tables.ACT, tables.ACT_BASE), "act") == "yes"
    if must_act and why["act_by"] is NO_DEADLINE[1]:
        act_by, why["act_by"] = ending_deadline(document, verdict)
    default = decide("default", (tables.DEFAULT, tables.DEFAULT_BASE), "default")
    admin = decide("admin_impact", (tables.ADMIN, tables.ADMIN_BASE), "admin")
    user = decide("user_impact", (tables.USER, tables.USER_BASE), "user")
    action = decide("action", (tables.ACTION, tables.ACTION_BASE), "action")
    crb = decide("crb", (tables.CRB, tables.CRB_BASE), "crb") == "yes"
    because = why.pop("must_act")
    if action == "required" and must_act:
        why["action"] = because
    why |= _reasons(verdict, user, why)
    return Classification(
        id=post.id,
        windows=verdict.windows,
        status=verdict.status,
        superseded_by=verdict.superseded_by,
        act_by=act_by,
        kind=cast(Kind, kind),
        admin_impact=cast(Impact, admin),
        user_impact=cast(Impact, user),
        default=cast(Default, default),
        action=cast(Action, action),
        crb=crb and verdict.stands,
        crb_why=board_words(verdict.status, kind, action, user, crb=crb),
        training=verdict.status == "scheduled" and user != "low",
        why=why,
    )


def _reasons(verdict: Verdict, user: str, why: Mapping[str, Why]) -> dict[str, Why]:
    """Why of the fields that follow from the verdict."""
    reasons = {"status": verdict.why}
    if verdict.windows:
        dated = any(window.start or window.end for window in verdict.windows)
        reasons["rollouts"] = Why(verdict.windows[0].words, 0.95 if dated else 0.8)
    if verdict.superseded_by:
        reasons["superseded_by"] = verdict.why
    if not verdict.stands:
        reasons["crb"] = verdict.why
    told = f"{mark_words(f'status:{verdict.status}')}, and {mark_words(f'user:{user}')}"
    reasons["training"] = Why(told, why["user_impact"].confidence)
    return reasons
