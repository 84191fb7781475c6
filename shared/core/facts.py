"""Facts: what is kept of an edition, so that its events can be derived without reading it again."""

from collections.abc import Mapping
from typing import Any

from shared.core.change import Facts
from shared.core.classify import classify
from shared.core.classify.document import read_document
from shared.core.classify.partial import read_halts
from shared.core.hashes import plain_title
from shared.core.post import read_post
from shared.core.relations import stated
from shared.core.sentences import sentences_of

__all__ = ["facts_of"]


def facts_of(raw: Mapping[str, Any]) -> Facts:
    """Everything that events are derived from; raises PermanentError for what is no post, as `read_post` does."""
    post = read_post(raw)
    read = classify(post)
    stands = read.status in {"scheduled", "no_schedule"}
    halts = read_halts(read_document(post)) if stands else ()
    title, said = plain_title(post.title), stated(post, read)
    return Facts(read, post.category, post.major, post.tags, title, halts, sentences_of(raw), said)
