"""With what an admin controls a change, and how it stands where nobody touches it."""

from shared.core.classify.document import Document
from shared.core.posts.particulars import Control


def read_controls(document: Document) -> tuple[Control, ...]:
    """..."""
    return ()
