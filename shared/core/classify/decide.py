"""The whole classification of one post: each part read once, each field decided with its reason."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from shared.core.classification import Action, Classification, Default, Impact, Kind, Why, Window
from shared.core.classify import tables
from shared.core.classify.deadline import read_deadline
from shared.core.classify.document import read_document
from shared.core.classify.facts import read_facts
from shared.core.classify.signals import choose
from shared.core.classify.status import Verdict, read_status
from shared.core.classify.windows import read_windows
from shared.core.post import Post


def classify(post: Post) -> Classification:
    """What the post says, field by field. Never raises: a post that cannot be read gets the neutral values."""
    try:
        return _classify(post)
    except Exception as fault:  # noqa: BLE001 - the contract: anything can come, and one post never holds up others
        return Classification(id=str(post.id), why={"status": Why(f"could not be read: {type(fault).__name__}", 0.0)})


def _classify(post: Post) -> Classification:
    document = read_document(post)
    if not document.lines and not post.title:
        return Classification(id=post.id, why={})
    facts = read_facts(post, document)
    why: dict[str, Why] = {}
    kind, why["kind"] = choose(tables.KIND, tables.KIND_BASE, facts)
    facts.mark(f"kind:{kind}")
    windows = read_windows(document, retiring=kind == "retirement")
    verdict = read_status(document, windows, kind)
    why["status"] = verdict.why
    facts.mark(f"status:{verdict.status}")
    act, why_act = choose(tables.ACT, tables.ACT_BASE, facts)
    facts.mark(f"act:{act}")
    act_by, why["act_by"] = read_deadline(post, document, verdict, kind)
    default, why["default"] = choose(tables.DEFAULT, tables.DEFAULT_BASE, facts)
    admin, why["admin_impact"] = choose(tables.ADMIN, tables.ADMIN_BASE, facts)
    facts.mark(f"admin:{admin}")
    user, why["user_impact"] = choose(tables.USER, tables.USER_BASE, facts)
    action, why["action"] = choose(tables.ACTION, tables.ACTION_BASE, facts)
    if action == "required":
        why["action"] = why_act
    return _assemble(post, verdict, act_by, (kind, admin, user, default, action), why)


def _assemble(
    post: Post,
    verdict: Verdict,
    act_by: date | None,
    fields: tuple[str, str, str, str, str],
    why: Mapping[str, Why],
) -> Classification:
    kind, admin, user, default, action = fields
    crb, crb_why = _crb(verdict, kind, admin, user, action)
    reasons = dict(why)
    reasons["crb"] = Why(crb_why, 0.7)
    training = verdict.status == "scheduled" and user != "low"
    reasons["training"] = Why(f"status: {verdict.status}, user_impact: {user}", why["user_impact"].confidence)
    windows: tuple[Window, ...] = verdict.windows
    if windows:
        reasons["rollouts"] = Why(windows[0].words, 0.9)
    if verdict.superseded_by:
        reasons["superseded_by"] = verdict.why
    return Classification(
        id=post.id,
        windows=windows,
        status=verdict.status,
        superseded_by=verdict.superseded_by,
        act_by=act_by,
        kind=cast(Kind, kind),
        admin_impact=cast(Impact, admin),
        user_impact=cast(Impact, user),
        default=cast(Default, default),
        action=cast(Action, action),
        crb=crb,
        crb_why=crb_why,
        training=training,
        why=reasons,
    )


def _crb(verdict: Verdict, kind: str, admin: str, user: str, action: str) -> tuple[bool, str]:
    if verdict.status in {"cancelled", "on_hold", "withdrawn", "superseded"}:
        return False, f"{verdict.status}: nothing will change now"
    if kind == "retirement":
        return True, "something is removed or stops working"
    if action == "required" or admin == "high" or user == "high":
        return True, "existing behaviour changes; action is needed to avoid a break"
    return False, "nothing breaks; new or optional"
