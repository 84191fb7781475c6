"""Whom a change concerns: roles, licences or plans, platforms, other prerequisites."""

from shared.core.classify.document import Document
from shared.core.posts.particulars import Audience
from shared.core.posts.post import Post


def read_audience(post: Post, document: Document) -> tuple[Audience, ...]:
    """..."""
    return ()
