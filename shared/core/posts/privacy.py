"""Posts on data privacy: Message Center shows them to its privacy readers only, and so do we.

Graph marks them with the tag `GDPR`, the admin center says "Data privacy". Who reads them with an application's rights
gets a stub in place of the text, but the title, the day to act by and the services as they are.
"""

import re

from shared.core.posts.post import Post

PRIVATE_TITLE = "A message on data privacy"
"""What stands in place of the title wherever others than privacy readers look."""
_TAGS = frozenset({"gdpr", "dataprivacy"})
_STUB = re.compile(r"message center privacy reader", re.IGNORECASE)
_LONGEST_STUB = 1_500  # characters; a longer text that names the role only speaks of it


def is_private(post: Post) -> bool:
    """Whether a post is for privacy readers only, in whatever spelling it says so."""
    if any(re.sub(r"[\W_]+", "", tag).casefold() in _TAGS for tag in post.tags):
        return True
    return len(post.body) < _LONGEST_STUB and _STUB.search(post.body) is not None


def shown_title(post: Post) -> str:
    """The title as lists, pages and reports show it."""
    return PRIVATE_TITLE if is_private(post) else post.title
