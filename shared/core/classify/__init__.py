"""The classifier: reads out of one post what an administrator must know, and says why. Pure; never raises."""

from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.text.html import plain_text

__all__ = ["classify", "plain_text"]


def classify(post: Post) -> Classification:
    """What the post says, field by field. Never raises: a post that cannot be read gets the neutral values.

    The first post loads the readers and their hundreds of patterns: most processes read none.
    """
    from shared.core.classify.classifier import classify as read  # noqa: PLC0415 - see above

    return read(post)
