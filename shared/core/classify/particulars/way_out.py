"""How to stay out of a change, and until when."""

from shared.core.classify.document import Document
from shared.core.posts.particulars import WayOut


def read_way_out(document: Document) -> tuple[WayOut, ...]:
    """..."""
    return ()
