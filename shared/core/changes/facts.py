"""Facts: what is kept of an edition, so that its events can be derived without reading it again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.core.changes.change import READER, Facts
from shared.core.changes.relations import stated
from shared.core.changes.sentences import sentences_of
from shared.core.classify.classifier import classify
from shared.core.classify.document import read_document
from shared.core.classify.partial import read_halts
from shared.core.classify.particulars.read import read_particulars
from shared.core.posts.fingerprints import plain_title
from shared.core.posts.post import read_post

__all__ = ["facts_of", "is_stale", "read_anew"]


def facts_of(raw: Mapping[str, Any]) -> Facts:
    """Everything that events are derived from; raises PermanentError for what is no post, as `read_post` does."""
    post = read_post(raw)
    classification = classify(post)
    stands = classification.status in {"scheduled", "no_schedule"}
    halts = read_halts(read_document(post)) if stands else ()
    title, relations = plain_title(post.title), stated(post, classification)
    return Facts(
        classification,
        post.category,
        post.major,
        post.tags,
        title,
        halts,
        sentences_of(post),
        relations,
        read_particulars(post, classification),
    )


def is_stale(facts: Facts | None) -> bool:
    """Whether the edition must be read: it never was, or another version of the reader read it."""
    return facts is None or facts.reader != READER


def read_anew(old: Facts | None, raw: Mapping[str, Any]) -> Facts:
    """The facts of an edition by this reader. What only it says about other posts came late: no ticket moves for it."""
    new = facts_of(raw)
    if old is None:
        return new
    timely = {(relation.kind, relation.other) for relation in old.relations if not relation.late}
    relations = (replace(r, late=(r.kind, r.other) not in timely) for r in new.relations)
    return replace(new, relations=tuple(relations))
