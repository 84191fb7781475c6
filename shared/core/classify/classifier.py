"""The whole classification of one post: each part read once, each field decided with its reason."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from shared.core.classify.bearing import asks_nothing
from shared.core.classify.because import NO_SENTENCE, NOTHING_AGAINST, UNSAID, first_that_bears
from shared.core.classify.board_reason import board_words
from shared.core.classify.calibration import value_of
from shared.core.classify.contradictions import doubted
from shared.core.classify.deciding import Decider, Decision
from shared.core.classify.derived import (
    admin_impact,
    default_of,
    fallen_need,
    mark_pairs,
)
from shared.core.classify.document import Document, read_document
from shared.core.classify.evidence import read_findings
from shared.core.classify.plain import (
    settle_board,
    settle_default,
    settle_kind,
    settle_need,
    settle_novelty,
    settle_user,
)
from shared.core.classify.plan import read_plan
from shared.core.classify.status import Verdict, plan_sentence
from shared.core.classify.weights import Weights, shipped_weights
from shared.core.posts.classification import Classification, Why
from shared.core.posts.post import Post
from shared.core.terms import Action, Impact, Kind


def classify(post: Post, weights: Weights | None = None) -> Classification:
    """What the post says, field by field. Never raises: a post that cannot be read gets the neutral values.

    `weights` are those of this version unless others are given, as they are where a fit is judged.
    """
    try:
        return _classify(post, weights or shipped_weights())
    except Exception as fault:  # noqa: BLE001 - the contract: anything can come, and one post never holds up others
        return Classification(id=str(post.id), why={"status": Why(f"could not be read ({type(fault).__name__})", 0.0)})


def _classify(post: Post, weights: Weights) -> Classification:
    document = read_document(post)
    if not document.lines and not post.title:
        return Classification(id=post.id, why={"status": Why("nothing to read", 0.0)})
    findings = read_findings(post, document, weights.known)
    why: dict[str, Why] = {}

    decider = Decider(findings, weights)

    def decided(field: str, shown: str, *, explained: bool = True) -> Decision:
        decision = decider.decide(field, explained=explained)
        why[shown] = decision.why
        return decision

    settled = settle_kind(document.title, decided("kind", "kind"), findings)
    settled = settle_novelty(document, settled, findings)
    kind, why["kind"] = settled.value, settled.why
    plan = read_plan(post, document, kind, findings)
    verdict = plan.verdict
    settled = settle_default(kind, decided("default", "default"), findings)
    default, why["default"] = default_of(kind, settled.value), settled.why
    if default == "removed" and why["default"].words in UNSAID:
        why["default"] = Why(why["kind"].words, why["default"].confidence)
    need = settle_need(kind, decided("need", "action"), plan, document, findings)
    why["action"] = why["admin_impact"] = _asked(need, document)
    felt = settle_user(kind, decided("user", "user_impact"), document, findings)
    user, why["user_impact"] = felt.value, felt.why
    mark_pairs(findings)
    weighed = decided("crb", "crb", explained=False)  # the fields before it say why
    board = settle_board(kind, need, default, weighed, document)
    crb = board.value == "yes"
    if board is weighed:
        why["crb"] = Why(_board_sentence(board.value, kind, need.value, user, why), weighed.why.confidence)
    else:
        why["crb"] = board.why
    act_by, why["act_by"] = plan.deadline(document, must_act=need.value == "required")
    action = need.value
    if action == "none" and user == "high":
        why["admin_impact"] = why["user_impact"]
    if not verdict.stands:
        action, user, default, crb, act_by = fallen_need(document), "low", "n/a", False, None
        why |= dict.fromkeys(("default", "action", "admin_impact", "user_impact"), verdict.why)
    why |= _reasons(verdict, document, why)
    read = Classification(
        id=post.id,
        windows=verdict.windows,
        status=verdict.status,
        superseded_by=verdict.superseded_by,
        act_by=act_by,
        kind=cast(Kind, kind),
        admin_impact=admin_impact(action, user),
        user_impact=cast(Impact, user),
        default=default,
        action=cast(Action, action),
        crb=crb and verdict.status == "scheduled",
        crb_why=board_words(verdict.status, kind, action, user, crb=crb),
        training=verdict.status == "scheduled" and user != "low",
    )
    calibrated = {name: _calibrated(read, name, each, weights) for name, each in why.items()}
    return replace(read, why=doubted(read, calibrated, document))


def _calibrated(read: Classification, field: str, why: Why, weights: Weights) -> Why:
    """The reason with a confidence that is true, where posts have shown what is."""
    calibration = weights.calibrations.get(field)
    if calibration is None:
        return why
    return Why(why.words, round(calibration.share_right(value_of(read, field), why.confidence), 2))


def _board_sentence(board: str, kind: str, need: str, user: str, why: Mapping[str, Why]) -> str:
    """The sentence of the field by which a change is for the board, in the order of its definition, or is not."""
    if board == "no":
        return NOTHING_AGAINST
    fields = (
        ("action", need == "required"),
        ("default", kind == "retirement"),
        ("user_impact", user != "low"),
        ("default", True),
    )
    told = (why[field].words for field, holds in fields if holds)
    return next((words for words in told if words not in UNSAID and not asks_nothing(words)), NO_SENTENCE)


def _asked(need: Decision, document: Document) -> Why:
    """The reason of an action; where no sentence counts enough, the first that asks for something."""
    if need.why.words != NO_SENTENCE:
        return need.why
    words = first_that_bears("need", need.value, document, "prepare", "impact")
    return Why(words or NO_SENTENCE, need.why.confidence)


def _reasons(verdict: Verdict, document: Document, why: Mapping[str, Why]) -> dict[str, Why]:
    """Why of the fields that follow from the verdict."""
    reasons = {"status": verdict.why}
    if verdict.windows:
        dated = any(window.start or window.end for window in verdict.windows)
        reasons["rollouts"] = Why(plan_sentence(verdict.windows, document), 0.95 if dated else 0.8)
    if verdict.superseded_by:
        reasons["superseded_by"] = verdict.why
    if not verdict.stands:
        reasons["crb"] = verdict.why
    reasons["training"] = why["user_impact"] if verdict.status == "scheduled" else verdict.why
    return reasons
