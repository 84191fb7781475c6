"""Where the links of a post lead."""

from shared.core.posts.particulars import Link
from shared.core.posts.post import Post


def read_links(post: Post) -> tuple[Link, ...]:
    """..."""
    return ()
