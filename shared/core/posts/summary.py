"""A post in a sentence or two: what changes."""

import re

from shared.core.posts.post import Post
from shared.core.text.html import blocks
from shared.core.text.safe import clean

_BANNER = re.compile(r"^\W*(updated?\b|we have (made )?updated?\b|(please )?note\b|thank you for)", re.IGNORECASE)


def what_changes(post: Post) -> str:
    """The summary that came with the post, else the first paragraph that says something, else nothing."""
    summary = next((value for value in post.detail("Summary") if value.strip()), "")
    if summary:
        return clean("\n".join(block.text for block in blocks(summary)))
    paragraphs = [block.text for block in blocks(post.body, post.body_type) if block.kind != "heading"]
    telling = (text for text in paragraphs if len(text) >= 40 and not _BANNER.match(text))
    return clean(next(telling, paragraphs[0] if paragraphs else ""))
